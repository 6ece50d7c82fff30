import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from streaming_fakes import FakeFile, FakePipeline

from fer_core.errors import OutputError, SourceLostError
from fer_core.export import ExportSummary, export
from fer_core.types import Frame, FrameResult
from fer_core.video import CsvSink, JsonLinesSink, VideoSink


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

    sinks, told = [ListSink(), ListSink()], []
    with FakeFile(60) as source:
        summary = export(source, Slow(), sinks, progress=lambda *done: told.append(done))
    assert summary == ExportSummary(frames=60, with_face=0, cancelled=False)
    assert sinks[0].indices == sinks[1].indices == list(range(60))
    assert told == [(n, 60) for n in range(1, 61)]


def test_the_reader_does_not_run_away() -> None:
    pipeline = FakePipeline()
    with FakeFile(1000) as source:
        ahead: list[int] = []
        export(source, pipeline, [], progress=lambda done, _: ahead.append(source.position - done))
    assert max(ahead) <= 6


def test_into_files(tmp_path: Path) -> None:
    with (
        FakeFile(25) as source,
        VideoSink(tmp_path / "a.avi", 200, source.size_wh) as video,
        CsvSink(tmp_path / "a.csv") as rows,
        JsonLinesSink(tmp_path / "a.jsonl", source.name) as lines,
    ):
        export(source, FakePipeline(), [video, rows, lines])
        assert video.frames == 25
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 25


def test_cancel() -> None:
    cancel, sink = threading.Event(), ListSink()

    def progress(done: int, _: int | None) -> None:
        if done == 10:
            cancel.set()

    with FakeFile(10_000) as source:
        summary = export(source, FakePipeline(), [sink], progress=progress, cancel=cancel)
    assert summary == ExportSummary(frames=10, with_face=0, cancelled=True)
    assert len(sink.indices) == 10


def test_a_source_that_fails_is_told_after_its_last_frame() -> None:
    sink = ListSink()
    with FakeFile(50) as source:
        source.fail_at = 30
        with pytest.raises(SourceLostError):
            export(source, FakePipeline(), [sink])
    assert sink.indices == list(range(30))


def test_a_sink_or_pipeline_that_fails_ends_the_export() -> None:
    with FakeFile(500) as source, pytest.raises(OutputError, match="no space left"):
        export(source, FakePipeline(), [ListSink(fail_at=20)])
    pipeline = FakePipeline()
    pipeline.error = ZeroDivisionError()
    with FakeFile(500) as source, pytest.raises(ZeroDivisionError):
        export(source, pipeline, [])


def test_pictures_are_each_a_new_beginning() -> None:
    pipeline = FakePipeline()
    with FakeFile(4) as source:
        source.is_stills = True
        export(source, pipeline, [])
    assert pipeline.resets == 5
