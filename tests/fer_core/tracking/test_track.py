"""What a followed face keeps of the detector's landmarks."""

import numpy as np
import pytest

from fer_core.tracking.track import Track
from fer_core.types import Face

POINTS = np.array([[30, 40], [70, 42], [50, 60], [35, 80], [66, 79]], np.float32)
MOVED, BEGUN = np.array([4.0, -2]), np.array([10.0, 20])


def face(left: float, top: float, right: float, bottom: float, points: object = None) -> Face:
    marks = None if points is None else np.asarray(points, np.float32)
    return Face(np.array([left, top, right, bottom], np.float32), 0.8, marks)


def test_landmarks_are_as_steady_as_the_box() -> None:
    track = Track(face(0, 0, 100, 100, POINTS), 0.0)
    track.motion.predict(1 / 30)
    track.hit(face(0, 0, 100, 100, POINTS + MOVED), 1 / 30)
    share = track.motion.share
    assert 0 < share < 1
    found = track.face()
    assert found.landmarks == pytest.approx(POINTS + share * MOVED, abs=1e-3)
    track.motion.predict(1 / 30)
    track.hit(face(0, 0, 100, 100, POINTS + MOVED), 2 / 30)
    left = (1 - share) * (1 - track.motion.share)
    assert track.face().landmarks == pytest.approx(POINTS + (1 - left) * MOVED, abs=1e-3)


def test_landmarks_go_and_grow_with_the_box() -> None:
    track = Track(face(10, 20, 110, 120, POINTS + BEGUN), 0.0)
    for step in range(1, 40):
        track.motion.predict(1 / 30)
        grown = 1 + step / 40
        points = POINTS * grown + BEGUN + [3 * step, 0]
        track.hit(
            face(10 + 3 * step, 20, 10 + 3 * step + 100 * grown, 20 + 100 * grown, points),
            step / 30,
        )
    box = track.face().box_xyxy
    side = float(box[2] - box[0])
    assert track.face().landmarks == pytest.approx(box[:2] + POINTS * side / 100, abs=0.5)


def test_landmarks_that_come_are_taken_and_those_that_go_are_gone() -> None:
    track = Track(face(0, 0, 100, 100), 0.0)
    assert track.face().landmarks is None
    track.hit(face(0, 0, 100, 100, POINTS), 0.1)
    assert track.face().landmarks == pytest.approx(POINTS, abs=1e-3)
    track.hit(face(0, 0, 100, 100), 0.2)
    assert track.face().landmarks is None


def test_a_box_that_is_not_square_counts_by_its_longer_side() -> None:
    track = Track(face(0, 0, 50, 100, POINTS), 0.0)
    side = track.motion.side_px
    middle = track.motion.center_px
    expected = middle + (POINTS - [25, 50]) / 100 * side
    assert track.face().landmarks == pytest.approx(expected, abs=1e-3)
    thin = Track(face(5, 5, 5.5, 5.5, np.full((5, 2), 6.0)), 0.0)
    assert thin.face().landmarks == pytest.approx(
        np.tile(thin.motion.center_px + 0.75 * thin.motion.side_px, (5, 1)), abs=1e-3
    )


def test_it_counts_what_the_detector_saw() -> None:
    track = Track(face(0, 0, 100, 100), 2.0)
    assert (track.seen_s, track.hits, track.misses, track.number) == (2.0, 1, 0, None)
    track.misses = 2
    track.hit(face(0, 0, 100, 100), 2.5)
    assert (track.seen_s, track.hits, track.misses) == (2.5, 2, 0)
