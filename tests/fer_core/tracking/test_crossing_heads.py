"""Two people who pass each other keep their numbers: the real finder on a film that is drawn."""

import cv2
import numpy as np
import pytest

from fer_core.benchmark.clips import portrait_path
from fer_core.detection import create_detector
from fer_core.detection.base import FaceDetector
from fer_core.tracking import FaceTracker
from fer_core.types import Face, Frame
from fer_core.video.images import read_image

FRAMES, FPS = 70, 30.0


@pytest.fixture(scope="module")
def finder() -> FaceDetector:
    return create_detector("finder")


def head(side: int, *, other_way: bool) -> tuple[np.ndarray, np.ndarray]:
    """A head, and how much of each pixel is it."""
    picture = read_image(portrait_path())[30:230, 125:325]
    if other_way:
        picture = cv2.convertScaleAbs(picture[:, ::-1], alpha=0.7)
    mask = np.zeros((side, side), np.float32)
    axes = (round(side * 0.38), round(side * 0.48))
    cv2.ellipse(mask, (side // 2, side // 2), axes, 0, 0, 360, 1, -1)
    return cv2.resize(picture, (side, side)), cv2.GaussianBlur(mask, (0, 0), 2)[..., None]


def seen(tracker: FaceTracker, speed: float) -> list[list[Face]]:
    """The faces of each frame, while one person walks to the right before another to the left."""
    coarse = np.random.default_rng(0).integers(60, 180, (12, 16, 3)).astype(np.uint8)
    wall = cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC)
    before, behind = head(120, other_way=False), head(110, other_way=True)
    found = []
    for step in range(FRAMES):
        image = wall.astype(np.float32)
        for (pixels, mask), x, y in (
            (behind, round(480 - speed * step), 170),
            (before, round(40 + speed * step), 160),
        ):
            side = len(pixels)
            part = image[y : y + side, x : x + side]
            part += (pixels - part) * mask
        found.append(tracker.update(Frame(image.astype(np.uint8), step, step / FPS)))
    return found


@pytest.mark.parametrize("thorough", [True, False], ids=["a film", "live"])
@pytest.mark.parametrize("speed", [5.0, 6.0])
def test_both_keep_their_numbers_and_nobody_else_appears(
    finder: FaceDetector, thorough: bool, speed: float
) -> None:
    found = seen(FaceTracker(finder, thorough=thorough, clock=lambda: 0.0), speed)
    by_place = [sorted(faces, key=lambda face: float(face.box_xyxy[0])) for faces in found]
    assert [face.track_id for face in by_place[10]] == [1, 2]
    assert [face.track_id for face in by_place[-1]] == [2, 1]
    assert {face.track_id for faces in found for face in faces} == {1, 2}
    assert min(len(faces) for faces in found) == 1, "one was hidden by the other"
