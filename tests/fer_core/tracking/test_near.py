"""Between two searches of a live picture, a look around the faces that are followed is enough."""

from typing import Any

import numpy as np
import pytest

from fer_core import geometry
from fer_core.detection.base import Reach
from fer_core.tracking import FaceTracker
from fer_core.types import Face, Frame

SIDE, FPS = 60, 30.0


class Squares:
    """Sees white squares, each a face; counts its looks at whole pictures and at single places."""

    name = "squares"
    sure = 0.5
    tile_px = 1280
    sure_twice = 0.5
    reach = Reach(640, 20.0)

    def __init__(self) -> None:
        self.wholes = self.nears = 0
        self.score = 0.9

    def detect(self, image: np.ndarray) -> list[Face]:
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        self.wholes += 1
        return self._seen(image)

    def closely(self, image: np.ndarray) -> list[Face]:
        self.nears += 1
        return self._seen(image)

    def _seen(self, image: np.ndarray) -> list[Face]:
        columns = (image[:, :, 1] > 150).any(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], columns, [0]])))
        faces = []
        for left, right in edges.reshape(-1, 2):
            rows = np.flatnonzero((image[:, left:right, 1] > 150).any(axis=1))
            box = np.array([left, rows[0], right, rows[-1] + 1], np.float32)
            faces.append(Face(box, self.score, np.tile(box[:2], (5, 1))))
        return faces


class Live:
    """A live picture with squares in it, frame after frame."""

    def __init__(self, *, thorough: bool = False) -> None:
        self.detector = Squares()
        self.tracker = FaceTracker(self.detector, thorough=thorough, clock=lambda: 0.0)
        self.index = 0

    def show(self, *left_top: tuple[float, float]) -> tuple[list[Face], tuple[int, int]]:
        """The faces of the next frame, and (looks at the whole, looks at places) that it took."""
        image = np.full((480, 640, 3), 60, np.uint8)
        for left, top in left_top:
            image[round(top) : round(top) + SIDE, round(left) : round(left) + SIDE] = 255
        before = (self.detector.wholes, self.detector.nears)
        faces = self.tracker.update(Frame(image, self.index, self.index / FPS))
        self.index += 1
        return faces, (self.detector.wholes - before[0], self.detector.nears - before[1])


def test_the_whole_is_searched_every_tenth_of_a_second() -> None:
    live = Live()
    looks = [live.show((100, 100))[1] for _ in range(10)]
    assert looks == [(1, 0), *[(0, 1), (0, 1), (1, 1)] * 3]


@pytest.mark.parametrize("speed", [0, 6, 12])
def test_a_face_is_followed_as_it_walks_to_the_edge(speed: float) -> None:
    live, places = Live(), [(30 + speed * step, 100 + speed / 3 * step) for step in range(45)]
    for left, top in places:
        (face,), _ = live.show((left, top))
        seen = geometry.clip(np.array([left, top, left + SIDE, top + SIDE]), (640, 480))
        assert face.track_id == 1
        assert geometry.iou(face.box_xyxy[None], seen[None])[0, 0] > 0.75
    assert live.detector.nears > 25


def test_who_comes_in_is_found_by_the_next_search_and_shown_one_frame_later() -> None:
    live = Live()
    for _ in range(4):
        live.show((100, 100))
    shown = [len(live.show((100, 100), (400, 100))[0]) for _ in range(5)]
    assert shown == [1, 1, 1, 2, 2]


def test_when_somebody_is_missed_the_whole_is_searched() -> None:
    live = Live()
    for _ in range(2):
        live.show((100, 100))
    assert live.show()[1] == (0, 1), "it is missed here"
    faces, looks = live.show((420, 300))
    assert looks == (1, 0)
    faces, looks = live.show((420, 300))
    assert [round(float(face.box_xyxy[0])) for face in faces] == [420]


def test_a_doubtful_look_keeps_a_face_and_begins_none() -> None:
    live = Live()
    live.show((100, 100))
    live.detector.score = 0.3
    (face,), looks = live.show((104, 100))
    assert looks == (0, 1)
    assert (face.track_id, round(face.score, 1)) == (1, 0.3)
    assert live.tracker.missed == frozenset()


def test_the_neighbour_of_a_face_is_not_taken_for_it() -> None:
    live = Live()
    two = ((100, 100), (100 + SIDE + 4, 100))
    for _ in range(2):
        faces, _ = live.show(*two)
    faces, looks = live.show(two[0])
    assert looks == (0, 2)
    assert live.tracker.missed == {2}
    assert len(faces) == 2, "it is still expected there"


@pytest.mark.parametrize(("count", "looks"), [(3, (0, 3)), (4, (1, 0))])
def test_of_many_faces_the_whole_is_the_quicker_look(count: int, looks: tuple[int, int]) -> None:
    live, places = Live(), [(20 + 140 * i, 100) for i in range(count)]
    live.show(*places)
    assert live.show(*places)[1] == looks


def test_a_film_is_searched_whole_in_every_frame() -> None:
    live = Live(thorough=True)
    assert [live.show((100, 100))[1] for _ in range(4)] == [(1, 0)] * 4


def test_nobody_is_looked_for_everywhere() -> None:
    live = Live()
    looks = [live.show()[1] for _ in range(6)]
    assert all(whole >= 1 for whole, _ in looks)


def test_what_looks_and_searches_of_a_frame_take_is_told_together() -> None:
    live = Live()
    now = [0.0]
    for name, cost_s in (("candidates", 0.02), ("closely", 0.005)):
        look = getattr(live.detector, name)

        def slow(image: np.ndarray, look: Any = look, cost_s: float = cost_s) -> list[Face]:
            now[0] += cost_s
            found: list[Face] = look(image)
            return found

        setattr(live.detector, name, slow)
    live.tracker = FaceTracker(live.detector, clock=lambda: now[0])
    told = []
    for _ in range(5):
        live.show((100, 100))
        told.append(live.tracker.detect_ms)
    assert told == pytest.approx([20, 5, 5, 25, 5])


def test_a_search_that_looks_twice_has_a_threshold_of_its_own() -> None:
    for thorough, sure, sure_twice, found in (
        (True, 0.95, 0.6, 1),
        (True, 0.6, 0.95, 0),
        (False, 0.95, 0.6, 0),
        (False, 0.6, 0.95, 1),
    ):
        live = Live(thorough=thorough)
        live.detector.score = 0.8
        live.detector.sure, live.detector.sure_twice = sure, sure_twice
        live.tracker.use(live.detector)
        live.show()  # the first frame is looked at twice in a live picture, too
        for _ in range(6):
            faces, _ = live.show((100, 100))
        assert len(faces) == found, (thorough, sure, sure_twice)
