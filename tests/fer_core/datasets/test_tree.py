"""Pictures of a data set are bounded before anything of them is decoded."""

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_core.datasets import tree
from fer_core.datasets.tree import check_pixels, decode_picture, open_tree
from fer_core.errors import DatasetError


def png_of(w: int, h: int) -> bytes:
    """A PNG of a few bytes whose header announces any size."""
    stream = io.BytesIO()
    Image.new("L", (8, 8)).save(stream, "PNG")
    data = bytearray(stream.getvalue())
    data[16:24] = struct.pack(">II", w, h)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def jpeg2000_of(w: int, h: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG2000", no_jp2=True)
    data = bytearray(stream.getvalue())
    at = data.index(b"\xff\x51")
    data[at + 6 : at + 14] = data[at + 22 : at + 30] = struct.pack(">II", w, h)
    return bytes(data)


@pytest.mark.parametrize("data", [png_of(30_000, 30_000), jpeg2000_of(12_000, 12_000)])
def test_a_small_file_that_announces_a_huge_picture_is_not_decoded(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(DatasetError, match=r"bomb\.jpg has .*megapixels"):
        decode_picture(data, "bomb.jpg")


def test_up_to_65_megapixels_are_read() -> None:
    check_pixels(png_of(10_000, 6500), "a")
    with pytest.raises(DatasetError, match=r"^a has more than 65 megapixels"):
        check_pixels(png_of(10_000, 6501), "a")
    with pytest.raises(DatasetError, match="10000 × 30000 px"):
        check_pixels(png_of(10_000, 30_000), "a")


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        *(("RGB", ending) for ending in ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "PPM")),
        *(("L", ending) for ending in ("PNG", "JPEG", "BMP", "TIFF", "PPM")),
        *(("P", ending) for ending in ("PNG", "BMP", "TIFF", "GIF")),
    ],
)
def test_what_a_data_set_holds_is_read_as_it_is(kind: str, ending: str) -> None:
    image = Image.new("RGB", (9, 6), (200, 100, 50))
    stream = io.BytesIO()
    image.convert(kind, palette=Image.Palette.ADAPTIVE).save(stream, ending)
    found = decode_picture(stream.getvalue(), "a")
    if kind == "L":
        assert np.abs(found.astype(int) - 124).max() <= 2  # 0.299 · 200 + 0.587 · 100 + 0.114 · 50
        assert found.shape == (6, 9)
    else:
        assert np.abs(found.astype(int) - (50, 100, 200)).max() <= 6


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_said_with_its_name(data: bytes) -> None:
    with pytest.raises(DatasetError, match=r"^a/b\.png in there is "):
        decode_picture(data, "a/b.png in there")


def test_a_file_of_a_tree_is_not_read_whole_when_it_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "large.png").write_bytes(bytes(1_000_001))
    (folder / "small.png").write_bytes(bytes(1_000_000))
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(folder, ".")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.iterdir():
            packed.write(file, file.name)
    monkeypatch.setattr(tree, "MAX_FILE_BYTES", 1_000_000)
    for path in (folder, tmp_path / "a.tar", tmp_path / "a.zip"):
        opened = open_tree(path)
        assert len(opened.read("small.png")) == 1_000_000
        with pytest.raises(DatasetError, match=r"large\.png.* has 1 MB and up to 1 MB are read"):
            opened.read("large.png")
