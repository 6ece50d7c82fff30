import numpy as np
import pytest

from fer_core.tracking.motion import Motion


def box(x: float, y: float, w: float = 100.0, h: float = 100.0) -> np.ndarray:
    return np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2], np.float32)


def walked(steps: int, fps: float = 30.0, scale: float = 1.0) -> Motion:
    """A face of 100 px (times `scale`) that walks 120 px a second to the right, 60 upwards."""
    motion = Motion(box(0, 0, 100 * scale, 100 * scale))
    for step in range(1, steps):
        motion.predict(1 / fps)
        at = box(120 * scale * step / fps, -60 * scale * step / fps, 100 * scale, 100 * scale)
        motion.correct(at)
    return motion


def test_it_begins_with_the_box_that_it_was_given() -> None:
    motion = Motion(box(40, 50, 80, 100))
    assert motion.box_xyxy.tolist() == box(40, 50, 80, 100).tolist()
    assert motion.box_xyxy.dtype == np.float32
    assert (motion.side_px, motion.share) == (100, 1.0)
    motion.predict(0.5)
    assert motion.box_xyxy.tolist() == box(40, 50, 80, 100).tolist(), "it stands until it is seen"


@pytest.mark.parametrize("fps", [5, 15, 30, 60])
def test_it_learns_how_fast_a_face_is_and_goes_on(fps: float) -> None:
    motion = walked(round(fps * 2), fps)
    assert motion.velocity == pytest.approx([120, -60], abs=3)
    before = motion.center_px
    motion.predict(0.5)
    assert motion.center_px - before == pytest.approx([60, -30], abs=2)


def test_large_and_small_faces_move_alike() -> None:
    for scale in (0.25, 3.0):
        assert walked(9, scale=scale).center_px / scale == pytest.approx(walked(9).center_px)
        assert walked(9, scale=scale).velocity / scale == pytest.approx(walked(9).velocity)


def test_a_rest_stops_it() -> None:
    motion = walked(30)
    motion.rest()
    before = motion.center_px
    motion.predict(0.5)
    assert motion.center_px.tolist() == before.tolist()
    motion.correct(box(before[0] + 10, before[1]))
    assert motion.center_px[0] > before[0] + 9, "the next box is believed"


def test_small_steps_are_damped_and_jumps_are_taken() -> None:
    motion = Motion(box(0, 0))
    for _ in range(30):
        motion.predict(1 / 30)
        motion.correct(box(0, 0))
    motion.predict(1 / 30)
    motion.correct(box(4, 0))
    assert 0.8 < motion.center_px[0] < 3
    assert 0.2 < motion.share < 0.75
    motion = Motion(box(0, 0))
    for at in (0.0, 0.0, 0.0, 30.0):
        motion.predict(1 / 30)
        motion.correct(box(at, 0))
    assert motion.center_px[0] == pytest.approx(30)
    assert motion.share == 1.0


def test_the_size_is_calm_too_and_follows_slowly() -> None:
    motion = Motion(box(0, 0))
    for _ in range(20):
        motion.predict(1 / 30)
        motion.correct(box(0, 0))
    motion.predict(1 / 30)
    motion.correct(box(0, 0, 106, 106))
    assert 100.5 < motion.wh_px[0] < 104.5
    for _ in range(20):
        motion.predict(1 / 30)
        motion.correct(box(0, 0, 106, 106))
    assert motion.wh_px == pytest.approx([106, 106], abs=0.5)
    motion.predict(1 / 30)
    motion.correct(box(0, 0, 140, 140))
    assert motion.wh_px == pytest.approx([140, 140])


def test_the_longer_it_was_not_seen_the_more_a_box_is_believed() -> None:
    shares = []
    for gap_s in (1 / 30, 0.2, 0.5):
        motion = walked(30)
        motion.predict(gap_s)
        motion.correct(motion.box_xyxy + np.float32(2))
        shares.append(motion.share)
    assert shares == sorted(shares)
    assert shares[-1] > 0.95


def test_an_empty_box_hurts_nobody() -> None:
    motion = Motion(np.zeros(4))
    motion.predict(0.1)
    motion.correct(np.zeros(4))
    assert np.isfinite(motion.box_xyxy).all()
    assert motion.side_px == 1.0
