"""Every kind of source behaves alike."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import synthetic_media as media

from fer_core.errors import SourceError, SourceOpenError
from fer_core.video import VideoSource, open_source
from tests.waiting import PATIENCE_S


@dataclass(frozen=True)
class Kind:
    open: Callable[[Path], VideoSource]
    count: int | None  # None: it never ends
    drops: bool = False
    numbers: int = 256  # the pictures' numbers start again after so many


def a_video(folder: Path) -> Path:
    return media.write_video(folder / "a vidéo.mp4", 40)


#: B-frames and a place to begin at every twelfth frame.
B_FRAMES = {"preset": "fast", "crf": "8", "g": "12", "bf": "3"}
MPEG2 = {"qmin": "1", "qmax": "2", "b": "9000000", "g": "12", "bf": "2"}


def served(path: Path, *, ranges: bool) -> VideoSource:
    """The file, opened by its address on a server of this machine that ends with the source."""
    server = media.served(path.parent, ranges=ranges)
    address, _ = server.__enter__()
    source = open_source(address + path.name)
    release = source._release

    def release_both() -> None:
        release()
        server.__exit__(None, None, None)

    source._release = release_both
    return source


KINDS = {
    "camera": Kind(lambda _: open_source(0), None, drops=True),
    "camera as text": Kind(lambda _: open_source("0"), None, drops=True),
    "video": Kind(lambda folder: open_source(a_video(folder)), 40),
    "video as a camera": Kind(lambda f: open_source(a_video(f), realtime=True), 40, drops=True),
    "video for ever": Kind(
        lambda f: open_source(a_video(f), realtime=True, loop=True), None, True, numbers=40
    ),
    "mkv": Kind(lambda f: open_source(media.write_video(f / "a.mkv", 40)), 40),
    "avi": Kind(lambda f: open_source(media.write_video(f / "a.avi", 40, codec="MJPG")), 40),
    "webm": Kind(lambda f: open_source(media.write_video(f / "a.webm", 40, codec="VP80")), 40),
    "h264": Kind(lambda f: open_source(media.write_film(f / "a.mp4")), 40),
    "h264 with frames out of order": Kind(
        lambda f: open_source(media.write_film(f / "a.mkv", options=B_FRAMES)), 40
    ),
    "10 bit": Kind(lambda f: open_source(media.write_film(f / "a.mp4", pix_fmt="yuv420p10le")), 40),
    "interlaced": Kind(lambda f: open_source(media.write_film(f / "a.mp4", field_order="tff")), 40),
    "variable rate": Kind(
        lambda f: open_source(media.write_film(f / "a.mp4", times_s=media.uneven(40))), 40
    ),
    "transport stream": Kind(lambda f: open_source(media.write_film(f / "a.ts")), 40),
    "mpeg-2": Kind(
        lambda f: open_source(media.write_film(f / "a.mpg", codec="mpeg2video", options=MPEG2)), 40
    ),
    "pictures in a row": Kind(lambda f: open_source(media.write_raw(f / "a.mjpeg", 40)), 40),
    "on a server": Kind(lambda f: served(media.write_film(f / "a.mp4"), ranges=True), 40),
    "on a server that sends no parts": Kind(
        lambda f: served(media.write_film(f / "a.mp4"), ranges=False), 40
    ),
    "gif": Kind(lambda f: open_source(media.write_gif(f / "a.gif", [50, 90, 40, 70, 60])), 5),
    "picture": Kind(lambda f: open_source(media.write_pictures(f, 1) / "picture 0.png"), 1),
    "folder": Kind(lambda f: open_source(str(media.write_pictures(f / "pictures", 12))), 12),
    "list": Kind(
        lambda f: open_source(
            sorted(str(p) for p in media.write_pictures(f, 4).iterdir() if p.suffix)
        ),
        4,
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, fake_camera: object) -> Kind:
    return KINDS[request.param]


def test_frames(kind: Kind, tmp_path: Path) -> None:
    with kind.open(tmp_path) as source:
        frames = list(islice(source, 60))
    indices = [frame.index for frame in frames]
    times = [frame.time_s for frame in frames]
    assert indices[0] == 0
    assert times[0] >= 0
    if kind.drops:
        assert all(b > a for a, b in pairwise(indices))
    else:
        assert indices == list(range(len(frames)))
        assert times[0] == 0
    assert len(frames) <= (kind.count or 60)
    if not kind.drops:
        assert len(frames) == kind.count
    assert all(b > a for a, b in pairwise(times))
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.shape == (media.WH[1], media.WH[0], 3)
        assert media.number_of(frame.image) == frame.index % kind.numbers


def test_what_it_says_about_itself(kind: Kind, tmp_path: Path) -> None:
    with kind.open(tmp_path) as source:
        assert source.name
        assert source.frame_count == kind.count
        assert source.is_stills == (source.fps is None)
        if not source.is_stills:
            assert source.size_wh == media.WH
        assert (source.duration_s is None) == (kind.count is None or kind.drops)


def test_frames_belong_to_the_receiver(kind: Kind, tmp_path: Path) -> None:
    with kind.open(tmp_path) as source:
        first = source.read()
        assert first is not None
        before = first.image.copy()
        second = source.read()
        np.testing.assert_array_equal(first.image, before)
        assert second is None or not np.shares_memory(first.image, second.image)
        first.image[:] = 7  # and may be drawn on


def test_closing(kind: Kind, tmp_path: Path) -> None:
    source = kind.open(tmp_path)
    assert source.read() is not None
    source.close()
    source.close()
    assert source.read() is None
    assert list(source) == []


def test_closing_while_another_thread_reads(kind: Kind, tmp_path: Path) -> None:
    source = kind.open(tmp_path)
    reader = threading.Thread(target=lambda: list(islice(source, 100_000)))
    reader.start()
    source.close()
    reader.join(PATIENCE_S)
    assert not reader.is_alive()


def test_seeking(kind: Kind, tmp_path: Path) -> None:
    with kind.open(tmp_path) as source:
        if source.is_live:
            with pytest.raises(SourceError, match="live"):
                source.seek(1)
            return
        assert kind.count is not None
        everything = list(source)
        assert source.read() is None
        for index in (0, kind.count - 1, kind.count // 2, 1 % kind.count, 0):
            source.seek(index)
            frame = source.read()
            assert frame is not None
            assert frame.index == index
            assert frame.time_s == pytest.approx(everything[index].time_s)
            np.testing.assert_array_equal(frame.image, everything[index].image)
            assert source.index_at(frame.time_s) == index
        source.seek(kind.count + 1000)
        assert source.read() is None
        source.seek(0)
        assert [frame.index for frame in source] == list(range(kind.count))


@pytest.mark.parametrize(
    "what",
    ["", "  ", "no such file.mp4", "no\0name", "n" * 5000, "gopher://host/x", 7, []],
    ids=str,
)
def test_what_cannot_be_opened(what: object, fake_camera: object) -> None:
    with pytest.raises(SourceOpenError) as caught:
        open_source(what)
    assert str(caught.value).endswith(".")
