"""Still pictures of any kind → uint8 BGR; every failure is one `SourceOpenError` sentence."""

import io
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import cv2
import numpy as np
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from fer_core.errors import SourceOpenError
from fer_core.native_messages import MAX_LINES, Demote, native_messages
from fer_core.video.picture_size import LARGE_WEBP_PX, Reading, check_file_size, plan
from fer_core.video.pixels import array_to_bgr, to_bgr, upright

_log = logging.getLogger(__name__)

#: Names that pictures end with; a folder is read by these.
IMAGE_SUFFIXES = frozenset(
    (
        *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".ico", ".jfif", ".jp2", ".jpe"),
        *(".jpeg", ".jpg", ".mpo", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff"),
        ".webp",
    )
)
# No other formats: some of Pillow's run programs (EPS starts Ghostscript) or are rarely maintained.
_COMMON = ("JPEG", "PNG", "GIF", "BMP", "PPM")
_MORE = ("WEBP", "TIFF", "MPO", "JPEG2000", "AVIF", "DIB", "ICO")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_MATROSKA = b"\x1aE\xdf\xa3"
# `warnings.catch_warnings` changes the whole process: one picture at a time.
_decoding = threading.Lock()
# Pillow's own limit would refuse the photos of today's phones; ours are checked before decoding.
Image.MAX_IMAGE_PIXELS = None
# What it logs and libtiff writes to the terminal is for the log; the person gets one sentence.
logging.getLogger("PIL").addHandler(Demote())


class Photo(NamedTuple):
    """A still picture.

    Attributes:
        image: uint8 (H, W, 3) BGR, upright; of a very large picture a reduced copy.
        full_wh: width and height in px of the picture itself, upright.
    """

    image: np.ndarray
    full_wh: tuple[int, int]


def read_image(path: str | Path) -> np.ndarray:
    """As `read_photo`, the pixels alone: uint8 (H, W, 3) BGR."""
    return read_photo(path).image


def decode_image(data: bytes, name: str = "The picture") -> np.ndarray:
    """As `decode_photo`, the pixels alone: uint8 (H, W, 3) BGR."""
    return decode_photo(data, name).image


def read_photo(path: str | Path) -> Photo:
    """Reads a picture, upright as its EXIF data say, transparent parts white.

    Of an animation this is the first frame. One of more than `picture_size.REDUCE_ABOVE_PX` comes
    reduced to a half, a quarter or an eighth.

    Args:
        path: JPEG, PNG, GIF, WebP, BMP, TIFF, MPO, AVIF, JPEG 2000, PPM or ICO file.

    Raises:
        SourceOpenError: it is missing, too large, cut off or not a picture.
    """
    path = check_file(path, "picture")
    try:
        with path.open("rb") as stream:
            return _decode(stream, str(path))
    except OSError as error:
        raise SourceOpenError(f"{path} cannot be read: {_reason(error)}.") from error


def decode_photo(data: bytes, name: str = "The picture") -> Photo:
    """Decodes a picture that is not in a file: from the clipboard, dragged, or uploaded.

    Args:
        data: the bytes of a file of any format that `read_photo` takes.
        name: what messages call it.

    Raises:
        SourceOpenError: as `read_photo`.
    """
    return _decode(io.BytesIO(data), name)


def planned(data: bytes, name: str) -> Reading:
    """How a picture would be decoded, told from its header; for those who decode by other means.

    Args:
        data: the bytes of a file.
        name: what messages call it.

    Raises:
        SourceOpenError: it is too large, or not a picture.
    """
    stream = io.BytesIO(data)
    try:
        with _open(stream, name) as image:
            return plan(image, stream, name)
    except SourceOpenError:
        raise
    except Exception as error:  # Pillow's readers raise OSError, SyntaxError, struct.error and more
        raise SourceOpenError(_not_a_picture(stream, name)) from error


def picture_wh(data: bytes, name: str = "The picture") -> tuple[int, int]:
    """Width and height in px of a picture, as its header says.

    Raises:
        SourceOpenError: it is too large, or not a picture.
    """
    stream = io.BytesIO(data)
    try:
        with _open(stream, name) as image:
            return image.size
    except SourceOpenError:
        raise
    except Exception as error:  # as in `planned`
        raise SourceOpenError(_not_a_picture(stream, name)) from error


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
        with path.open("rb") as stream, _quiet():
            image = _open(stream, str(path))
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


@contextmanager
def _quiet() -> Iterator[None]:
    """One picture at a time, and what the libraries have to say about it goes to the log."""
    with _decoding, native_messages(_log), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            for warning in said[:MAX_LINES]:
                _log.warning("%s", warning.message)


def _decode(stream: BinaryIO, name: str) -> Photo:
    try:
        with _quiet(), _open(stream, name) as image:
            full_wh, pixels = image.size, _pixels(image, stream, name)
            orientation = _orientation(image)  # not before: Pillow turns a TIFF when it loads it
            wh = full_wh[::-1] if orientation in (5, 6, 7, 8) else full_wh
            return Photo(upright(pixels, orientation), wh)
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


def _pixels(image: Image.Image, stream: BinaryIO, name: str) -> np.ndarray:
    """Decodes what was opened, reduced where it is very large.

    Raises:
        SourceOpenError: it is too large.
    """
    reading = plan(image, stream, name)
    w, h = image.size
    if image.format == "WEBP" and w * h > LARGE_WEBP_PX:
        return _large_webp(stream, reading.divisor)
    if isinstance(image, JpegImagePlugin.JpegImageFile) and reading.divisor > 1:
        image.draft(image.mode, (w // reading.divisor, h // reading.divisor))
    elif image.format == "JPEG2000":
        vars(image)["_reduce"] = reading.divisor.bit_length() - 1
    image.load()
    return to_bgr(image, 1 if reading.inside else reading.divisor)


def _large_webp(stream: BinaryIO, divisor: int) -> np.ndarray:
    stream.seek(0)
    pixels = cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise OSError("it cannot be decoded")
    return array_to_bgr(pixels, divisor)


def _open(stream: BinaryIO, name: str) -> Image.Image:
    """Reads the header; the rarer formats are only imported when the common ones do not fit."""
    head, size_bytes = stream.read(12), stream.seek(0, os.SEEK_END)
    stream.seek(0)
    check_file_size(head, size_bytes, name)
    Image.preinit()
    try:
        return Image.open(stream, formats=_COMMON)
    except UnidentifiedImageError:
        stream.seek(0)
        Image.init()
        return Image.open(stream, formats=[name for name in _MORE if name in Image.OPEN])


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation 1 to 8; 1 where there is none or it cannot be read."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # damaged EXIF must not hide a sound picture
        return 1


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
