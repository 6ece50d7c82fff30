from pathlib import Path

import numpy as np
import pytest
import trees

from fer_core import geometry
from fer_core.datasets import open_dataset
from fer_core.datasets.faces import CutFaces, WithFaces, shows_more_than_faces
from fer_core.datasets.registry import CheckedDataset
from fer_core.types import Face


class BrightSquare:
    """Finds the bright square, as if it were a face."""

    name = "bright"

    def detect(self, image: np.ndarray) -> list[Face]:
        rows, columns = np.nonzero(image[:, :, 0] > 200)
        if not len(rows):
            return []
        box = np.float32([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        corner = np.float32([0, 0, 2, 2])
        return [Face(corner, 0.99), Face(box, 0.9)]


def crop(image: np.ndarray, face: Face) -> np.ndarray:
    return geometry.crop(image, face.box_xyxy)


def portrait(side: int, face: int, seed: int = 0) -> np.ndarray:
    image = np.random.default_rng(seed).integers(0, 100, (side, side), np.uint8)
    start = (side - face) // 2
    image[start : start + face, start : start + face] = 230
    return image


def people(folder: Path, side: int, face: int) -> CheckedDataset:
    for word in ("happy", "sad"):
        for number in range(20):
            picture = portrait(side, face, number + 100 * (word == "sad"))
            trees.write_picture(folder / f"{word}/{number}.png", picture)
    return open_dataset("folder", folder)


@pytest.mark.parametrize(
    ("side", "face", "cut"), [(120, 60, True), (120, 110, False), (60, 30, False)]
)
def test_a_sample_shows_whether_faces_must_be_cut_out(
    side: int, face: int, cut: bool, tmp_path: Path
) -> None:
    dataset = people(tmp_path, side, face)
    assert shows_more_than_faces(dataset, BrightSquare()) == cut
    images = WithFaces(dataset, "auto", BrightSquare(), crop).load("train").images
    assert images[0].shape[:2] == ((face, face) if cut else (side, side))


def test_cut_and_as_is_do_what_they_say(tmp_path: Path) -> None:
    dataset = people(tmp_path, 120, 110)
    assert WithFaces(dataset, "cut", BrightSquare(), crop).load("test").images[0].shape[0] == 110
    plain = WithFaces(people(tmp_path, 120, 40), "as-is", BrightSquare(), crop)
    assert plain.load("test").images[0].shape[0] == 120
    assert plain.splits() == dataset.splits()


def test_data_sets_of_cut_faces_are_taken_as_they_are(tmp_path: Path) -> None:
    assert not shows_more_than_faces(open_dataset("rafdb", trees.rafdb(tmp_path)), BrightSquare())


def test_pictures_without_a_face_stay_whole_and_are_counted_once() -> None:
    images = [portrait(100, 50), np.zeros((100, 90, 3), np.uint8)]
    cut = CutFaces(images, BrightSquare(), crop)
    assert [image.shape for image in [*cut, *cut]] == [(50, 50, 3), (100, 90, 3)] * 2
    assert cut.without_face == 1
