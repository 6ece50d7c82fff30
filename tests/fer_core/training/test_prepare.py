import numpy as np
import pytest

from fer_core.datasets.base import Split
from fer_core.errors import DatasetError
from fer_core.training.prepare import prepare
from fer_core.training.recipe import Recipe

LABELS = ("anger", "happiness")


class Drawn:
    """Nine angry and three happy pictures of noise, and other noise to validate on."""

    name, labels = "drawn", LABELS

    def splits(self):
        return ("train", "validation")

    def load(self, split):
        seed, targets = (1, [0] * 9 + [1] * 3) if split == "train" else (2, [0, 1])
        images = np.random.default_rng(seed).integers(0, 256, (len(targets), 48, 48), np.uint8)
        ids = tuple(f"{split}{index}" for index in range(len(targets)))
        return Split(split, LABELS, images, np.array(targets), ids)


@pytest.mark.parametrize(("power", "each"), [(0.0, (9.0, 3.0)), (1.0, (6.0, 6.0))])
def test_class_weights_say_how_much_each_class_counts(grey_48, power, each):
    recipe = Recipe("a", "A", "none", "drawn", grey_48, epochs=1, class_weights=power)
    data = prepare(recipe, Drawn())
    np.testing.assert_allclose(data.train_targets.sum(axis=0), each, rtol=1e-6)


class Useless(Drawn):
    """Every training picture is blank or stands in the validation split; or that one is empty."""

    def __init__(self, empty):
        self.empty = empty

    def load(self, split):
        part = super().load(split)
        if self.empty == split:
            return part.subset(np.zeros(len(part), bool))
        if self.empty == "" and split == "train":
            part.images[:6] = super().load("validation").images[0]
            part.images[6:] = 128
        return part


@pytest.mark.parametrize(
    ("empty", "named"), [("", "train"), ("train", "train"), ("validation", "validation")]
)
def test_where_nothing_is_left_to_train_with_one_sentence_says_so(grey_48, empty, named):
    recipe = Recipe("a", "A", "none", "drawn", grey_48, epochs=1)
    with pytest.raises(DatasetError, match=f"drawn has no {named} picture"):
        prepare(recipe, Useless(empty))
