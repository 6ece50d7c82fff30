from dataclasses import replace

import numpy as np

from fer_core.datasets.base import Split
from fer_core.training.recipe import Recipe
from fer_core.training.showing import as_seen
from fer_core.training.specs import AugmentSpec

STILL = AugmentSpec(
    flip=False, affine_probability=0, brightness=0, contrast=0, erase_probability=0, mixup_alpha=0
)


def test_pictures_of_a_network_for_red_green_blue_are_shown_in_their_own_colours(grey_48):
    red = np.zeros((60, 60, 3), np.uint8)
    red[..., 2] = 200
    split = Split("train", ("a", "b"), np.stack([red, red]), np.array([1, 0]), ("0", "1"))
    recipe = Recipe(
        "r", "R", "cnn_2020", replace(grey_48, color="rgb"), epochs=1, dataset="folder",
        augment=STILL,
    )  # fmt: skip
    (shown,), targets = as_seen(recipe, split, [0])
    assert shown.shape == (48, 48, 3)
    assert shown[24, 24].tolist() == [0, 0, 200]
    np.testing.assert_array_equal(targets, [[0, 1]])


def test_a_picture_that_is_named_twice_is_changed_in_two_ways(grey_48):
    image = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    split = Split("train", ("a", "b"), image[None], np.array([1]), ("0",))
    changes = AugmentSpec(affine_probability=1, mixup_alpha=0)
    recipe = Recipe("r", "R", "cnn_2020", grey_48, epochs=1, dataset="folder", augment=changes)
    (one, other), _ = as_seen(recipe, split, [0, 0])
    assert one.dtype == np.uint8
    assert one.shape == (48, 48, 1)
    assert (one != other).mean() > 0.2
    again, _ = as_seen(recipe, split, [0, 0])
    np.testing.assert_array_equal(again[1], other)
