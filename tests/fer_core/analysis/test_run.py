import threading
import time
from pathlib import Path

import pytest

from fer_core.analysis import Conditions, Outcome, Progress, Session, analyse, origin_of
from fer_core.errors import OutputError, SourceLostError
from fer_core.types import Frame, FrameResult
from fer_core.video import CsvSink, JsonLinesSink, VideoSink
from fer_core.video.base import VideoSource
from fer_core.video.stills import StillsSource
from tests.fer_core.analysis.made import make_face, make_result
from tests.fer_core.streaming_fakes import FakeFile, FakePipeline


class ListSink:
    def __init__(self, fail_at: int | None = None) -> None:
        self.indices: list[int] = []
        self.fail_at = fail_at

    def write(self, frame: Frame, result: FrameResult) -> None:
        if frame.index == self.fail_at:
            raise OutputError("out.csv cannot be written: no space left.")
        assert result.frame_index == frame.index
        self.indices.append(frame.index)

    def close(self) -> None:
        pass


def test_no_frame_is_lost_however_slow_the_model_is() -> None:
    class Slow(FakePipeline):
        def process(self, frame: Frame) -> FrameResult:
            time.sleep(0.002)
            return super().process(frame)

    sinks: list[ListSink] = [ListSink(), ListSink()]
    told: list[Progress] = []
    with FakeFile(60) as source:
        outcome = analyse(source, Slow(), sinks=sinks, on_progress=told.append)
    assert outcome == Outcome(60, with_face=0, faces=0, stopped=False, seconds=outcome.seconds)
    assert sinks[0].indices == sinks[1].indices == list(range(60))
    assert [(p.frames, p.total) for p in told] == [(n, 60) for n in range(1, 61)]
    assert told[-1].left_s == 0
    assert told[-1].fps > 0


def test_the_reader_does_not_run_away() -> None:
    pipeline = FakePipeline()
    with FakeFile(1000) as source:
        ahead: list[int] = []
        analyse(source, pipeline, on_progress=lambda p: ahead.append(source.position - p.frames))
    assert max(ahead) <= 6


def test_into_files(tmp_path: Path) -> None:
    with (
        FakeFile(25) as source,
        VideoSink(tmp_path / "a.avi", 200, source.size_wh) as video,
        CsvSink(tmp_path / "a.csv") as rows,
        JsonLinesSink(tmp_path / "a.jsonl", source.name) as lines,
    ):
        analyse(source, FakePipeline(), sinks=[video, rows, lines])
        assert video.frames == 25
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 25


def test_stop() -> None:
    stop, sink = threading.Event(), ListSink()

    def progress(done: Progress) -> None:
        if done.frames == 10:
            stop.set()

    with FakeFile(10_000) as source:
        outcome = analyse(source, FakePipeline(), sinks=[sink], on_progress=progress, stop=stop)
    assert (outcome.frames, outcome.stopped) == (10, True)
    assert len(sink.indices) == 10


def test_a_source_that_fails_is_told_after_its_last_frame() -> None:
    sink = ListSink()
    with FakeFile(50) as source:
        source.fail_at = 30
        with pytest.raises(SourceLostError):
            analyse(source, FakePipeline(), sinks=[sink])
    assert sink.indices == list(range(30))


def test_a_sink_or_pipeline_that_fails_ends_the_analysis() -> None:
    with FakeFile(500) as source, pytest.raises(OutputError, match="no space left"):
        analyse(source, FakePipeline(), sinks=[ListSink(fail_at=20)])
    pipeline = FakePipeline()
    pipeline.error = ZeroDivisionError()
    with FakeFile(500) as source, pytest.raises(ZeroDivisionError):
        analyse(source, pipeline)


def test_pictures_are_each_a_new_beginning() -> None:
    pipeline = FakePipeline()
    with FakeFile(4) as source:
        source.is_stills = True
        analyse(source, pipeline)
    assert pipeline.resets == 5


class OneFace(FakePipeline):
    """Finds a face in every frame but each third."""

    def process(self, frame: Frame) -> FrameResult:
        super().process(frame)
        return make_result(frame.index, [make_face()] if frame.index % 3 else [], frame.time_s)


def session_for(source: VideoSource, folder: Path) -> Session:
    return Session.create(folder / "a.mimik", origin_of(source), Conditions("fake"))


def test_into_a_session(tmp_path: Path) -> None:
    with FakeFile(60) as source, session_for(source, tmp_path) as session:
        outcome = analyse(source, OneFace(), session)
        assert session.is_complete
        assert [r.frame_index for r in session.frames()] == list(range(60))
        assert [len(r.faces) for r in session.frames()] == [0, 1, 1] * 20
        assert (outcome.with_face, outcome.faces) == (40, 40)
        assert session.duration_s == pytest.approx(60 / 200)


def test_what_was_analysed_before_the_source_failed_or_somebody_stopped_is_kept(
    tmp_path: Path,
) -> None:
    with FakeFile(50) as source, session_for(source, tmp_path) as session:
        source.fail_at = 30
        with pytest.raises(SourceLostError):
            analyse(source, OneFace(), session)
    with Session.open(session.path) as session:
        assert session.frame_count == 30
        assert not session.is_complete
    stop = threading.Event()
    stop.set()
    (tmp_path / "b").mkdir()
    with FakeFile(50) as source, session_for(source, tmp_path / "b") as session:
        assert analyse(source, OneFace(), session, stop=stop).stopped
        assert not session.is_complete


def test_a_film_without_frames(tmp_path: Path) -> None:
    with FakeFile(0) as source, session_for(source, tmp_path) as session:
        assert analyse(source, OneFace(), session).frames == 0
        assert session.is_complete
        assert session.frame_count == 0
        assert session.persons() == []


def test_pictures_that_cannot_be_read_are_rows_of_their_own(tmp_path: Path) -> None:
    from PIL import Image

    names = [tmp_path / f"{n}.png" for n in range(5)]
    for n, name in enumerate(names):
        if n in (0, 2, 4):
            name.write_bytes(b"no picture")
        else:
            Image.new("RGB", (20 * n, 30)).save(name)
    with StillsSource(names, "some") as source, session_for(source, tmp_path) as session:
        outcome = analyse(source, FakePipeline(), session)
        assert outcome.frames == 2
        assert list(session.unreadable()) == [0, 2, 4]
        assert "0.png is not a picture" in session.unreadable()[0]
        assert session.pictures() == {n: str(name) for n, name in enumerate(names)}
        assert [r.image_wh for r in session.frames()] == [(20, 30), (60, 30)]
        assert len(session.problems) == 3
