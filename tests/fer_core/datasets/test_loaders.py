"""What is special about the other data sets."""

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core.datasets import open_dataset
from fer_core.datasets.report import format_report
from fer_core.errors import DatasetError


def test_rafdb_labels_count_from_one(tmp_path: Path) -> None:
    test = open_dataset("rafdb", trees.rafdb(tmp_path)).load("test")
    first = [test.labels[target] for target in test.targets[:7]]
    assert first == ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"]


def test_rafdb_prefers_aligned_pictures_and_names_missing_ones(tmp_path: Path) -> None:
    path = trees.rafdb(tmp_path)
    trees.write_picture(path / "basic/Image/original/test_00001.jpg", trees.picture(1, 64))
    (path / "basic/Image/aligned/test_00002_aligned.jpg").unlink()
    dataset = open_dataset("rafdb", path)
    assert dataset.load("test").ids[0] == "basic/Image/aligned/test_00001_aligned.jpg"
    problems = dataset.check().problems
    assert problems[0].startswith("1 pictures of basic/EmoLabel/list_patition_label.txt are")


def test_validation_is_never_cut_from_test(tmp_path: Path) -> None:
    dataset = open_dataset("rafdb", trees.rafdb(tmp_path))
    assert all("train_" in one for one in dataset.load("validation").ids)
    assert len(dataset.load("test")) == 21


def test_ferg_groups_are_characters(tmp_path: Path) -> None:
    dataset = open_dataset("ferg", trees.ferg(tmp_path))
    train, test = dataset.load("train"), dataset.load("test")
    assert train.groups is not None
    assert len(set(train.groups)) == 4
    assert test.groups is not None
    assert len(set(test.groups)) == 1


def test_ferg_names_renamed_characters(tmp_path: Path) -> None:
    path = trees.ferg(tmp_path)
    for word in ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"):
        folder = path / f"FERG_DB_256/ray/ray_{word}"
        target = path / f"FERG_DB_256/roy/roy_{word}"
        target.parent.mkdir(exist_ok=True)
        folder.rename(target)
    problems = open_dataset("ferg", path).check().problems
    assert "The characters ray are missing." in problems
    assert "FERG-DB has no characters named roy." in problems


def test_affectnet_cuts_faces_out_and_drops_uncertain_ones(tmp_path: Path) -> None:
    dataset = open_dataset("affectnet8", trees.affectnet_csv(tmp_path))
    assert len(dataset.load("test")) == 8
    assert dataset.load("test").images[0].shape == (40, 40, 3)
    seven = open_dataset("affectnet7", tmp_path)
    assert "contempt" not in seven.labels
    assert len(seven.load("test")) == 7


def test_jaffe_subjects_and_words(tmp_path: Path) -> None:
    dataset = open_dataset("jaffe", trees.jaffe(tmp_path))
    train = dataset.load("train")
    assert train.groups is not None
    assert len(set(train.groups)) == 6
    index = train.ids.index(next(one for one in train.ids if ".SU" in one))
    assert train.labels[train.targets[index]] == "surprise"


def test_jaffe_palette_pictures_keep_their_grey_levels(tmp_path: Path) -> None:
    dataset = open_dataset("jaffe", trees.jaffe(tmp_path))
    for split in (dataset.load(name) for name in dataset.splits()):
        if "KA.AN1.0.tiff" in split.ids:
            image = split.images[split.ids.index("KA.AN1.0.tiff")]
            grey = image if image.ndim == 2 else image[:, :, 0]
            assert (grey == trees.picture(0, 64)).all()


def test_ckplus_takes_the_last_three_frames(tmp_path: Path) -> None:
    dataset = open_dataset("ckplus", trees.ckplus(tmp_path))
    ids = [one for name in dataset.splits() for one in dataset.load(name).ids]
    assert len(ids) == 36
    assert {int(one[-12:-4]) for one in ids} == {3, 4, 5}
    assert not any("S099" in one for one in ids)


def test_folder_says_what_is_no_expression_and_what_it_leaves_out(tmp_path: Path) -> None:
    path = trees.folder_splits(tmp_path)
    trees.write_picture(path / "train/0_very_sleepy/1.png", trees.picture(77))
    trees.write_picture(path / f"train/{'x' * 41}/1.png", trees.picture(78))
    dataset = open_dataset("folder", path)
    assert dataset.labels[-1] == "very sleepy"
    assert dataset.check().problems == (
        "'very sleepy' with 1 pictures is no expression; it is a class of its own.",
        f"The folder '{'x' * 41}' with 1 pictures is not named after an expression "
        "and is left out.",
    )


def test_check_counts_copies_blank_and_broken_pictures(tmp_path: Path) -> None:
    path = trees.folder_splits(tmp_path)
    copy = trees.picture(0)  # train/Happy/0.png
    trees.write_picture(path / "train/sad/copy.png", copy)
    trees.write_picture(path / "val/sad/copy.png", copy)
    near = np.clip(copy.astype(int) + 1, 0, 255).astype(np.uint8)
    trees.write_picture(path / "test/sad/near.png", near)
    trees.write_picture(path / "test/sad/blank.png", np.full((48, 48), 7, np.uint8))
    (path / "test/sad/broken.png").write_bytes(b"no picture")
    (path / "test/sad/empty.png").write_bytes(b"")
    report = open_dataset("folder", path).check()
    train, validation, test = report.splits
    assert (train.duplicates, train.duplicate_groups, train.conflicting_groups) == (1, 1, 1)
    assert (train.near_duplicates, validation.duplicates) == (1, 0)
    assert test.blank == ("test/sad/blank.png",)
    assert test.unreadable == ("test/sad/broken.png", "test/sad/empty.png")
    assert [(c.held_out, c.other, c.exact, c.near) for c in report.copies] == [
        ("validation", "train", 1, 1),
        ("test", "train", 0, 1),
        ("test", "validation", 0, 1),
    ]
    assert report.problems == (
        "test has 2 unreadable files: test/sad/broken.png, test/sad/empty.png.",
    )
    assert "1 stand in train too" in format_report(report)


@pytest.mark.parametrize("form", [trees.fer_gz, trees.fer_xz, trees.fer_zip, trees.ferg_zip])
def test_a_damaged_archive_is_one_sentence(form: Callable[[Path], Path], tmp_path: Path) -> None:
    path = form(tmp_path)
    file = path if path.is_file() else next(path.glob("*.csv.*"))
    if file.suffix == ".zip":  # as people pack them
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    data = bytearray(file.read_bytes())
    middle = slice(100, 3 * len(data) // 4)
    data[middle] = bytes(byte ^ 0x5A for byte in data[middle])
    file.write_bytes(data)
    name = "ferg" if form is trees.ferg_zip else "fer2013"
    with pytest.raises(DatasetError):
        list(open_dataset(name, path).load("train").images)


def test_a_compressed_tar_asks_to_be_unpacked(tmp_path: Path) -> None:
    folder = trees.rafdb(tmp_path)
    with tarfile.open(tmp_path / "raf.tar.gz", "w:gz") as archive:
        archive.add(folder / "basic", "basic")
    with pytest.raises(DatasetError, match=r"raf\.tar\.gz.*unpack it and give the folder"):
        open_dataset("rafdb", tmp_path / "raf.tar.gz")
