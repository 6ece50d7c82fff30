import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_pictures import JPEG, PNG, assert_close, corners, encoded
from PIL import Image

from fer_core.errors import SourceOpenError
from fer_core.video import images, picture_size
from fer_core.video.images import decode_image, decode_photo, read_image


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


def test_a_large_jpeg_is_reduced_while_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_size, "REDUCE_ABOVE_PX", 320 * 192 // 3)
    assert decode_image(JPEG).shape == (96, 160, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(Image.fromarray(np.tile(corners(), (8, 8, 1))), "JPEG", exif=exif)
    photo = decode_photo(turned)
    assert photo.image.shape == (160, 96, 3)
    assert photo.full_wh == (192, 320)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "I;16", "I", "F", "CMYK"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "JPEG2000", "GIF", "BMP"])
def test_what_is_very_large_comes_reduced_and_looks_the_same(
    kind: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = np.tile(np.kron(corners(), np.ones((4, 4, 1), np.uint8)), (2, 2, 1))[:-1, :-3]
    image = Image.fromarray(whole).convert({"I;16": "I", "F": "L"}.get(mode, mode))
    if mode in ("I;16", "F"):
        grey = np.asarray(Image.fromarray(whole).convert("L"))
        deep = grey.astype(np.uint16) * 257 if mode == "I;16" else grey.astype(np.float32) / 255
        image = Image.fromarray(deep)
    if mode == "1" and kind == "JPEG":
        pytest.skip("a JPEG of single dots is no picture of them")
    try:
        data = encoded(image, kind)
    except (OSError, ValueError, KeyError):
        pytest.skip(f"Pillow writes no {kind} of {mode}")
    full = decode_photo(data)
    assert full.full_wh == (full.image.shape[1], full.image.shape[0]) == (317, 191)
    monkeypatch.setattr(picture_size, "REDUCE_ABOVE_PX", 317 * 191 // 3)
    half = decode_photo(data)
    assert half.full_wh == (317, 191)
    assert half.image.shape in ((95, 158, 3), (96, 159, 3), (96, 158, 3), (95, 159, 3))
    h, w = half.image.shape[:2]
    expected = cv2.resize(full.image[: 2 * h, : 2 * w], (w, h), interpolation=cv2.INTER_AREA)
    difference = np.abs(half.image.astype(int) - expected.astype(int))
    assert np.percentile(difference, 80) <= 8


def test_a_large_webp_is_decoded_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rgba = np.dstack([corners(), np.full((24, 40), 255, np.uint8)])
    rgba[:, :10, 3], rgba[:, 10:15, 3] = 0, 128
    exif = Image.Exif()
    exif[0x0112] = 6
    for pixels in (rgba, corners()):
        data = encoded(Image.fromarray(pixels), "WEBP", exif=exif)
        small = decode_image(data)
        monkeypatch.setattr(images, "LARGE_WEBP_PX", 100)
        np.testing.assert_allclose(decode_image(data).astype(int), small.astype(int), atol=1)
        with pytest.raises(SourceOpenError, match="damaged"):
            decode_image(data[:60] + bytes(len(data) - 60))
        monkeypatch.undo()


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
