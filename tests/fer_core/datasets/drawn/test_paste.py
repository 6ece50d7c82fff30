import cv2
import numpy as np
import pytest

from fer_core.datasets.drawn import paste

FACE = np.array([40, 30, 20, 35, 25, 45, 25, 40, 32, 36, 38, 44, 38], np.float32)


def test_a_face_keeps_its_centre_under_a_turn_and_grows_with_the_scale():
    m = paste.matrix(FACE[:2], np.array([100.0, 80.0]), 3.0, 90.0, 1.0, False)
    moved = paste.carry(FACE, m)
    assert moved[:3].tolist() == pytest.approx([100, 80, 60], abs=1e-3)
    # the left eye is 5 px left of and above the centre; turned clockwise it is right of and above
    assert moved[3:5].tolist() == pytest.approx([115, 65], abs=1e-3)


def test_in_a_mirror_left_and_right_landmarks_change_places():
    m = paste.matrix(FACE[:2], FACE[:2], 1.0, 0.0, 1.0, True)
    moved = paste.carry(FACE, m)
    assert moved[3:].tolist() == pytest.approx([35, 25, 45, 25, 40, 32, 36, 38, 44, 38], abs=1e-3)


def test_aspect_widens_and_keeps_the_area():
    m = paste.matrix(FACE[:2], FACE[:2], 1.0, 0.0, 1.21, False)
    assert paste.carry(FACE, m)[2] == pytest.approx(20, abs=1e-3)
    assert m[0, 0] / m[1, 1] == pytest.approx(1.21)


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_what_is_laid_lies_where_the_face_is_carried(scale):
    pixels = np.zeros((60, 80), np.uint8)
    cv2.circle(pixels, (40, 30), 6, 255, -1)
    canvas = np.zeros((200, 240), np.uint8)
    m = paste.matrix(np.array([40.0, 30.0]), np.array([150.0, 90.0]), scale, 30.0, 1.0, False)
    paste.lay(canvas, pixels, np.ones((60, 80), np.float32), m)
    y, x = np.nonzero(canvas > 128)
    assert (x.mean(), y.mean()) == pytest.approx((150, 90), abs=1.0)
    assert len(x) == pytest.approx(np.pi * (6 * scale) ** 2, rel=0.35)


def test_beyond_the_border_nothing_is_laid_and_nothing_breaks():
    canvas = np.full((50, 50), 9, np.uint8)
    pixels = np.full((20, 20), 200, np.uint8)
    m = paste.matrix(np.array([10.0, 10.0]), np.array([500.0, 500.0]), 1.0, 0.0, 1.0, False)
    paste.lay(canvas, pixels, np.ones((20, 20), np.float32), m)
    assert (canvas == 9).all()


def test_a_mask_of_nothing_changes_nothing():
    canvas = np.full((50, 50), 9, np.uint8)
    m = paste.matrix(np.array([10.0, 10.0]), np.array([25.0, 25.0]), 1.0, 0.0, 1.0, False)
    paste.lay(canvas, np.full((20, 20), 200, np.uint8), np.zeros((20, 20), np.float32), m)
    assert (canvas == 9).all()
