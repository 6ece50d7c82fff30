"""Random changes to training batches, from Keras preprocessing layers, in a tf.data pipeline."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from fer_core.models.spec import InputSpec
from fer_core.training.recipe import AugmentSpec


def _layers(spec: AugmentSpec, seed: int) -> list[keras.layers.Layer]:
    found: list[keras.layers.Layer] = []
    # The network may compute in bfloat16; pictures are changed in float32 all the same.
    common = {"seed": seed, "dtype": "float32"}
    options = {**common, "fill_mode": "nearest"}
    if spec.flip:
        found.append(layers.RandomFlip("horizontal", **common))
    if spec.rotation_deg:
        found.append(layers.RandomRotation(spec.rotation_deg / 360, **options))
    if spec.zoom:
        found.append(layers.RandomZoom(spec.zoom, spec.zoom, **options))
    if spec.shift:
        found.append(layers.RandomTranslation(spec.shift, spec.shift, **options))
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
        targets: float32 (N, K), rows sum to 1.

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
