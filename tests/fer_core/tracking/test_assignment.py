import numpy as np
import pytest

from fer_core.tracking.assignment import assign


def boxes(*places: tuple[float, float, float]) -> np.ndarray:
    """By middle and side."""
    rows = [[x - s / 2, y - s / 2, x + s / 2, y + s / 2] for x, y, s in places]
    return np.array(rows, np.float32).reshape(-1, 4)


def pairs(expected: np.ndarray, found: np.ndarray, *unseen_s: float) -> list[tuple[int, int]]:
    return assign(expected, np.array(unseen_s or [0.0] * len(expected)), found)


def test_nothing_with_nothing() -> None:
    one = boxes((0, 0, 100))
    assert pairs(boxes(), one) == pairs(one, boxes()) == pairs(boxes(), boxes()) == []


def test_the_lowest_cost_in_all_and_not_the_nearest_pair() -> None:
    # The nearest pair alone is 1 with 0; then 0 with 1 would be too far.
    expected, found = boxes((0, 0, 100), (58, 0, 100)), boxes((50, 0, 100), (110, 0, 100))
    assert pairs(expected, found) == [(0, 0), (1, 1)]


def test_as_many_pairs_as_there_can_be() -> None:
    expected, found = boxes((0, 0, 100), (30, 0, 100)), boxes((30, 0, 100), (85, 0, 100))
    assert pairs(expected, found) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("sides", "unseen_s", "same"),
    [(0.59, 0, True), (0.61, 0, False), (1.05, 0.5, True), (1.15, 0.5, False), (1.6, 5, False)],
)
def test_how_far_a_face_may_be(sides: float, unseen_s: float, same: bool) -> None:
    expected = boxes((0, 0, 100))
    for place in ((100 * sides, 0, 100), (0, -100 * sides, 100)):
        assert (pairs(expected, boxes(place), unseen_s) == [(0, 0)]) == same


@pytest.mark.parametrize("side", [57, 176])
def test_how_much_a_face_may_grow_or_shrink(side: float) -> None:
    assert pairs(boxes((0, 0, 100)), boxes((0, 0, side))) == [(0, 0)]
    off = side - 3 if side < 100 else side + 6
    assert pairs(boxes((0, 0, 100)), boxes((0, 0, off))) == []


def test_the_larger_of_two_faces_is_the_measure() -> None:
    assert pairs(boxes((0, 0, 100)), boxes((75, 0, 150))) == [(0, 0)]


def test_of_two_that_a_face_may_be_the_one_that_was_seen_last() -> None:
    expected, found = boxes((-20, 0, 100), (22, 0, 100)), boxes((0, 0, 100))
    assert pairs(expected, found) == [(0, 0)]
    assert pairs(expected, found, 0.4, 0.0) == [(1, 0)]


def test_of_two_in_one_place_the_one_of_the_same_size() -> None:
    expected = boxes((0, 0, 100), (0, 0, 150))
    assert pairs(expected, boxes((0, 0, 150), (0, 0, 100))) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(("apart_s", "first"), [(0.15, 0), (0.25, 1)])
def test_a_fifth_of_a_second_unseen_weighs_as_much_as_a_tenth_of_a_side(
    apart_s: float, first: int
) -> None:
    """Track 0 lies a tenth of a side nearer and was not seen for longer."""
    expected, found = boxes((-20, 0, 100), (30, 0, 100)), boxes((0, 0, 100))
    assert pairs(expected, found, 0.1 + apart_s, 0.1) == [(first, 0)]


@pytest.mark.parametrize(("px", "taken"), [(19, 1), (22, 0)])
def test_half_as_large_again_weighs_as_much_as_a_fifth_of_a_side(px: float, taken: int) -> None:
    """Half the logarithm of 1.5 is 0.20. Track 0 has the face's place, track 1 its size."""
    expected, found = boxes((px, 0, 150), (0, 0, 100)), boxes((px, 0, 100))
    assert pairs(expected, found) == [(taken, 0)]


def test_one_face_has_one_track_and_one_track_one_face() -> None:
    """Far away, others have nothing to decide."""
    one, two = boxes((0, 0, 100), (900, 0, 100)), boxes((30, 0, 100), (-20, 0, 100), (900, 0, 100))
    assert pairs(one, two) == [(0, 1), (1, 2)]
    assert pairs(two, one) == [(1, 0), (2, 1)]
    assert pairs(one[:1], two[:2]) == [(0, 1)]
    assert pairs(two[:2], one[:1]) == [(1, 0)]


def test_what_is_left_over_is_in_no_pair() -> None:
    expected, found = boxes((0, 0, 100), (30, 0, 100)), boxes((10, 0, 100), (900, 0, 100))
    assert pairs(expected, found) == [(0, 0)]


def test_the_longer_side_is_the_measure() -> None:
    wide = np.array([[0, 0, 100, 50]], np.float32)
    for off in ([55, 0] * 2, [0, 55] * 2):
        assert pairs(wide, wide + np.float32(off)) == [(0, 0)]


def test_an_empty_box_is_nobody() -> None:
    assert pairs(np.zeros((1, 4), np.float32), boxes((0, 0, 100))) == []
    assert pairs(boxes((0, 0, 100)), np.zeros((1, 4), np.float32)) == []
