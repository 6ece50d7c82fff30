import itertools
import math
import shutil
import threading
from collections import namedtuple
from pathlib import Path

import av
import numpy as np
import pytest
import synthetic_media as media
from made_results import make_frame, make_result, write

from fer_core.errors import FerError, OutputError
from fer_core.video import (
    CsvSink,
    JsonLinesSink,
    VideoSink,
    ffmpeg,
    film_sink,
    open_source,
    sinks,
)
from tests.waiting import PATIENCE_S


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".avi", ".m4v", ".MP4"])
def test_video(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "Ünïcödé ordner" / f"aus gabe{suffix}"
    with VideoSink(path, media.FPS, media.WH) as sink:
        write(sink, [make_frame(i) for i in range(30)])
        assert not path.exists()  # only a whole file gets the name
    with open_source(path) as source:
        assert source.fps == pytest.approx(media.FPS)
        assert [media.number_of(frame.image) for frame in source] == list(range(30))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_video_draws_with_render(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    with VideoSink(path, 25, media.WH, render=lambda image, _: 255 - image) as sink:
        write(sink, [make_frame(0)])
    with open_source(path) as source:
        assert source.read().image.mean() > 240


def test_odd_and_changing_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoSink(path, 25, (97, 65)) as sink:
        for wh in ((97, 65), (96, 64), (200, 30), (1, 1)):
            sink.write_image(media.numbered(3, (max(wh[0], 3), wh[1])))
    with open_source(path) as source:
        assert source.size_wh == (96, 64)
        assert len(list(source)) == 4


def shown(path: Path) -> list[tuple[int, float]]:
    """The number and time in seconds of each frame."""
    with open_source(path) as source:
        return [(media.number_of(frame.image), round(frame.time_s, 4)) for frame in source]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_frames_are_shown_at_the_times_of_their_source(tmp_path: Path, name: str) -> None:
    times_s = media.uneven(30)
    with VideoSink(tmp_path / name, 25, media.WH, max_gap_s=math.inf) as sink:
        write(sink, [make_frame(i, t) for i, t in enumerate(times_s)])
    numbers, times = zip(*shown(tmp_path / name), strict=True)
    assert list(numbers) == list(range(30))
    assert list(times) == pytest.approx(times_s, abs=0.0006)


def test_jumps_of_a_live_stream_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    times = [7.0, 7.04, 7.2, 7.21, 7.4, 100.0, 100.04, 0.0]
    with VideoSink(path, 25, media.WH) as sink:
        write(sink, [make_frame(i, t) for i, t in enumerate(times)])
    # 100 s and back to 0 are a seek, or a camera that came back: the next frame follows at once.
    told = [0.0, 0.04, 0.2, 0.21, 0.4, 0.44, 0.48, 0.52]
    assert shown(path) == [(i, pytest.approx(t, abs=0.0001)) for i, t in enumerate(told)]


def test_a_long_gap_of_a_file_is_kept_without_stills(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoSink(path, 25, media.WH, max_gap_s=math.inf) as sink:
        write(sink, [make_frame(3, 0.0), make_frame(9, 3_500.0), make_frame(10, 3_500.04)])
        assert sink.frames == 3
    assert shown(path) == [(3, 0.0), (9, 3_500.0), (10, 3_500.04)]
    assert path.stat().st_size < 20_000


def test_an_avi_keeps_its_rate_and_every_frame(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.avi", 25, media.WH) as sink:
        write(sink, [make_frame(i, t) for i, t in enumerate([0.0, 0.04, 0.2, 0.201, 0.24])])
    assert shown(tmp_path / "a.avi") == [(0, 0.0), (1, 0.04), (2, 0.2), (3, 0.24), (4, 0.28)]


def test_it_is_h264_for_every_player(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoSink(path, 25, media.WH) as sink:
        write(sink, [make_frame(i) for i in range(10)])
        assert sink.notes == []
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # it can be shown while it loads
    with ffmpeg.open_path(path) as opened:
        (stream,) = opened.container.streams
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
        assert (codec.colorspace, codec.color_range) == (1, 1)


def test_colours_are_those_of_the_source(tmp_path: Path) -> None:
    colours = [(0, 0, 255), (0, 255, 0), (255, 0, 0), (40, 180, 220)]
    with VideoSink(tmp_path / "a.mp4", 25, media.WH) as sink:
        for colour in colours:
            sink.write_image(np.full((64, 96, 3), colour, np.uint8))
    with open_source(tmp_path / "a.mp4") as source:
        for frame, colour in zip(source, colours, strict=True):
            assert frame.image[20:40, 20:40].mean((0, 1)) == pytest.approx(colour, abs=6)


def test_where_there_is_no_h264_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_sink, "_H264", ())
    with VideoSink(tmp_path / "a.mp4", 25, media.WH) as sink:
        write(sink, [make_frame(i) for i in range(10)])
    assert "has no H.264" in sink.notes[0]
    assert [number for number, _ in shown(tmp_path / "a.mp4")] == list(range(10))


def sound_of(path: Path) -> tuple[str, float, float, float]:
    """Codec, start and length in seconds, and the pitch in Hz."""
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        kind = stream.codec_context.codec.canonical_name
        frames = list(film.decode(stream))
    samples = np.concatenate([frame.to_ndarray().astype(np.float32)[0] for frame in frames])
    length_s = len(samples) / stream.rate
    pitch = float(np.abs(np.fft.rfft(samples)).argmax()) / length_s
    return kind, float(frames[0].time), length_s, pitch


@pytest.mark.parametrize(
    ("source", "codec", "kept", "becomes"),
    [
        ("a.mp4", "aac", "a.mp4", "aac"),
        ("a.mkv", "libmp3lame", "a.mp4", "mp3"),
        ("a.ts", "aac", "a.mp4", "aac"),  # its pieces must be taken out of their wrapping
        ("a.ts", "mp2", "a.mp4", "aac"),
        ("a.mov", "pcm_s16le", "a.mp4", "aac"),
        ("a.mov", "pcm_s16le", "a.mov", "pcm_s16le"),
        ("a.mkv", "flac", "a.mkv", "flac"),
        ("a.mkv", "libopus", "a.mp4", "opus"),
        ("a.webm", "libopus", "a.mkv", "opus"),
    ],
)
def test_the_sound_of_the_source_is_kept(
    tmp_path: Path, source: str, codec: str, kept: str, becomes: str
) -> None:
    (tmp_path / "in").mkdir()
    pictures = "libvpx" if source == "a.webm" else "libx264"
    path = media.write_film(tmp_path / "in" / source, 50, sound=codec, codec=pictures)
    with open_source(path) as film, VideoSink(tmp_path / kept, 25, media.WH, sound=film) as sink:
        write(sink, list(film))
        assert sink.notes == []
    kind, start_s, length_s, pitch_hz = sound_of(tmp_path / kept)
    assert kind == becomes
    assert start_s == pytest.approx(0, abs=0.06)
    assert length_s == pytest.approx(2, abs=0.1)
    assert pitch_hz == pytest.approx(440, abs=2)
    assert [number for number, _ in shown(tmp_path / kept)] == list(range(50))


def test_sound_stays_in_step_where_pictures_begin_later(tmp_path: Path) -> None:
    times_s = [1.0 + index / 25 for index in range(25)]
    path = media.write_film(tmp_path / "in.mkv", 25, times_s=times_s, sound="aac")
    out = tmp_path / "out.mp4"
    with open_source(path) as film, VideoSink(out, 25, media.WH, sound=film) as sink:
        write(sink, list(film))
    _, start_s, length_s, _ = sound_of(out)
    assert start_s == pytest.approx(0, abs=0.05)
    assert length_s == pytest.approx(1, abs=0.1)  # the first second has no picture


def test_a_copy_that_is_interrupted_has_sound_as_far_as_it_goes(tmp_path: Path) -> None:
    path = media.write_film(tmp_path / "in.mp4", 50, sound="aac")

    def copy() -> None:
        with (
            open_source(path) as film,
            VideoSink(tmp_path / "out.mp4", 25, media.WH, sound=film) as sink,
        ):
            for frame in film:
                write(sink, [frame])
                if frame.index == 24:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy()
    _, _, length_s, _ = sound_of(tmp_path / "out.mp4")
    assert length_s == pytest.approx(1, abs=0.1)


def test_damaged_sound_does_not_cost_the_film(tmp_path: Path) -> None:
    path = media.write_film(tmp_path / "in.mov", 50, sound="aac")
    data = bytearray(path.read_bytes())
    with ffmpeg.open_path(path) as opened:
        for entry in list(opened.container.streams.audio[0].index_entries)[20:60]:
            data[entry.pos : entry.pos + entry.size] = b"\xff" * entry.size
    path.write_bytes(data)
    for name in ("out.mp4", "out.mkv"):
        with (
            open_source(path) as film,
            VideoSink(tmp_path / name, 25, media.WH, sound=film) as sink,
        ):
            write(sink, list(film))
        assert [number for number, _ in shown(tmp_path / name)] == list(range(50))


def test_an_unknown_suffix_and_a_bad_place(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"let its name end in \.mp4"):
        VideoSink(tmp_path / "a.txt", 25, media.WH)
    (tmp_path / "file").touch()
    for make in (lambda p: VideoSink(p, 25, media.WH), CsvSink, JsonLinesSink):
        with pytest.raises(OutputError, match="cannot be written"):
            make(tmp_path / "file" / "a.mp4")


def test_a_rate_of_many_digits(tmp_path: Path) -> None:
    for fps in (23.976023976, 123.456789):
        with VideoSink(tmp_path / "a.mp4", fps, media.WH) as sink:
            write(sink, [make_frame(i, i / fps) for i in range(3)])
        with open_source(tmp_path / "a.mp4") as source:
            assert source.fps == pytest.approx(fps, abs=0.01)


@pytest.mark.parametrize("make", [CsvSink, JsonLinesSink])
def test_a_picture_with_a_name_that_is_not_utf_8(tmp_path: Path, make: type[CsvSink]) -> None:
    with make(tmp_path / "a", "caf\udce9.jpg") as sink:
        write(sink, [make_frame(0)])
    assert r"caf\udce9.jpg" in (tmp_path / "a").read_text(encoding="utf-8")


def test_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written at 20000 × 64 px"):
        VideoSink(tmp_path / "a.mp4", 25, (20_000, 64))
    with pytest.raises(OutputError, match="no rate"):
        VideoSink(tmp_path / "a.mp4", 0.0, media.WH)
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"older")
    with VideoSink(path, 25, media.WH):
        pass
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_recorded_before_an_error_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"

    def record() -> None:
        with VideoSink(path, 25, media.WH) as sink:
            write(sink, [make_frame(i) for i in range(10)])
            raise FerError("The camera is gone.")

    with pytest.raises(FerError, match="is gone"):
        record()
    with open_source(path) as source:
        assert len(list(source)) == 10


def test_disk_full_while_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mp4"
    usage = namedtuple("usage", "total used free")
    sink = VideoSink(path, 25, media.WH)
    write(sink, [make_frame(i) for i in range(30)])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 99, 1))
    with pytest.raises(OutputError, match="the disk is full"):
        write(sink, [make_frame(30)])
    sink.close()
    sink.close()
    with open_source(path) as source:
        assert len(list(source)) == 30


def test_a_video_that_did_not_get_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mp4"
    sink = VideoSink(path, 25, media.WH)
    write(sink, [make_frame(i) for i in range(30)])

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ffmpeg, "open_path", fail)
    with pytest.raises(OutputError, match="is the disk full"):
        sink.close()
    sink.close()
    assert list(tmp_path.iterdir()) == []


def test_a_recording_is_closed_by_another_thread(tmp_path: Path) -> None:
    made = [VideoSink(tmp_path / "a.avi", 25, media.WH), CsvSink(tmp_path / "a.csv")]
    for sink in made:
        told: list[Exception] = []
        started = threading.Event()

        def record(sink: sinks.Sink = sink, told: list = told, started: object = started) -> None:
            try:
                for index in itertools.count():
                    sink.write(make_frame(index % 256), make_result(make_frame(0)))
                    started.set()
            except OutputError as error:
                told.append(error)

        writer = threading.Thread(target=record)
        writer.start()
        assert started.wait(PATIENCE_S)
        sink.close()
        writer.join(PATIENCE_S)
        assert "already finished" in str(told[0])


def test_frames_without_a_size(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no common size"):
        VideoSink(tmp_path / "a.mp4", 25, (0, 0))
