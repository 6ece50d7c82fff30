"""Random changes to training batches, from Keras preprocessing layers, in a tf.data pipeline."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from fer_core.models.spec import InputSpec
from fer_core.training.recipe import AugmentSpec


class _RandomAffine:
    """Rotation, zoom and shift in one resampling.

    Three layers of Keras would resample three times, and three times bilinear blurs a face of
    48 px so much that the network expects blurred faces: that cost one point of accuracy.
    """

    def __init__(self, spec: AugmentSpec, seed: int) -> None:
        self.spec = spec
        self.seed = keras.random.SeedGenerator(seed)

    def __call__(self, x: tf.Tensor, training: bool = True) -> tf.Tensor:
        """Changes float32 (N, H, W, C); a share of the pictures stays as it is."""
        count, h, w = tf.shape(x)[0], x.shape[1], x.shape[2]
        change = self._draw(count, 1.0) / 2 + 0.5 < self.spec.affine_probability
        angle, zoom, dx, dy = (
            tf.where(change, self._draw(count, limit), 0.0)
            for limit in (
                np.radians(self.spec.rotation_deg),
                self.spec.zoom,
                self.spec.shift * w,
                self.spec.shift * h,
            )
        )
        cos, sin = tf.cos(angle) * (1 + zoom), tf.sin(angle) * (1 + zoom)
        cx, cy = (w - 1) / 2, (h - 1) / 2
        zero = tf.zeros_like(cos)
        # Where each pixel of the result comes from: (a0 x + a1 y + a2, b0 x + b1 y + b2).
        rows = [cos, -sin, cx + dx - cos * cx + sin * cy, sin, cos, cy + dy - sin * cx - cos * cy]
        transform = tf.stack([*rows, zero, zero], axis=1)
        return keras.ops.image.affine_transform(x, transform, fill_mode="nearest")

    def _draw(self, count: tf.Tensor, limit: float) -> tf.Tensor:
        return keras.random.uniform((count,), -limit, limit, dtype="float32", seed=self.seed)


def _layers(spec: AugmentSpec, seed: int) -> list[Callable[..., tf.Tensor]]:
    found: list[Callable[..., tf.Tensor]] = []
    # The network may compute in bfloat16; pictures are changed in float32 all the same.
    common = {"seed": seed, "dtype": "float32"}
    if spec.flip:
        found.append(layers.RandomFlip("horizontal", **common))
    if spec.affine_probability:
        found.append(_RandomAffine(spec, seed))
    if spec.brightness:
        found.append(layers.RandomBrightness(spec.brightness, value_range=(0, 255), **common))
    if spec.contrast:
        found.append(layers.RandomContrast(spec.contrast, value_range=(0, 255), **common))
    if spec.erase_probability:
        found.append(
            layers.RandomErasing(
                spec.erase_probability, scale=spec.erase_area, value_range=(0, 255), **common
            )
        )
    return found


def training_batches(
    pixels: np.ndarray,
    targets: np.ndarray,
    spec: AugmentSpec,
    input_spec: InputSpec,
    *,
    batch_size: int,
    seed: int,
) -> tf.data.Dataset:
    """Endless shuffled, augmented and normalised batches.

    Args:
        pixels: uint8 (N, H, W, C) as `preprocess.to_pixels` makes them.
        targets: float32 (N, K).

    Returns:
        Batches (float32 (B, H, W, C), float32 (B, K)); the last partial batch of a pass is dropped.
    """
    steps = _layers(spec, seed)
    mixup = layers.MixUp(spec.mixup_alpha, seed=seed, dtype="float32") if spec.mixup_alpha else None
    gain = np.float32(input_spec.scale) / np.asarray(input_spec.std, np.float32)
    offset = np.asarray(input_spec.mean, np.float32) / np.asarray(input_spec.std, np.float32)

    def change(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x = tf.cast(x, tf.float32)
        for step in steps:
            x = step(x, training=True)
        if mixup is not None:
            mixed = mixup({"images": x, "labels": y}, training=True)
            x, y = mixed["images"], mixed["labels"]
        return x * gain - offset, y

    data = tf.data.Dataset.from_tensor_slices((pixels, targets))
    data = data.shuffle(len(pixels), seed=seed).repeat().batch(batch_size, drop_remainder=True)
    # One call at a time: parallel ones would draw from the layers' seeds in changing order.
    return data.map(change).prefetch(8)
