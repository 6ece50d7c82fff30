"""How long a face is shown and remembered, how near it must be, and what a search may cost."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.detection.base import Reach
from fer_core.tracking import tracker
from fer_core.types import Face
from tests.fer_core.tracking.films import Film, Scripted, face, middle


@pytest.mark.parametrize(("unseen_s", "shown"), [(0.19, True), (0.21, False)])
def test_a_face_is_shown_for_a_fifth_of_a_second_after_it_was_seen(
    unseen_s: float, shown: bool
) -> None:
    film = Film(fps=1 / unseen_s)
    for _ in range(4):
        assert film.numbers(face(100, 100)) == [1]
    assert (film.numbers() == [1]) == shown


@pytest.mark.parametrize(("frames", "number"), [(28, 1), (31, 2)])
def test_a_face_is_remembered_for_a_second(frames: int, number: int) -> None:
    """It is back after 29 or 32 thirtieths of a second."""
    film = Film()
    for _ in range(3):
        film.show(face(100, 100))
    for _ in range(frames):
        film.show()
    film.show(face(100, 100))
    assert film.numbers(face(100, 100)) == [number]


@pytest.mark.parametrize(("apart_s", "at_once"), [(0.69, False), (0.71, True)])
def test_frames_seven_tenths_of_a_second_apart_are_pictures_of_their_own(
    apart_s: float, at_once: bool
) -> None:
    film = Film(fps=1 / apart_s)
    film.show(face(100, 100))
    assert film.numbers(face(100, 100), face(400, 300)) == ([1, 2] if at_once else [1])


def test_after_a_pause_a_face_that_was_quick_stands_where_it_is_found() -> None:
    film = Film()
    for step in range(10):
        film.show(face(100 + 10 * step, 100))
    film.time_s += 0.75
    for _ in range(3):
        (found,) = film.show(face(190, 100))
        assert found.track_id == 1
        assert abs(middle(found)[0] - 190) < 0.5


@pytest.mark.parametrize(("beside_px", "kept"), [(52, True), (55, False)])
def test_a_doubtful_box_and_a_face_have_three_tenths_in_common(beside_px: int, kept: bool) -> None:
    """Of two boxes 100 px wide: 48 of 152, and 45 of 155."""
    film = Film()
    for _ in range(6):
        film.show(face(200, 200))
    for _ in range(4):
        shown = film.numbers(face(200 + beside_px, 200, score=0.3))
    assert (shown == [1]) == kept


@pytest.mark.parametrize(("beside_px", "two"), [(38, False), (42, True)])
def test_two_boxes_with_more_than_six_tenths_in_common_are_one_face(
    beside_px: int, two: bool
) -> None:
    film = Film()
    film.show(face(200, 200))
    for _ in range(4):
        shown = film.numbers(face(200, 200), face(200 + beside_px, 200))
    assert shown == ([1, 2] if two else [1])


def test_the_smaller_box_says_what_two_have_in_common() -> None:
    """A third of the small box lies in the large one, and seven tenths of it."""
    for x, numbers in ((330, [1, 2]), (288, [1])):
        film = Film()
        for _ in range(4):
            film.show(face(200, 200, 200))
        for _ in range(2):
            shown = film.numbers(face(200, 200, 200), face(x, 200, 90))
        assert shown == numbers


def test_a_box_where_a_face_was_that_is_gone_may_be_somebody_else() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(200, 200, 100))
    for _ in range(4):
        shown = film.numbers(face(200, 200, 50))  # too small to be the same
    assert shown == [2]


@pytest.mark.parametrize(("x", "inside"), [(648, True), (652, False), (-8, True), (-12, False)])
def test_a_face_is_in_the_picture_while_four_tenths_of_its_box_are(x: float, inside: bool) -> None:
    for place in (face(x, 200), face(200, x - 160 if x > 0 else x)):  # 640 × 480 px
        assert len(Film().show(place)) == inside


def test_what_a_near_look_and_a_search_call_one_face_is_as_the_near_look_has_it() -> None:
    """Of two boxes 100 px wide, 40 px apart: 60 of 140 in common; 45 apart: 55 of 145."""
    near = [face(100, 100), face(300, 300)]
    same, other = face(340, 300, score=0.8), face(145, 100, score=0.8)
    found = tracker._instead(near, [same, other])
    assert [middle(one).tolist() for one in found] == [[100, 100], [300, 300], [145, 100]]
    assert tracker._instead(near, []) == near
    assert tracker._instead([], [same]) == [same]


def test_the_cost_of_a_search_is_a_slow_average_that_no_disturbance_moves_far() -> None:
    assert tracker._average(0.0, 0.02) == 0.02
    assert tracker._average(0.02, 0.04) == pytest.approx(0.02 + 0.3 * 0.02)
    assert tracker._average(0.02, 0.01) == pytest.approx(0.02 - 0.3 * 0.01)
    assert tracker._average(0.02, 5.0) == tracker._average(0.02, 0.06) == pytest.approx(0.032)


class Distant(Scripted):
    """Finds nobody; a look into all tiles of a picture takes a time of its own."""

    reach = Reach(320, 20)

    def __init__(self, cost_s: float) -> None:
        super().__init__()
        self.cost_s, self.now, self.looks = cost_s, 0.0, 0

    def candidates(self, image: np.ndarray) -> list[Face]:
        if image.shape[1] < 640:
            self.looks += 1
            self.now += self.cost_s
        return []


@pytest.mark.parametrize(("cost_s", "every"), [(0.02, 3), (0.04, 4), (0.055, 5)])
def test_small_faces_are_searched_for_in_three_tenths_of_the_time(
    cost_s: float, every: int
) -> None:
    """The next one waits for 1 / 0.3 of what one takes, and for a tenth of a second at least."""
    probe = Distant(0.0)
    film = Film(thorough=True, clock=lambda: 0.0)
    film.detector = probe
    film.tracker.use(probe)
    film.show()
    detector = Distant(cost_s / probe.looks)
    film = Film(fps=25, thorough=False, clock=lambda: detector.now)
    film.detector = detector
    film.tracker.use(detector)
    searched = []
    for index in range(19):
        before = detector.looks
        film.show()
        if detector.looks > before:
            searched.append(index)
        assert film.tracker.detect_ms == pytest.approx(
            1e3 * cost_s if detector.looks > before else 0
        )
    assert np.diff(searched).tolist() == [every] * (len(searched) - 1)
    assert len(searched) >= 3


def test_landmarks_are_as_calm_as_the_box() -> None:
    random = np.random.default_rng(5)
    film, given, shown = Film(), [], []
    for _ in range(80):
        noisy = face(200, 200)
        assert noisy.landmarks is not None
        noise = random.normal(0, 3, noisy.landmarks.shape)
        (found,) = film.show(replace(noisy, landmarks=noisy.landmarks + noise))
        assert found.landmarks is not None
        given.append(noise)
        shown.append(found.landmarks - noisy.landmarks)
    assert np.std(shown[10:]) < 0.75 * np.std(given[10:])
    assert np.abs(np.mean(shown[10:], axis=0)).max() < 1.5


def test_landmarks_of_a_face_that_grows_keep_their_places_in_it() -> None:
    film = Film()
    for step in range(30):
        wanted = face(200, 200, 100 + 3 * step)
        (found,) = film.show(wanted)
        assert found.landmarks is not None
        relative = (found.landmarks - middle(found)) / (found.box_xyxy[2] - found.box_xyxy[0])
        assert wanted.landmarks is not None
        expected = (wanted.landmarks - middle(wanted)) / (100 + 3 * step)
        np.testing.assert_allclose(relative, expected, atol=1e-3)


def test_landmarks_that_are_not_found_are_not_made_up() -> None:
    film = Film()
    for _ in range(3):
        film.show(face(200, 200))
    (found,) = film.show(replace(face(200, 200), landmarks=None))
    assert found.landmarks is None
    moved = face(203, 200)
    assert moved.landmarks is not None
    (found,) = film.show(replace(moved, landmarks=moved.landmarks + 9))
    assert found.landmarks is not None
    off = found.landmarks - (moved.landmarks + 9)
    np.testing.assert_allclose(off, np.tile(middle(found) - middle(moved), (5, 1)), atol=1e-3)


def test_landmarks_of_a_tall_box_are_measured_by_its_height() -> None:
    points = np.array([[180, 170], [220, 170], [200, 200], [185, 240], [215, 240]], np.float32)
    tall = Face(np.array([160.0, 140.0, 240.0, 260.0]), 0.9, points)
    film = Film()
    for _ in range(3):
        (found,) = film.show(tall)
        assert found.landmarks is not None
        np.testing.assert_allclose(found.landmarks, points, atol=1e-3)
    (found,) = film.show(Face(tall.box_xyxy + np.float32([-8, -12, 8, 12]), 0.9, None))
    assert found.landmarks is None
