"""What augmentation makes of pictures: a script, since TensorFlow stays out of the test process.

Writes results.npz and layers.json into a folder; `test_augment.py` says what they have to be.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np
import tensorflow as tf

from fer_core.models.spec import InputSpec
from fer_core.training import augment
from fer_core.training.recipe import AugmentSpec

NOTHING = AugmentSpec(
    flip=False, affine_probability=0, rotation_deg=0, zoom=0, shift=0, brightness=0, contrast=0,
    erase_probability=0, mixup_alpha=0,
)  # fmt: skip
INPUT = InputSpec(
    width=6, height=8, color="rgb", layout="nhwc", scale=1 / 255, mean=(0.1, 0.4, 0.7),
    std=(0.5, 2.0, 0.25), interpolation="area", equalize=False, crop_margin=0.0, align=False,
)  # fmt: skip
AFFINE = replace(NOTHING, affine_probability=0.5, rotation_deg=20, zoom=0.2, shift=0.1)


def changed(picture: np.ndarray, *draws: float) -> tuple[np.ndarray, list[float]]:
    """The picture after these draws of rotation, zoom and shifts, and the limits that they had."""
    affine, left, limits = augment._RandomAffine(AFFINE, 0), [-1.0, *draws], []

    def draw(count: tf.Tensor, limit: float) -> tf.Tensor:
        limits.append(float(limit))
        return tf.fill((count,), np.float32(left.pop(0)))

    affine._draw = draw
    return affine(tf.constant(picture[None], tf.float32)).numpy()[0], limits


def batches(pixels: np.ndarray, spec: AugmentSpec, size: int, count: int, seed: int = 1) -> Any:
    """Some batches of pictures with their numbers as targets."""
    targets = np.eye(len(pixels), dtype=np.float32)
    data = augment.training_batches(pixels, targets, spec, INPUT, batch_size=size, seed=seed)
    found = list(data.take(count).as_numpy_iterator())
    return np.stack([x for x, _ in found]), np.stack([y for _, y in found])


def main(folder: Path) -> None:
    picture = np.load(folder / "picture.npy")
    found: dict[str, np.ndarray] = {}
    for name, draws in {
        "turned": (np.radians(20), 0, 0, 0),
        "zoomed": (0, 0.2, 0, 0),
        "shifted": (0, 0, 6, -4),
        "all": (np.radians(-12), -0.1, 3, 2),
    }.items():
        found[name], limits = changed(picture, *draws)
    found["limits"] = np.array(limits)
    draws = augment._RandomAffine(AFFINE, 3)._draw(tf.constant(2000), 0.5).numpy()
    found["draws"] = draws
    found["drawn again"] = augment._RandomAffine(AFFINE, 3)._draw(tf.constant(2000), 0.5).numpy()
    many = np.tile(picture[None, :16, :16], (1000, 1, 1, 1)).astype(np.float32)
    for share in (0.25, 1.0):
        some = augment._RandomAffine(replace(AFFINE, affine_probability=share), 5)(many).numpy()
        found[f"share {share}"] = np.abs(some - many).max(axis=(1, 2, 3)) < 1e-3

    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (10, 8, 6, 3), dtype=np.uint8)
    found["pixels"] = pixels
    found["plain x"], found["plain y"] = batches(pixels, NOTHING, 4, 5)
    found["again x"], _ = batches(pixels, NOTHING, 4, 5)
    found["other x"], _ = batches(pixels, NOTHING, 4, 5, seed=2)
    flat = (
        np.zeros((10, 8, 6, 3), np.uint8)
        + np.arange(0, 250, 25, dtype=np.uint8)[:, None, None, None]
    )
    found["mixed x"], found["mixed y"] = batches(flat, replace(NOTHING, mixup_alpha=0.5), 10, 4)
    found["flipped x"], found["flipped y"] = batches(pixels, replace(NOTHING, flip=True), 10, 6)
    np.savez(folder / "results.npz", **found)

    full = AugmentSpec(
        flip=True, affine_probability=0.5, rotation_deg=20, zoom=0.2, shift=0.1, brightness=0.3,
        contrast=0.4, erase_probability=0.6, erase_area=(0.05, 0.15), mixup_alpha=0.2,
    )  # fmt: skip
    said = []
    for layer in augment._layers(full, 9):
        config = getattr(layer, "get_config", dict)()
        said.append({"kind": type(layer).__name__, **config})
    (folder / "layers.json").write_text(json.dumps(said, default=str), encoding="utf-8")
    assert augment._layers(NOTHING, 9) == []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
