import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from streaming_fakes import FakeCamera, FakeFile, FakePipeline, wait_for

from fer_core import playback, streaming
from fer_core.errors import ModelError, OutputError, SourceOpenError
from fer_core.streaming import StreamSession
from fer_core.video.base import VideoSource
from tests.waiting import PATIENCE_S

Start = Callable[..., StreamSession]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts sessions and stops them at the end."""
    monkeypatch.setattr(streaming, "BACKOFF_S", (0.01,))
    sessions: list[StreamSession] = []

    def _start(
        source: VideoSource | Callable[[], VideoSource],
        pipeline: FakePipeline | None = None,
        *,
        reconnect: bool = False,
        paused: bool = False,
    ) -> StreamSession:
        opens = (lambda: source) if isinstance(source, VideoSource) else source
        session = StreamSession(opens, pipeline or FakePipeline(), reconnect=reconnect)
        sessions.append(session)
        if paused:
            session.pause()
        session.start()
        return session

    yield _start
    for session in sessions:
        session.stop()


def index(session: StreamSession) -> int | None:
    frame = session.snapshot().frame
    return frame.index if frame else None


def result_index(session: StreamSession) -> int | None:
    result = session.snapshot().result
    return result.frame_index if result else None


def test_before_the_first_frame(start: Start) -> None:
    opened = threading.Event()

    def slow() -> VideoSource:
        opened.wait(PATIENCE_S)
        return FakeFile()

    session = start(slow)
    state = session.snapshot()
    assert (state.status, state.frame, state.result, state.message) == ("starting", None, None, "")
    opened.set()
    wait_for(lambda: session.snapshot().frame)


def test_a_file_plays_to_its_end_and_its_last_frame_stays(start: Start) -> None:
    pipeline = FakePipeline()
    session = start(FakeFile(20), pipeline)
    wait_for(lambda: session.snapshot().status == "ended" and result_index(session) == 19)
    state = session.snapshot()
    assert state.frame is not None
    assert state.frame.index == 19
    assert state.can_seek
    assert state.duration_s == pytest.approx(0.1)
    assert state.position == pytest.approx(0.95)
    assert state.message == ""
    assert pipeline.seen == sorted(pipeline.seen)
    assert len(pipeline.seen) + state.dropped == 20


def test_a_film_that_is_damaged_says_so_at_its_end(start: Start) -> None:
    class Damaged(FakeFile):
        problems = ("fake.mp4 is damaged: 4 of 24 frames are lost; copy it again.",)

    session = start(Damaged(20))
    wait_for(lambda: session.snapshot().status == "ended")
    assert session.snapshot().message == Damaged.problems[0]


def test_a_gap_of_an_hour_is_not_waited_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "_LONGEST_WAIT_S", 0.01)
    session = start(FakeFile(6, fps=1 / 3500))
    wait_for(lambda: session.snapshot().status == "ended" and result_index(session) == 5)
    assert session.snapshot().position_s == pytest.approx(5 * 3500)


def test_the_picture_does_not_wait_for_the_model(start: Start) -> None:
    pipeline = FakePipeline()
    pipeline.gate = threading.Event()
    session = start(FakeCamera(), pipeline)
    wait_for(lambda: (index(session) or 0) > 20)
    state = session.snapshot()
    assert state.result is None
    assert state.fps > 0
    pipeline.gate.set()
    wait_for(lambda: session.snapshot().result)
    state = session.snapshot()
    assert state.dropped >= 15
    assert state.latency_ms > 0
    assert state.frame is not None
    assert state.result is not None
    assert state.result.frame_index <= state.frame.index


def test_a_broken_model_is_told_and_the_picture_goes_on(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = FakePipeline()
    pipeline.error = ModelError("The model needs another input.")
    session = start(FakeCamera(), pipeline)
    wait_for(lambda: session.snapshot().message == "The model needs another input.")
    at = index(session) or 0
    wait_for(lambda: (index(session) or 0) > at + 10)
    assert session.snapshot().status == "running"

    pipeline.error = ZeroDivisionError("not for a person")
    wait_for(lambda: "model failed" in session.snapshot().message)
    pipeline.error = None  # another model is chosen
    wait_for(lambda: session.snapshot().message == "" and session.snapshot().result)
    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1
    caplog.clear()


def test_an_unexpected_error_is_logged_once(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    pipeline = FakePipeline()
    pipeline.error = ZeroDivisionError("not for a person")
    session = start(FakeCamera(), pipeline)
    wait_for(lambda: session.snapshot().message)
    at = index(session) or 0
    wait_for(lambda: (index(session) or 0) > at + 10)
    assert "not for a person" not in session.snapshot().message
    session.stop()
    errors = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].exc_info
    caplog.clear()


def test_a_camera_that_is_lost_comes_back(start: Start) -> None:
    missing = threading.Event()
    cameras = [FakeCamera(5), FakeCamera()]
    pipeline = FakePipeline()
    attempts = 0

    def opens() -> VideoSource:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            return cameras[0]
        if not missing.is_set():
            raise SourceOpenError("No camera was found; plug one in.")
        return cameras[1]

    session = start(opens, pipeline, reconnect=True)
    wait_for(lambda: session.snapshot().status == "reconnecting")
    wait_for(lambda: session.snapshot().message == "No camera was found; plug one in.")
    wait_for(lambda: attempts > 3)
    before = session.snapshot()
    assert before.frame is not None
    assert before.frame.index == 4  # the last picture stays
    missing.set()
    wait_for(lambda: session.snapshot().status == "running" and (index(session) or 0) > 8)
    after = session.snapshot()
    assert after.message == ""
    assert after.frame is not None
    assert after.frame.time_s > before.frame.time_s
    wait_for(lambda: pipeline.resets == 2)
    assert cameras[0].releases == 1


def test_a_camera_that_never_worked_fails_at_once(start: Start) -> None:
    def opens() -> VideoSource:
        raise SourceOpenError("No camera was found; plug one in.")

    session = start(opens, reconnect=True)
    wait_for(lambda: session.snapshot().status == "failed")
    assert session.snapshot().message == "No camera was found; plug one in."


def test_a_file_that_is_lost_fails(start: Start) -> None:
    source = FakeFile(20)
    source.fail_at = 7
    session = start(source)
    wait_for(lambda: session.snapshot().status == "failed")
    assert session.snapshot().message == "fake.mp4 can no longer be read."
    assert index(session) == 6
    assert source.releases == 1


def test_an_unexpected_error_of_the_source(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    def opens() -> VideoSource:
        raise RuntimeError("not for a person")

    session = start(opens)
    wait_for(lambda: session.snapshot().status == "failed")
    assert "open it again" in session.snapshot().message
    assert any(r.exc_info for r in caplog.records)
    caplog.clear()


def test_pause_step_seek_and_resume(start: Start) -> None:
    pipeline = FakePipeline()
    session = start(FakeFile(50), pipeline, paused=True)
    session.step()
    wait_for(lambda: result_index(session) == 0)
    session.step()
    wait_for(lambda: result_index(session) == 1)
    assert session.snapshot().paused

    session.seek(30 / 200)
    wait_for(lambda: result_index(session) == 30)
    session.seek(10 / 200)
    wait_for(lambda: result_index(session) == 10)
    assert index(session) == 10
    assert pipeline.seen == [0, 1, 30, 10]
    assert pipeline.resets == 3  # at the start, and with each jump

    session.resume()
    wait_for(lambda: session.snapshot().status == "ended")
    assert index(session) == 49
    session.seek(2.0)  # behind the end
    wait_for(lambda: session.snapshot().status == "ended")
    session.resume()  # from the start again
    wait_for(lambda: (index(session) or 99) < 49)


def test_after_a_jump_old_results_are_not_shown(start: Start) -> None:
    pipeline = FakePipeline()
    session = start(FakeFile(50), pipeline, paused=True)
    session.step()
    wait_for(lambda: result_index(session) == 0)
    pipeline.gate = threading.Event()
    session.seek(0.2)
    wait_for(lambda: index(session) == 40)
    assert session.snapshot().result is None
    pipeline.gate.set()
    wait_for(lambda: result_index(session) == 40)


def test_pictures_are_each_a_new_beginning(start: Start) -> None:
    source, pipeline = FakeFile(5, fps=50), FakePipeline()
    source.is_stills = True
    session = start(source, pipeline, paused=True)
    for number in range(5):
        session.step()
        wait_for(lambda number=number: result_index(session) == number)
    assert pipeline.resets == 5


def test_observers_get_every_result(start: Start) -> None:
    pipeline, got = FakePipeline(), []
    session = StreamSession(lambda: FakeFile(30), pipeline)
    session.add_observer(lambda frame, result: got.append((frame.index, result.frame_index)))
    session.start()
    wait_for(lambda: result_index(session) == 29)
    session.stop()
    assert [a for a, _ in got] == pipeline.seen
    assert all(a == b for a, b in got)


def test_a_recorder_that_fails_is_told_and_left_out(start: Start) -> None:
    calls: list[int] = []

    def recorder(*_: object) -> None:
        calls.append(1)
        raise OutputError("a.mp4 cannot grow: the disk is full.")

    session = start(FakeCamera())
    session.add_observer(recorder)
    wait_for(lambda: session.snapshot().message == "a.mp4 cannot grow: the disk is full.")
    at = result_index(session) or 0
    wait_for(lambda: (result_index(session) or 0) > at + 5)
    assert calls == [1]
    session.remove_observer(recorder)  # once more does no harm
    session.add_observer(lambda *_: None)
    assert session.snapshot().message == ""


def test_stopping_in_every_state(start: Start) -> None:
    blocked = FakePipeline()
    blocked.gate = threading.Event()
    paused = start(FakeFile(), paused=True)
    ended = start(FakeFile(2))
    wait_for(lambda: ended.snapshot().status == "ended")
    live = start(FakeCamera(), blocked)
    wait_for(lambda: live.snapshot().frame)
    blocked.gate.set()
    for session in (paused, ended, live):
        session.stop()
        session.stop()
        assert session.snapshot().status == "ended"
    StreamSession(FakeFile, FakePipeline()).stop()  # never started


def test_stopping_while_reconnecting(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "BACKOFF_S", (600,))
    session = start(lambda: FakeCamera(3), reconnect=True)
    wait_for(lambda: session.snapshot().status == "reconnecting")
    session.stop()


def test_an_observer_may_stop_the_session(start: Start) -> None:
    session = start(FakeCamera())
    stopped = threading.Event()

    def stop(*_: object) -> None:
        session.stop()
        stopped.set()

    session.add_observer(stop)
    assert stopped.wait(PATIENCE_S)


def test_many_threads_at_once(start: Start) -> None:
    session = start(FakeFile(200, fps=1000))
    errors: list[Exception] = []

    def use(number: int) -> None:
        try:
            for step in range(50):
                action = (number + step) % 5
                if action == 0:
                    session.seek(step / 1000)
                elif action == 1:
                    session.pause()
                elif action == 2:
                    session.step()
                else:
                    session.resume()
                session.snapshot()
        except Exception as error:
            errors.append(error)

    users = [threading.Thread(target=use, args=(n,)) for n in range(5)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    session.stop()
    assert errors == []


def test_a_recorder_that_is_removed_and_closed_is_not_told(start: Start) -> None:
    session = start(FakeCamera())
    inside, closed = threading.Event(), threading.Event()

    def recorder(*_: object) -> None:
        inside.set()
        closed.wait(PATIENCE_S)
        raise OutputError("a.mp4 is already finished.")

    session.add_observer(recorder)
    assert inside.wait(PATIENCE_S)
    assert session.remove_observer(recorder)
    closed.set()
    at = result_index(session) or 0
    wait_for(lambda: (result_index(session) or 0) > at + 3)
    assert session.snapshot().message == ""


@pytest.mark.slow
def test_five_thousand_frames_take_no_more_memory_than_one_thousand(start: Start) -> None:
    import tracemalloc

    session = start(FakeCamera(fps=2000))
    tracemalloc.start()
    try:
        wait_for(lambda: (index(session) or 0) > 1000)
        early, _ = tracemalloc.get_traced_memory()
        wait_for(lambda: (index(session) or 0) > 5000, "frame 5000")
        late, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert late - early < 200_000
