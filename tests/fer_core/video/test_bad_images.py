"""Pictures that are damaged, too large or no pictures, and what the libraries say of them."""

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from made_pictures import JPEG, PNG, corners, encoded
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.video import images
from fer_core.video.images import decode_image, read_image


def broken_png(edit: int) -> bytes:
    data = bytearray(encoded(Image.fromarray(corners()), "PNG"))
    data[edit] ^= 0xFF
    return bytes(data)


def bomb_png(w: int, h: int) -> bytes:
    """A PNG whose header announces any size."""
    head = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\0\0\0\x10IDAT"
        + bytes(20)
    )


BAD = {
    "empty": (b"", "is empty"),
    "not a picture": (b"hello, this is text\n" * 50, "is not a picture"),
    "cut JPEG": (JPEG[: len(JPEG) * 3 // 4], "is cut off"),
    "cut JPEG header": (JPEG[:60], "cut off"),
    "cut PNG": (PNG[: len(PNG) * 3 // 4], "cut off"),
    "cut PNG header": (PNG[:20], "cut off"),
    "cut WebP": (encoded(Image.fromarray(corners()), "WEBP")[:60], "damaged"),
    "cut TIFF": (encoded(Image.fromarray(corners()), "TIFF")[:90], "damaged"),
    "cut BMP": (encoded(Image.fromarray(corners()), "BMP")[:200], "cut off"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "HEIC.*save it as JPEG"),
    "MP4": (b"\0\0\0\x1cftypisom\0\0\2\0isomiso2" + bytes(200), "is a video.*open it as a video"),
    "AVI": (b"RIFF\0\1\0\0AVI LIST" + bytes(200), "is a video"),
    "WebM": (b"\x1aE\xdf\xa3\1\0\0\0" + bytes(200), "is a video"),
    "cut AVIF": (b"\0\0\0\x1cftypavif\0\0\0\0" + bytes(8), "cut off|damaged|not a picture"),
    "20,000 × 20,000 px": (
        bomb_png(20_000, 20_000),
        "20000 × 20000 px .400 mega.*to 173 mega",
    ),
    "huge header": (bomb_png(2**31 - 1, 2**31 - 1), "megapixels"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nquit\n", "not a picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_pictures(case: str, tmp_path: Path) -> None:
    data, message = BAD[case]
    with pytest.raises(SourceOpenError, match=message):
        decode_image(data, "The dropped picture")
    path = tmp_path / "bad.jpg"
    path.write_bytes(data)
    with pytest.raises(SourceOpenError, match=message) as caught:
        read_image(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_damaged_byte_is_a_picture_or_one_clear_error() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        whole = encoded(Image.fromarray(corners()), kind)
        for place in range(0, min(len(whole), 400), 3):
            data = bytearray(whole)
            data[place] ^= 0xFF
            for variant in (bytes(data), whole[:place]):
                try:
                    image = decode_image(variant)
                except SourceOpenError:
                    continue
                assert image.dtype == np.uint8
                assert image.ndim == 3


def test_missing_folder_and_special_names(tmp_path: Path) -> None:
    with pytest.raises(SourceOpenError, match="does not exist"):
        read_image(tmp_path / "missing.jpg")
    with pytest.raises(SourceOpenError, match="is a folder"):
        read_image(tmp_path)
    for name in ("a\0b.jpg", "x" * 5000):
        with pytest.raises(SourceOpenError):
            read_image(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(SourceOpenError, match="not a file"):
        read_image(tmp_path / "pipe.jpg")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.png"
    path.write_bytes(PNG)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # also where the tests run as root

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceOpenError, match="may not be read"):
        read_image(path)


def test_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> np.ndarray:
        raise MemoryError

    monkeypatch.setattr(images, "to_bgr", no_memory)
    with pytest.raises(SourceOpenError, match="more memory"):
        decode_image(PNG)


TIFF = encoded(Image.fromarray(corners()), "TIFF", compression="tiff_lzw")


def test_lines_of_the_libraries_reach_the_log_and_not_the_terminal(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceOpenError):
        decode_image(TIFF[:20] + bytes(255 - byte for byte in TIFF[20:60]) + TIFF[60:])
    assert capfd.readouterr() == ("", "")
    lines = [(r.name, r.levelname) for r in caplog.records]
    assert lines
    assert {level for _, level in lines} == {"WARNING"}
    assert "not yet in table" in caplog.text
    caplog.clear()
    for place in range(0, len(TIFF), 5):
        try:
            decode_image(TIFF[:place] + bytes((TIFF[place] ^ 0xFF,)) + TIFF[place + 1 :])
        except SourceOpenError:
            continue
    assert capfd.readouterr() == ("", "")


def test_what_is_written_to_the_terminal_afterwards_arrives(
    capfd: pytest.CaptureFixture[str],
) -> None:
    decode_image(PNG)
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_a_program_that_uses_the_library_sees_no_lines_of_it(tmp_path: Path) -> None:
    path = tmp_path / "noisy.tif"
    path.write_bytes(TIFF[:20] + bytes(255 - byte for byte in TIFF[20:60]) + TIFF[60:])
    code = (
        "import fer_core, sys\ntry: fer_core.read_image(sys.argv[1])\n"
        "except fer_core.FerError: pass"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
