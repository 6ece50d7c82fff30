import numpy as np
import pytest
from PIL import Image

from fer_core import geometry


def boxes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_areas_and_empty_boxes() -> None:
    found = geometry.area(boxes((1, 2, 4, 7), (4, 2, 1, 7), (1, 7, 4, 2), (4, 7, 1, 2)))
    assert found.tolist() == [15, 0, 0, 0]
    assert geometry.area(boxes((1, 2, 4, 7))[0]) == 15


def test_what_each_box_shares_with_each_other_one() -> None:
    a = boxes((0, 0, 10, 10), (5, 1, 9, 4))
    b = boxes((2, 3, 20, 7), (11, 0, 12, 10), (0, 12, 10, 14))
    assert geometry.intersection(a, b).tolist() == [[32, 0, 0], [4, 0, 0]]


def test_iou_of_equal_half_and_apart_boxes() -> None:
    box = boxes((0, 0, 10, 10))
    others = boxes((0, 0, 10, 10), (5, 0, 15, 10), (20, 20, 30, 30), (0, 0, 10, 40))
    assert geometry.iou(box, others)[0] == pytest.approx([1, 1 / 3, 0, 1 / 4])
    assert geometry.iou(others, box)[:, 0] == pytest.approx([1, 1 / 3, 0, 1 / 4])
    tiny = boxes((0, 0, 0.001, 0.001))
    assert geometry.iou(tiny, tiny)[0, 0] == pytest.approx(1)


def test_empty_boxes_share_nothing() -> None:
    empty = boxes((3, 3, 3, 3))
    assert geometry.iou(empty, empty).tolist() == [[0]]


def test_clip_keeps_the_part_inside() -> None:
    found = geometry.clip(np.array([[-5.0, -6, 50, 7], [3, 4, 5, 60], [21, 11, 22, 12]]), (20, 10))
    assert found.tolist() == [[0, 0, 20, 7], [3, 4, 5, 10], [20, 10, 20, 10]]
    assert found.dtype == np.float32


def test_square_takes_the_longer_side_and_the_margin() -> None:
    assert geometry.square(np.array([10.0, 10, 20, 30])).tolist() == [5, 10, 25, 30]
    assert geometry.square(np.array([10.0, 10, 40, 30])).tolist() == [10, 5, 40, 35]
    wide = geometry.square(np.array([0.0, 0, 10, 10]), 0.1)
    assert wide.tolist() == [-1, -1, 11, 11]
    assert wide.dtype == np.float32
    assert geometry.square(np.array([0.0, 0, 8, 4]), -0.25).tolist() == [2, 0, 6, 4]


def counted(h: int, w: int) -> np.ndarray:
    return np.arange(h * w, dtype=np.uint8).reshape(h, w)


@pytest.mark.parametrize("box", [(0, 0, 5, 4), (1, 1, 3, 3), (0.4, 0.6, 4.6, 3.4), (4, 3, 5, 4)])
def test_a_crop_inside_is_a_view(box: tuple[float, ...]) -> None:
    image = counted(4, 5)
    x0, y0, x1, y1 = (round(v) for v in box)
    found = geometry.crop(image, np.array(box))
    assert np.shares_memory(found, image)
    np.testing.assert_array_equal(found, image[y0:y1, x0:x1])


@pytest.mark.parametrize(
    "box",
    [(-2, 0, 2, 2), (0, -3, 5, 4), (2, 1, 6, 3), (2, 1, 4, 5), (-9, -9, -7, -6), (8, 8, 9, 9)],
)
@pytest.mark.parametrize("channels", [(), (3,)])
def test_outside_the_picture_its_border_is_repeated(
    box: tuple[int, ...], channels: tuple[int, ...]
) -> None:
    image = np.broadcast_to(counted(4, 5).reshape(4, 5, *(1 for _ in channels)), (4, 5, *channels))
    x0, y0, x1, y1 = box
    around = np.pad(image, [(10, 10), (10, 10), *((0, 0) for _ in channels)], mode="edge")
    expected = around[y0 + 10 : y1 + 10, x0 + 10 : x1 + 10]
    np.testing.assert_array_equal(geometry.crop(image, np.array(box)), expected)


def test_a_crop_is_never_empty() -> None:
    image = counted(4, 5)
    assert geometry.crop(image, np.array([9.0, 9.0, 9.0, 9.0])).tolist() == [[image[3, 4]]]
    assert geometry.crop(image, np.array([2.0, 1.0, 2.2, 1.4])).tolist() == [[image[1, 2]]]
    assert geometry.crop(image, np.array([3.0, 2.0, 1.0, 1.0])).tolist() == [[image[2, 3]]]


def test_a_thumbnail_of_a_small_picture_is_its_means() -> None:
    image = np.random.default_rng(0).integers(0, 256, (16, 8, 3), dtype=np.uint8)
    found = geometry.thumbnail(image, 4)
    assert found.shape == (4, 4, 3)
    means = image.reshape(4, 4, 4, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(found.astype(float), means, rtol=0, atol=0.51)


def test_a_large_picture_is_thinned_out_first() -> None:
    """Of 24 px to 4, every second one is taken; 23 px are still taken whole."""
    image = np.zeros((24, 24), np.uint8)
    image[1::2] = image[:, 1::2] = 255
    assert (geometry.thumbnail(image, 4) == 0).all()
    assert (geometry.thumbnail(image[:23], 4) > 0).all()
    assert (geometry.thumbnail(image[:, :23], 4) > 0).all()
    assert (geometry.thumbnail(np.repeat(image[..., None], 3, axis=2), 4) == 0).all()


# Turning: with the eyes on one line, from a box anywhere in the picture.

EYES = {"level": (30, 0), "falling": (30, 20), "rising": (30, -20), "upright": (0, 30)}


@pytest.mark.parametrize("eyes", EYES)
def test_a_face_is_turned_about_the_middle_of_its_box(eyes: str) -> None:
    """As Pillow turns it; the box lies beside the picture's centre."""
    smooth = np.random.default_rng(1).integers(0, 256, (9, 12), dtype=np.uint8)
    image = np.asarray(Image.fromarray(smooth).resize((120, 90), Image.Resampling.BICUBIC))
    dx, dy = EYES[eyes]
    landmarks = np.array([(60, 40), (60 + dx, 40 + dy), (0, 0), (0, 0), (0, 0)], np.float32)
    found = geometry.align_crop(image, landmarks, np.array([50.0, 20, 90, 60]), 40)
    angle = float(np.degrees(np.arctan2(dy, dx)))
    turned = Image.fromarray(image).rotate(
        angle, Image.Resampling.BILINEAR, center=(70.5, 40.5)
    )  # Pillow counts from a pixel's corner
    expected = np.asarray(turned)[20:60, 50:90]
    known = np.asarray(Image.new("L", (120, 90), 1).rotate(angle, center=(70.5, 40.5)))[
        20:60, 50:90
    ]
    apart = np.abs(found.astype(int) - expected)[known > 0]
    assert found.shape == (40, 40)
    assert apart.mean() < 1.5
    assert np.percentile(apart, 99) <= 12


@pytest.mark.parametrize("size", [20, 80])
def test_a_turned_face_has_the_size_that_is_wanted(size: int) -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[30:50, 40:60] = 255  # a quarter of the box, in its top left corner
    landmarks = np.array([(45, 50), (65, 50), (0, 0), (0, 0), (0, 0)], np.float32)
    found = geometry.align_crop(image, landmarks, np.array([40.0, 30, 80, 70]), size)
    assert found.shape == (size, size, 3)
    half, edge = size // 2, max(1, size // 20)
    assert (found[: half - edge, : half - edge] == 255).all()
    assert (found[half + edge :] == 0).all()
    assert (found[:, half + edge :] == 0).all()


def test_what_lies_outside_a_turned_face_repeats_the_border() -> None:
    image = np.full((20, 20), 200, np.uint8)
    landmarks = np.array([(2, 2), (9, 5), (0, 0), (0, 0), (0, 0)], np.float32)
    assert (geometry.align_crop(image, landmarks, np.array([-10.0, -10, 15, 15]), 24) == 200).all()


def test_a_box_without_a_size_can_be_turned() -> None:
    image = np.full((20, 20), 50, np.uint8)
    landmarks = np.zeros((5, 2), np.float32)
    assert (geometry.align_crop(image, landmarks, np.array([5.0, 5, 5, 5]), 8) == 50).all()


def test_a_box_of_a_pixel_and_a_half_is_enlarged_as_it_is() -> None:
    image = np.tile(np.arange(0, 200, 10, dtype=np.uint8), (20, 1))
    landmarks = np.array([(3, 5), (9, 5), (0, 0), (0, 0), (0, 0)], np.float32)
    found = geometry.align_crop(image, landmarks, np.array([5.0, 5, 6.5, 6.5]), 30)
    np.testing.assert_allclose(found[15, [0, 15, 29]], [50, 57.5, 64.5], rtol=0, atol=1)


def test_a_square_lies_around_the_middle_of_a_box_anywhere() -> None:
    box = np.array([10, 130, 50, 150], np.float32)
    assert geometry.square(box).tolist() == [10, 120, 50, 160]
    assert geometry.square(box, 0.25).tolist() == [0, 110, 60, 170]


def test_an_aligned_crop_of_no_width_is_one_pixel_enlarged() -> None:
    image = np.zeros((20, 20, 3), np.uint8)
    image[10, 10] = 200
    eyes = np.array([[8.0, 10], [12, 10], [10, 12], [9, 14], [11, 14]], np.float32)
    crop = geometry.align_crop(image, eyes, np.array([10.5, 10.5, 10.5, 10.5], np.float32), 5)
    assert crop.shape == (5, 5, 3)
    half = geometry.align_crop(image, eyes, np.array([10, 10, 11, 11], np.float32), 5)
    assert np.array_equal(crop, half)
