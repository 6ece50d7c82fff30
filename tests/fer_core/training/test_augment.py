from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_core.preprocess import to_pixels
from fer_core.training.augment import _crop, augmented, mixed
from fer_core.training.specs import AugmentSpec

STILL = AugmentSpec(
    flip=False,
    affine_probability=0.0,
    brightness=0.0,
    contrast=0.0,
    erase_probability=0.0,
    mixup_alpha=0.0,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def face(portrait):
    """A face as RAF-DB has it: 100×100 px, grey, (H, W, 1)."""
    grey = cv2.cvtColor(portrait[50:250, 120:320], cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, (100, 100), interpolation=cv2.INTER_AREA)[:, :, None]


def one(face, spec, input_spec, rng, crop=(1.0, 1.0)):
    return augmented([face], np.array([crop]), spec, input_spec, rng)[0]


@pytest.mark.parametrize("side", [48, 64, 96, 120])
def test_a_picture_that_is_not_changed_is_what_the_app_makes_of_it(face, grey_48, rng, side):
    spec = replace(grey_48, width=side, height=side)
    expected = to_pixels(face[:, :, 0], spec).astype(np.float32)
    assert np.abs(one(face, STILL, spec, rng) - expected).mean() < 1.5


def test_flipping_mirrors(face, grey_48, rng):
    spec = replace(STILL, flip=True)
    plain = one(face, STILL, grey_48, rng)
    seen = [one(face, spec, grey_48, rng) for _ in range(12)]
    mirrored = [np.abs(plain[:, ::-1] - image).mean() < 0.5 for image in seen]
    same = [np.abs(plain - image).mean() < 0.5 for image in seen]
    assert all(a != b for a, b in zip(mirrored, same, strict=True))
    assert any(mirrored)
    assert any(same)


@pytest.mark.parametrize("side", [0.7, 1.2])
def test_a_crop_is_as_tight_or_as_loose_as_its_source_says(face, grey_48, rng, side):
    still = replace(STILL, affine_probability=1.0, rotation_deg=0.0, zoom=0.0, shift=0.0)
    found = one(face, still, grey_48, rng, (side, side))
    half = round(50 * side)
    edge = max(half - 50, 0)
    wide = cv2.copyMakeBorder(face[:, :, 0], *[edge] * 4, cv2.BORDER_REPLICATE)
    middle = 50 + edge
    area = slice(middle - half, middle + half)
    expected = to_pixels(np.ascontiguousarray(wide[area, area]), grey_48)
    assert np.abs(found - expected).mean() < 2.5


@pytest.fixture
def oblong():
    """A smooth picture that is wider than high, as Pillow has it."""
    small = np.random.default_rng(0).integers(0, 256, (8, 12), dtype=np.uint8)
    return Image.fromarray(small).resize((60, 40), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    ("angle", "side", "shift"), [(20, 0, 0), (0, 0.2, 0), (0, 0, 0.1), (-12, -0.1, 0.05)]
)
def test_one_resampling_turns_zooms_and_shifts_as_pillow_does(oblong, grey_48, angle, side, shift):
    """The draws are laid down: everything is changed by all that the recipe allows."""
    spec = replace(
        STILL, affine_probability=1.0, rotation_deg=20.0, zoom=0.2, shift=0.1, aspect=0.0
    )
    r = np.full(16, 0.5)
    r[2], r[4], r[5], r[6] = (0.5 + v / 2 for v in (side / 0.2, angle / 20, shift / 0.1, 0))
    input_spec = replace(grey_48, width=60, height=40)
    found = _crop(np.asarray(oblong)[:, :, None], 1.0, 1.0, spec, input_spec, r)
    scale, turn = 1 + side, np.radians(angle)
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    cx, cy, dx = 30, 20, shift * 60
    place = (cos, -sin, cx + dx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy)

    def change(picture):
        method = Image.Transform.AFFINE
        return np.asarray(picture.transform((60, 40), method, place, Image.Resampling.BILINEAR))

    known = change(Image.new("L", (60, 40), 1)) > 0  # Pillow repeats no border
    apart = np.abs(found.astype(float) - change(oblong))[known]
    assert known.mean() > 0.6
    assert apart.mean() < 0.8
    assert apart.max() < 6


def test_small_faces_lose_their_detail_and_colour_can_go(face, grey_48, rng):
    blocky = replace(STILL, small_probability=1.0, small_px=12)
    sharp = one(face, STILL, grey_48, rng)
    soft = [one(face, blocky, grey_48, rng) for _ in range(8)]

    def detail(image):
        return np.abs(np.diff(image, axis=0)).mean()

    assert min(map(detail, soft)) < 0.8 * detail(sharp)
    colored = np.repeat(face, 3, axis=2) // np.array([1, 2, 3], np.uint8)
    spec = replace(grey_48, color="bgr")
    grey = one(colored, replace(STILL, gray_probability=1.0), spec, rng)
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])


def test_all_changes_together_keep_shape_range_and_seed(face, grey_48):
    spec = AugmentSpec(
        aspect=0.1,
        small_probability=0.5,
        blur_probability=0.5,
        noise_probability=0.5,
        gray_probability=0.5,
        jpeg_probability=0.5,
        erase_probability=0.5,
    )
    for color in ("gray", "gray3", "rgb"):
        input_spec = replace(grey_48, color=color, equalize=color == "gray")
        picture = face if color.startswith("gray") else np.repeat(face, 3, axis=2)
        pictures, crops = [picture, picture[:40, :30]] * 8, np.tile([0.7, 1.2], (16, 1))
        a, b = (
            augmented(pictures, crops, spec, input_spec, np.random.default_rng(5)) for _ in range(2)
        )
        assert a.shape == (16, 48, 48, input_spec.channels)
        assert a.dtype == np.float32
        assert a.min() >= 0
        assert a.max() <= 255
        np.testing.assert_array_equal(a, b)
        assert a.std(axis=0).mean() > 5


@pytest.mark.parametrize("kind", ["mixup_alpha", "cutmix_alpha"])
def test_mixtures_share_pixels_and_targets_alike(kind, rng):
    spec = replace(STILL, **{kind: 1.0})
    pixels = np.repeat(np.arange(8, dtype=np.float32)[:, None, None, None], 32, axis=1)
    pixels = np.repeat(pixels, 32, axis=2)
    x, y = mixed(pixels, np.eye(8, dtype=np.float32), spec, rng)
    np.testing.assert_allclose(x.mean(axis=(1, 2, 3)), y @ np.arange(8), atol=1e-4)
    np.testing.assert_allclose(y.sum(axis=1), 1, atol=1e-6)
    assert (y.max(axis=1) >= 0.5).all()
    assert (y.max(axis=1) < 1).any()


def test_a_class_that_one_of_two_pictures_does_not_know_is_unknown_of_both(rng):
    targets = np.tile(np.float32([[1, 0, 0], [1, 0, -1]]), (8, 1))
    spec = replace(STILL, mixup_alpha=1.0)
    _, mixture = mixed(np.zeros((16, 4, 4, 1), np.float32), targets, spec, rng)
    np.testing.assert_allclose(mixture[:, :2], targets[:, :2], atol=1e-6)
    assert (mixture[1::2, 2] == -1).all()
    assert 0 < (mixture[::2, 2] == -1).sum() < 8
