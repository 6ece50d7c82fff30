"""Things that a face finder takes for faces: letters, badges, two dark spots, rows of windows.

Of the first finder's phantoms on held-out scenes nearly all were of these kinds, since a thousand
photos of things hold little print. They are drawn, each on a patch with a mask of its own.
"""

import functools
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Random = np.random.Generator
#: px of a patch's shorter side.
_HIGH = 96
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@%§$?!.,:;()ÄÖÜéñß"
#: Letters that are round or have two eyes come more often.
_ROUND = "8B&@%aeg690OoQsS3G§$"


def thing(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """One thing.

    Returns:
        uint8 (H, W), grey, and its mask, float32 (H, W) 0..1: what of it is laid on.
    """
    kind = rng.choice(5, p=[0.4, 0.25, 0.15, 0.1, 0.1])
    return (_word, _badge, _spots, _windows, _bottle)[kind](rng)


@functools.cache
def _fonts() -> list[Path]:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    names = ("DejaVu", "STIXGeneral", "cmr10", "cmss10", "cmtt10", "cmb10", "cmmi10")
    return sorted(path for path in folder.glob("*.ttf") if path.name.startswith(names))


def _shades(rng: Random) -> tuple[int, int]:
    """Two grey levels that can be told apart."""
    first = int(rng.integers(256))
    apart = int(rng.integers(40, 200)) * (1 if first < 128 else -1)
    return first, int(np.clip(first + apart, 0, 255))


def _letters(rng: Random) -> str:
    """Letters of one word, or of a few short ones."""
    count = int(rng.choice([1, 2, 3, 5, 8, 12], p=[0.25, 0.15, 0.2, 0.2, 0.15, 0.05]))
    signs = _ROUND if rng.random() < 0.4 else _LETTERS
    text = "".join(rng.choice(list(signs), count))
    if count > 4 and rng.random() < 0.4:
        middle = int(rng.integers(1, count - 1))
        text = text[:middle] + " " + text[middle:]
    return text.upper() if rng.random() < 0.3 else text


def _word(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    font = ImageFont.truetype(str(_fonts()[int(rng.integers(len(_fonts())))]), int(_HIGH * 0.8))
    text = _letters(rng)
    width = min(1200, int(font.getlength(text)) + 24)
    ink = Image.new("L", (max(width, 32), _HIGH), 0)
    stroke = int(rng.integers(0, 5)) if rng.random() < 0.4 else 0
    ImageDraw.Draw(ink).text(
        (12, _HIGH // 2), text, fill=255, font=font, anchor="lm", stroke_width=stroke
    )
    shape = np.asarray(ink)
    ground, shade = _shades(rng)
    pixels = np.where(shape > 127, shade, ground).astype(np.uint8)
    if rng.random() < 0.5:  # letters alone, on whatever is there
        return np.full_like(shape, shade), shape.astype(np.float32) / 255
    return pixels, np.ones(shape.shape, np.float32)


def _badge(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """A round or oval sign: rings, and a letter or a few strokes in it."""
    size = _HIGH
    middle = (size // 2, size // 2)
    pixels, mask = np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint8)
    axes = (int(size * rng.uniform(0.28, 0.46)), int(size * rng.uniform(0.28, 0.46)))
    if rng.random() < 0.5:
        axes = (axes[0], axes[0])
    ground, shade = _shades(rng)
    cv2.ellipse(pixels, middle, axes, 0, 0, 360, ground, -1)
    cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
    for _ in range(int(rng.integers(0, 4))):
        times = rng.uniform(0.2, 1)
        ring = (max(2, int(axes[0] * times)), max(2, int(axes[1] * times)))
        cv2.ellipse(pixels, middle, ring, 0, 0, 360, shade, int(rng.integers(1, 8)))
    if rng.random() < 0.6:
        letters, inked = _word(rng)
        reach = (axes[0], max(4, int(axes[1] * rng.uniform(0.4, 1.0))))
        x, y = middle[0] - reach[0] // 2, middle[1] - reach[1] // 2
        inner = pixels[y : y + reach[1], x : x + reach[0]]
        share = cv2.resize(inked, inner.shape[::-1], interpolation=cv2.INTER_AREA)
        letters = cv2.resize(letters, inner.shape[::-1], interpolation=cv2.INTER_AREA)
        inner[:] = (inner + share * (letters.astype(np.float32) - inner)).astype(np.uint8)
    else:
        for _ in range(int(rng.integers(1, 7))):
            a, b = (
                (middle + rng.uniform(-0.6, 0.6, 2) * axes).astype(int).tolist() for _ in range(2)
            )
            cv2.line(pixels, a, b, shade, int(rng.integers(1, 7)))
    return pixels, mask.astype(np.float32) / 255


def _spots(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """Two to four soft spots, as of a paw, a socket, buttons or headlights."""
    size = _HIGH
    ground, shade = _shades(rng)
    pixels = np.full((size, size), ground, np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        at = rng.uniform(0.2, 0.8, 2) * size
        axes = (rng.uniform(0.04, 0.16, 2) * size).astype(int) + 1
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(pixels, at.astype(int).tolist(), axes.tolist(), turn, 0, 360, shade, -1)
    pixels = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.5, 6)))
    mask = np.zeros((size, size), np.uint8)
    cv2.ellipse(mask, (size // 2, size // 2), (size // 2 - 8, size // 2 - 8), 0, 0, 360, 255, -1)
    return pixels, cv2.GaussianBlur(mask, (0, 0), 5).astype(np.float32) / 255


def _windows(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """Panes, keys or bars in rows."""
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(2, 7))
    ground, shade = _shades(rng)
    pixels = np.full((_HIGH, int(_HIGH * rng.uniform(0.8, 2.5))), ground, np.uint8)
    step = np.array(pixels.shape) / (rows, columns)
    room = rng.uniform(0.1, 0.35, 2)
    for row in range(rows):
        for column in range(columns):
            low, high = (
                (np.array([row, column]) + room) * step,
                ((np.array([row, column]) + 1 - room) * step),
            )
            one = int(np.clip(shade + rng.normal(0, 20), 0, 255))
            corners = [low[::-1].astype(int).tolist(), high[::-1].astype(int).tolist()]
            cv2.rectangle(pixels, corners[0], corners[1], one, -1)
    return pixels, np.ones(pixels.shape, np.float32)


def _bottle(rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """A neck that widens, with a label, a band and a badge: bottles, vases, lamps."""
    size = _HIGH * 2
    ground, shade = _shades(rng)
    pixels = np.full((size, size // 2), ground, np.uint8)
    middle, neck = size // 4, int(size * rng.uniform(0.05, 0.12))
    belly = int(size * rng.uniform(0.12, 0.24))
    shoulder, low = int(size * rng.uniform(0.3, 0.6)), size - 1
    outline = [(middle - neck, 4), (middle + neck, 4), (middle + neck, shoulder // 2)]
    outline += [(middle + belly, shoulder), (middle + belly, low), (middle - belly, low)]
    outline += [(middle - belly, shoulder), (middle - neck, shoulder // 2)]
    mask = np.zeros_like(pixels)
    cv2.fillPoly(mask, [np.array(outline, np.int32)], 255)
    for _ in range(int(rng.integers(1, 4))):
        y = int(rng.uniform(0, 0.9) * size)
        cv2.rectangle(pixels, (0, y), (size, y + int(rng.uniform(0.02, 0.2) * size)), shade, -1)
    badge, inked = _badge(rng)
    side = 2 * (belly if rng.random() < 0.5 else neck)
    y = int(rng.uniform(0.05, 0.6) * size)
    part = pixels[y : y + side, middle - side // 2 : middle - side // 2 + side]
    badge = cv2.resize(badge, part.shape[::-1], interpolation=cv2.INTER_AREA)
    share = cv2.resize(inked, part.shape[::-1], interpolation=cv2.INTER_AREA)
    part[:] = (part + share * (badge.astype(np.float32) - part)).astype(np.uint8)
    return pixels, cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32) / 255
