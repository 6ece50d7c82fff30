"""Films for trackers: boxes that a script gives, and pictures that are drawn."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from fer_core.tracking import FaceTracker
from fer_core.types import Face, Frame

WALL = np.tile(np.linspace(60, 200, 64, dtype=np.uint8)[None, :, None], (48, 1, 3))
#: Another place: what was bright is dark.
ELSEWHERE = np.ascontiguousarray(WALL[:, ::-1] // 2)


def face(x: float, y: float, side: float = 100.0, score: float = 0.9) -> Face:
    """A face by the middle of its box, with landmarks."""
    points = np.array([[-0.2, -0.15], [0.2, -0.15], [0, 0.05], [-0.15, 0.25], [0.15, 0.25]])
    half = side / 2
    return Face(np.array([x - half, y - half, x + half, y + half]), score, points * side + [x, y])


class Scripted:
    """Finds what it is told, and counts how often it is asked.

    Attributes:
        faces: what it finds next, the doubtful ones of a score under `sure` too.
    """

    name = "scripted"
    sure = 0.5

    def __init__(self, *faces: Face) -> None:
        self.faces: Sequence[Face] = faces
        self.asked = 0

    def detect(self, image: np.ndarray) -> list[Face]:
        return [found for found in self.candidates(image) if found.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        self.asked += 1
        return sorted(self.faces, key=lambda found: -found.score)


class Film:
    """Feeds a tracker with what a script says, frame after frame.

    Attributes:
        detector, tracker: what is fed.
        time_s: of the next frame.
        fps: frames a second.
    """

    def __init__(
        self,
        fps: float = 30.0,
        *,
        thorough: bool = True,
        wh: tuple[int, int] = (640, 480),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.detector = Scripted()
        clocks = {} if clock is None else {"clock": clock}
        self.tracker = FaceTracker(self.detector, thorough=thorough, **clocks)
        self.fps, self.time_s, self._index, self._wh = fps, 0.0, 0, wh

    def show(self, *faces: Face, on: np.ndarray = WALL) -> list[Face]:
        """The faces of the next frame, in which the detector finds `faces`."""
        self.detector.faces = faces
        frame = Frame(cv2.resize(on, self._wh), self._index, self.time_s)
        self._index += 1
        self.time_s += 1 / self.fps
        return self.tracker.update(frame)

    def numbers(self, *faces: Face, on: np.ndarray = WALL) -> list[int | None]:
        """As `show`: who is in the picture, from left to right."""
        shown = sorted(self.show(*faces, on=on), key=lambda found: float(found.box_xyxy[0]))
        return [found.track_id for found in shown]


def middle(found: Face) -> np.ndarray:
    """x, y in px."""
    center: np.ndarray = (found.box_xyxy[:2] + found.box_xyxy[2:]) / 2
    return center
