"""Augmentation against pictures turned by Pillow, and batches against plain numpy."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import fer_core
from tests.sharing import make_once

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(
        importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow: make train-env"
    ),
]
ROOT = Path(fer_core.__file__).parents[1]
WH = (60, 40)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What run_augment.py makes of a smooth picture that is wider than high."""

    def make(folder: Path) -> None:
        small = np.random.default_rng(0).integers(0, 256, (8, 12), dtype=np.uint8)
        picture = np.asarray(Image.fromarray(small).resize(WH, Image.Resampling.BICUBIC))
        np.save(folder / "picture.npy", picture[..., None])
        script = Path(__file__).with_name("run_augment.py")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""}
        environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
        subprocess.run([sys.executable, script, folder], check=True, env=environment)

    return make_once(tmp_path_factory, "augmented", make)


@pytest.fixture(scope="session")
def results(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "results.npz") as file:
        return dict(file)


@pytest.fixture(scope="session")
def picture(folder: Path) -> Image.Image:
    return Image.fromarray(np.load(folder / "picture.npy")[..., 0])


def assert_alike(found: np.ndarray, picture: Image.Image, change: Any) -> None:
    """Where Pillow knows the pixel: it repeats no border."""
    known = np.asarray(change(Image.new("L", WH, 1))) > 0
    apart = np.abs(found[..., 0] - np.asarray(change(picture)))[known]
    assert known.mean() > 0.6
    assert apart.mean() < 0.6, "rounding"
    assert apart.max() < 4


def affine(a: float, b: float, c: float, d: float, e: float, f: float) -> Any:
    method = Image.Transform.AFFINE
    return lambda p: p.transform(WH, method, (a, b, c, d, e, f), Image.Resampling.BILINEAR)


def test_a_picture_is_turned_about_its_middle(results, picture) -> None:
    assert_alike(
        results["turned"], picture, lambda plain: plain.rotate(20, Image.Resampling.BILINEAR)
    )


def test_a_picture_is_zoomed_about_its_middle(results, picture) -> None:
    assert_alike(results["zoomed"], picture, affine(1.2, 0, -0.1 * WH[0], 0, 1.2, -0.1 * WH[1]))


def test_a_picture_is_shifted(results, picture) -> None:
    assert_alike(results["shifted"], picture, affine(1, 0, 6, 0, 1, -4))
    last = results["shifted"][10, -6:, 0]
    assert last == pytest.approx([last[0]] * 6), "the border is repeated"


def test_all_at_once_is_one_resampling(results, picture) -> None:
    scale, angle = 0.9, np.radians(-12)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    cx, cy = WH[0] / 2, WH[1] / 2
    change = affine(cos, -sin, cx + 3 - cos * cx + sin * cy, sin, cos, cy + 2 - sin * cx - cos * cy)
    assert_alike(results["all"], picture, change)


def test_draws_keep_to_the_recipe(results) -> None:
    limits = [1.0, np.radians(20), 0.2, 0.1 * WH[0], 0.1 * WH[1]]
    assert results["limits"] == pytest.approx(limits)
    draws = results["draws"]
    assert draws.dtype == np.float32
    assert -0.5 <= draws.min() < -0.49
    assert 0.49 < draws.max() <= 0.5
    assert abs(draws.mean()) < 0.03
    assert np.array_equal(draws, results["drawn again"])
    assert results["share 1.0"].mean() < 0.01
    assert results["share 0.25"].mean() == pytest.approx(0.75, abs=0.06)


def normalised(pixels: np.ndarray) -> np.ndarray:
    return (pixels / 255 - [0.1, 0.4, 0.7]) / [0.5, 2.0, 0.25]


def test_batches_are_normalised_shuffled_and_endless(results) -> None:
    pixels, x, y = results["pixels"], results["plain x"], results["plain y"]
    assert x.shape == (5, 4, 8, 6, 3)
    assert x.dtype == y.dtype == np.float32
    numbers = y.argmax(axis=2)
    np.testing.assert_allclose(x, normalised(pixels)[numbers], rtol=0, atol=1e-5)
    assert sorted(numbers.ravel()) == sorted([*range(10), *range(10)]), "each picture once a pass"
    passes = numbers.ravel().reshape(2, 10).tolist()
    assert passes[0] not in (passes[1], list(range(10)))
    np.testing.assert_array_equal(x, results["again x"])
    assert not np.array_equal(x, results["other x"])


def test_mixed_pictures_have_mixed_targets(results) -> None:
    """Picture k is all 25 k: what it shows tells what was mixed into it."""
    x, y = results["mixed x"], results["mixed y"]
    assert y.sum(axis=2) == pytest.approx(np.ones((4, 10)), abs=1e-5)
    shown = y @ (25 * np.arange(10))
    expected = normalised(np.broadcast_to(shown[..., None, None, None], x.shape))
    np.testing.assert_allclose(x, expected, rtol=0, atol=1e-3)
    assert ((y > 0.05) & (y < 0.95)).any()


def test_half_of_the_pictures_are_mirrored(results) -> None:
    straight = normalised(results["pixels"])[results["flipped y"].argmax(axis=2)]
    x = results["flipped x"]
    kept = np.abs(x - straight).max(axis=(2, 3, 4)) < 1e-4
    mirrored = np.abs(x - straight[..., ::-1, :]).max(axis=(2, 3, 4)) < 1e-4
    assert (kept ^ mirrored).all()
    assert 10 <= mirrored.sum() <= 50


def test_the_layers_are_those_of_the_recipe_in_float32(folder: Path) -> None:
    layers = json.loads((folder / "layers.json").read_text(encoding="utf-8"))
    flip, affine_, brightness, contrast, erasing = layers
    kinds = ["RandomFlip", "_RandomAffine", "RandomBrightness", "RandomContrast", "RandomErasing"]
    assert [layer["kind"] for layer in layers] == kinds
    assert affine_ == {"kind": "_RandomAffine"}
    assert flip["mode"] == "horizontal"
    assert brightness["factor"] == [-0.3, 0.3]
    assert contrast["factor"] == [0, 0.4]
    assert (erasing["factor"], erasing["scale"]) == ([0, 0.6], [0.05, 0.15])
    for layer in (brightness, contrast, erasing):
        assert layer["value_range"] == [0, 255]
    for layer in (flip, brightness, contrast, erasing):
        assert layer["seed"] == 9
        assert "float32" in json.dumps(layer["dtype"])
