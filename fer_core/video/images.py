"""Still pictures of any kind → uint8 BGR; every failure is one `SourceOpenError` sentence."""

import io
import logging
import threading
import warnings
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from fer_core.errors import SourceOpenError

#: Names that pictures end with; a folder is read by these.
IMAGE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".ico", ".jfif", ".jp2", ".jpe"),
        *(".jpeg", ".jpg", ".mpo", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff"),
        ".webp",
    )
)
#: Largest JPEG in px; phones take up to 200 million.
MAX_JPEG_PX = 250_000_000
#: Largest picture of another format in px; these cannot be reduced while they are decoded.
MAX_OTHER_PX = 100_000_000
#: A JPEG with more px than this is reduced to a half, a quarter or an eighth while it is decoded.
REDUCE_ABOVE_PX = 50_000_000

# No other formats: some of Pillow's run programs (EPS starts Ghostscript) or are rarely maintained.
_COMMON = ("JPEG", "PNG", "GIF", "BMP", "PPM")
_MORE = ("WEBP", "TIFF", "MPO", "JPEG2000", "AVIF", "DIB", "ICO")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_MATROSKA = b"\x1aE\xdf\xa3"
# `warnings.catch_warnings` changes the whole process: one picture at a time.
_decoding = threading.Lock()
# Pillow's own limit would refuse the photos of today's phones; ours are checked before decoding.
Image.MAX_IMAGE_PIXELS = None
# It logs damage as errors, too; the person gets one sentence of ours.
logging.getLogger("PIL").setLevel(logging.CRITICAL)


def read_image(path: str | Path) -> np.ndarray:
    """Reads a picture, upright as its EXIF data say, transparent parts white.

    Of an animation this is the first frame.

    Args:
        path: JPEG, PNG, GIF, WebP, BMP, TIFF, MPO, AVIF, JPEG 2000, PPM or ICO file.

    Returns:
        uint8 (H, W, 3) BGR; a JPEG of more than `REDUCE_ABOVE_PX` comes reduced.

    Raises:
        SourceOpenError: it is missing, too large, cut off or not a picture.
    """
    path = check_file(path, "picture")
    try:
        with path.open("rb") as stream:
            return _decode(stream, str(path))
    except OSError as error:
        raise SourceOpenError(f"{path} cannot be read: {_reason(error)}.") from error


def decode_image(data: bytes, name: str = "The picture") -> np.ndarray:
    """Decodes a picture that is not in a file: from the clipboard, dragged, or uploaded.

    Args:
        data: the bytes of a file of any format that `read_image` takes.
        name: what messages call it.

    Returns:
        uint8 (H, W, 3) BGR.

    Raises:
        SourceOpenError: as `read_image`.
    """
    return _decode(io.BytesIO(data), name)


def frames_in(path: Path) -> int:
    """How many frames a picture file has, 0 if it is not a picture; only the header is read."""
    return _format_and_frames(path)[1]


def left_unread(path: Path) -> str | None:
    """A sentence where a file holds more than its first picture and nothing here reads the rest."""
    kind, frames = _format_and_frames(path)
    if frames > 1 and kind == "TIFF":
        return (
            f"{path} has {frames} pages and only the first is read; save the others as pictures "
            "of their own."
        )
    if frames > 1 and kind in ("WEBP", "AVIF"):
        return f"{path} is animated and only its first picture is read; save it as GIF or MP4."
    return None


def _format_and_frames(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as stream, _decoding, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _open(stream)
            return image.format or "", int(getattr(image, "n_frames", 1))
    except Exception:  # whatever a broken header leads to: not a picture
        return "", 0


def holds_film(path: Path) -> bool:
    """Whether a file begins as MP4, MOV, MKV, WebM and AVI do, whatever its name ends with."""
    try:
        with path.open("rb") as stream:
            return _is_film(stream.read(12))
    except OSError:
        return False


def check_file(path: str | Path, kind: str) -> Path:
    """The absolute path of a regular file that can be read.

    Args:
        kind: what it should be, for the message: picture, video.

    Raises:
        SourceOpenError: it is missing, a folder, empty, or may not be read.
    """
    try:
        path = at_home(path).absolute()
        if path.is_dir():
            raise SourceOpenError(f"{path} is a folder; choose a {kind} in it.")
        if not path.exists():
            raise SourceOpenError(
                f"{path} does not exist; check the name or choose another {kind}."
            )
        if not path.is_file():
            raise SourceOpenError(f"{path} is not a file; choose a {kind}.")
        if path.stat().st_size == 0:
            raise SourceOpenError(f"{path} is empty (0 bytes); choose another {kind}.")
        with path.open("rb"):
            return path
    except PermissionError as error:
        raise SourceOpenError(
            f"{path} may not be read by you; change its permissions or choose another {kind}."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:  # a name that no file can have
        raise SourceOpenError(f"{path} cannot be opened: {_reason(error)}.") from error


def at_home(path: str | Path) -> Path:
    """The path; a first part `~` is one's own folder, and `~name` a file like any other.

    Raises:
        RuntimeError: the system does not say where that is.
    """
    path = Path(path)
    return path.expanduser() if path.parts[:1] == ("~",) else path


def _decode(stream: BinaryIO, name: str) -> np.ndarray:
    try:
        with _decoding, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _open(stream) as image:
                _limit(image, name)
                image.load()
                pixels = _to_bgr(image)
                return _upright(pixels, _orientation(image))
    except SourceOpenError:
        raise
    except UnidentifiedImageError as error:
        raise SourceOpenError(_not_a_picture(stream, name)) from error
    except MemoryError as error:
        raise SourceOpenError(
            f"{name} needs more memory than this computer has free; save it smaller."
        ) from error
    except Exception as error:  # Pillow's readers raise OSError, SyntaxError, struct.error and more
        text = str(error).lower()
        if any(word in text for word in ("truncated", "unexpected end", "broken data stream")):
            raise SourceOpenError(
                f"{name} is cut off: the file ends before the picture does; copy it again."
            ) from error
        raise SourceOpenError(
            f"{name} is damaged and cannot be shown; copy it again or choose another picture."
        ) from error


def _open(stream: BinaryIO) -> Image.Image:
    """Reads the header; the rarer formats are only imported when the common ones do not fit."""
    Image.preinit()
    try:
        return Image.open(stream, formats=_COMMON)
    except UnidentifiedImageError:
        stream.seek(0)
        Image.init()
        return Image.open(stream, formats=[name for name in _MORE if name in Image.OPEN])


def _limit(image: Image.Image, name: str) -> None:
    """Refuses what would fill the memory and has large JPEGs reduced while they are decoded."""
    w, h = image.size
    jpeg = image.format in ("JPEG", "MPO")
    limit = MAX_JPEG_PX if jpeg else MAX_OTHER_PX
    if w * h > limit:
        raise SourceOpenError(
            f"{name} has {w} × {h} px ({w * h / 1e6:.0f} megapixels) and up to "
            f"{limit / 1e6:.0f} megapixels can be opened; save it smaller."
        )
    divisor = 1
    while jpeg and w * h / divisor**2 > REDUCE_ABOVE_PX:
        divisor *= 2
    if divisor > 1:
        image.draft("RGB" if image.mode == "RGB" else image.mode, (w // divisor, h // divisor))


def _to_bgr(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I") or image.mode == "F":
        return cv2.cvtColor(_deep_grey(image), cv2.COLOR_GRAY2BGR)
    # In bands of about a million px: twice as fast, and a large picture is not held three times.
    w, h = image.size
    pixels = np.empty((h, w, 3), np.uint8)
    rows = max(1, 1_000_000 // w)
    for top in range(0, h, rows):
        band = image.crop((0, top, w, min(h, top + rows)))
        pixels[top : top + rows] = _band_to_bgr(band)
    return pixels


def _band_to_bgr(band: Image.Image) -> np.ndarray:
    if band.has_transparency_data:
        band = band.convert("RGBA")
        band = Image.alpha_composite(Image.new("RGBA", band.size, "white"), band)
    rgb = band if band.mode == "RGB" else band.convert("RGB")
    return cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR)


def _deep_grey(image: Image.Image) -> np.ndarray:
    """16-bit, 32-bit and float grey → uint8 (H, W); Pillow itself would cut off all above 255.

    What white is, only the values tell: of 32 bits 255 or 65535, of floats 1, 255 or 65535, and
    those may overshoot a little.
    """
    values = np.asarray(image)
    if image.mode == "F":
        peak = float(np.max(values, initial=0, where=np.isfinite(values)))
        factor = 255 if peak <= 2 else 1 if peak <= 2 * 255 else 255 / 65535
        return np.clip(np.nan_to_num(values) * factor, 0, 255).astype(np.uint8)
    if image.mode == "I" and values.max() <= 255:
        return np.clip(values, 0, 255).astype(np.uint8)
    return (np.clip(values, 0, 65535) >> 8).astype(np.uint8)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation 1 to 8; 1 where there is none or it cannot be read."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # damaged EXIF must not hide a sound picture
        return 1


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Applies an EXIF orientation; any other number changes nothing."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _not_a_picture(stream: BinaryIO, name: str) -> str:
    stream.seek(0)
    head = stream.read(32)
    if not head:
        return f"{name} is empty (0 bytes); choose another picture."
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return f"{name} is a HEIC picture, a format that is not supported; save it as JPEG."
    if _is_film(head):
        return f"{name} is a video, not a picture; open it as a video."
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM", b"II*\0", b"MM\0*")):
        return f"{name} is damaged or cut off; copy it again or choose another picture."
    return f"{name} is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file."


def _is_film(head: bytes) -> bool:
    mp4 = head[4:8] == b"ftyp" and head[8:12] not in (*_HEIF_BRANDS, b"avif", b"avis")
    return mp4 or head.startswith(_MATROSKA) or head[8:12] == b"AVI "


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
