"""Photos of any size: tiles that cut no face, and boxes that become one."""

import itertools
import math

import cv2
import numpy as np
import pytest

from fer_core import geometry
from fer_core.detection.base import Reach
from fer_core.detection.merging import merged
from fer_core.detection.search import Search, _spans, find_faces, levels
from fer_core.types import Face


class Squares:
    """Finds bright squares, as a network finds faces: from its smallest to a whole picture.

    What a border cuts off it takes for a face all the same, as detectors do.
    """

    name = "squares"
    sure = 0.5

    def __init__(self, side_px: int = 320, smallest_px: float = 12.0) -> None:
        self.reach = Reach(side_px, smallest_px)
        self.looks: list[tuple[int, int]] = []

    def detect(self, image: np.ndarray) -> list[Face]:
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        self.looks.append((image.shape[1], image.shape[0]))
        scale = self.reach.scale(image)
        small = cv2.resize(image[:, :, 0], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        _, _, stats, _ = cv2.connectedComponentsWithStats((small > 150).astype(np.uint8))
        faces = []
        for x, y, w, h, _ in stats[1:].tolist():
            if max(w, h) >= self.reach.smallest_px:
                box = np.array([x, y, x + w, y + h]) / scale
                points = np.tile(box[:2], (5, 1))
                faces.append(Face(box, 0.9 if max(w, h) > 40 else 0.6, points))
        return faces


class CloseSquares(Squares):
    """Looks at up to 1,280 px as they are."""

    tile_px = 1280
    sure_twice = 0.5

    def closely(self, image: np.ndarray) -> list[Face]:
        assert max(image.shape[:2]) <= self.tile_px
        self.reach, kept = Reach(self.tile_px, self.reach.smallest_px), self.reach
        faces = self.candidates(image)
        self.reach = kept
        return faces


def photo(wh: tuple[int, int], *squares: tuple[int, int, int]) -> np.ndarray:
    image = np.full((wh[1], wh[0], 3), 60, np.uint8)
    for x, y, side in squares:
        image[y : y + side, x : x + side] = 255
    return image


def boxes(faces: list[Face]) -> np.ndarray:
    return np.array(sorted(face.box_xyxy.tolist() for face in faces), np.float32).reshape(-1, 4)


@pytest.mark.parametrize("wh", [(1000, 700), (3000, 2000), (4000, 3000), (700, 2900), (6000, 500)])
@pytest.mark.parametrize("side", [24, 31, 47, 90, 160, 250, 400])
@pytest.mark.parametrize("kind", [Squares, CloseSquares])
def test_every_face_is_found_once_and_whole_wherever_it_lies(
    kind: type[Squares], wh: tuple[int, int], side: int
) -> None:
    random = np.random.default_rng(side)
    squares = []
    while len(squares) < 12 and len(squares) < wh[0] * wh[1] / (3 * side) ** 2:
        x, y = (int(random.integers(0, length - side)) for length in wh)
        if all(abs(x - u) > side + 40 or abs(y - v) > side + 40 for u, v, _ in squares):
            squares.append((x, y, side))
    found = boxes(find_faces(kind(), photo(wh, *squares)))
    expected = np.array(sorted([x, y, x + s, y + s] for x, y, s in squares), np.float32)
    assert len(found) == len(expected)
    # The mean of a fine look and a coarse one is off by up to a pixel of the coarse one.
    assert (geometry.iou(expected, found).max(axis=1) > 0.75).all()


def test_a_detector_that_looks_closely_needs_fewer_looks() -> None:
    image = photo((3000, 2000), (100, 100, 40))
    looks = []
    for kind in (Squares, CloseSquares):
        detector = kind()
        find_faces(detector, image)
        looks.append(len(detector.looks))
    assert looks[1] < looks[0] / 5


def test_a_face_as_large_as_the_photo_is_one() -> None:
    image = photo((3000, 2200), (300, 60, 2100), (2500, 100, 60))
    assert len(find_faces(Squares(), image)) == 2


def test_a_small_picture_takes_one_look() -> None:
    detector = Squares()
    find_faces(detector, photo((320, 240), (50, 50, 40)))
    assert detector.looks == [(320, 240)]


def test_a_detector_without_a_reach_is_asked_once() -> None:
    class Plain:
        name = "plain"

        def detect(self, image: np.ndarray) -> list[Face]:
            return [Face(np.array([0, 0, *image.shape[1::-1]]), 0.1)]

    (face,) = find_faces(Plain(), photo((4000, 3000)))
    assert face.box_xyxy.tolist() == [0, 0, 4000, 3000]


def test_doubtful_faces_are_kept_apart_from_sure_ones() -> None:
    class Doubting(Squares):
        sure = 0.7

    image = photo((1000, 700), (100, 100, 30), (500, 300, 200))
    detector = Doubting()
    assert len(find_faces(detector, image)) == 1
    search = Search(detector)
    assert search.sure == 0.7
    assert len(search.complete(image, search.whole(image))) == 2


def test_looks_go_from_coarse_to_fine_and_tiles_overlap_by_more_than_their_largest_face() -> None:
    reach = Reach(640, 16)
    assert levels(reach, (480, 640)) == []
    ((scale, overlap),) = levels(reach, (720, 1280))
    assert scale == pytest.approx(16 / 24)
    # The look at the whole picture finds faces of 32 px of it, so at this scale 21.3 px.
    assert overlap >= 32 * scale
    coarse, fine = levels(reach, (6000, 9000))
    assert coarse[0] < fine[0] == pytest.approx(16 / 24)
    assert fine[1] >= 16 / coarse[0] * fine[0]
    assert max(coarse[1], fine[1]) < 320


@pytest.mark.parametrize("length", [10, 1280, 1281, 1428, 4000, 9001])
@pytest.mark.parametrize(("most", "overlap"), [(1280, 134), (640, 300), (100, 700)])
def test_tiles_are_as_few_as_can_be_and_cover_all(length: int, most: int, overlap: int) -> None:
    spans = _spans(length, most, overlap)
    assert spans[0][0] == 0
    assert spans[-1][0] + spans[-1][1] == length
    assert {tile for _, tile in spans} == {spans[0][1]}
    assert spans[0][1] <= most
    shared = [a + tile - b for (a, tile), (b, _) in itertools.pairwise(spans)]
    asked = min(overlap, most * 3 // 4)
    assert all(asked - 1 <= px for px in shared)
    if length > most:
        assert len(spans) == math.ceil((length - asked) / (most - asked))


def test_a_slow_detector_looks_at_fewer_pixels() -> None:
    (*_, (scale, _)) = levels(Reach(640, 28, 4_000_000), (4000, 6000))
    assert 4000 * 6000 * scale**2 == pytest.approx(4_000_000)


def test_no_picture_is_enlarged() -> None:
    assert levels(Reach(640, 28), (480, 640)) == []
    ((scale, _),) = levels(Reach(640, 60), (720, 1280))
    assert scale == 1.0


def test_boxes_of_one_face_become_their_mean_by_score() -> None:
    points = np.zeros((5, 2))
    faces = [
        Face(np.array([10.0, 10, 50, 50]), 0.6, points + 30),
        Face(np.array([14.0, 10, 54, 50]), 0.3),
        Face(np.array([200.0, 10, 240, 50]), 0.9),
        Face(np.array([20.0, 20, 36, 36]), 0.2),
    ]
    first, second = merged(faces)
    assert (first.score, second.score) == (0.9, 0.6)
    assert second.box_xyxy[0] == pytest.approx(10 * 2 / 3 + 14 / 3)
    assert second.landmarks is not None
    assert second.landmarks.tolist() == (points + 30).tolist()
    assert merged([]) == []


def test_an_empty_box_is_merged_with_nothing() -> None:
    empty = Face(np.array([5.0, 5, 5, 5]), 0.7)
    assert merged([empty, Face(np.array([0.0, 0, 50, 50]), 0.6)])[0].score == 0.7
