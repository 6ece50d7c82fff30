import io
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.video import images
from fer_core.video.images import decode_image, read_image

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


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM", "JPEG2000", "MPO"]
)
def test_formats(kind: str) -> None:
    assert_close(decode_image(encoded(Image.fromarray(corners()), kind)), corners())


def stored_as(upright: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels as a camera stores them, so that EXIF `orientation` gives `upright` again."""
    return {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright.transpose(1, 0, 2), 2),
        8: np.rot90(upright, -1),
    }[orientation]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(stored_as(corners(), orientation)))
    options = {"tiffinfo": {0x0112: orientation}} if kind == "TIFF" else {"exif": exif}
    assert_close(decode_image(encoded(stored, kind, **options)), corners())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_that_of_pillow(orientation: int) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(corners()), "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(decode_image(data)[:, :, ::-1], np.asarray(expected))


@pytest.mark.parametrize("value", [0, 9, 77])
def test_an_orientation_that_does_not_exist_changes_nothing(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert_close(decode_image(encoded(Image.fromarray(corners()), "PNG", exif=exif)), corners(), 0)


def test_damaged_exif_does_not_hide_the_picture() -> None:
    data = encoded(Image.fromarray(corners()), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff junk")
    assert_close(decode_image(data), corners())


def test_grey_and_bilevel() -> None:
    grey = np.tile(np.arange(0, 250, 10, np.uint8), (8, 1))
    for kind in ("PNG", "JPEG"):
        decoded = decode_image(encoded(Image.fromarray(grey), kind))
        assert_close(decoded, np.repeat(grey[:, :, None], 3, 2), 3)
    bilevel = Image.fromarray(grey > 100).convert("1")
    expected = np.where(grey > 100, 255, 0).astype(np.uint8)
    np.testing.assert_array_equal(decode_image(encoded(bilevel, "PNG"))[:, :, 0], expected)


def test_16_bit_grey_is_scaled_and_not_cut_off() -> None:
    deep = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    ok, png = cv2.imencode(".png", deep)
    assert ok
    np.testing.assert_array_equal(
        decode_image(png.tobytes())[:, :, 1], (deep >> 8).astype(np.uint8)
    )
    ok, tiff = cv2.imencode(".tif", deep)
    assert ok
    np.testing.assert_array_equal(
        decode_image(tiff.tobytes())[:, :, 1], (deep >> 8).astype(np.uint8)
    )


def test_16_bit_colour() -> None:
    ok, png = cv2.imencode(".png", corners()[:, :, ::-1].astype(np.uint16) * 257)
    assert ok
    assert_close(decode_image(png.tobytes()), corners(), 1)


def test_float_tiff() -> None:
    values = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    decoded = decode_image(encoded(Image.fromarray(values), "TIFF"))
    np.testing.assert_allclose(decoded[:, :, 0], values * 255, atol=1)


@pytest.mark.parametrize(
    ("white", "kind"),
    [
        (255, np.int32),
        (65535, np.int32),
        (1.02, np.float32),
        (258, np.float32),
        (65535, np.float32),
    ],
)
def test_grey_of_32_bits_is_as_bright_as_its_values_say(white: float, kind: type) -> None:
    values = np.linspace(0, white, 64).astype(kind).reshape(8, 8)
    decoded = decode_image(encoded(Image.fromarray(values), "TIFF"))
    np.testing.assert_allclose(decoded[:, :, 0], np.linspace(0, 255, 64).reshape(8, 8), atol=6)


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    pictures = [Image.fromarray(corners()), Image.fromarray(corners()[::-1])]
    for name, message in (("a.tif", "2 pages"), ("a.webp", "animated"), ("a.mpo", None)):
        for count in (1, 2):
            path = tmp_path / name
            pictures[0].save(path, save_all=True, append_images=pictures[1:count])
            said = images.left_unread(path)
            assert (said is None) == (message is None or count == 1)
            assert said is None or (str(path) in said and message in said)
    assert images.left_unread(tmp_path / "missing") is None


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind: str) -> None:
    cmyk = Image.fromarray(corners()).convert("CMYK")
    data = encoded(cmyk, kind)
    assert kind == "TIFF" or b"Adobe" in data  # such JPEGs are stored inverted
    assert_close(decode_image(data), corners(), 12)


def test_palette_with_and_without_transparency() -> None:
    image = Image.fromarray(corners()).quantize(8)
    assert_close(decode_image(encoded(image, "PNG")), corners(), 4)
    see_through = image.getpixel((0, 0))
    decoded = decode_image(encoded(image, "PNG", transparency=see_through))
    assert decoded[0, 0].tolist() == [255, 255, 255]
    assert decoded[0, -1].tolist() != [255, 255, 255]


def test_alpha_is_laid_on_white() -> None:
    rgba = np.dstack([corners(), np.full((24, 40), 255, np.uint8)])
    rgba[:, :10, 3] = 0
    rgba[:, 10:15, 3] = 128
    for kind in ("PNG", "WEBP", "TIFF"):
        decoded = decode_image(encoded(Image.fromarray(rgba), kind))
        assert (decoded[:, :10] == 255).all()
        np.testing.assert_array_equal(decoded[:, 20:, ::-1], corners()[:, 20:])
        assert abs(int(decoded[0, 12, 2]) - (230 + 255) // 2) <= 1
    la = Image.fromarray(rgba).convert("LA")
    assert (decode_image(encoded(la, "PNG"))[:, :10] == 255).all()


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.fromarray(corners()), Image.new("RGB", (40, 24), "white")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert_close(decode_image(data), corners(), 2)


def test_one_pixel() -> None:
    data = encoded(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG")
    assert decode_image(data).tolist() == [[[3, 2, 1]]]


def test_path_with_umlauts_and_spaces(tmp_path: Path) -> None:
    path = tmp_path / "Ünïcödé mit Leerzeichen" / "Bild – 1 ü.png"
    path.parent.mkdir()
    path.write_bytes(encoded(Image.fromarray(corners()), "PNG"))
    assert_close(read_image(path), corners(), 0)
    assert_close(read_image(str(path)), corners(), 0)


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


JPEG = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "JPEG")
PNG = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "PNG")
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
    "20,000 × 20,000 px": (bomb_png(20_000, 20_000), "20000 × 20000 px .400 megapixels.*up to 100"),
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
    def no_memory(_: Image.Image) -> np.ndarray:
        raise MemoryError

    monkeypatch.setattr(images, "_to_bgr", no_memory)
    with pytest.raises(SourceOpenError, match="more memory"):
        decode_image(PNG)


def test_a_large_jpeg_is_reduced_while_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "REDUCE_ABOVE_PX", 320 * 192 // 3)
    assert decode_image(JPEG).shape == (96, 160, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "JPEG", exif=exif)
    assert decode_image(turned).shape == (160, 96, 3)


@pytest.mark.slow
def test_a_photo_of_108_megapixels_opens() -> None:
    row = np.tile(corners(), (1, 300, 1))
    photo = np.tile(row, (375, 1, 1))
    ok, data = cv2.imencode(".jpg", photo[:, :, ::-1])
    assert ok
    assert photo.shape[0] * photo.shape[1] > 100e6
    assert decode_image(data.tobytes()).shape == (4500, 6000, 3)


def test_results_do_not_share_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    first = read_image(path)
    first[:] = 0
    assert read_image(path).any()
