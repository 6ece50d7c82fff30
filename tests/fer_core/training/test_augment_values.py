"""Each change to a training picture alone, against Pillow, scipy and what chance promises."""

import io
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from fer_core.models.spec import InputSpec
from fer_core.training import augment
from fer_core.training.specs import AugmentSpec

#: Nothing is changed but what a test asks for.
STILL = AugmentSpec(
    flip=False,
    affine_probability=0.0,
    rotation_deg=0.0,
    zoom=0.0,
    shift=0.0,
    brightness=0.0,
    contrast=0.0,
    erase_probability=0.0,
    mixup_alpha=0.0,
)
MIDDLE = np.full(16, 0.5)


def draws(**places: float) -> np.ndarray:
    """The random numbers of one picture: 0.5, but for `r7=0.2` and so on."""
    r = MIDDLE.copy()
    for name, value in places.items():
        r[int(name[1:])] = value
    return r


@pytest.fixture
def picture() -> np.ndarray:
    """Smooth, 60×40 px, as (H, W, 1)."""
    small = np.random.default_rng(0).integers(0, 256, (8, 12), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((60, 40), Image.Resampling.BICUBIC))[:, :, None]


@pytest.fixture
def same_size(grey_48: InputSpec) -> InputSpec:
    """A network that takes the picture as it is."""
    return replace(grey_48, width=60, height=40)


def crop(
    picture: np.ndarray, spec: AugmentSpec, to: InputSpec, r: np.ndarray = MIDDLE, side: float = 1.0
) -> np.ndarray:
    return augment._crop(picture, side, side, spec, to, r)


def test_one_that_is_not_changed_is_the_picture(picture: np.ndarray, same_size: InputSpec) -> None:
    np.testing.assert_array_equal(crop(picture, STILL, same_size), picture[:, :, 0])
    every = replace(AugmentSpec(), affine_probability=0.5, blur_probability=0.5, flip=False)
    every = replace(every, small_probability=0.5, jpeg_probability=0.5, gray_probability=0.5)
    seen = crop(picture, every, same_size)  # 0.5 is not less than 0.5
    np.testing.assert_array_equal(seen, picture[:, :, 0])


def test_a_flip_comes_in_half_of_the_cases_and_only_where_it_is_wanted(
    picture: np.ndarray, same_size: InputSpec
) -> None:
    flips, plain = replace(STILL, flip=True), picture[:, :, 0]
    np.testing.assert_array_equal(crop(picture, flips, same_size, draws(r7=0.49)), plain[:, ::-1])
    np.testing.assert_array_equal(crop(picture, flips, same_size, draws(r7=0.51)), plain)
    np.testing.assert_array_equal(crop(picture, STILL, same_size, draws(r7=0.1)), plain)


def affine(picture: np.ndarray, *place: float) -> tuple[np.ndarray, np.ndarray]:
    """As Pillow has it, and where it knows: it repeats no border."""
    h, w = picture.shape[:2]
    method, by = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    changed = Image.fromarray(picture[:, :, 0]).transform((w, h), method, place, by)
    known = Image.new("L", (w, h), 1).transform((w, h), method, place, by)
    return np.asarray(changed).astype(float), np.asarray(known) > 0


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_picture_is_stretched_across_by_as_much_as_it_is_shortened_down(
    picture: np.ndarray, same_size: InputSpec, sign: int
) -> None:
    spec = replace(STILL, affine_probability=1.0, aspect=0.3)
    found = crop(picture, spec, same_size, draws(r0=0.0, r3=0.5 + sign / 2))
    by = (1 + sign * 0.3) ** 0.5  # width by height is 1.3 or 0.7 of what it was
    expected, known = affine(picture, by, 0, 30 - 30 * by, 0, 1 / by, 20 - 20 / by)
    assert np.abs(found - expected)[known].max() < 6
    assert np.abs(found - expected)[known].mean() < 0.8


def test_it_is_shifted_across_and_down_by_shares_of_its_own_sides(
    picture: np.ndarray, same_size: InputSpec
) -> None:
    spec = replace(STILL, affine_probability=1.0, shift=0.1)
    found = crop(picture, spec, same_size, draws(r0=0.0, r5=1.0, r6=0.0))
    np.testing.assert_array_equal(found[4:, :-6], picture[:-4, 6:, 0])  # 6 of 60, 4 of 40


def test_the_draw_of_a_crop_lies_between_its_source_s_least_and_greatest(
    picture: np.ndarray, same_size: InputSpec
) -> None:
    spec = replace(STILL, affine_probability=1.0)
    for share, side in ((0.0, 0.6), (0.25, 0.7), (1.0, 1.0)):
        found = augment._crop(picture, 0.6, 1.0, spec, same_size, draws(r0=0.0, r1=share))
        expected, known = affine(picture, side, 0, 30 - 30 * side, 0, side, 20 - 20 * side)
        assert known.all()
        assert np.abs(found - expected).max() < 6


def averaged(image: np.ndarray, side: int) -> np.ndarray:
    """Square, each pixel the mean of the area that it covers."""
    edges = np.linspace(0, len(image), side + 1)
    covered = np.clip(edges[:, None] - np.arange(len(image)), 0, 1)
    weights = np.diff(covered, axis=0) * side / len(image)
    found: np.ndarray = weights @ image.astype(float) @ weights.T
    return found


def sampled(image: np.ndarray, side: int) -> np.ndarray:
    """Square, each pixel between the four around its place."""
    down, across = (_between(length, side) for length in image.shape)
    found: np.ndarray = down @ image.astype(float) @ across.T
    return found


def _between(length: int, side: int) -> np.ndarray:
    places = (np.arange(side) + 0.5) * length / side - 0.5
    return np.array([np.interp(places, range(length), row) for row in np.eye(length)]).T


@pytest.mark.parametrize(("side", "by"), [(40, sampled), (59, sampled), (61, averaged)])
def test_a_picture_of_more_than_five_quarters_of_the_input_is_averaged(
    grey_48: InputSpec, side: int, by: Callable[[np.ndarray, int], np.ndarray]
) -> None:
    fine = np.random.default_rng(1).integers(0, 256, (side, side, 1), dtype=np.uint8)
    assert np.abs(crop(fine, STILL, grey_48) - by(fine[:, :, 0], 48)).max() < 6
    if side == 59:  # the longer side decides for both
        for axis in (0, 1):
            long = np.concatenate([fine, fine], axis=axis)
            assert crop(long, STILL, grey_48).std() < 0.75 * sampled(fine[:, :, 0], 48).std()


def test_a_picture_that_is_larger_one_way_and_smaller_the_other_is_sampled(
    grey_48: InputSpec,
) -> None:
    fine = np.random.default_rng(1).integers(0, 256, (40, 64, 1), dtype=np.uint8)
    expected = sampled(fine[:, :, 0], 48)
    assert np.abs(crop(fine, STILL, grey_48) - expected).max() < 6
    tall = np.ascontiguousarray(fine.transpose(1, 0, 2))
    assert np.abs(crop(tall, STILL, grey_48) - expected.T).max() < 6


def test_where_one_side_has_its_size_already_the_other_one_is_averaged(
    grey_48: InputSpec,
) -> None:
    fine = np.random.default_rng(1).integers(0, 256, (48, 96, 1), dtype=np.uint8)
    pairs = fine.reshape(48, 48, 2).mean(axis=2)
    assert np.abs(crop(fine, STILL, grey_48) - pairs).max() <= 1
    tall = np.ascontiguousarray(fine.transpose(1, 0, 2))
    assert np.abs(crop(tall, STILL, grey_48) - pairs.T).max() <= 1


def test_no_crop_is_smaller_than_four_pixels(picture: np.ndarray, same_size: InputSpec) -> None:
    spec = replace(STILL, affine_probability=1.0)
    r = draws(r0=0.0)
    tiny, four = (augment._crop(picture, s, s, spec, same_size, r) for s in (1e-6, 4 / 60))
    assert tiny.std() > 1
    np.testing.assert_array_equal(tiny, four)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_face_far_away_has_few_pixels_log_uniformly(grey_48: InputSpec, share: float) -> None:
    """Native 96 px and at least 12: the middle is 34 px, and the network's 48 px leave no trace."""
    random = np.random.default_rng(1)
    fine = random.integers(0, 256, (96, 96, 1), dtype=np.uint8)
    spec = replace(STILL, small_probability=0.6, small_px=12)
    found = crop(fine, spec, grey_48, draws(r8=0.5, r9=share))
    side = round(12 * 8**share)
    small = np.rint(averaged(fine[:, :, 0], side))
    expected = (averaged if side >= 48 else sampled)(small, 48)
    assert np.abs(found - expected).max() <= 3
    np.testing.assert_array_equal(
        crop(fine, spec, grey_48, draws(r8=0.61, r9=share)), crop(fine, STILL, grey_48)
    )


def test_a_face_that_is_small_already_is_not_enlarged_to_become_small() -> None:
    fine = np.random.default_rng(1).integers(0, 256, (10, 14, 1), dtype=np.uint8)
    np.testing.assert_array_equal(augment._smaller(fine, 12, 10, 0.0), fine)
    assert augment._smaller(fine, 4, 10, 0.0).shape == (4, 4)
    assert augment._smaller(fine, 1, 10, 0.0).shape == (4, 4)
    assert augment._smaller(fine, 4, 10, 1.0).shape == (10, 14, 1)
    assert augment._smaller(fine, 4, 9, 1.0).shape == (9, 9)
    assert augment._smaller(fine.transpose(1, 0, 2), 12, 12, 1.0).shape == (14, 10, 1)
    large = np.zeros((48, 48, 1), np.uint8)  # enlarged already, from 10 px
    assert augment._smaller(large, 12, 10, 0.0).shape == (10, 10)


def test_the_shorter_side_of_a_crop_says_how_many_pixels_it_had(grey_48: InputSpec) -> None:
    for shape in ((60, 96), (96, 60)):
        fine = np.random.default_rng(1).integers(0, 256, (*shape, 1), dtype=np.uint8)
        spec = replace(STILL, small_probability=1.0, small_px=15)
        found = crop(fine, spec, grey_48, draws(r9=0.5))
        small = cv2.resize(fine, (30, 30), interpolation=cv2.INTER_AREA)  # 15 · 4 ** 0.5
        expected = cv2.resize(small, (48, 48), interpolation=cv2.INTER_LINEAR)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("key", "draw", "more"),
    [
        ("affine_probability", "r0", {"shift": 0.5}),
        ("affine_probability", "r0", {"rotation_deg": 90.0}),
        ("affine_probability", "r0", {"zoom": 0.5}),
        ("affine_probability", "r0", {"aspect": 0.5}),
        ("small_probability", "r8", {"small_px": 4}),
        ("blur_probability", "r10", {}),
        ("jpeg_probability", "r12", {"jpeg_quality": (1, 1)}),
        ("gray_probability", "r14", {}),
    ],
)
def test_each_change_has_a_draw_of_its_own(
    picture: np.ndarray, same_size: InputSpec, key: str, draw: str, more: dict[str, float]
) -> None:
    colored = np.dstack([picture // 4, picture // 2, picture])
    spec = replace(STILL, **{key: 0.5}, **more)  # type: ignore[arg-type]
    to = replace(same_size, color="bgr")
    high = np.full(16, 0.6)
    np.testing.assert_array_equal(crop(colored, spec, to, high), colored)
    high[int(draw[1:])] = 0.4
    assert np.abs(crop(colored, spec, to, high).astype(int) - colored).max() > 3


@pytest.mark.parametrize(("r11", "sigma"), [(0.0, 0.3), (0.5, 1.3), (1.0, 2.3)])
def test_blur_is_a_gaussian_of_up_to_the_recipe_s_width(
    grey_48: InputSpec, r11: float, sigma: float
) -> None:
    fine = np.random.default_rng(2).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    spec = replace(STILL, blur_probability=0.6, blur_sigma=2.0)
    found = crop(fine, spec, grey_48, draws(r10=0.5, r11=r11)).astype(float)
    expected = gaussian_filter(fine[:, :, 0].astype(float), sigma, mode="mirror", truncate=3.0)
    assert np.abs(found - expected).max() < 3
    assert (crop(fine, spec, grey_48, draws(r10=0.61, r11=r11)) == fine[:, :, 0]).all()


@pytest.mark.parametrize(("r13", "quality"), [(0.0, 30), (0.5, 60), (1.0, 90)])
def test_a_jpeg_is_of_a_quality_between_the_recipe_s(
    picture: np.ndarray, same_size: InputSpec, r13: float, quality: int
) -> None:
    spec = replace(STILL, jpeg_probability=0.6, jpeg_quality=(30, 90))
    buffer = io.BytesIO()
    Image.fromarray(picture[:, :, 0]).save(buffer, "JPEG", quality=quality)
    expected = np.asarray(Image.open(buffer)).astype(float)
    found = crop(picture, spec, same_size, draws(r12=0.5, r13=r13))
    assert np.abs(found - expected).max() <= 1
    assert (crop(picture, spec, same_size, draws(r12=0.61)) == picture[:, :, 0]).all()


def test_colour_goes_to_the_mean_of_its_channels(same_size: InputSpec, picture: np.ndarray) -> None:
    colored = np.dstack([picture // 4, picture // 2, picture])
    spec, to = replace(STILL, gray_probability=0.6), replace(same_size, color="bgr")
    found = crop(colored, spec, to, draws(r14=0.5))
    expected = np.floor(colored.astype(float).sum(axis=2) / 3)
    np.testing.assert_array_equal(found, np.dstack([expected] * 3))
    np.testing.assert_array_equal(crop(colored, spec, to, draws(r14=0.61)), colored)


class Drawn:
    """A generator whose uniform numbers lie at a given share of their range."""

    def __init__(self, *shares: float) -> None:
        self.shares = list(shares)

    def uniform(self, low: float, high: float, size: tuple[int, ...]) -> np.ndarray:
        return np.full(size, low + self.shares.pop(0) * (high - low))


@pytest.mark.parametrize(("contrast", "brightness"), [(0.0, 1.0), (1.0, 0.0), (0.75, 0.5)])
def test_contrast_turns_about_the_picture_s_mean_and_brightness_is_a_share_of_white(
    contrast: float, brightness: float
) -> None:
    pixels = np.random.default_rng(3).uniform(0, 255, (2, 6, 5, 1)).astype(np.float32)
    pixels[1] /= 2
    spec = replace(STILL, contrast=0.4, brightness=0.2)
    expected = []
    for one in pixels.copy():
        by = 1 + 0.4 * (2 * contrast - 1)
        light = one.mean() + by * (one - one.mean()) + 51 * (2 * brightness - 1)
        expected.append(np.clip(light, 0, 255))
    augment._change_light(pixels, spec, Drawn(contrast, brightness))  # type: ignore[arg-type]
    np.testing.assert_allclose(pixels, expected, atol=1e-3)


@pytest.mark.parametrize("key", ["contrast", "brightness"])
def test_either_alone_changes_the_light(grey_48: InputSpec, key: str) -> None:
    fine = np.random.default_rng(2).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    faces, crops = [fine] * 4, np.ones((4, 2))
    rng = np.random.default_rng(0)
    changed = augment.augmented(faces, crops, replace(STILL, **{key: 0.3}), grey_48, rng)
    plain = augment.augmented(faces, crops, STILL, grey_48, rng)
    assert (np.abs(changed - plain).mean(axis=(1, 2, 3)) > 0.5).all()
    equal = replace(grey_48, equalize=True)
    taken_back = augment.augmented(faces, crops, replace(STILL, **{key: 0.3}), equal, rng)
    expected = cv2.equalizeHist(fine[:, :, 0])
    for one in (*taken_back, *augment.augmented(faces, crops, STILL, equal, rng)):
        np.testing.assert_array_equal(one[:, :, 0], expected)


@pytest.mark.parametrize("key", ["noise_probability", "erase_probability"])
def test_grain_and_rectangles_are_laid_over_all_else(grey_48: InputSpec, key: str) -> None:
    fine = np.random.default_rng(2).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    for to in (grey_48, replace(grey_48, equalize=True)):
        rng = np.random.default_rng(0)
        plain, changed = (
            augment.augmented([fine] * 4, np.ones((4, 2)), replace(STILL, **{key: p}), to, rng)
            for p in (0.0, 1.0)
        )
        assert (np.abs(changed - plain).max(axis=(1, 2, 3)) > 0.5).all()


def test_grain_is_normal_and_of_up_to_the_recipe_s_strength() -> None:
    pixels = np.full((400, 16, 16, 1), 127.5, np.float32)
    spec = replace(STILL, noise_probability=0.5, noise=20.0)
    augment._add_noise(pixels, spec, np.random.default_rng(4))
    strengths = pixels.std(axis=(1, 2, 3))
    noisy = strengths[strengths > 0]
    assert 160 < len(noisy) < 240
    assert 18 < noisy.max() < 22
    assert noisy.min() < 0.9
    assert noisy.mean() == pytest.approx(10, abs=1.2)
    assert np.abs(pixels.mean(axis=(1, 2, 3)) - 127.5).max() < 5
    bright = np.full((50, 16, 16, 1), 254, np.float32)
    augment._add_noise(bright, replace(spec, noise_probability=1.0), np.random.default_rng(5))
    dark = np.full((50, 16, 16, 1), 1, np.float32)
    augment._add_noise(dark, replace(spec, noise_probability=1.0), np.random.default_rng(5))
    assert (bright.max(), dark.min()) == (255, 0)


def test_a_rectangle_of_noise_covers_what_the_recipe_allows_anywhere() -> None:
    pixels = np.full((600, 40, 60, 1), -1, np.float32)
    spec = replace(STILL, erase_probability=0.5, erase_area=(0.05, 0.2))
    augment._erase(pixels, spec, np.random.default_rng(6))
    covered = [np.argwhere(image[:, :, 0] >= 0) for image in pixels if (image >= 0).any()]
    assert 240 < len(covered) < 360
    places, ratios, areas = [], [], []
    for found in covered:
        (top, left), (bottom, right) = found.min(axis=0), found.max(axis=0) + 1
        assert len(found) == (bottom - top) * (right - left), "it is one rectangle"
        places.append([top, left, bottom, right])
        if 2 < bottom - top < 40 and 2 < right - left < 60:
            ratios.append(np.log((bottom - top) / (right - left)))
            areas.append(len(found) / 2400)
    assert np.min(places, axis=0).tolist()[:2] == [0, 0]
    assert np.max(places, axis=0).tolist()[2:] == [40, 60]
    assert (min(areas), max(areas)) == pytest.approx((0.05, 0.2), abs=0.01)
    assert np.mean(areas) == pytest.approx(0.125, abs=0.01)
    assert min(ratios) == pytest.approx(-1.2, abs=0.12)
    assert max(ratios) == pytest.approx(1.2, abs=0.12)
    noise = pixels[pixels >= 0]
    assert noise.mean() == pytest.approx(127.5, abs=1)
    assert noise.std() == pytest.approx(255 / 12**0.5, abs=1)
    assert 254.9 < noise.max() <= 255


def test_an_erased_area_is_at_least_a_pixel_and_at_most_the_picture() -> None:
    for area, least, most in ((0.0, 1, 1), (1.0, 2, 6)):
        pixels = np.full((40, 2, 3, 1), -1, np.float32)
        spec = replace(STILL, erase_probability=1.0, erase_area=(area, area))
        augment._erase(pixels, spec, np.random.default_rng(7))
        counts = (pixels >= 0).sum(axis=(1, 2, 3))
        assert least <= counts.min() <= counts.max() <= most
