"""How large a picture may be: told from its header, before anything of it is decoded.

What counts is memory. Each format takes so many bytes a pixel while it is decoded: measured by the
growth of a process that decodes one, as `tests/fer_core/video/test_picture_size.py` does. Above
`REDUCE_ABOVE_PX` a picture is brought to a half, a quarter or an eighth, while it is decoded where
the format can do that (JPEG, JPEG 2000), else when it is copied out of Pillow.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image

from fer_core.errors import SourceOpenError

#: No picture has more pixels; phones take up to 200 million.
MAX_PX = 250_000_000
#: A picture with more pixels comes reduced. Below it a face of 24 px stays one of 24 px.
REDUCE_ABOVE_PX = 65_000_000
#: What decoding one picture may take. The command line with model and detector takes 190 MB more,
#: and stays under 1 GB.
MAX_BYTES = 700_000_000
#: Files that Pillow reads whole before it looks at their header.
MAX_FILE_BYTES = 100_000_000
_DIVISORS = (1, 2, 4, 8)
#: Bytes a pixel of a picture in Pillow; all other modes take 4.
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2}
#: Larger ones are decoded by OpenCV, which takes half the memory; it says less about damage.
LARGE_WEBP_PX = 40_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How a picture is to be decoded.

    Attributes:
        divisor: 1, 2, 4 or 8, by which width and height are divided.
        inside: the decoder itself divides; else whoever copies the pixels does.
    """

    divisor: int = 1
    inside: bool = False


def plan(image: Image.Image, stream: BinaryIO, name: str) -> Reading:
    """How to decode a picture of which only the header was read.

    Args:
        image: just opened.
        stream: its file; the position is kept.
        name: what messages call it.

    Raises:
        SourceOpenError: it is too large, with the limit for its kind.
    """
    w, h = _true_size(image)
    divisors = _divisors(image, stream)
    reduced = [d for d in _DIVISORS if w * h <= REDUCE_ABOVE_PX * d * d] or [_DIVISORS[-1]]
    inside = image.format in ("JPEG", "MPO", "JPEG2000")
    fixed = _fixed_bytes_per_px(image, stream)
    for divisor in (d for d in divisors if d >= reduced[0]):
        if w * h <= min(MAX_PX, MAX_BYTES / _bytes_per_px(image, divisor, inside, fixed)):
            return Reading(divisor, inside)
    least = min(_bytes_per_px(image, d, inside, fixed) for d in divisors)
    limit = min(MAX_PX, MAX_BYTES / least)
    raise SourceOpenError(
        f"{name} has {w} × {h} px ({w * h / 1e6:.0f} megapixels) and of this kind up to "
        f"{limit / 1e6:.0f} megapixels can be opened; save it smaller."
    )


def check_file_size(head: bytes, size_bytes: int, name: str) -> None:
    """Refuses a file that would be read whole and is too large for that.

    Args:
        head: its first 12 bytes.

    Raises:
        SourceOpenError: with the limit.
    """
    whole = head[8:12] == b"WEBP" or head[4:12] in (b"ftypavif", b"ftypavis")
    if whole and size_bytes > MAX_FILE_BYTES:
        raise SourceOpenError(
            f"{name} has {size_bytes / 1e6:.0f} MB and of this kind up to "
            f"{MAX_FILE_BYTES / 1e6:.0f} MB can be opened; save it smaller."
        )


def _true_size(image: Any) -> tuple[int, int]:
    """Width and height; an icon may hold a larger picture than its table says."""
    w, h = image.size
    if image.format == "ICO":
        sizes = [image.ico.frame(i).size for i in range(len(image.ico.entry))]
        w, h = max([(w, h), *sizes], key=lambda wh: wh[0] * wh[1])
    return w, h


def _divisors(image: Image.Image, stream: BinaryIO) -> tuple[int, ...]:
    """Those that the decoder can do."""
    if image.format == "JPEG2000":
        return _DIVISORS[: 1 + _codestream(stream)[1]]
    return _DIVISORS


def _bytes_per_px(image: Image.Image, divisor: int, inside: bool, fixed: float) -> float:
    """What decoding takes at its peak, bytes a pixel of the whole picture."""
    share = 1 / divisor**2
    held = _MODE_BYTES.get(image.mode, 4) * (share if inside else 1.0)
    if image.format == "JPEG2000":
        fixed *= share
    # While it is decoded, then while it is copied into an array of three bytes a pixel.
    return max(held + fixed, held + 3 * share)


def _fixed_bytes_per_px(image: Any, stream: BinaryIO) -> float:
    """What the decoder keeps beside the picture, bytes a pixel."""
    if image.format in ("JPEG", "MPO"):
        return _coefficient_bytes(image) if _has_several_scans(stream) else 0.0
    if image.format == "JPEG2000":
        # OpenJPEG holds a tile as 32-bit numbers, and once more as bytes.
        tile_px = _codestream(stream)[0]
        bands = len(image.getbands())
        return 5.2 * bands * min(1.0, tile_px / (image.size[0] * image.size[1]))
    if image.format == "TIFF":
        return _strip_bytes(image)
    if image.format == "WEBP":  # two canvases and the frame as bytes
        return 12.0 if image.size[0] * image.size[1] <= LARGE_WEBP_PX else 4.0
    # Planes of up to 16 bits, and the frame as bytes.
    return 9.0 if image.format == "AVIF" else 0.0


def _coefficient_bytes(image: Any) -> float:
    """Of a JPEG in several scans: two bytes a sample, all of them at once."""
    areas = [h * v for _, h, v, _ in image.layer]
    return 2 * sum(areas) / max(areas, default=1)


def _strip_bytes(image: Any) -> float:
    """Of a TIFF: the strip or tile that is unpacked at a time, bytes a pixel of the picture."""
    tags = image.tag_v2
    w, h = int(tags.get(256, image.size[0])), int(tags.get(257, image.size[1]))
    rows, tile_w, tile_h = tags.get(278, h), tags.get(322), tags.get(323)
    strip_px = tile_w * tile_h if tile_w and tile_h else w * min(int(rows), h)
    bits = tags.get(258, (1,))
    sample_bytes = max(bits if isinstance(bits, tuple) else (bits,)) / 8
    bytes_per_px = max(4.0, int(tags.get(277, 1)) * sample_bytes)
    return float(bytes_per_px * min(1.0, strip_px / (w * h)))


def _has_several_scans(stream: BinaryIO) -> bool:
    """Whether a JPEG is progressive, or has its colours one after the other."""
    before = stream.tell()
    try:
        stream.seek(0)
        components = 0
        for marker, body in _jpeg_segments(stream):
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(body) > 5:
                if marker not in (0xC0, 0xC1):  # all but baseline and extended sequential
                    return True
                components = body[5]
            elif marker == 0xDA:
                return not body or body[0] < components
        return True  # damaged: the worst is assumed
    finally:
        stream.seek(before)


def _jpeg_segments(stream: BinaryIO) -> "list[tuple[int, bytes]]":
    """Marker and content of each segment up to the first scan, its header included."""
    found: list[tuple[int, bytes]] = []
    stream.read(2)
    while byte := stream.read(1):
        if byte != b"\xff":
            continue
        marker = byte
        while marker == b"\xff":
            marker = stream.read(1)
        if marker in (b"", b"\0", b"\x01") or b"\xd0" <= marker <= b"\xd8":
            continue
        length = int.from_bytes(stream.read(2), "big")
        found.append((marker[0], stream.read(max(length - 2, 0))))
        if marker == b"\xda":
            break
    return found


def _codestream(stream: BinaryIO) -> tuple[float, int]:
    """Of a JPEG 2000: pixels of a tile, and how often it can be halved while it is decoded.

    Both come from the main header (ISO 15444-1, annex A: SIZ and COD); without one the worst is
    assumed.
    """
    before = stream.tell()
    try:
        stream.seek(0)
        head = stream.read(1_000_000)
    finally:
        stream.seek(before)
    start = head.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(head) < start + 40:
        return float("inf"), 0
    tile_w, tile_h = (int.from_bytes(head[start + i : start + i + 4], "big") for i in (24, 28))
    at = start + 2
    while head[at : at + 1] == b"\xff" and at + 10 < len(head):
        if head[at + 1] == 0x52:
            return float(tile_w * tile_h), min(head[at + 9], len(_DIVISORS) - 1)
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return float(tile_w * tile_h), 0
