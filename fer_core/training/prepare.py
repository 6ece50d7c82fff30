"""Data set → the arrays of a training, without any picture of a held-out split. No TensorFlow."""

from dataclasses import dataclass

import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.duplicates import copies, fingerprints
from fer_core.errors import DatasetError
from fer_core.preprocess import to_pixels
from fer_core.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Prepared:
    """Arrays that a fit needs, and what was left out of them.

    Attributes:
        train_pixels, validation_pixels: uint8 (N, H, W, C).
        train_targets: float32 (N, K) soft; rows sum to 1 unless the recipe has class
            weights.
        validation_targets: int64 (N,).
        dropped_copies: training pictures left out as copies of a test or validation picture.
        dropped_blank: training pictures of one grey level.
    """

    train_pixels: np.ndarray
    train_targets: np.ndarray
    validation_pixels: np.ndarray
    validation_targets: np.ndarray
    dropped_copies: int
    dropped_blank: int


def prepare(recipe: Recipe, dataset: Dataset) -> Prepared:
    """Reads the data set and drops every training picture that a held-out split has too.

    Raises:
        DatasetError: it has no train or no validation split, or no picture there that is of use, or
            cannot be read.
    """
    splits = dataset.splits()
    if missing := [name for name in ("train", "validation") if name not in splits]:
        raise DatasetError(
            f"The data set {dataset.name} has no {' and no '.join(missing)} split to train with; "
            "run `datasets check` on it to see what is there."
        )
    train = dataset.load("train")
    held_out = {name: dataset.load(name) for name in splits if name != "train"}
    prints = fingerprints(train.images)
    copied = np.zeros(len(train), bool)
    for other in held_out.values():
        copied |= copies(prints, fingerprints(other.images))
    kept = train.subset(~(prints.blank | copied))
    validation = held_out["validation"]
    for split in (kept, validation):
        if not len(split):
            raise DatasetError(
                f"The data set {dataset.name} has no {split.name} picture that is neither blank "
                "nor a copy of a held-out one; run `datasets check` on it to see what is there."
            )
    return Prepared(
        _pixels(kept, recipe),
        _soft_targets(kept, recipe),
        _pixels(validation, recipe),
        validation.targets,
        int((copied & ~prints.blank).sum()),
        int(prints.blank.sum()),
    )


def _pixels(split: Split, recipe: Recipe) -> np.ndarray:
    return np.stack([to_pixels(image, recipe.input) for image in split.images])


def _soft_targets(split: Split, recipe: Recipe) -> np.ndarray:
    classes = len(split.labels)
    targets = np.eye(classes, dtype=np.float32)[split.targets]
    if recipe.soft_labels and split.probs is not None:
        targets = (1 - recipe.soft_labels) * targets + recipe.soft_labels * split.probs
    smoothing = recipe.label_smoothing
    targets = targets * (1 - smoothing) + smoothing / classes
    return np.asarray(targets * _weights(split, recipe.class_weights)[:, None], np.float32)


def _weights(split: Split, power: float) -> np.ndarray:
    """What each picture counts, float (N,), 1 in the mean.

    A row of targets times a weight is that weight in the cross-entropy, and mixup mixes it too.
    """
    sizes = np.bincount(split.targets, minlength=len(split.labels))
    weights = (len(split) / len(split.labels) / np.maximum(sizes, 1)) ** power
    each = weights[split.targets]
    return np.asarray(each / each.mean())
