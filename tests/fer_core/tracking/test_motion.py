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


class Textbook:
    """Kalman's filter for x and y in sides of the face, as its matrices are written down.

    Constant velocity; a box is off by 0.03 sides, a head changes its velocity by 8 sides a second a
    second, and the first one is anything up to 3 sides a second. A jump of more than 0.15 sides is
    believed whole.
    """

    def __init__(self, *place: float) -> None:
        self.state, self.covariance = np.array([place, (0.0, 0.0)]), np.diag([0.03**2, 3.0**2])
        self.share = 1.0

    def step(self, passed_s: float, *measured: float) -> None:
        move = np.array([[1, passed_s], [0, 1]])
        noise = np.array([[passed_s**4 / 4, passed_s**3 / 2], [passed_s**3 / 2, passed_s**2]])
        self.state = move @ self.state
        self.covariance = move @ self.covariance @ move.T + 8.0**2 * noise
        gain = self.covariance @ [1, 0] / (self.covariance[0, 0] + 0.03**2)
        off = np.array(measured) - self.state[0]
        gain[0] = 1.0 if np.abs(off).max() > 0.15 else gain[0]
        self.state = self.state + np.outer(gain, off)
        self.covariance = (np.eye(2) - np.outer(gain, [1, 0])) @ self.covariance
        self.covariance[0, 0] = max(self.covariance[0, 0], 0.003**2)
        self.share = gain[0]


@pytest.mark.parametrize("side", [40.0, 250.0])
def test_it_is_kalmans_filter(side: float) -> None:
    """Uneven steps, one of them a jump, in both directions and for large and small faces."""
    book, shares = Textbook(1.0, 2.0), []
    motion = Motion(box(side, 2 * side, 0.8 * side, side))
    places = [(1.02, 2.01), (1.03, 2.05), (1.02, 2.08), (1.5, 2.1), (1.55, 2.13), (1.6, 2.15)]
    for passed_s, (x, y) in zip((0.03, 0.05, 0.04, 0.03, 0.02, 0.01), places, strict=True):
        motion.predict(passed_s)
        motion.correct(box(x * side, y * side, 0.8 * side, side))
        book.step(passed_s, x, y)
        np.testing.assert_allclose(motion.center_px, book.state[0] * side, rtol=1e-5)
        np.testing.assert_allclose(motion.velocity, book.state[1] * side, rtol=1e-4)
        assert motion.share == pytest.approx(book.share, rel=1e-6)
        np.testing.assert_allclose(motion.wh_px, [0.8 * side, side], rtol=1e-6)
        shares.append(motion.share)
    assert [share == 1 for share in shares] == [False, False, False, True, False, False]


def test_the_size_is_filtered_too() -> None:
    """A random walk of half a side a second, seen with the same jitter."""
    motion, spread, size = Motion(box(0, 0, 50, 100)), 0.03**2, 1.0
    for passed_s, seen in ((0.03, 1.03), (0.2, 1.05), (0.03, 1.02), (0.1, 1.01)):
        motion.predict(passed_s)
        motion.correct(box(0, 0, 50, 100 * seen))
        spread += (0.5 * passed_s) ** 2
        gain = spread / (spread + 0.03**2)
        size, spread = size + gain * (seen - size), spread * (1 - gain)
        assert motion.wh_px.tolist() == pytest.approx([50, 100 * size], rel=1e-6)


@pytest.mark.parametrize(
    ("step", "whole"),
    [((14, 0, 0, 0), False), ((16, 0, 0, 0), True), ((0, -14, 0, 0), False), ((0, -16, 0, 0), True),
     ((0, 0, 14, 0), False), ((0, 0, 16, 0), True), ((0, 0, 0, -16), True)],
)  # fmt: skip
def test_a_jump_is_fifteen_hundredths_of_the_longer_side(
    step: tuple[float, float, float, float], whole: bool
) -> None:
    x, y, w, h = step
    motion = Motion(box(0, 0, 60, 100))
    motion.predict(1 / 30)
    motion.correct(box(x, y, 60 + w, 100 + h))
    reached = [*motion.center_px, *motion.wh_px]
    assert (np.abs(reached - np.array([x, y, 60 + w, 100 + h])).max() < 1e-3) == whole
    if whole and (w or h):  # a size that jumped is known, but not for good
        motion.predict(1 / 30)
        motion.correct(box(x, y, 62 + w, 102 + h))
        assert 0.1 < motion.wh_px[0] - 60 - w < 1.9


def test_after_a_rest_it_may_be_a_jump_away_and_as_fast_as_at_first() -> None:
    motion = walked(30)
    motion.rest()
    start = motion.center_px
    motion.correct(box(start[0] + 10, start[1]))
    assert motion.share == pytest.approx(0.15**2 / (0.15**2 + 0.03**2))
    motion.predict(0.1)  # the place was known to 0.0294 sides, the velocity not at all
    motion.correct(box(motion.center_px[0] + 10, motion.center_px[1]))
    place = 0.15**2 * 0.03**2 / (0.15**2 + 0.03**2) + (3 * 0.1) ** 2 + (8 * 0.1**2 / 2) ** 2
    assert motion.share == pytest.approx(place / (place + 0.03**2))
