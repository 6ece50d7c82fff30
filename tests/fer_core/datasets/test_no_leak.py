"""No test or validation picture, nor its copy, is trained on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import trees

from fer_core.datasets.base import Split
from fer_core.datasets.duplicates import clean_mask, copies, fingerprints
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.spec import InputSpec
from fer_core.training.prepare import prepare
from fer_core.training.recipe import Recipe

LABELS = LABEL_ORDERS["fer2013"]


@dataclass
class Leaky:
    """Twenty pictures a split; train also has copies of held-out ones, and a blank one."""

    name: str = "leaky"
    labels: tuple[str, ...] = LABELS
    starts: ClassVar = {"train": 0, "validation": 100, "test": 200}

    def splits(self) -> tuple[str, ...]:
        return tuple(self.starts)

    def load(self, split: str) -> Split:
        images = [trees.picture(self.starts[split] + i) for i in range(20)]
        if split == "train":
            brighter = np.clip(trees.picture(203).astype(int) + 2, 0, 255).astype(np.uint8)
            blank = np.full((48, 48), 9, np.uint8)
            images += [trees.picture(101), trees.picture(202), brighter, blank]
        targets = np.arange(len(images)) % 7
        ids = tuple(f"{split} {i}" for i in range(len(images)))
        return Split(split, self.labels, np.stack(images), targets, ids)


@pytest.fixture
def recipe(grey_48: InputSpec) -> Recipe:
    return Recipe("r", "R", "cnn_2020", grey_48, epochs=1, dataset="leaky")


def test_copies_of_held_out_pictures_are_dropped(recipe: Recipe) -> None:
    dataset = Leaky()
    (data,) = prepare(recipe, [dataset]).sources
    assert (len(data.pictures), data.dropped_copies, data.dropped_blank) == (20, 3, 1)
    trained = fingerprints([picture[:, :, 0] for picture in data.pictures])
    for name in ("validation", "test"):
        assert not copies(trained, fingerprints(dataset.load(name).images)).any()


def test_clean_mask_drops_exact_copies_only() -> None:
    dataset = Leaky()
    clean = clean_mask(dataset.load("test"), dataset.load("train"))
    assert np.flatnonzero(~clean).tolist() == [2]


def test_a_data_set_without_validation_is_refused(recipe: Recipe) -> None:
    dataset = Leaky()
    dataset.splits = lambda: ("train", "test")  # type: ignore[method-assign]
    with pytest.raises(DatasetError, match="has no validation split"):
        prepare(recipe, [dataset])
