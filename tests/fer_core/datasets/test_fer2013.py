"""What is special about FER2013: its files, its cache, its folders."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core.datasets.fer2013 import Fer2013
from fer_core.errors import DatasetError


def test_pixels_and_labels_arrive_unchanged(tmp_path: Path) -> None:
    rows = trees.fer_rows()
    train = Fer2013(trees.fer_plain(tmp_path)).load("train")
    wanted = [(label, image) for label, image, usage in rows if usage == "Training"]
    assert train.targets.tolist() == [label for label, _ in wanted]
    assert (np.stack([image for _, image in wanted]) == train.images).all()
    assert train.ids[0] == "row 0"


def test_the_second_reading_comes_from_the_cache(tmp_path: Path, own_home: Path) -> None:
    path = trees.fer_plain(tmp_path)
    first = Fer2013(path).load("test")
    (kept,) = own_home.rglob("*.npz")
    assert (np.asarray(Fer2013(path).load("test").images) == first.images).all()
    kept.write_bytes(b"broken")
    assert len(Fer2013(path).load("test")) == len(first), "a broken cache is written anew"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = trees.fer_plain(tmp_path)
    Fer2013(path).load("train")
    rows = trees.fer_rows()[1:]
    (path / "fer2013.csv").write_bytes(trees.fer_csv(rows))
    assert len(Fer2013(path).load("train")) == 20


def test_soft_labels_from_votes_beside_it(tmp_path: Path) -> None:
    train = Fer2013(trees.ferplus(tmp_path)).load("train")
    assert train.probs is not None
    assert (train.probs.argmax(axis=1) == train.targets).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("emotion,pixels\n0,1 2 3\n", "no column usage"),
        ("emotion,pixels,Usage\n0,1 2 3,Training\n", "row 0: 3 pixels, expected 2304"),
        ("emotion,pixels,Usage\n0,1 x 3,Training\n", "row 0: pixels are not numbers"),
        (f"emotion,pixels,Usage\n7,{'1 ' * 2304},Training\n", "row 0: emotion 7"),
        (f"emotion,pixels,Usage\n0,{'256 ' * 2304},Training\n", "of 0 to 255"),
        (f"emotion,pixels,Usage\n0,{'1 ' * 2304},Test\n", "row 0: .*Test"),
        ("", "no column emotion, pixels, usage"),
    ],
)
def test_broken_rows_are_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_text(text)
    with pytest.raises(DatasetError, match=message):
        Fer2013(tmp_path).load("train")


def test_public_and_private_in_one_test_folder_are_divided(tmp_path: Path) -> None:
    dataset = Fer2013(trees.fer_folders(tmp_path))
    assert all("PublicTest" in one for one in dataset.load("validation").ids)
    assert all("PrivateTest" in one for one in dataset.load("test").ids)


def test_a_zip_of_picture_folders(tmp_path: Path) -> None:
    folder = trees.fer_folders(tmp_path)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder).as_posix())
    dataset = Fer2013(tmp_path / "archive.zip")
    assert dataset.load("test").ids == Fer2013(folder).load("test").ids


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_bytes(trees.fer_csv(trees.fer_rows()) + b"\r\n\r\n")
    assert len(Fer2013(tmp_path).load("test")) == 21
