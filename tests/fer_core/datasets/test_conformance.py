"""Every data set in every form that it is handed out in, through one set of expectations."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core.datasets import DATASETS, open_dataset
from fer_core.datasets.report import format_report
from fer_core.errors import DatasetError
from fer_core.expressions import EXPRESSIONS

FORMS: list[tuple[str, Callable[[Path], Path]]] = [
    *(
        ("fer2013", form)
        for form in (
            trees.fer_plain,
            trees.fer_icml,
            trees.fer_xz,
            trees.fer_gz,
            trees.fer_zip,
            trees.fer_tar_gz,
            trees.fer_mosaic,
            trees.fer_folders,
        )
    ),
    ("fer2013+ferplus", trees.ferplus),
    ("fer2013+ferplus", trees.fer_mosaic),
    ("ferplus", trees.ferplus),
    ("ferplus", trees.fer_mosaic),
    ("ferplus-probability", trees.ferplus),
    ("ferplus-crossentropy", trees.ferplus),
    ("ferplus5", trees.ferplus),
    ("ferplus5-crossentropy", trees.ferplus),
    ("rafdb", trees.rafdb),
    ("rafdb", trees.rafdb_tar),
    ("rafdb", trees.rafdb_folders),
    ("ferg", trees.ferg),
    ("ferg", trees.ferg_zip),
    ("toon", trees.ferg),
    ("affectnet8", trees.affectnet_csv),
    ("affectnet8", trees.affectnet_npy),
    ("affectnet7", trees.affectnet_csv),
    ("affectnet7", trees.affectnet_npy),
    ("jaffe", trees.jaffe),
    ("ckplus", trees.ckplus),
    ("ckplus", trees.ckplus48),
    ("folder", trees.folder_splits),
    ("folder", trees.folder_one_tree),
]
by_form = pytest.mark.parametrize(
    ("name", "form"), FORMS, ids=[f"{name}-{form.__name__}" for name, form in FORMS]
)


def test_every_registered_data_set_is_covered() -> None:
    assert {name for name, _ in FORMS} == set(DATASETS)


@by_form
def test_splits_labels_and_pictures(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    dataset = open_dataset(name, form(tmp_path))
    assert dataset.splits() == ("train", "validation", "test")
    assert set(dataset.labels) <= set(EXPRESSIONS)
    for split_name in dataset.splits():
        split = dataset.load(split_name)
        assert split.name == split_name
        assert split.labels == dataset.labels
        assert len(split) == len(set(split.ids)) > 0
        assert split.targets.dtype == np.int64
        assert 0 <= split.targets.min() <= split.targets.max() < len(split.labels)
        for image in split.images:
            assert image.dtype == np.uint8
            assert image.ndim == 2 or image.shape[2] == 3
        if split.probs is not None:
            assert split.probs.dtype == np.float32
            np.testing.assert_allclose(split.probs.sum(axis=1), 1, atol=1e-6)


@by_form
def test_all_holds_every_picture_once(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    dataset = open_dataset(name, form(tmp_path))
    pictures = dataset.load("all")
    splits = [dataset.load(split) for split in dataset.splits()]
    assert pictures.name == "all"
    assert "all" not in dataset.splits()
    assert len(pictures.images) == len(set(pictures.ids))
    if "-" not in name:  # the soft readings of FERPlus leave out other pictures in training
        assert sorted(pictures.ids) == sorted(one for split in splits for one in split.ids)


@by_form
def test_splits_share_neither_pictures_nor_subjects(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    dataset = open_dataset(name, form(tmp_path))
    splits = [dataset.load(split) for split in dataset.splits()]
    ids = [one for split in splits for one in split.ids]
    assert len(ids) == len(set(ids))
    if splits[0].groups is not None:
        groups = [set(split.groups or ()) for split in splits]
        assert not groups[0] & groups[1]
        assert not groups[0] & groups[2]
        assert not groups[1] & groups[2]


@by_form
def test_two_readings_are_equal(name: str, form: Callable[[Path], Path], tmp_path: Path) -> None:
    path = form(tmp_path)
    first, second = open_dataset(name, path), open_dataset(name, path)
    for split in first.splits():
        a, b = first.load(split), second.load(split)
        assert a.ids == b.ids
        assert (a.targets == b.targets).all()


@by_form
def test_a_subset_keeps_pictures_and_targets_together(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    train = open_dataset(name, form(tmp_path)).load("train")
    part = train.subset(np.array([len(train) - 1, 0]))
    assert part.ids == (train.ids[-1], train.ids[0])
    assert part.targets.tolist() == [train.targets[-1], train.targets[0]]
    assert (part.images[1] == train.images[0]).all()


@by_form
def test_check_reports_counts_and_problems(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    dataset = open_dataset(name, form(tmp_path))
    report = dataset.check()
    for split, part in zip(dataset.splits(), report.splits, strict=True):
        assert part.total == len(dataset.load(split))
        assert not part.unreadable
    published = name not in ("folder", "toon")
    assert report.ok != published, "a tiny tree has not the published counts"
    assert all(problem.endswith(".") for problem in report.problems)
    json.dumps(report.to_dict())
    text = format_report(report)
    assert dataset.labels[0] in text
    assert ("No problems found." in text) == report.ok


@by_form
def test_unknown_split(name: str, form: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="it has train, validation, test"):
        open_dataset(name, form(tmp_path)).load("dev")


@pytest.mark.parametrize("name", DATASETS)
def test_nothing_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"expected|does not exist"):
        open_dataset(name, tmp_path)
    with pytest.raises(DatasetError, match="missing"):
        open_dataset(name, tmp_path / "missing")


@pytest.mark.parametrize("name", DATASETS)
def test_an_archive_that_is_none(name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(DatasetError, match=r"broken\.zip"):
        open_dataset(name, broken).load("train")


def test_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no data set 'fer2014'; known are fer2013"):
        open_dataset("fer2014", tmp_path)


@by_form
def test_the_name_is_the_registered_one(
    name: str, form: Callable[[Path], Path], tmp_path: Path
) -> None:
    assert open_dataset(name, form(tmp_path)).name == name
