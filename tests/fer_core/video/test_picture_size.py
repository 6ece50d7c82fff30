"""What decoding takes is what `picture_size` says, and nothing that takes more is decoded."""

import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.video import picture_size
from fer_core.video.images import decode_photo, read_photo

#: 24 megapixels take seconds and tell the bytes a pixel well enough.
WH = (6000, 4000)
PX = WH[0] * WH[1]
FLAT = Image.new("RGB", WH, (90, 120, 200))
KINDS: dict[str, tuple[str, str, dict]] = {
    "JPEG": ("JPEG", "RGB", {}),
    "progressive JPEG 4:4:4": ("JPEG", "RGB", {"progressive": True, "subsampling": 0}),
    "progressive JPEG 4:2:0": ("JPEG", "RGB", {"progressive": True}),
    "progressive JPEG CMYK": ("JPEG", "CMYK", {"progressive": True}),
    "PNG": ("PNG", "RGB", {"compress_level": 1}),
    "PNG grey": ("PNG", "L", {"compress_level": 1}),
    "PNG 16 bit": ("PNG", "I;16", {"compress_level": 1}),
    "TIFF": ("TIFF", "RGB", {}),
    "TIFF LZW": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "TIFF float": ("TIFF", "F", {"compression": "tiff_lzw"}),
    "TIFF one strip": ("TIFF", "RGB", {"compression": "tiff_lzw", "strip_size": 2**30}),
    "WebP": ("WEBP", "RGB", {}),
    "AVIF": ("AVIF", "RGB", {"speed": 10}),
    "JPEG 2000": ("JPEG2000", "RGB", {}),
    "JPEG 2000 in tiles": ("JPEG2000", "RGB", {"tile_size": (1024, 1024)}),
    "GIF": ("GIF", "P", {}),
}
MEASURE = """
import re, sys
from fer_core.video.images import read_photo
from PIL import Image
Image.init()
def peak():
    with open("/proc/self/status") as status:
        return 1024 * int(re.search("VmHWM:\\s+(\\d+)", status.read())[1])
before = peak()
read_photo(sys.argv[1])
print(peak() - before)
"""


def written(kind: str, folder: Path) -> Path:
    form, mode, options = KINDS[kind]
    image = FLAT
    if mode == "I;16":
        image = Image.fromarray(np.zeros(WH[::-1], np.uint16))
    elif mode != "RGB":
        image = FLAT.convert(mode)
    path = folder / "picture"
    try:
        image.save(path, form, **options)
    except (OSError, KeyError):
        pytest.skip(f"this Pillow writes no {form}")
    return path


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures as Linux counts")
@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_what_was_planned(kind: str, tmp_path: Path) -> None:
    path = written(kind, tmp_path)
    with path.open("rb") as stream, Image.open(stream) as image:
        inside = image.format in ("JPEG", "JPEG2000")
        fixed = picture_size._fixed_bytes_per_px(image, stream)
        planned = PX * picture_size._bytes_per_px(image, 1, inside, fixed)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < planned + 25e6
    assert int(done.stdout) > 0.5 * planned  # else good pictures would be refused


@pytest.mark.parametrize(
    ("kind", "megapixels", "divisor"),
    [
        ("JPEG", 65, 1),
        ("JPEG", 108, 2),
        ("JPEG", 249, 2),
        ("progressive JPEG 4:4:4", 54, 1),
        ("progressive JPEG 4:4:4", 65, 1),
        ("progressive JPEG 4:4:4", 100, 2),
        ("progressive JPEG 4:2:0", 170, 2),
        ("PNG", 65, 1),
        ("PNG", 140, 2),
        ("WebP", 65, 1),
        ("JPEG 2000", 30, 1),
        ("JPEG 2000", 100, 2),
        ("JPEG 2000 in tiles", 65, 1),
        ("TIFF LZW", 100, 2),
    ],
)
def test_how_far_a_picture_is_reduced(
    kind: str, megapixels: int, divisor: int, tmp_path: Path
) -> None:
    assert planned(kind, megapixels, tmp_path) == divisor


@pytest.mark.parametrize(
    ("kind", "megapixels"),
    [("JPEG", 251), ("progressive JPEG 4:4:4", 120), ("PNG", 200), ("WebP", 100), ("AVIF", 60)],
)
def test_what_is_too_large_is_refused_with_the_limit(
    kind: str, megapixels: int, tmp_path: Path
) -> None:
    with pytest.raises(SourceOpenError, match=r"of this kind up to \d+ megapixels can be opened"):
        planned(kind, megapixels, tmp_path)


def planned(kind: str, megapixels: int, folder: Path) -> int:
    """The divisor for a picture of this kind whose header says another size."""
    form, mode, options = KINDS[kind]
    stream = io.BytesIO()
    Image.new(mode, (256, 256)).save(stream, form, **options)
    stream.seek(0)
    image = Image.open(stream)
    vars(image)["_size"] = (1000 * megapixels, 1000)
    return picture_size.plan(image, stream, "it").divisor


def jpeg2000_of(w: int, h: int) -> bytes:
    """A JPEG 2000 of a few hundred bytes whose header announces any size, in one tile."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG2000", no_jp2=True)
    data = bytearray(stream.getvalue())
    at = data.index(b"\xff\x51")
    data[at + 6 : at + 14] = struct.pack(">II", w, h)
    data[at + 22 : at + 30] = struct.pack(">II", w, h)
    return bytes(data)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures as Linux counts")
@pytest.mark.parametrize("wh", [(10_000, 10_000), (30_000, 30_000), (250_000, 1000)])
def test_a_tiny_jpeg_2000_never_takes_a_gigabyte(wh: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "tiny.j2k"
    path.write_bytes(jpeg2000_of(*wh))
    code = MEASURE.replace("read_photo(sys.argv[1])", "try: read_photo(sys.argv[1])\nexcept: pass")
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 700e6
    assert done.stderr == ""


def test_a_jpeg_with_its_colours_one_after_the_other_counts_as_several_scans() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG")
    assert not picture_size._has_several_scans(stream)
    data = bytearray(stream.getvalue())
    scan = data.index(b"\xff\xda")
    data[scan + 4] = 1  # components of the first scan
    assert picture_size._has_several_scans(io.BytesIO(bytes(data)))
    assert picture_size._has_several_scans(io.BytesIO(bytes(data[:100])))


def icon(inner: Image.Image) -> bytes:
    """An icon whose table says 16 × 16 px and that holds a picture of any size."""
    png = io.BytesIO()
    inner.save(png, "PNG", compress_level=1)
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(png.getvalue()), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + png.getvalue()


def test_an_icon_is_as_large_as_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_size, "MAX_PX", 10_000)
    decode_photo(icon(Image.new("RGB", (90, 90))))
    with pytest.raises(SourceOpenError, match="has 300 × 200 px"):
        decode_photo(icon(Image.new("RGB", (300, 200))))


def test_a_huge_file_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.webp"
    Image.new("RGB", (64, 64)).save(path)
    with path.open("r+b") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(SourceOpenError, match="200 MB and of this kind up to 100 MB"):
        read_photo(path)
