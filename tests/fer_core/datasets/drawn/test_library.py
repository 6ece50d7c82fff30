import numpy as np
import pytest

from fer_core.datasets.drawn import library as lib
from fer_core.datasets.drawn.library import Library
from fer_core.errors import DatasetError
from fer_core.video import picture_size
from tests.fer_core.datasets.drawn import tiny_library


def test_every_twentieth_picture_is_held_out(heads_folder):
    train, held_out = (Library.read(heads_folder, part) for part in ("train", "validation"))
    assert (len(train.heads), len(train.scenes)) == (22, 22)
    assert (len(held_out.heads), len(held_out.scenes)) == (2, 2)


def test_a_head_carries_our_square_box_and_its_landmarks(library):
    x, y, w, h = tiny_library.BOX
    side = 1.16 * np.sqrt(w * h)
    face = library.heads[0].face
    assert face[:3] == pytest.approx([x + w / 2, y + h / 2 - 0.02 * side, side], rel=1e-4)
    assert face[3:].tolist() == pytest.approx(list(tiny_library.MARKS))
    assert library.heads[0].pixels().shape == (128, 128)


def test_our_square_goes_back_to_a_box_of_the_same_place():
    square = lib.box_to_square(*lib.square_to_box(np.array([40.0, 30.0]), 20.0))
    assert square.tolist() == pytest.approx([40, 30, 20], abs=1e-4)


def test_in_scenes_a_sure_box_is_a_face_and_a_doubtful_one_a_place_to_leave_out(tmp_path):
    boxes = [(10, 20, 30, 40, 0.76), (100, 20, 30, 40, 0.75)]
    scene = Library.read(tiny_library.write(tmp_path, 2, 2, boxes), "train").scenes[0]
    assert scene.faces.shape == (1, 3)
    assert scene.unsure.tolist() == [[100, 20, 130, 60]]


def test_several_folders_are_one_library(heads_folder, tmp_path):
    more = tiny_library.write(tmp_path, heads=5, scenes=0)
    both = Library.read([heads_folder, more], "train")
    assert (len(both.heads), len(both.scenes)) == (22 + 4, 22)


@pytest.mark.parametrize("missing", ["photos.tar", "boxes.csv"])
def test_a_missing_file_is_named(tmp_path, missing):
    (tiny_library.write(tmp_path, 2, 2) / missing).unlink()
    with pytest.raises(DatasetError, match=missing):
        Library.read(tmp_path, "train")


def test_boxes_without_numbers_are_refused(tmp_path):
    folder = tiny_library.write(tmp_path, 2, 2)
    path = folder / "boxes.csv"
    path.write_text(path.read_text().replace("46.0", "left eye"))
    with pytest.raises(DatasetError, match=r"boxes\.csv"):
        Library.read(folder, "train")


def test_no_heads_is_said(tmp_path):
    with pytest.raises(DatasetError, match="no heads"):
        Library.read(tiny_library.write(tmp_path, 0, 3), "train")


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    folder = tiny_library.write(tmp_path, 2, 2)
    monkeypatch.setattr(picture_size, "MAX_PX", 128 * 128 - 1)
    with pytest.raises(DatasetError, match=r"heads/00001\.jpg has 128 × 128 px"):
        Library.read(folder, "train")
