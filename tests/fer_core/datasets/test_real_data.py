"""The numbers of the real data sets, and that training leaves no copy in."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.datasets import open_dataset
from fer_core.datasets.duplicates import clean_mask, copies, exact_copies, fingerprints
from fer_core.datasets.fer2013 import Fer2013
from fer_core.datasets.ferplus import FerPlus
from fer_core.models.spec import InputSpec
from fer_core.training.prepare import prepare
from fer_core.training.recipe import Recipe

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def fer(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Fer2013:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIMIK_HOME", str(tmp_path_factory.mktemp("home")))
        dataset = Fer2013(data_dir / "fer2013.csv.xz")
        dataset.load("train")
    return dataset


def test_fer2013_is_as_published(fer: Fer2013) -> None:
    report = fer.check()
    assert report.ok, report.problems
    assert [split.total for split in report.splits] == [28_709, 3_589, 3_589]
    found = {(c.held_out, c.other): (c.exact, c.near) for c in report.copies}
    assert found["validation", "train"] == (280, 303)
    assert found["test", "train"] == (288, 318)
    assert len(report.splits[0].blank) == 12


def test_fer2013_clean_test_pictures(fer: Fer2013) -> None:
    train, test = fer.load("train"), fer.load("test")
    clean = clean_mask(test, train)
    assert int(clean.sum()) == 3_301
    assert not exact_copies(np.asarray(test.images)[clean], train.images).any()


def test_no_fer2013_test_picture_is_trained_on(fer: Fer2013, grey_48: InputSpec) -> None:
    recipe = Recipe("r", "R", "cnn_2020", grey_48, epochs=1, dataset="fer2013")
    (data,) = prepare(recipe, [fer]).sources
    trained = fingerprints([picture[:, :, 0] for picture in data.pictures])
    for name in ("validation", "test"):
        assert not copies(trained, fingerprints(fer.load(name).images)).any()
    assert len(data.pictures) + data.dropped_copies + data.dropped_blank == 28_709
    assert data.dropped_copies >= 568


def test_ferplus_majority_counts(data_dir: Path) -> None:
    plus = FerPlus(data_dir / "fer2013_mosaic_q95.npz")
    counts = {name: len(plus.load(name)) for name in plus.splits()}
    assert counts == {"train": 25_060, "validation": 3_199, "test": 3_153}
    assert (plus.load("test").targets[:5] >= 0).all()


def test_the_mosaic_shows_the_same_pictures(fer: Fer2013, data_dir: Path) -> None:
    small = Fer2013(data_dir / "fer2013_mosaic_q95.npz").load("test")
    exact = fer.load("test")
    assert (small.targets == exact.targets).all()
    difference = np.abs(np.asarray(small.images, np.int16) - np.asarray(exact.images, np.int16))
    assert difference.mean() < 2


def test_rafdb_is_as_published(data_dir: Path) -> None:
    dataset = open_dataset("rafdb", data_dir / "rafdb_basic.tar")
    report = dataset.check()
    assert report.ok, report.problems
    assert [split.total for split in report.splits] == [11_045, 1_226, 3_068]
    assert dataset.load("test").images[0].shape == (100, 100, 3)
