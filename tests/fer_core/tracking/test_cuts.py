import cv2
import numpy as np

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
