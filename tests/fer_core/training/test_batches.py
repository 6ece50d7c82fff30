import gc
import tempfile
from dataclasses import replace

import numpy as np
import pytest

from fer_core.errors import OutputError
from fer_core.training.batches import Batches
from fer_core.training.prepare import Prepared, Source
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from fer_core.training.store import LIMIT_BYTES, Memory, PixelStore, for_training


def source(name, classes, weight=1.0):
    """Pictures of one grey level each, which is ten times the class."""
    pictures = PixelStore()
    for number in classes:
        pictures.append(np.full((20, 20, 1), 10 * number, np.uint8))
    classes = np.array(classes)
    targets = np.eye(3, dtype=np.float32)[classes]
    return Source(
        SourceSpec(name, weight=weight),
        pictures,
        targets,
        classes,
        np.ones(3, bool),
        pictures,
        classes,
    )


@pytest.fixture
def batches(grey_48):
    data = Prepared(("a", "b", "c"), (source("x", [0] * 30 + [1] * 6), source("y", [2] * 4, 1.5)))
    recipe = Recipe(
        "r", "R", "cnn_2020", grey_48, epochs=1, batch_size=8, sources=(SourceSpec("x"),)
    )
    return Batches(recipe, data)


def test_an_epoch_sees_each_picture_as_often_as_its_weight_says(batches):
    seen = [tuple(pair) for pair in batches.order(0).tolist()]
    assert len(seen) == 42
    assert {pair: seen.count(pair) for pair in seen if pair[0] == 0} == {
        (0, i): 1 for i in range(36)
    }
    assert sorted(seen.count((1, i)) for i in range(4)) == [1, 1, 2, 2]
    assert batches.order(0).tolist() == batches.order(0).tolist() != batches.order(1).tolist()


def test_balanced_means_that_each_class_is_drawn_equally_often(batches):
    balanced = replace(batches, recipe=replace(batches.recipe, sampler="balanced"))
    drawn = np.concatenate([balanced.order(epoch) for epoch in range(60)])
    sources = balanced.data.sources
    classes = np.array([sources[s].classes[i] for s, i in drawn])
    shares = np.bincount(classes) / len(classes)
    assert abs(shares - 1 / 3).max() < 0.04


def test_batches_are_whole_normalised_and_the_same_again(batches):
    once, again = list(batches.epoch(3)), list(batches.epoch(3))
    assert len(once) == batches.steps == 5
    for (x, y), (x2, y2) in zip(once, again, strict=True):
        assert x.shape == (8, 48, 48, 1)
        assert y.shape == (8, 3)
        assert x.dtype == y.dtype == np.float32
        assert -2.1 < x.min() < x.max() < 2.1
        np.testing.assert_array_equal(x, x2)
        np.testing.assert_array_equal(y, y2)


def test_an_epoch_that_is_broken_off_leaves_no_thread(batches):
    run = batches.epoch(0)
    next(run)
    run.close()


def in_memory(*stores):
    """Bytes of the pictures that lie in memory."""
    entries = [entry for store in stores for entry in store._entries]
    return sum(entry.nbytes for entry in entries if isinstance(entry, np.ndarray))


def test_pictures_beyond_the_limit_lie_in_a_file_that_goes_with_the_training(tmp_path):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (n, 10, 3), np.uint8) for n in range(1, 30)]
    memory = Memory(1000, tmp_path)
    first, second = PixelStore(memory), PixelStore(memory)
    for index, picture in enumerate(pictures):
        (first, second)[index % 2].append(picture)
    part = first.take(np.array([14, 0, 7]))
    wanted = [*pictures[::2], *pictures[1::2], pictures[28], pictures[0], pictures[14]]
    for found, expected in zip([*first, *second, *part], wanted, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert 0 < in_memory(first, second) <= 1000
    assert LIMIT_BYTES <= 2**30
    del first, second, part
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_said_in_one_sentence(tmp_path, monkeypatch):
    class Full:
        def seek(self, *place):
            return 0

        def write(self, data):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **options: Full())
    store = PixelStore(Memory(0, tmp_path))
    with pytest.raises(OutputError, match="cannot hold the pictures of the training") as caught:
        store.append(np.zeros((4, 4, 1), np.uint8))
    assert f"{tmp_path} cannot" in str(caught.value)
    assert "No space left on device" in str(caught.value)


def test_large_pictures_are_kept_a_little_larger_than_the_network_sees_them(grey_48):
    kept = for_training(np.zeros((400, 300, 3), np.uint8), grey_48)
    assert kept.shape == (72, 54, 1)
    assert for_training(np.zeros((30, 20), np.uint8), grey_48).shape == (30, 20, 1)
    assert for_training(np.zeros((30, 20), np.uint8), replace(grey_48, color="rgb")).shape[2] == 3
