"""Small pictures made at start-up without an imaging library: rounded shapes and tinted icons."""

import struct
import zlib
from functools import lru_cache
from math import hypot

from fer_core import paths

Rgb = tuple[int, int, int]
#: Sizes in px in which `Resources/Icons/draw.py` draws each icon; the last two only for some.
ICON_SIZES = (20, 30, 40)
BIG_ICON_SIZES = (56, 112)


def rgb(color: str) -> Rgb:
    """`#rrggbb` as three numbers 0..255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def png(width: int, height: int, rgba: bytes) -> bytes:
    """A PNG file from width × height × 4 bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = b"".join(
        b"\0" + rgba[start : start + width * 4] for start in range(0, len(rgba), width * 4)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )


def rounded(
    width: int, height: int, radius: float, fill: str, line: str = "", line_px: float = 1.0
) -> bytes:
    """A rounded rectangle with soft edges on transparent ground, as PNG.

    Args:
        width, height, radius: px.
        fill: `#rrggbb`, or empty for an outline only.
        line: colour of a line inside the edge, or empty.
    """
    inside, edge = rgb(fill or line), rgb(line or fill)
    out = bytearray()
    for y in range(height):
        for x in range(width):
            dx = abs(x + 0.5 - width / 2) - (width / 2 - radius)
            dy = abs(y + 0.5 - height / 2) - (height / 2 - radius)
            distance = hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
            cover = _clamp(0.5 - distance)
            on_line = _clamp(distance + line_px + 0.5) if line else 0.0
            alpha = cover if fill else cover * on_line
            out += bytes(
                round(a + (b - a) * on_line) for a, b in zip(inside, edge, strict=True)
            ) + bytes((round(alpha * 255),))
    return png(width, height, bytes(out))


def icon(name: str, size: int, color: str) -> bytes:
    """An icon of Resources/Icons in one colour on transparent ground, as PNG of size × size px."""
    red, green, blue = rgb(color)
    out = bytearray()
    for alpha in _mask(name, size):
        out += bytes((red, green, blue, alpha))
    return png(size, size, bytes(out))


@lru_cache(maxsize=128)
def _mask(name: str, size: int) -> bytes:
    data = (paths.resources_dir() / "Icons" / f"{name}-{size}.pgm").read_bytes()
    return data[-size * size :]


def _clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)
