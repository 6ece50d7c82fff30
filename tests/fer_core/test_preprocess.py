"""Crops → network input, against plain numpy."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.models.spec import InputSpec
from fer_core.preprocess import normalize, to_batch, to_pixels


def by_numpy(crop: np.ndarray, spec: InputSpec) -> np.ndarray:
    """The whole of it for a BGR crop of the right size: float64 (1, H, W, C)."""
    grey = np.round(crop @ np.array([0.114, 0.587, 0.299]))[..., None]
    pixels = {"gray": grey, "gray3": grey.repeat(3, 2), "rgb": crop[..., ::-1], "bgr": crop}
    x = (pixels[spec.color] * spec.scale - np.array(spec.mean)) / np.array(spec.std)
    return (x if spec.layout == "nhwc" else x.transpose(2, 0, 1))[None]


def picture(*shape: int, low: int = 0, high: int = 256, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(low, high, shape, dtype=np.uint8)


@pytest.fixture
def spec(grey_48: InputSpec) -> InputSpec:
    """Higher than wide, so that nobody takes one for the other."""
    return replace(grey_48, width=6, height=8)


@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
@pytest.mark.parametrize("color", ["gray", "gray3", "rgb", "bgr"])
def test_the_input_is_what_four_lines_of_numpy_say(
    spec: InputSpec, color: str, layout: str
) -> None:
    """With mean 0.5 and std 0.25, as all shipped models have it, and with one a channel."""
    crop = picture(8, 6, 3)
    shipped = replace(spec, color=color, layout=layout, mean=(0.5,), std=(0.25,))
    channels: tuple[float, ...] = (0.1, 0.4, 0.7)
    each = replace(shipped, mean=channels, std=(0.5, 2.0, 0.25)) if color != "gray" else shipped
    for wanted in (shipped, each):
        batch = to_batch([crop], wanted)
        assert batch.dtype == np.float32
        assert batch.flags.c_contiguous
        step = 1.01 * wanted.scale / min(wanted.std)  # grey is rounded to a whole number
        atol = step if color.startswith("gray") else 1e-5
        np.testing.assert_allclose(batch, by_numpy(crop, wanted), rtol=0, atol=atol)


def test_normalising_is_exact(spec: InputSpec) -> None:
    wanted = replace(spec, color="rgb", mean=(0.1, 0.4, 0.7), std=(0.5, 2.0, 0.25))
    for pixels in (picture(2, 3, 3), picture(2, 3, 3).astype(np.float64)):
        given = pixels.copy()
        x = normalize(pixels, wanted)
        assert x.dtype == np.float32
        expected = (pixels / 255 - [0.1, 0.4, 0.7]) / [0.5, 2.0, 0.25]
        np.testing.assert_allclose(x, expected, rtol=0, atol=1e-5)
        np.testing.assert_array_equal(pixels, given)


@pytest.mark.parametrize(("layout", "shape"), [("nhwc", (8, 6, 3)), ("nchw", (3, 8, 6))])
def test_a_batch_keeps_the_order_and_may_be_empty(
    spec: InputSpec, layout: str, shape: tuple[int, ...]
) -> None:
    wanted = replace(spec, color="bgr", layout=layout)
    crops = [picture(8, 6, 3, seed=seed) for seed in range(3)]
    batch = to_batch(crops, wanted)
    assert batch.shape == (3, *shape)
    for row, crop in zip(batch, crops, strict=True):
        np.testing.assert_array_equal(row[None], to_batch([crop], wanted))
    assert to_batch([], wanted).shape == (0, *shape)


@pytest.mark.parametrize("color", ["gray", "gray3", "rgb", "bgr"])
@pytest.mark.parametrize("shape", [(8, 6), (8, 6, 1)])
def test_a_grey_crop_is_the_same_in_all_channels(
    spec: InputSpec, color: str, shape: tuple[int, ...]
) -> None:
    crop = picture(*shape)
    pixels = to_pixels(crop, replace(spec, color=color))
    assert pixels.shape == (8, 6, 1 if color == "gray" else 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, np.broadcast_to(crop.reshape(8, 6, 1), pixels.shape))


# Resizing: the centres of the new pixels lie evenly in the old picture.


def places(new: int, old: int) -> np.ndarray:
    return (np.arange(new) + 0.5) * old / new - 0.5


def linear(grey: np.ndarray, h: int, w: int) -> np.ndarray:
    y, x = places(h, grey.shape[0]), places(w, grey.shape[1])
    rows = np.array([np.interp(x, np.arange(grey.shape[1]), row) for row in grey])
    return np.array([np.interp(y, np.arange(grey.shape[0]), column) for column in rows.T]).T


def cubic(row: np.ndarray, new: int) -> np.ndarray:
    """Keys 1981 with a = -0.75, as OpenCV has it; the border repeats."""
    at = places(new, len(row))
    taken = np.floor(at)[:, None] + np.arange(-1, 3)
    t = np.abs(at[:, None] - taken)
    near, far = 1.25 * t**3 - 2.25 * t**2 + 1, -0.75 * (t**3 - 5 * t**2 + 8 * t - 4)
    weights = np.where(t <= 1, near, far)
    return (weights * row[np.clip(taken, 0, len(row) - 1).astype(int)]).sum(axis=1)


def resized(crop: np.ndarray, spec: InputSpec, name: str) -> np.ndarray:
    return to_pixels(crop, replace(spec, interpolation=name))[:, :, 0].astype(float)


@pytest.mark.parametrize(("high", "wide"), [(24, 18), (16, 6), (8, 12)])
def test_area_means_over_what_a_pixel_covers(spec: InputSpec, high: int, wide: int) -> None:
    """Also where one side has its size already."""
    crop = picture(high, wide)
    means = crop.reshape(8, high // 8, 6, wide // 6).mean(axis=(1, 3))
    np.testing.assert_allclose(resized(crop, spec, "area"), means, rtol=0, atol=0.51)


@pytest.mark.parametrize("name", ["area", "linear"])
@pytest.mark.parametrize(("high", "wide"), [(4, 3), (4, 18), (24, 3)])
def test_enlarging_is_linear_also_of_one_side_alone(
    spec: InputSpec, name: str, high: int, wide: int
) -> None:
    crop = picture(high, wide)
    np.testing.assert_allclose(resized(crop, spec, name), linear(crop, 8, 6), rtol=0, atol=1.01)


def test_linear_shrinks_linearly_too(spec: InputSpec) -> None:
    crop = picture(24, 18)
    np.testing.assert_allclose(resized(crop, spec, "linear"), linear(crop, 8, 6), rtol=0, atol=1.01)


@pytest.mark.parametrize(("high", "wide"), [(4, 3), (16, 12)])
def test_nearest_makes_no_new_values(spec: InputSpec, high: int, wide: int) -> None:
    crop = picture(high, wide)
    expected = crop[np.arange(8) * high // 8][:, np.arange(6) * wide // 6]
    np.testing.assert_array_equal(resized(crop, spec, "nearest"), expected)


@pytest.mark.parametrize("wide", [3, 12])
def test_cubic_overshoots(spec: InputSpec, wide: int) -> None:
    row = picture(wide, low=90, high=160)
    found = resized(np.tile(row, (8, 1)), spec, "cubic")
    np.testing.assert_allclose(found, np.tile(cubic(row, 6), (8, 1)), rtol=0, atol=1.01)


# Equalisation: grey levels are spread by how often they occur.


def equalized(grey: np.ndarray) -> np.ndarray:
    counts = np.bincount(grey.ravel(), minlength=256)
    below = counts.cumsum() - counts[grey.min()]
    return np.round(255 * below / below[-1])[grey]


@pytest.mark.parametrize("color", ["gray", "gray3"])
def test_grey_is_equalised(spec: InputSpec, color: str) -> None:
    crop = picture(8, 6, low=90, high=140)
    pixels = to_pixels(crop, replace(spec, color=color, equalize=True))
    expected = np.broadcast_to(equalized(crop)[..., None], pixels.shape)
    np.testing.assert_allclose(pixels.astype(float), expected, rtol=0, atol=1)
    assert (pixels.min(), pixels.max()) == (0, 255)


@pytest.mark.parametrize("color", ["rgb", "bgr"])
def test_the_luma_of_a_colour_picture_is_equalised_and_its_colours_stay(
    spec: InputSpec, color: str
) -> None:
    """Blue and red differ so much that who swaps them finds another luma."""
    crop = picture(8, 6, 3, low=110, high=140) + np.array([40, 0, -30]).astype(np.uint8)
    luma = np.round(crop @ np.array([0.114, 0.587, 0.299])).astype(int)
    expected = crop + (equalized(luma) - luma)[..., None]
    pixels = to_pixels(crop, replace(spec, color=color, equalize=True)).astype(float)
    found = pixels if color == "bgr" else pixels[..., ::-1]
    inside = (expected > 4) & (expected < 251)
    assert inside.sum() > 80
    np.testing.assert_allclose(found[inside], expected[inside], rtol=0, atol=4)


def test_equalising_comes_after_resizing(spec: InputSpec) -> None:
    crop = picture(16, 12)
    small = to_pixels(crop, spec)
    expected = to_pixels(small, replace(spec, equalize=True))
    np.testing.assert_array_equal(to_pixels(crop, replace(spec, equalize=True)), expected)


@pytest.mark.parametrize(
    ("crop", "message"),
    [
        (np.zeros((8, 6, 3)), "crop has dtype float64; expected uint8"),
        (np.zeros((8, 6, 4), np.uint8), r"crop has shape \(8, 6, 4\); expected"),
        (np.zeros((8, 6, 2), np.uint8), r"crop has shape \(8, 6, 2\); expected"),
        (np.zeros(8, np.uint8), r"crop has shape \(8,\); expected"),
        (np.zeros((1, 8, 6, 3), np.uint8), r"crop has shape \(1, 8, 6, 3\); expected"),
        (np.zeros((0, 6), np.uint8), r"crop has shape \(0, 6\); expected \(H, W, 3\) BGR or"),
        (np.zeros((8, 0, 3), np.uint8), r"crop has shape \(8, 0, 3\); expected"),
    ],
)
def test_what_is_no_crop_is_refused(spec: InputSpec, crop: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        to_pixels(crop, spec)


def test_one_pixel_is_a_crop(spec: InputSpec) -> None:
    for shape in ((1, 1), (1, 1, 1), (1, 1, 3)):
        assert (to_pixels(np.full(shape, 77, np.uint8), spec) == 77).all()
