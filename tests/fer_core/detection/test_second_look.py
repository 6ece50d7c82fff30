"""Doubtful places are enlarged: a face becomes sure, at its place, and nothing else does."""

import numpy as np
import pytest

from fer_core.detection.base import Reach
from fer_core.detection.search import find_faces
from fer_core.detection.second_look import look_again
from fer_core.types import Face


class Blobs:
    """Sees the box of all that is bright; the larger it is, the surer. Green is never a face."""

    name = "blobs"
    sure = 0.6
    tile_px = 1280
    sure_twice = 0.6
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
    first = Blobs().candidates(image)[0].score
    assert first < Blobs.sure
    (face,) = find_faces(Blobs(), image)
    assert face.score == pytest.approx((first + 64 / 70) / 2, abs=0.02)
    np.testing.assert_allclose(face.box_xyxy, [left, top, left + 26, top + 26], atol=1.5)
    assert face.landmarks is not None
    np.testing.assert_allclose(face.landmarks, np.tile([left, top], (5, 1)), atol=1.5)


def test_two_looks_have_a_threshold_of_their_own() -> None:
    detector = Blobs()
    detector.sure, detector.sure_twice = 0.6, 0.68
    score = (26 / 70 + 64 / 70) / 2
    assert detector.sure < score < detector.sure_twice
    assert find_faces(detector, picture(300, 200, 26)) == []
    detector.sure, detector.sure_twice = 0.68, 0.6
    assert len(find_faces(detector, picture(300, 200, 26))) == 1


def test_a_large_faint_face_is_made_smaller() -> None:
    image = np.full((900, 900, 3), 60, np.uint8)
    image[200:500, 300:600] = 255
    faint = Face(np.array([300, 200, 600, 500]), 0.4)
    (face,) = look_again(Blobs().closely, image, [faint])
    assert face.score > 0.65
    np.testing.assert_allclose(face.box_xyxy, [300, 200, 600, 500], atol=5)


def test_what_looks_like_a_face_at_one_size_only_is_none() -> None:
    image = picture(300, 200, 45, blue=0)
    assert Blobs().closely(image)[0].score == 0.5
    faces = [Face(np.array([300, 200, 345, 245]), 0.64)]
    (face,) = look_again(Blobs().closely, image, faces)
    assert face.score == pytest.approx(0.57)
    assert face.box_xyxy.tolist() == [300, 200, 345, 245]
    (gone,) = look_again(lambda image: [], image, faces)
    assert gone.score == pytest.approx(0.32)


def test_the_surest_faces_take_no_second_look() -> None:
    detector = Blobs()
    find_faces(detector, picture(300, 200, 64))
    assert detector.looks == [(480, 640)]
    find_faces(detector, picture(300, 200, 62))
    assert detector.looks == [(480, 640), (480, 640), (192, 192)]


def test_another_face_beside_it_is_not_taken_for_it() -> None:
    def look(image: np.ndarray) -> list[Face]:
        return [Face(np.array([0, 64, 64, 128]), 0.9), Face(np.array([70, 64, 134, 128]), 0.7)]

    faint = Face(np.array([300, 200, 326, 226]), 0.4)
    (face,) = look_again(look, picture(300, 200, 26), [faint])
    assert face.score == pytest.approx(0.55)
    assert face.box_xyxy[0] == pytest.approx(300 + 6 * 26 / 64, abs=0.5)


def test_of_very_many_places_the_best_hundred_are_looked_at() -> None:
    scores = np.linspace(0.4, 0.8, 150)
    box = np.array([300, 200, 326, 226])
    faces = [Face(box, float(score)) for score in scores]
    again = look_again(lambda image: [], picture(300, 200, 26), faces)
    assert [face.score for face in again[:50]] == pytest.approx(scores[:50])
    assert [face.score for face in again[50:]] == pytest.approx(scores[50:] / 2)
