"""Doubtful places are enlarged: a face becomes sure, at its place, and nothing else does."""

import numpy as np
import pytest

from fer_core.detection.base import Reach
from fer_core.detection.search import Search, find_faces
from fer_core.detection.second_look import look_again
from fer_core.types import Face


class Blobs:
    """Sees the box of all that is bright; the larger it is, the surer. Green is never a face."""

    name = "blobs"
    sure = 0.6
    tile_px = 1280
    reach = Reach(640, 32.0)

    def __init__(self) -> None:
        self.looks: list[tuple[int, ...]] = []

    def detect(self, image: np.ndarray) -> list[Face]:
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        return self.closely(image)

    def closely(self, image: np.ndarray) -> list[Face]:
        self.looks.append(image.shape[:2])
        y, x = np.nonzero(image[:, :, 1] > 150)
        if not len(x):
            return []
        box = np.array([x.min(), y.min(), x.max() + 1, y.max() + 1], np.float32)
        score = min(0.95, float(box[2] - box[0]) / 70)
        if image[y[0], x[0], 0] < 100:
            score = min(score, 0.5)
        return [Face(box, score, np.tile(box[:2], (5, 1)))]


def picture(left: int, top: int, side: int, blue: int = 255) -> np.ndarray:
    image = np.full((480, 640, 3), 60, np.uint8)
    image[top : top + side, left : left + side] = (blue, 255, 255)
    return image


@pytest.mark.parametrize(("left", "top"), [(300, 200), (2, 200), (300, 3), (612, 450)])
def test_a_faint_face_becomes_sure_where_it_is_at_the_edge_too(left: int, top: int) -> None:
    image = picture(left, top, 26)
    whole = Blobs().candidates(image)
    assert whole[0].score < Blobs.sure
    (face,) = find_faces(Blobs(), image)
    assert face.score > 0.85
    np.testing.assert_allclose(face.box_xyxy, [left, top, left + 26, top + 26], atol=1.5)
    assert face.landmarks is not None
    np.testing.assert_allclose(face.landmarks, np.tile([left, top], (5, 1)), atol=1.5)


def test_a_large_faint_face_is_made_smaller() -> None:
    image = np.full((900, 900, 3), 60, np.uint8)
    image[200:500, 300:600] = 255
    faint = Face(np.array([300, 200, 600, 500]), 0.4)
    (face,) = look_again(Blobs().closely, image, [faint], 0.6, 32.0)
    assert face.score > 0.85
    np.testing.assert_allclose(face.box_xyxy, [300, 200, 600, 500], atol=5)


def test_what_only_looks_like_a_face_stays_doubtful() -> None:
    image = picture(300, 200, 26, blue=0)
    assert find_faces(Blobs(), image) == []
    search = Search(Blobs())
    whole = search.whole(image)
    assert [f.score for f in search.complete(image, whole)] == [f.score for f in whole]


def test_sure_faces_take_no_second_look() -> None:
    detector = Blobs()
    find_faces(detector, picture(300, 200, 60))
    assert detector.looks == [(480, 640)]


@pytest.mark.parametrize(("side", "score"), [(26, 0.69), (40, 0.6)])
def test_small_ones_must_be_surer(side: int, score: float) -> None:
    def look(image: np.ndarray) -> list[Face]:
        return [Face(np.array([64, 64, 128, 128]), score)]

    image, box = picture(300, 200, side), np.array([300, 200, 300 + side, 200 + side])
    (face,) = look_again(look, image, [Face(box, 0.4)], 0.6, 32.0)
    assert face.score == pytest.approx(0.4 if side == 26 else 0.6)


def test_another_face_beside_it_is_not_taken_for_it() -> None:
    def look(image: np.ndarray) -> list[Face]:
        return [Face(np.array([0, 64, 64, 128]), 0.9)]

    faint = Face(np.array([300, 200, 326, 226]), 0.4)
    assert look_again(look, picture(300, 200, 26), [faint], 0.6, 32.0) == [faint]
