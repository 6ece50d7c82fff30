"""What a network gets to see in training, as pictures for a person. No TensorFlow."""

from collections.abc import Sequence

import numpy as np

from fer_core.datasets.base import Split
from fer_core.training.augment import augmented, mixed
from fer_core.training.recipe import Recipe
from fer_core.training.store import for_training


def as_seen(
    recipe: Recipe, split: Split, indices: Sequence[int], *, seed: int = 1
) -> tuple[list[np.ndarray], np.ndarray]:
    """Pictures of a split, cut, changed and mixed by chance as one batch of a training.

    Args:
        indices: of the pictures; one that is named more than once is changed in several ways.

    Returns:
        uint8 (H, W, 1) grey or (H, W, 3) BGR pictures of the network's size, and float32 (N, K)
        targets.
    """
    pictures = [for_training(split.images[i], recipe.input) for i in indices]
    crops = np.tile(recipe.sources[0].crop, (len(indices), 1))
    targets = np.eye(len(split.labels), dtype=np.float32)[split.targets[list(indices)]]
    rng = np.random.default_rng(seed)
    pixels = augmented(pictures, crops, recipe.augment, recipe.input, rng)
    pixels, targets = mixed(pixels, targets, recipe.augment, rng)
    shown = np.rint(np.clip(pixels, 0, 255)).astype(np.uint8)
    if recipe.input.color == "rgb":
        shown = shown[..., ::-1]
    return list(shown), targets
