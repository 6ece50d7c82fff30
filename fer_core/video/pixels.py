"""Pillow's pixels → uint8 BGR, in bands, so that a large picture is not held three times."""

from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

#: Pixels that are converted at a time: twice as fast as all at once.
_BAND_PX = 1_000_000


def to_bgr(image: Image.Image, divisor: int = 1) -> np.ndarray:
    """All pixels of a loaded picture; transparent parts are white.

    Args:
        divisor: width and height are divided by it, each pixel the mean of what it stands for.

    Returns:
        uint8 (H, W, 3).
    """
    w, h = image.size[0] // divisor, image.size[1] // divisor
    if w * h == 0:
        divisor, (w, h) = 1, image.size
    pixels = np.empty((h, w, 3), np.uint8)
    deep = image.mode.startswith("I") or image.mode == "F"
    white = _white(image, divisor) if deep else 0.0
    for top, band in _bands(image, (w, h), divisor):
        bgr = _deep_to_bgr(band, white) if deep else _band_to_bgr(band)
        rows = band.size[1] // divisor
        if divisor > 1:
            bgr = cv2.resize(bgr, (w, rows), interpolation=cv2.INTER_AREA)
        pixels[top : top + rows] = bgr
    return pixels


def array_to_bgr(pixels: np.ndarray, divisor: int = 1) -> np.ndarray:
    """The same for what OpenCV decoded: uint8 (H, W), (H, W, 3) BGR or (H, W, 4) BGRA."""
    h, w = pixels.shape[0] // divisor, pixels.shape[1] // divisor
    found = np.empty((h, w, 3), np.uint8)
    rows = max(1, _BAND_PX // (w * divisor))
    for top in range(0, h, rows):
        end = min(h, top + rows)
        band = pixels[top * divisor : end * divisor, : w * divisor]
        if band.ndim == 2:
            band = cv2.cvtColor(band, cv2.COLOR_GRAY2BGR)
        elif band.shape[2] == 4:
            alpha = band[:, :, 3:].astype(np.uint16)
            band = ((band[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
        found[top:end] = cv2.resize(band, (w, end - top), interpolation=cv2.INTER_AREA)
    return found


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Applies an EXIF orientation; any other number than 1 to 8 changes nothing."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _bands(
    image: Image.Image, wh: tuple[int, int], divisor: int
) -> Iterator[tuple[int, Image.Image]]:
    """Row of the result, and the part of the picture that it is made from."""
    w, h = wh[0] * divisor, wh[1]
    rows = max(1, _BAND_PX // (w * divisor))
    for top in range(0, h, rows):
        yield top, image.crop((0, top * divisor, w, min(h, top + rows) * divisor))


def _band_to_bgr(band: Image.Image) -> np.ndarray:
    if band.has_transparency_data:
        band = band.convert("RGBA")
        band = Image.alpha_composite(Image.new("RGBA", band.size, "white"), band)
    rgb = band if band.mode == "RGB" else band.convert("RGB")
    return cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR)


def _white(image: Image.Image, divisor: int) -> float:
    """The value of white in 16-bit, 32-bit and float grey.

    Only the values tell: of 32 bits 255 or 65535, of floats 1, 255 or 65535, and those may
    overshoot a little.
    """
    if image.mode.startswith("I;16"):
        return 65535.0
    wh = image.size[0] // divisor, image.size[1] // divisor
    peaks = [_peak(np.asarray(band)) for _, band in _bands(image, wh, divisor)]
    peak = max(peaks, default=0.0)
    if image.mode == "I":
        return 255.0 if peak <= 255 else 65535.0
    return 1.0 if peak <= 2 else 255.0 if peak <= 2 * 255 else 65535.0


def _peak(values: np.ndarray) -> float:
    return float(np.max(values, initial=0, where=np.isfinite(values)))


def _deep_to_bgr(band: Image.Image, white: float) -> np.ndarray:
    """Pillow itself would cut off all above 255."""
    values = np.asarray(band)
    if values.dtype.kind == "f":
        grey = np.clip(np.nan_to_num(values) * (255 / white), 0, 255).astype(np.uint8)
    elif white == 255:
        grey = np.clip(values, 0, 255).astype(np.uint8)
    else:
        grey = (np.clip(values, 0, 65535) >> 8).astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
