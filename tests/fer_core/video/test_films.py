"""What films can be: interlaced, turned, oblong, uneven, deep, cut off, damaged, or none."""

import random
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import synthetic_media as media

from fer_core.errors import SourceOpenError
from fer_core.video import ffmpeg, open_source
from fer_core.video.files import FileSource


def read_all(path: Path) -> tuple[list, list[str], list[str]]:
    """Its frames, what is wrong and what may surprise."""
    with open_source(path) as source:
        assert isinstance(source, FileSource)
        return list(source), source.problems, source.notes


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("h264.mp4", "libx264", {"preset": "ultrafast", "crf": "4", "g": "10"}),
        ("h264.ts", "libx264", {"preset": "ultrafast", "crf": "4", "g": "10"}),
        ("dvd.mpg", "mpeg2video", {"qmin": "1", "qmax": "2", "b": "9000000"}),
        ("camcorder.mov", "prores_ks", {}),
    ],
)
def test_interlaced_films_show_one_moment_in_each_frame(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    flags = {"codec": codec, "pix_fmt": pix_fmt, "options": options, "draw": media.bars}
    woven = media.combing(media.bars(3))
    path = media.write_film(tmp_path / name, 12, field_order="tff", **flags)
    frames, problems, _ = read_all(path)
    assert len(frames) == 12
    assert [frame.time_s for frame in frames] == pytest.approx([i / 25 for i in range(12)])
    assert max(media.combing(frame.image) for frame in frames[1:-1]) < woven / 4
    assert problems == []


def test_progressive_films_are_left_as_they_are(tmp_path: Path) -> None:
    path = media.write_film(tmp_path / "a.mp4", 8, draw=media.bars)
    frames, _, _ = read_all(path)
    woven = media.combing(media.bars(3))
    assert media.combing(frames[3].image) == pytest.approx(woven, rel=0.05)


def test_interlaced_frames_are_the_same_after_a_jump(tmp_path: Path) -> None:
    path = media.write_film(tmp_path / "a.mp4", 60, draw=media.bars, field_order="bff")
    frames, _, _ = read_all(path)
    for index in (50, 20, 21, 41, 59, 0):
        with open_source(path) as source:
            source.seek(index)
            frame = source.read()
            assert frame is not None
            np.testing.assert_array_equal(frame.image, frames[index].image)


@pytest.mark.data
def test_a_face_in_an_interlaced_film(cases_dir: Path) -> None:
    haar = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    for name in ("interlaced.mp4", "progressive.mp4"):
        frames, _, _ = read_all(cases_dir / "media" / name)
        small = [cv2.resize(frame.image, None, fx=0.5, fy=0.5) for frame in frames]
        assert sum(len(haar.detectMultiScale(image)) > 0 for image in small) == 30


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turned_films_are_shown_upright(tmp_path: Path, degrees: int) -> None:
    """An upright picture is stored turned; its matrix turns it back."""

    def stored(index: int) -> np.ndarray:
        return np.ascontiguousarray(np.rot90(media.numbered(index), -degrees // 90))

    path = media.write_film(tmp_path / "phone.mp4", 30, draw=stored, turned=degrees)
    frames, _, _ = read_all(path)
    assert {frame.wh for frame in frames} == {media.WH}
    assert [media.number_of(frame.image) for frame in frames] == list(range(30))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
        ((1, 0, 0, -1), lambda image: image[::-1]),
        ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
        ((0, -1, -1, 0), lambda image: image[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_mirrored_films(tmp_path: Path, matrix: tuple[int, ...], expected: object) -> None:
    from fer_core.video.upright import _turned

    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    np.testing.assert_array_equal(_turned(image, matrix), expected(image))


@pytest.mark.parametrize(("ratio", "wh"), [((4, 3), (128, 64)), ((1, 2), (48, 64))])
def test_oblong_pixels_become_square(
    tmp_path: Path, ratio: tuple[int, int], wh: tuple[int, int]
) -> None:
    media.write_film(tmp_path / "dvd.mp4", 12, pixel_ratio=Fraction(*ratio))
    with media.served(tmp_path, ranges=True) as (address, _):
        for what in (tmp_path / "dvd.mp4", address + "dvd.mp4"):
            with open_source(what) as source:
                assert source.size_wh == wh
                frames = list(source)
            assert {frame.wh for frame in frames} == {wh}
            assert [media.number_of(frame.image) for frame in frames] == list(range(12))


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_times_are_those_of_the_film(tmp_path: Path, name: str) -> None:
    times_s = media.uneven(40)
    frames, _, _ = read_all(media.write_film(tmp_path / name, 40, times_s=times_s))
    tolerance = 0.0006 if name.endswith("mkv") else 1 / media.TICKS  # Matroska counts in ms
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=tolerance)


def test_a_film_of_10_bit(tmp_path: Path) -> None:
    frames, _, _ = read_all(media.write_film(tmp_path / "hdr.mkv", 20, pix_fmt="yuv422p10le"))
    assert [media.number_of(frame.image) for frame in frames] == list(range(20))


def test_a_film_without_times_of_its_own(tmp_path: Path) -> None:
    frames, _, _ = read_all(media.write_film(tmp_path / "raw.h264", 30))
    assert [media.number_of(frame.image) for frame in frames] == list(range(30))
    assert all(b.time_s > a.time_s for a, b in pairwise(frames))
    with open_source(tmp_path / "raw.h264") as source:
        for index in (25, 3, 29):
            source.seek(index)
            frame = source.read()
            assert frame is not None
            assert (frame.index, media.number_of(frame.image)) == (index, index)


def test_stepping_back_decodes_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = media.write_film(tmp_path / "a.mp4", 60, options={"preset": "ultrafast", "g": "250"})
    with open_source(path) as source:
        source.seek(40)
        assert source.read().index == 40
        monkeypatch.setattr(source._decoder, "next", lambda: pytest.fail("decoded again"))
        for index in range(39, 20, -1):
            source.seek(index)
            frame = source.read()
            assert (frame.index, media.number_of(frame.image)) == (index, index)
        assert [source.read().index for _ in range(19)] == list(range(22, 41))


@pytest.mark.parametrize("frames", [1, 3])
def test_a_film_that_is_cut_off_says_after_which_frame(tmp_path: Path, frames: int) -> None:
    path = media.write_film(tmp_path / "a.mp4", 60, container={"movflags": "faststart"})
    with ffmpeg.open_path(path) as opened:
        packets = [p for p in opened.container.demux(opened.container.streams.video[0]) if p.size]
        end = packets[frames].pos + 5
    path.write_bytes(path.read_bytes()[:end])
    read, (problem,), _ = read_all(path)
    assert len(read) == frames
    said = "1 frame" if frames == 1 else "3 frames"
    assert problem.startswith(f"{path} is cut off: it ends after {said}, 0.")
    assert "of 2.4 s" in problem


@pytest.mark.data
@pytest.mark.parametrize(("name", "said"), [("cut1.mp4", "1 frame,"), ("cut3.mp4", "3 frames,")])
def test_films_cut_off_at_their_start(cases_dir: Path, name: str, said: str) -> None:
    _, (problem,), _ = read_all(cases_dir / "media" / name)
    assert f"is cut off: it ends after {said}" in problem
    assert "of 20.0 s" in problem


def damaged_avi(path: Path, lost: int) -> Path:
    """60 numbered frames, of which some in the middle are overwritten with their headers."""
    media.write_film(path, 60, codec="mjpeg", pix_fmt="yuvj420p", options={"q:v": "2"})
    with ffmpeg.open_path(path) as opened:
        places = [e.pos for e in opened.container.streams.video[0].index_entries]
    data = bytearray(path.read_bytes())
    data[places[20] : places[20 + lost]] = bytes(places[20 + lost] - places[20])
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("lost", [1, 4, 9])
def test_damage_in_the_middle_says_how_many_frames_are_lost(tmp_path: Path, lost: int) -> None:
    path = damaged_avi(tmp_path / "a.avi", lost)
    frames, (problem,), _ = read_all(path)
    assert problem == f"{path} is damaged: {lost} of 60 frames are lost; copy it again."
    assert [f.index for f in frames] == [*range(20), *range(20 + lost, 60)]
    assert [media.number_of(f.image) for f in frames] == [f.index for f in frames]
    assert [f.time_s for f in frames] == pytest.approx([f.index / 25 for f in frames])


def test_what_is_wrong_is_known_after_closing(tmp_path: Path) -> None:
    with open_source(damaged_avi(tmp_path / "a.avi", 4)) as source:
        list(source)
        said = list(source.problems)
    assert said
    assert list(source.problems) == said


def test_damaged_packets_are_counted(tmp_path: Path) -> None:
    path = media.write_film(
        tmp_path / "a.mov", 60, codec="mjpeg", pix_fmt="yuvj420p", options={"q:v": "2"}
    )
    with ffmpeg.open_path(path) as opened:
        entries = list(opened.container.streams.video[0].index_entries)
    data = bytearray(path.read_bytes())
    for entry in entries[30:35]:
        data[entry.pos : entry.pos + entry.size] = bytes(entry.size)
    path.write_bytes(data)
    frames, (problem,), _ = read_all(path)
    assert problem == f"{path} is damaged: 5 of 60 frames are lost; copy it again."
    assert [f.index for f in frames] == [*range(30), *range(35, 60)]


@pytest.mark.data
def test_a_damaged_film_of_another_program(cases_dir: Path) -> None:
    frames, (problem,), _ = read_all(cases_dir / "media" / "damaged.avi")
    assert "is damaged: 4 of 60 frames are lost" in problem
    assert (len(frames), frames[-1].index) == (56, 59)


def test_gaps_are_said_and_their_times_are_right(tmp_path: Path) -> None:
    times_s = [3_500.0 * index for index in range(6)]
    path = media.write_film(tmp_path / "gaps.mkv", 6, times_s=times_s)
    frames, problems, (note,) = read_all(path)
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=0.001)
    assert problems == []
    assert "has no picture for 3500 s after 0.0 s, the longest of 5 such gaps" in note


def test_pictures_in_a_row_are_a_film(tmp_path: Path) -> None:
    frames, _, _ = read_all(media.write_raw(tmp_path / "raw.mjpeg", 40))
    assert [media.number_of(frame.image) for frame in frames] == list(range(40))


@pytest.mark.data
def test_pictures_in_a_row_of_another_program(cases_dir: Path) -> None:
    assert len(read_all(cases_dir / "media" / "raw.mjpeg")[0]) == 40


@pytest.mark.parametrize("name", ["music.mp3", "music.m4a"])
def test_sound_with_a_cover_is_no_film(tmp_path: Path, name: str) -> None:
    path = media.write_sound_with_cover(tmp_path / name)
    with pytest.raises(SourceOpenError, match="is sound with a cover picture and no video"):
        open_source(path)


@pytest.mark.parametrize("name", ["text.txt", "text.nfo", "text.ans", "text.mp4", "text"])
def test_a_text_is_no_film(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("This is a text of several lines.\n" * 500)
    with pytest.raises(SourceOpenError, match="is not a video that can be opened"):
        open_source(path)


def test_pictures_of_a_film_that_are_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = media.write_film(tmp_path / "a.mkv", 3)
    monkeypatch.setattr(ffmpeg, "MAX_PX", 96 * 64 - 1)
    with pytest.raises(SourceOpenError, match=r"not a video|up to"):
        open_source(path)


def test_nothing_of_ffmpeg_reaches_the_terminal(tmp_path: Path, capfd: object) -> None:
    path = damaged_avi(tmp_path / "a.avi", 4)
    path.write_bytes(path.read_bytes().replace(b"\xff\xda", b"\xff\xd9", 5))
    read_all(path)
    assert capfd.readouterr() == ("", "")


def test_what_ffmpeg_says_is_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = damaged_avi(tmp_path / "a.avi", 4)
    data = bytearray(path.read_bytes())
    with ffmpeg.open_path(path) as opened:
        entry = list(opened.container.streams.video[0].index_entries)[50]
    data[entry.pos + 300 : entry.pos + 308 + entry.size] = bytes(8 + entry.size - 300)
    path.write_bytes(data)
    read_all(path)
    lines = [record for record in caplog.records if record.name == "fer_core.video.ffmpeg"]
    assert lines
    assert all(record.levelname == "WARNING" for record in lines)


def test_neither_the_library_nor_a_photo_loads_ffmpeg(tmp_path: Path) -> None:
    picture = media.write_pictures(tmp_path, 1) / "picture 0.png"
    code = (
        "import sys, fer_core, fer_core.video\n"
        "source = fer_core.open_source(sys.argv[1])\n"
        "assert source.is_stills and source.read() is not None\n"
        "sys.exit('av' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(picture)], check=False).returncode == 0


@pytest.mark.parametrize("seed", range(20))
def test_damaged_films_never_raise_what_is_not_ours(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    name = dice.choice(["a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov"])
    codec, pix_fmt = ("mjpeg", "yuvj420p") if name == "a.avi" else ("libx264", "yuv420p")
    path = media.write_film(tmp_path / name, 20, codec=codec, pix_fmt=pix_fmt)
    data = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 10, 100])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path.write_bytes(data[: dice.choice([len(data), len(data) // 2])])
    try:
        frames, _, _ = read_all(path)
    except SourceOpenError as error:
        assert str(error).endswith(".")  # noqa: PT017
    else:
        assert all(b.time_s > a.time_s for a, b in pairwise(frames))
        assert all(b.index > a.index for a, b in pairwise(frames))
