import numpy as np
import pytest

from fer_core import geometry


def test_iou_of_equal_half_and_apart_boxes():
    box = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert geometry.iou(box, others)[0] == pytest.approx([1, 1 / 3, 0])


def test_clip_keeps_the_part_inside():
    assert geometry.clip(np.array([-5, -5, 50, 7]), (20, 10)).tolist() == [0, 0, 20, 7]


def test_square_takes_the_longer_side_and_the_margin():
    assert geometry.square(np.array([10.0, 10, 20, 30])).tolist() == [5, 10, 25, 30]
    assert geometry.square(np.array([0.0, 0, 10, 10]), 0.1).tolist() == [-1, -1, 11, 11]


def test_crop_inside_is_a_view_and_outside_repeats_the_border():
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    inside = geometry.crop(image, np.array([1, 1, 3, 3]))
    assert inside.base is not None
    assert inside.tolist() == image[1:3, 1:3].tolist()
    outside = geometry.crop(image, np.array([-2, 0, 2, 2]))
    assert outside.shape == (2, 4, 3)
    assert (outside[:, 0] == image[:2, 0]).all()


def test_crop_is_never_empty():
    image = np.zeros((4, 4), np.uint8)
    assert geometry.crop(image, np.array([9.0, 9.0, 9.0, 9.0])).shape == (1, 1)


def test_align_levels_the_eyes():
    image = np.zeros((100, 100), np.uint8)
    left, right = (35, 40), (65, 60)
    for x, y in (left, right):
        image[y - 2 : y + 3, x - 2 : x + 3] = 255
    points = np.array([left, right, (50, 60), (40, 70), (60, 70)], np.float32)
    turned = geometry.align_crop(image, points, np.array([0, 0, 100, 100]), 100)
    rows = [np.argmax(turned[:, x].astype(int)) for x in (32, 67)]
    assert turned.shape == (100, 100)
    assert abs(int(rows[0]) - int(rows[1])) <= 3
    assert turned.max() == 255
