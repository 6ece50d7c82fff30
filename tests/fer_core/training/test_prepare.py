from dataclasses import replace

import numpy as np
import pytest

from fer_core.datasets.base import Split
from fer_core.errors import ConfigError, DatasetError
from fer_core.training.prepare import halves, prepare
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from fer_core.training.store import Memory

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


def plan(grey_48, *datasets):
    if not datasets:
        return Recipe("a", "A", "cnn_2020", grey_48, epochs=1, dataset="drawn")
    return Recipe("a", "A", "cnn_2020", grey_48, epochs=1, sources=datasets)


@pytest.mark.parametrize(
    ("power", "each"),
    [
        (0.0, (9.0, 3.0)),
        (1.0, (6.0, 6.0)),
        ({"happiness": 3}, (6.0, 6.0)),
    ],
)
def test_class_weights_say_how_much_each_class_counts(grey_48, power, each):
    recipe = replace(plan(grey_48), class_weights=power)
    (data,) = prepare(recipe, [Drawn()]).sources
    np.testing.assert_allclose(data.targets.sum(axis=0), each, rtol=1e-6)


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
    with pytest.raises(DatasetError, match=f"drawn has no {named} picture"):
        prepare(plan(grey_48), [Useless(empty)])


class Other(Drawn):
    """Other noise with other classes; two of its training pictures stand in Drawn's splits."""

    name, labels = "other", ("happiness", "contempt")

    def load(self, split):
        seed, targets = {"train": (3, [0, 1] * 6), "validation": (4, [0, 1, 0, 1])}[split]
        images = np.random.default_rng(seed).integers(0, 256, (len(targets), 60, 50, 3), np.uint8)
        images = list(images)
        if split == "train":
            images[0] = super().load("train").images[0]
            images[1] = super().load("validation").images[0]
        ids = tuple(f"{split}{index}" for index in range(len(targets)))
        probs = np.tile(np.float32([0.5, 0.5]), (len(targets), 1))
        return Split(split, self.labels, images, np.array(targets), ids, probs)


def test_joined_data_sets_share_their_classes_and_no_picture(grey_48):
    recipe = plan(grey_48, SourceSpec("drawn"), SourceSpec("other", soft_labels=0.5, weight=2.0))
    data = prepare(recipe, [Drawn(), Other()])
    drawn, other = data.sources
    assert data.labels == ("anger", "happiness", "contempt")
    assert drawn.known.tolist() == [True, True, False]
    assert other.known.tolist() == [False, True, True]
    np.testing.assert_allclose(drawn.targets[0], [1, 0, -1])
    np.testing.assert_allclose(other.targets[0], [-1, 0.75, 0.25])
    assert (len(drawn.pictures), len(other.pictures), other.dropped_copies) == (12, 10, 2)
    assert other.classes.tolist() == [1, 2] * 5
    assert other.pictures[0].shape == (60, 50, 1)
    assert [picture.shape for picture in other.validation_pictures] == [(48, 48, 1)] * 2


def test_all_data_sets_together_keep_within_the_memory_of_a_training(grey_48, tmp_path):
    recipe = plan(grey_48, SourceSpec("drawn"), SourceSpec("other"))
    memory = Memory(5 * 48 * 48, tmp_path)
    data = prepare(recipe, [Drawn(), Other()], memory)
    stores = [s for one in data.sources for s in (one.pictures, one.validation_pictures)]
    entries = [entry for store in stores for entry in store._entries]
    assert len(entries) == 12 + 2 + 10 + 2
    assert sum(isinstance(entry, np.ndarray) for entry in entries) <= 5
    roomy = prepare(recipe, [Drawn(), Other()])
    for found, expected in zip(stores[2], roomy.sources[1].pictures, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert data.fingerprint == roomy.fingerprint


def test_a_data_set_of_weight_nothing_is_only_validated_on(grey_48):
    recipe = plan(grey_48, SourceSpec("drawn"), SourceSpec("other", weight=0.0))
    drawn, other = prepare(recipe, [Drawn(), Other()]).sources
    assert (len(drawn.pictures), len(other.pictures)) == (12, 0)
    assert len(other.validation_targets) == 2


def test_other_pictures_or_labels_give_another_fingerprint(grey_48):
    recipe = plan(grey_48)
    once, again = (prepare(recipe, [Drawn()]).fingerprint for _ in range(2))
    assert once == again
    changed = Drawn()
    load = changed.load
    changed.load = lambda split: replace(load(split), targets=load(split).targets[::-1].copy())
    assert prepare(recipe, [changed]).fingerprint != once


def test_an_unknown_class_in_the_class_weights_is_named(grey_48):
    recipe = replace(plan(grey_48), class_weights={"hunger": 2.0})
    with pytest.raises(ConfigError, match="class_weights names hunger"):
        prepare(recipe, [Drawn()])


def test_the_halves_of_a_split_share_nothing_and_each_has_every_class():
    split = Drawn().load("train")
    choosing, reporting = halves(split)
    assert sorted(choosing.ids + reporting.ids) == sorted(split.ids)
    assert set(choosing.targets) == set(reporting.targets) == {0, 1}
    one = split.subset(np.arange(1))
    assert [half.ids for half in halves(one)] == [one.ids, one.ids]
