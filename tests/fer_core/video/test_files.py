"""Video files: bad ones, odd ones, real ones."""

import os
import random
import socket
import sys
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import synthetic_media as media

from fer_core.errors import SourceOpenError
from fer_core.video import open_source
from fer_core.video.files import FileSource
from fer_core.video.timeline import sane_count, sane_fps


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"no video " * 999, "is not a video"),
        ("empty.xyz", b"", "is empty"),
        ("random.avi", random.Random(1).randbytes(20_000), "is not a video"),
        ("script.ffconcat", b"ffconcat version 1.0\nfile /etc/passwd\n", "is a playlist"),
    ],
)
def test_not_a_video(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceOpenError, match=message) as caught:
        open_source(path)
    assert str(path) in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4").rename(tmp_path / "caf\udce9.mp4")
    with open_source(path) as source:
        assert len(list(source)) == 40


def test_sound_without_a_picture(tmp_path: Path) -> None:
    with pytest.raises(SourceOpenError, match="is sound and no video"):
        open_source(media.write_sound(tmp_path / "sound.wav"))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs Unix permissions")
def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = media.write_video(tmp_path / "mine.mp4", 3)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceOpenError, match="may not be read"):
        FileSource(path)


def test_a_video_that_is_cut_off_ends_calmly(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "cut.avi", 60, codec="MJPG")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with open_source(path) as source:
        frames = list(source)
    assert 10 < len(frames) < 60
    whole = frames[:-1]  # the last one may be half of one
    assert [media.number_of(f.image) for f in whole] == [f.index for f in whole]


def damaged_in_the_middle(path: Path) -> Path:
    """60 numbered frames, of which about twelve cannot be decoded."""
    data = bytearray(media.write_video(path, 60, codec="jpeg").read_bytes())
    start, end = sorted((data.index(b"mdat"), data.index(b"moov")))
    place, size = start + (end - start) * 2 // 5, (end - start) // 5
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    return path


def test_a_damaged_spot_does_not_end_a_video(tmp_path: Path) -> None:
    path = damaged_in_the_middle(tmp_path / "damaged.mov")
    with open_source(path) as source:
        frames = list(source)
        assert 40 < len(frames) < 55
        whole = [f for f in frames if not 20 < f.index < 40]
        assert [media.number_of(f.image) for f in whole] == [f.index for f in whole]
        assert [f.index for f in whole] == [*range(21), *range(40, 60)]
        assert frames[-1].time_s == pytest.approx(59 / media.FPS)
        assert source.duration_s == pytest.approx(60 / media.FPS)


def test_seeking_into_and_behind_a_damaged_spot(tmp_path: Path) -> None:
    with open_source(damaged_in_the_middle(tmp_path / "damaged.mov")) as source:
        for index in (55, 5, 45, 59):
            source.seek(index)
            frame = source.read()
            assert frame is not None
            assert (frame.index, media.number_of(frame.image)) == (index, index)
        source.seek(29)  # one that cannot be decoded: the next that can
        frame = source.read()
        assert frame is not None
        assert 29 < frame.index < 40
        assert media.number_of(frame.image) == frame.index


def test_a_file_that_vanishes_while_it_plays(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "gone.mp4", 60)
    with open_source(path) as source:
        source.read()
        if os.name != "nt":
            path.unlink()
        assert len(list(source)) == 59


def test_rotation_of_phone_videos_is_honoured(tmp_path: Path) -> None:
    path = media.turn_quarter(media.write_video(tmp_path / "phone.mp4", 20))
    with open_source(path) as source:
        assert source.size_wh == (media.WH[1], media.WH[0])
        frame = source.read()
        assert frame is not None
        assert frame.wh == source.size_wh
        source.seek(17)
        last = source.read()
    assert last is not None
    # The left third, with the low bits (1 of 17), comes to lie at the top.
    assert last.image[:20].mean() == pytest.approx(16, abs=4)
    assert last.image[60:].mean() == pytest.approx(16, abs=4)
    assert last.wh == frame.wh


@pytest.mark.parametrize(
    ("ratio", "turned", "wh"),
    [
        ((4, 3), False, (128, 64)),
        ((1, 2), False, (48, 64)),
        ((4, 3), True, (64, 128)),
        ((100, 1), False, (96, 64)),  # cannot be
        ((0, 1), False, (96, 64)),
    ],
)
def test_oblong_pixels_become_square(
    tmp_path: Path, ratio: tuple[int, int], turned: bool, wh: tuple[int, int]
) -> None:
    path = media.stretch(media.write_video(tmp_path / "dvd.mp4", 60), *ratio)
    if turned:
        media.turn_quarter(path)
    with open_source(path) as source:
        assert source.size_wh == wh
        frames = list(source)
        assert {frame.wh for frame in frames} == {wh}
        if not turned:
            assert [media.number_of(frame.image) for frame in frames] == list(range(60))
        source.seek(50)
        frame = source.read()
    assert frame is not None
    np.testing.assert_array_equal(frame.image, frames[50].image)


@pytest.mark.parametrize("name", ["a.gif", "a.png"])
def test_the_durations_of_an_animation_are_its_times(tmp_path: Path, name: str) -> None:
    path = media.write_gif(tmp_path / name, [100, 50, 200, 100])
    with open_source(path) as source:
        frames = list(source)
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.1, 0.15, 0.35])
    assert [media.number_of(frame.image) for frame in frames] == [0, 1, 2, 3]


def test_the_rate_at_which_frames_come_quickest(tmp_path: Path) -> None:
    times_ms = [100, 100, 100, 5000, 100, 100, 3000, 100]
    with open_source(media.write_gif(tmp_path / "a.gif", times_ms)) as source:
        assert isinstance(source, FileSource)
        assert source.fps == pytest.approx(8 / 8.6, rel=0.01)
        assert source.peak_fps == pytest.approx(10)
    for fps in (25.0, 29.97):
        with open_source(media.write_video(tmp_path / "a.mp4", 50, fps=fps)) as source:
            assert isinstance(source, FileSource)
            assert source.peak_fps == source.fps
    with open_source(media.write_video(tmp_path / "a.mp4", 1)) as source:
        assert isinstance(source, FileSource)
        assert source.peak_fps == source.fps


def test_a_gif_that_does_not_move_is_a_picture(tmp_path: Path) -> None:
    with open_source(media.write_gif(tmp_path / "a.gif", [100])) as source:
        assert source.is_stills


def test_files_without_a_suffix_are_recognised(tmp_path: Path) -> None:
    picture = media.write_pictures(tmp_path, 1) / "picture 0.png"
    picture = picture.rename(tmp_path / "picture")
    with open_source(picture) as source:
        assert source.is_stills
    video = media.write_video(tmp_path / "v.mp4", 3).rename(tmp_path / "video.jpg.dat")
    with open_source(video) as source:
        assert len(list(source)) == 3


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv", ".webm"])
def test_a_video_that_is_called_a_picture(tmp_path: Path, suffix: str) -> None:
    codec = {".avi": "MJPG", ".webm": "VP80"}.get(suffix, "mp4v")
    video = media.write_video(tmp_path / f"clip{suffix}", 3, codec=codec)
    with open_source(video.rename(tmp_path / "clip.jpg")) as source:
        assert len(list(source)) == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(50), "is damaged or cut off"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "HEIC.*save it as JPEG"),
        (b"no picture at all", "is not a picture"),
    ],
)
def test_a_bad_picture_is_not_tried_as_a_video(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(data)
    with pytest.raises(SourceOpenError, match=message):
        open_source(path)


def test_sane_numbers() -> None:
    assert [sane_fps(v) for v in (0, 29.97, 1000, float("nan"))] == [None, 29.97, None, None]
    assert [sane_count(v) for v in (-9.2e18, 0, 98, float("nan"))] == [None, None, 98, None]


def test_a_playlist_in_a_file_opens_no_connection(tmp_path: Path) -> None:
    """Nothing that a file says reaches the network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        playlist = tmp_path / "list.m3u8"
        address = f"http://127.0.0.1:{port}/a.ts"
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{address}\n")
        concat = tmp_path / "list.ffconcat"
        concat.write_text(f"ffconcat version 1.0\nfile '{address}'\n")
        for path in (playlist, concat):
            with pytest.raises(SourceOpenError, match="playlist"):
                open_source(path)
        server.setblocking(False)  # who had connected would be waiting already
        with pytest.raises(BlockingIOError):
            server.accept()


def test_reading_and_seeking_from_two_threads(tmp_path: Path) -> None:
    source = open_source(media.write_video(tmp_path / "a.mp4", 60))
    wrong: list[int] = []

    def read() -> None:
        for _ in range(100):
            frame = source.read()
            if frame is not None and media.number_of(frame.image) != frame.index:
                wrong.append(frame.index)

    reader = threading.Thread(target=read)
    reader.start()
    for index in (5, 50, 3, 58, 0, 41):
        source.seek(index)
    reader.join()
    source.close()
    assert wrong == []


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "count", "announced"),
    [("no_face.mp4", 95, 98), ("single_face.mp4", 72, 72), ("face_noface.mov", 169, 169)],
)
def test_real_videos(media_dir: Path, name: str, count: int, announced: int) -> None:
    with open_source(media_dir / name) as source:
        assert source.frame_count == announced
        frames = list(source)
        assert [frame.index for frame in frames] == list(range(count))
        times = [frame.time_s for frame in frames]
        assert all(b > a for a, b in pairwise(times))
        assert times[-1] == pytest.approx(count / (source.fps or 0), abs=0.2)
        for index in (count - 1, count // 2, 3, count // 3):
            source.seek(index)
            frame = source.read()
            assert frame is not None
            assert frame.time_s == pytest.approx(times[index])
            np.testing.assert_array_equal(frame.image, frames[index].image)
            assert source.index_at(times[index]) == index
        source.seek(source.index_at(999))
        source.read()
        source.seek(source.index_at(999))
        assert getattr(source.read(), "index", None) == count - 1
