"""Damaged films and pictures: what can be read is read, the rest is one sentence."""

import io
from collections.abc import Callable
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import synthetic_media as media
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fer_core.errors import SourceError
from fer_core.video import decode_image, open_source

_MJPEG = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {"q:v": "3"}}
FILMS: dict[str, dict] = {
    "a.mp4": {"sound": "aac"},
    "b.mp4": {"field_order": "tff"},
    "a.mkv": {"options": {"preset": "fast", "g": "6", "bf": "2"}},
    "a.ts": {},
    "a.avi": _MJPEG,
    "a.mov": _MJPEG,
    "a.webm": {"codec": "libvpx"},
}
PICTURES = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")


@cache
def film(name: str) -> bytes:
    """A sound film."""
    with TemporaryDirectory() as folder:
        return media.write_film(Path(folder) / name, 12, **FILMS[name]).read_bytes()


@cache
def picture(kind: str) -> bytes:
    """A sound picture."""
    data = io.BytesIO()
    Image.fromarray(media.numbered(37)).save(data, kind)
    return data.getvalue()


#: Where, as a share of the file, and the bytes that are written there.
_SPOTS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12)), max_size=12
)


def damaged(data: bytes, spots: list[tuple[float, bytes]], kept: float) -> bytes:
    """The data with other bytes at some places, and its end cut off."""
    changed = bytearray(data)
    for share, other in spots:
        at = int(share * len(changed))
        changed[at : at + len(other)] = other[: len(changed) - at]
    return bytes(changed[: int(kept * len(changed))])


def sentence_of(act: Callable[[], None]) -> str:
    """What it says that does not work; "." where it works."""
    try:
        act()
    except SourceError as error:
        return str(error)
    return "."


@pytest.mark.fuzz
@given(
    st.sampled_from(list(FILMS)),
    _SPOTS,
    st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.1]),
    st.integers(0, 15),
)
def test_a_damaged_film(
    name: str, spots: list[tuple[float, bytes]], kept: float, wanted: int
) -> None:
    def read(path: Path) -> None:
        with open_source(path) as source:
            frames = list(islice(source, 100))
            assert all(b.index > a.index for a, b in pairwise(frames))
            assert all(b.time_s > a.time_s for a, b in pairwise(frames))
            assert {frame.wh for frame in frames} <= {source.size_wh}
            assert all(sentence.endswith(".") for sentence in source.problems)
            source.seek(wanted)
            found = source.read()
            assert found is None or found.wh == source.size_wh

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(damaged(film(name), spots, kept))
        assert sentence_of(lambda: read(path)).endswith(".")


@pytest.mark.fuzz
@given(st.sampled_from(PICTURES), _SPOTS, st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.1]))
def test_a_damaged_picture(kind: str, spots: list[tuple[float, bytes]], kept: float) -> None:
    def read() -> None:
        image = decode_image(damaged(picture(kind), spots, kept))
        assert (image.dtype, image.ndim) == (np.uint8, 3)

    assert sentence_of(read).endswith(".")


@pytest.mark.fuzz
@given(st.binary(max_size=300), st.sampled_from(["a.mp4", "a.mkv", "a.mjpeg", "a.gif", "a"]))
def test_any_bytes(data: bytes, name: str) -> None:
    def read(path: Path) -> None:
        with open_source(path) as source:
            assert source.read() is not None

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        assert sentence_of(lambda: read(path)).endswith(".")
