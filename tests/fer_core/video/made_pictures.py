"""Pictures whose colours are known, encoded by Pillow."""

import io

import numpy as np
from PIL import Image

FINE = {"quality": 95, "subsampling": 0}
SAVE = {"JPEG": FINE, "MPO": FINE, "WEBP": {"lossless": True}}


def corners() -> np.ndarray:
    """uint8 (24, 40, 3) RGB: four quarters, so that no turn looks like another."""
    picture = np.zeros((24, 40, 3), np.uint8)
    picture[:12, :20] = (230, 20, 20)
    picture[:12, 20:] = (20, 200, 20)
    picture[12:, :20] = (20, 20, 220)
    picture[12:, 20:] = (220, 210, 30)
    return picture


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **(SAVE.get(kind, {}) | options))
    return stream.getvalue()


def assert_close(actual_bgr: np.ndarray, expected_rgb: np.ndarray, tolerance: int = 6) -> None:
    assert actual_bgr.dtype == np.uint8
    assert actual_bgr.shape == expected_rgb.shape
    assert actual_bgr.flags.c_contiguous
    assert actual_bgr.flags.writeable
    difference = np.abs(actual_bgr[:, :, ::-1].astype(int) - expected_rgb.astype(int))
    assert np.percentile(difference, 90) <= tolerance


JPEG = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "JPEG")
PNG = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "PNG")
