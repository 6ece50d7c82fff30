"""Faces from pictures in folders."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.errors import DatasetError
from fer_core.teaching import faces
from fer_core.types import Face
from tests.fer_core.models.builders import make_spec


class Bright:
    """Finds what is bright."""

    def detect(self, image: np.ndarray) -> list[Face]:
        rows, columns = np.nonzero(image.max(axis=2) > 128)
        if not len(rows):
            return []
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return [Face(np.array(box, np.float32), 0.9)]


def write(path: Path, side: int, face: int) -> Path:
    picture = np.zeros((side, side, 3), np.uint8)
    picture[: max(face, 0), : max(face, 0)] = 200
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)
    return path


def test_folders_are_classes_in_any_words(tmp_path: Path) -> None:
    for name in ("0_angry", "Freude", "very tired", ".hidden", "empty"):
        (tmp_path / name).mkdir()
    for name in ("0_angry", "Freude", "very tired", ".hidden"):
        write(tmp_path / name / "1.png", 10, 5)
    (tmp_path / "Freude" / "notes.txt").write_text("no picture")
    found = faces.class_folders(tmp_path)
    assert [(path.parent.name, label) for path, label in found] == [
        ("0_angry", "anger"), ("Freude", "happiness"), ("very tired", "very tired"),
    ]  # fmt: skip


def test_no_folders_are_one_sentence(tmp_path: Path) -> None:
    write(tmp_path / "1.png", 10, 5)
    with pytest.raises(DatasetError, match="has no folders with pictures"):
        faces.class_folders(tmp_path)
    with pytest.raises(DatasetError, match="cannot be read"):
        faces.class_folders(tmp_path / "nowhere")


def test_small_faces_are_cut_and_pictures_without_one_left_out(tmp_path: Path) -> None:
    pictures = [(write(tmp_path / f"{side}.png", 200, side), "fear") for side in (0, 40, 60)]
    (tmp_path / "broken.png").write_bytes(b"no picture")
    pictures.append((tmp_path / "broken.png", "fear"))
    seen: list[int] = []
    spec = make_spec()
    found = faces.faces_of(pictures, spec, Bright(), lambda done, total: seen.append(done))
    assert [face.shape[0] for face, _ in found.faces] == [40, 60]
    assert found.left_out == ("0.png", "broken.png")
    assert seen[-1] <= 4


@pytest.mark.parametrize(("side", "face"), [(48, 0), (48, 30), (100, 90)])
def test_pictures_that_are_faces_are_taken_whole(tmp_path: Path, side: int, face: int) -> None:
    sides = [side] if face != 30 else [side, side]
    faces_px = [face] if face != 30 else [face, 0]
    pictures = [
        (write(tmp_path / f"{n}.png", s, f), "fear")
        for n, (s, f) in enumerate(zip(sides, faces_px, strict=True))
    ]
    if face == 30:
        pictures.append((write(tmp_path / "third.png", side, 0), "fear"))
    found = faces.faces_of(pictures, make_spec(), Bright())
    assert {shown.shape[:2] for shown, _ in found.faces} == {(side, side)}
    assert not found.left_out


def test_large_faces_are_kept_small(tmp_path: Path) -> None:
    found = faces.faces_of([(write(tmp_path / "a.png", 1500, 900), "x")], make_spec(), Bright())
    assert max(found.faces[0][0].shape) == 512


def test_no_face_at_all_is_one_sentence(tmp_path: Path) -> None:
    found = faces.faces_of([(write(tmp_path / "a.png", 100, 0), "x")], make_spec(), Bright())
    with pytest.raises(DatasetError, match="No face was found in the 1 pictures of there"):
        faces.check_found(found, "there")


def test_written_faces_replace_none(tmp_path: Path) -> None:
    face = np.full((10, 10, 3), 7, np.uint8)
    (tmp_path / "tired").mkdir()
    (tmp_path / "tired" / "0002.png").write_bytes(b"mine")
    assert faces.write([(face, "tired"), (face, "fear")], tmp_path) == 2
    assert (tmp_path / "tired" / "0002.png").read_bytes() == b"mine"
    assert cv2.imread(str(tmp_path / "tired" / "0003.png")).tolist() == face.tolist()
    assert (tmp_path / "fear" / "0001.png").exists()
