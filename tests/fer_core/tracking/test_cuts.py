import cv2
import numpy as np
import pytest

from fer_core.tracking.cuts import CutDetector
from tests.fer_core.tracking.films import ELSEWHERE, WALL

SIZE = (320, 240)


def cuts(*images: np.ndarray) -> list[bool]:
    detector = CutDetector()
    return [detector.is_cut(cv2.resize(image, SIZE)) for image in images]


def test_a_film_begins_and_then_goes_on() -> None:
    assert cuts(WALL, WALL, WALL) == [True, False, False]


def test_another_place_is_a_cut_once() -> None:
    assert cuts(WALL, WALL, ELSEWHERE, ELSEWHERE, WALL) == [True, False, True, False, True]


def test_a_lamp_that_is_switched_on_is_no_cut(portrait: np.ndarray) -> None:
    for image in (WALL, portrait):
        bright = cv2.convertScaleAbs(image, alpha=1.4, beta=40)
        dark = cv2.convertScaleAbs(image, alpha=0.4)
        assert cuts(image, bright, image, dark, image)[1:] == [False] * 4


def test_a_film_that_fades_in_and_out_is_no_cut(portrait: np.ndarray) -> None:
    light = np.linspace(0, 1, 16)
    fades = [cv2.convertScaleAbs(portrait, alpha=a) for a in [*light, *light[::-1]]]
    assert not any(cuts(*fades)[1:])


def test_a_white_frame_begins_and_ends_a_shot() -> None:
    white = np.full_like(WALL, 255)
    assert cuts(WALL, white, white, WALL) == [True, True, False, True]


def test_a_pan_is_no_cut(portrait: np.ndarray) -> None:
    shots = [portrait[:, x : x + 320] for x in range(0, 190, 12)]
    assert not any(cuts(*shots)[1:])


def test_a_cut_between_two_dark_scenes_is_one() -> None:
    dim, other = (60 + (image // 5) for image in (WALL, WALL[:, ::-1]))
    assert np.abs(dim.astype(float) - other).mean() < 30
    assert cuts(dim, dim, np.ascontiguousarray(other)) == [True, False, True]


def test_noise_in_the_dark_is_no_cut() -> None:
    random = np.random.default_rng(0)
    dark = [random.integers(0, 12, (240, 320, 3), np.uint8) for _ in range(5)]
    assert not any(cuts(*dark)[1:])


def drawn(level: float, columns: float, rows: float = 0.0, share: float = 1.0) -> np.ndarray:
    """Grey 24×24 px: stripes of two kinds, so many levels strong each, in a share of the columns.

    Two such pictures differ by their levels, as long as these are further apart than the stripes
    are strong, and are as alike as the cosine of the angle between (columns, rows) of both.
    """
    stripe = np.where(np.arange(24) % 2, 1.0, -1.0)
    there = np.arange(24) < round(24 * share)
    picture = level + there * (columns * stripe[None] + rows * stripe[:, None])
    return np.repeat(np.rint(picture)[:, :, None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("brighter", "columns", "rows", "cut"),
    [
        # Different by more than 30 levels, and less alike than 0.75.
        (29, 5, 8.7, False), (31, 5, 8.7, True), (40, 8, 6, False), (40, 7, 7, True),
        # Different by more than 12 levels, and less alike than 0.25.
        (11, 0, 5, False), (13, 0, 5, True), (13, 1, 5, True), (13, 2, 5, False),
    ],
)  # fmt: skip
def test_how_different_and_how_little_alike_two_shots_are(
    brighter: float, columns: float, rows: float, cut: bool
) -> None:
    first = drawn(100, 10 if brighter > 20 else 5)
    detector = CutDetector()
    detector.is_cut(first)
    assert detector.is_cut(drawn(100 + brighter, columns, rows)) == cut
    detector = CutDetector()
    detector.is_cut(drawn(100 + brighter, columns, rows))
    assert detector.is_cut(first) == cut, "nor does it matter which comes first"


@pytest.mark.parametrize(("share", "cut"), [(20 / 24, True), (1.0, False)])
def test_stripes_of_less_than_one_level_are_nothing_to_be_alike_in(share: float, cut: bool) -> None:
    detector = CutDetector()
    detector.is_cut(drawn(100, 20))
    assert detector.is_cut(drawn(140, 1, share=share)) == cut


def test_what_is_finer_than_a_24th_of_the_picture_is_not_compared() -> None:
    fine = np.where(np.arange(48) % 2, 20, 230).astype(np.uint8)
    stripes = np.broadcast_to(fine[:, None], (48, 48, 3))
    detector = CutDetector()
    seen = [detector.is_cut(np.ascontiguousarray(image)) for image in (stripes, stripes[:, ::-1])]
    assert seen == [True, False]


def test_a_screen_with_nothing_on_it_that_becomes_brighter_is_no_cut() -> None:
    assert cuts(*(np.full_like(WALL, level) for level in (10, 60, 140, 30))) == [
        True, False, False, False,
    ]  # fmt: skip
