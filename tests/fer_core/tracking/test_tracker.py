"""Who is who from frame to frame, by what a scripted detector finds."""

from collections.abc import Iterator

import numpy as np
import pytest

from fer_core.detection.base import Reach
from fer_core.tracking import FaceTracker
from fer_core.types import Face, Frame
from tests.fer_core.tracking.films import ELSEWHERE, WALL, Film, Scripted, face, middle


def test_all_faces_of_the_first_frame_are_there_at_once_and_counted_from_1() -> None:
    film = Film()
    shown = film.show(face(100, 100), face(300, 100, score=0.8), face(500, 100, score=0.7))
    assert [found.track_id for found in shown] == [1, 2, 3]
    assert [found.score for found in shown] == [0.9, 0.8, 0.7]
    assert np.allclose([middle(found) for found in shown], [[100, 100], [300, 100], [500, 100]])


def test_a_new_face_is_there_when_it_was_found_twice_in_a_row() -> None:
    film = Film()
    film.show()
    assert film.numbers(face(100, 100)) == []
    assert film.numbers(face(100, 100)) == [1]
    assert film.numbers(face(100, 100), face(300, 100)) == [1]
    assert film.numbers(face(100, 100)) == [1]
    assert film.numbers(face(100, 100), face(300, 100)) == [1], "not twice in a row"
    assert film.numbers(face(100, 100), face(300, 100)) == [1, 2]


def test_a_phantom_of_one_frame_is_never_shown() -> None:
    film = Film()
    film.show()
    assert [film.numbers(*([face(200, 200)] if i % 2 else [])) for i in range(10)] == [[]] * 10


@pytest.mark.parametrize("fps", [5, 10, 30, 60])
def test_a_walking_face_keeps_its_number_at_any_frame_rate(fps: int) -> None:
    film = Film(fps)
    for step in range(2 * fps):
        x, y = 60 + 200 * step / fps, 100 + 60 * step / fps
        (found,) = film.show(face(x, y))
        assert found.track_id == 1
        assert np.abs(middle(found) - [x, y]).max() < 10


def test_its_box_is_calmer_than_what_the_detector_says_and_does_not_lag() -> None:
    random = np.random.default_rng(3)
    for speed in (0.0, 150.0):
        film, given, shown = Film(), [], []
        for step in range(100):
            x = 80 + speed * step / 30
            noisy = face(*(np.array([x, 200.0]) + random.normal(0, 3, 2)))
            given.append(middle(noisy) - [x, 200])
            shown.append(middle(film.show(noisy)[0]) - [x, 200])
        assert np.std(shown[10:]) < 0.75 * np.std(given[10:])
        assert np.abs(np.mean(shown[10:], axis=0)).max() < 1.0


def test_landmarks_move_with_the_box() -> None:
    film = Film()
    for step in range(20):
        expected = face(100 + 5 * step, 150, 100)
        (found,) = film.show(expected)
        assert found.landmarks is not None
        assert expected.landmarks is not None
        assert np.abs(found.landmarks - expected.landmarks).max() < 4
    (found,) = film.show()
    assert found.landmarks is not None
    nose = expected.landmarks[2] + [5, 0]
    assert np.abs(found.landmarks[2] - nose).max() < 4, "one search missed it: it goes on"


def crossing(film: Film, speed: float, hidden: float) -> Iterator[list[Face]]:
    """Two faces that pass; the one behind is not found while the other hides so much of it."""
    for step in range(61):
        left, right = 140 + speed * step, 140 + speed * (60 - step)
        faces = [face(left, 200, score=0.9), face(right, 212, score=0.8)]
        if abs(left - right) < hidden:
            faces.pop()
        yield film.show(*faces)


@pytest.mark.parametrize(("speed", "hidden"), [(6.0, 70.0), (5.0, 0.0), (4.0, 55.0), (6.0, 95.0)])
def test_faces_that_cross_keep_their_numbers(speed: float, hidden: float) -> None:
    film = Film()
    seen = list(crossing(film, speed, hidden))
    first = {found.track_id: middle(found)[0] for found in seen[0]}
    last = {found.track_id: middle(found)[0] for found in seen[-1]}
    assert set(first) == set(last) == {1, 2}
    assert first[1] < first[2]
    assert last[1] > last[2]


def test_half_a_second_behind_something_costs_no_number() -> None:
    film = Film()
    for step in range(15):
        film.show(face(100 + 5 * step, 100))
    for _ in range(15):
        film.show()
    assert film.numbers(face(100 + 5 * 30, 100)) == [1], "where it was going, at once"
    assert film.tracker.missed == frozenset()


def test_whoever_comes_back_after_more_than_a_second_is_somebody_new() -> None:
    film = Film()
    film.show(face(100, 100))
    for _ in range(31):
        film.show()
    film.show(face(100, 100))
    assert film.numbers(face(100, 100)) == [2]


def test_whoever_comes_back_elsewhere_is_somebody_new() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(100, 100))
    for _ in range(10):
        film.show()
    film.show(face(400, 300))
    assert film.numbers(face(400, 300)) == [2]


def test_a_face_that_is_gone_is_shown_for_two_searches_and_no_longer() -> None:
    film = Film()
    for _ in range(5):
        assert film.numbers(face(100, 100)) == [1]
    assert film.tracker.missed == frozenset()
    assert [film.numbers() for _ in range(4)] == [[1], [1], [], []]


def test_no_box_is_older_than_a_fifth_of_a_second() -> None:
    film = Film(fps=4)
    for _ in range(5):
        assert film.numbers(face(100, 100)) == [1]
    assert film.numbers() == []


def test_what_is_shown_unseen_is_named() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(100, 100), face(300, 100))
    film.show(face(300, 100))
    assert film.tracker.missed == {1}
    film.show(face(100, 100), face(300, 100))
    assert film.tracker.missed == frozenset()


def test_doubtful_boxes_keep_a_face_and_begin_none() -> None:
    film = Film()
    assert film.show(face(100, 100, score=0.4)) == []
    film.show(face(100, 100), face(400, 100))
    film.show(face(100, 100), face(400, 100))
    for _ in range(20):
        doubtful = face(104, 100, score=0.4), face(250, 300, score=0.4)
        assert film.numbers(*doubtful, face(400, 100)) == [1, 2]
        assert film.tracker.missed == frozenset()


def test_doubtful_boxes_bring_nobody_back() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(100, 100))
    for _ in range(8):
        film.show()
    assert [film.numbers(face(100, 100, score=0.4)) for _ in range(5)] == [[]] * 5


def test_a_doubtful_box_beside_a_face_does_not_keep_it() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(100, 100))
    seen = [film.numbers(face(155, 100, score=0.4)) for _ in range(4)]
    assert seen[-1] == []


@pytest.mark.parametrize(("beside_px", "kept"), [(40, True), (60, False)])
def test_a_doubtful_box_keeps_a_face_that_it_shares_three_tenths_with(
    beside_px: int, kept: bool
) -> None:
    """Of two boxes 100 px wide: 40 px apart they share 60 of 140, 60 px apart 40 of 160."""
    film = Film()
    film.show(face(200, 200, 100))
    for _ in range(9):
        film.show(face(200, 200, 100))
    shown = [film.show(face(200 + beside_px, 200, 100, score=0.3)) for _ in range(3)]
    assert bool(shown[-1]) == kept


def test_a_sure_box_has_a_face_before_a_doubtful_one_that_lies_better() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(200, 200))
    (found,) = film.show(face(200, 200, score=0.45), face(230, 200, score=0.8))
    assert middle(found)[0] > 220
    assert found.score == 0.8


@pytest.mark.parametrize("gap_px", [0, 7])
def test_after_a_cut_whoever_is_there_is_somebody_else(gap_px: int) -> None:
    film = Film()
    for _ in range(5):
        film.show(face(200, 200))
    assert film.numbers(face(200 + gap_px, 200), on=ELSEWHERE) == [2], "and is shown at once"
    assert film.numbers(face(200 + gap_px, 200), on=ELSEWHERE) == [2]


def test_after_a_cut_to_nobody_no_box_stays() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(200, 200))
    assert film.numbers(on=ELSEWHERE) == []


def test_after_a_cut_it_takes_two_finds_again() -> None:
    film = Film()
    film.show(face(200, 200))
    film.show(on=ELSEWHERE)
    assert film.numbers(face(300, 200), on=ELSEWHERE) == []


def test_equal_scores_and_any_order_of_boxes_change_nothing() -> None:
    film = Film()
    boxes = [face(100, 100), face(220, 100), face(340, 100)]
    film.show(*boxes)
    random = np.random.default_rng(0)
    for _ in range(20):
        shuffled = [boxes[i] for i in random.permutation(3)]
        assert film.numbers(*shuffled) == [1, 2, 3]


def test_pictures_a_second_apart_are_each_searched_and_shown_at_once() -> None:
    film = Film(fps=1, thorough=False)
    assert film.numbers(face(100, 100)) == [1]
    assert film.numbers(face(130, 100)) == [1], "the same face, by its place"
    assert film.numbers(face(130, 100), face(400, 300)) == [1, 2]
    assert film.numbers(face(400, 300)) == [2]


def test_after_a_pause_nobody_is_expected_where_they_were_going() -> None:
    film = Film()
    for step in range(10):
        film.show(face(100 + 10 * step, 100))
    film.time_s += 0.75
    assert film.numbers(face(190, 100)) == [1]


def test_a_box_over_a_face_that_is_there_is_no_second_one() -> None:
    film = Film()
    for _ in range(5):
        film.show(face(200, 200, 100))
    for _ in range(3):
        assert film.numbers(face(200, 200, 100), face(215, 210, 40)) == [1]
    for _ in range(2):
        film.show(face(200, 200, 100), face(270, 200, 90))
    assert film.numbers(face(200, 200, 100), face(270, 200, 90)) == [1, 2]


def test_a_face_that_leaves_the_picture_is_clipped_and_then_gone() -> None:
    film = Film()
    for step in range(40):
        x = 500 + 6 * step
        shown = film.show(face(x, 200)) if x < 650 else film.show()
        for found in shown:
            assert found.box_xyxy[2] <= 640
            assert found.box_xyxy[2] - found.box_xyxy[0] >= 40
    assert shown == []


def test_a_new_stream_is_counted_from_1() -> None:
    film = Film()
    film.show(face(100, 100), face(300, 300))
    film.tracker.reset()
    assert film.numbers(face(300, 300)) == [1]


def test_another_detector_goes_on_with_the_faces_that_are_known() -> None:
    film = Film()
    film.show(face(100, 100))
    film.show(face(100, 100))
    film.detector = Scripted()
    film.tracker.use(film.detector)
    assert film.tracker.detector is film.detector
    assert film.numbers(face(100, 100), face(300, 300)) == [1, 2], "its first search is believed"


class Plain:
    """A detector as a person might write it: a name and one way to search."""

    name = "plain"

    def detect(self, image: np.ndarray) -> list[Face]:
        return [face(100, 100, score=0.01)]


def test_a_detector_with_one_way_to_search_will_do() -> None:
    tracker = FaceTracker(Plain())
    for index in range(4):
        (found,) = tracker.update(Frame(np.zeros((200, 200, 3), np.uint8), index, index / 30))
        assert found.track_id == 1


class Slow(Film):
    """A live picture whose detector takes a time of its own.

    Attributes:
        cost_s: how long.
    """

    def __init__(self, cost_s: float) -> None:
        self.now, self.cost_s = 0.0, cost_s
        super().__init__(thorough=False, clock=lambda: self.now)
        ask = self.detector.candidates

        def candidates(image: np.ndarray) -> list[Face]:
            self.now += self.cost_s
            return ask(image)

        self.detector.candidates = candidates  # type: ignore[method-assign]
        self.tracker.use(self.detector)


@pytest.mark.parametrize(
    ("cost_ms", "searches"), [(0, 60), (4, 60), (16, 60), (20, 30), (35, 20), (47, 20), (300, 20)]
)
def test_a_live_picture_is_searched_as_often_as_its_detector_is_quick(
    cost_ms: int, searches: int
) -> None:
    film = Slow(cost_ms / 1e3)
    for step in range(60):
        (found,) = film.show(face(100 + 4 * step, 100))
        assert abs(middle(found)[0] - 100 - 4 * step) < 12, "it is followed in between"
        assert film.tracker.missed == frozenset()
    assert film.detector.asked == pytest.approx(searches, abs=1)


def test_what_a_search_takes_is_told_and_nothing_where_none_was_made() -> None:
    film = Slow(0.02)
    told = []
    for _ in range(4):
        film.show(face(100, 100))
        told.append(film.tracker.detect_ms)
    assert told == pytest.approx([20, 0, 20, 0])


def test_one_search_that_was_disturbed_does_not_make_a_detector_slow() -> None:
    film = Slow(0.004)
    for step in range(13):
        film.cost_s = 5.0 if step == 2 else 0.004
        film.show(face(100, 100))
    assert film.detector.asked == 13


class Distant(Scripted):
    """Sees a small face in the tiles of a picture alone, and a near one in all of it."""

    reach = Reach(320, 20)

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[tuple[int, int]] = []

    def candidates(self, image: np.ndarray) -> list[Face]:
        self.looks.append((image.shape[1], image.shape[0]))
        return super().candidates(image) if image.shape[1] == 640 else []


@pytest.mark.parametrize(
    ("thorough", "someone", "tiled"), [(True, True, 12), (False, True, 1), (False, False, 4)]
)
def test_small_faces_are_searched_for_in_films_and_live_while_nobody_is_in_view(
    thorough: bool, someone: bool, tiled: int
) -> None:
    film = Film(thorough=thorough, clock=lambda: 0.0)
    film.detector = detector = Distant()
    film.tracker.use(detector)
    searches = 0
    for _ in range(12):
        before = len(detector.looks)
        film.show(*([face(300, 200)] if someone else []), on=WALL)
        searches += len(detector.looks) > before + 1
    assert searches == tiled


def test_the_first_search_of_another_detector_is_believed_when_it_finds_nobody() -> None:
    film = Film()
    film.show(face(100, 100))
    film.detector = Scripted()
    film.tracker.use(film.detector)
    assert film.numbers() == []
