"""Recordings: what is said of them is so."""

import threading
from pathlib import Path

import numpy as np
import pytest
from fakes import make_face, make_result

from fer_core.errors import OutputError
from fer_core.types import Frame
from fer_core.video import open_source
from tests.waiting import PATIENCE_S
from ui.core import saving
from ui.core.stage import NOTHING_RECORDED, Stage
from ui.presenter.core import Failed, Look, Saved

WH = (64, 48)
LOOK = Look(WH, "en", mirror=False)


def make_frame(index: int) -> Frame:
    return Frame(np.full((48, 64, 3), 10 * index, np.uint8), index, index / 25)


def make_one_result() -> object:
    return make_result(make_face("happiness", 0.7))


class Jobs:
    """Does what it is given at once, or in another thread as the window's worker."""

    def do(self, job: object) -> None:
        job()


@pytest.fixture
def stage() -> tuple[Stage, list]:
    told: list = []
    return Stage(engine=None, jobs=Jobs(), tell=told.append), told


def test_a_recording_without_a_frame_says_so_and_leaves_nothing(
    stage: tuple[Stage, list], tmp_path: Path
) -> None:
    stage, told = stage
    stage.record(saving.Recorder(str(tmp_path), 25, WH, LOOK))
    stage.stop_recording()
    assert told == [Failed(NOTHING_RECORDED, recording=True)]
    assert list(tmp_path.iterdir()) == []


def test_what_is_named_is_there(stage: tuple[Stage, list], tmp_path: Path) -> None:
    stage, told = stage
    recorder = saving.Recorder(str(tmp_path), 25, WH, LOOK)
    stage.record(recorder)
    for index in range(3):
        stage._observe(0, make_frame(index), make_one_result())
    stage.stop_recording()
    (event,) = told
    assert isinstance(event, Saved)
    assert sorted(Path(path) for path in event.paths) == sorted(tmp_path.iterdir())
    with open_source(event.paths[0]) as film:
        assert [frame.time_s for frame in film] == pytest.approx([0, 0.04, 0.08])


def test_stopping_while_a_frame_is_drawn_keeps_it_and_says_nothing_wrong(
    stage: tuple[Stage, list], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that draws has the recording in its hand when another one stops it."""
    stage, told = stage
    drawing, stopped = threading.Event(), threading.Event()
    annotate = saving._annotated

    def draw(*arguments: object) -> np.ndarray:
        drawing.set()
        stopped.wait(0.2)  # long enough for `close`, if it did not wait for this frame
        return annotate(*arguments)

    monkeypatch.setattr(saving, "_annotated", draw)
    stage.record(saving.Recorder(str(tmp_path), 25, WH, LOOK))
    writer = threading.Thread(
        target=lambda: stage._observe(0, make_frame(0), make_one_result()), daemon=True
    )
    writer.start()
    assert drawing.wait(PATIENCE_S)
    stage.stop_recording()
    stopped.set()
    writer.join(PATIENCE_S)
    (event,) = told
    assert isinstance(event, Saved)
    with open_source(event.paths[0]) as film:
        assert len(list(film)) == 1


def test_a_frame_that_comes_after_the_stop_is_left_out(
    stage: tuple[Stage, list], tmp_path: Path
) -> None:
    stage, told = stage
    recorder = saving.Recorder(str(tmp_path), 25, WH, LOOK)
    recorder.write(make_frame(0), make_one_result())
    stage.record(recorder)
    with stage._lock:  # `_observe` has taken the recorder, and `stop_recording` closes it first
        taken = stage._recorder
    stage.stop_recording()
    taken.write(make_frame(1), make_one_result())
    (event,) = told
    assert isinstance(event, Saved)
    with open_source(event.paths[0]) as film:
        assert len(list(film)) == 1


def test_two_recordings_of_one_second_have_names_of_their_own(tmp_path: Path) -> None:
    recorders = [saving.Recorder(str(tmp_path), 25, WH, LOOK) for _ in range(3)]
    for recorder in recorders:
        recorder.write(make_frame(0), make_one_result())
    paths = [path for recorder in recorders for path in recorder.close()]
    assert len(set(paths)) == len(list(tmp_path.iterdir())) == 6


def test_a_recording_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OutputError("a.mp4 cannot be written.")

    monkeypatch.setattr(saving, "VideoSink", refuse)
    with pytest.raises(OutputError):
        saving.Recorder(str(tmp_path), 25, WH, LOOK)
    assert list(tmp_path.iterdir()) == []
