"""The real core without a window: videos, recordings, and what goes wrong in between."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes import make_face, make_result, make_row, write_model

from fer_core import paths, streaming
from fer_core.models import convert
from fer_core.statistics import StreamStatistics
from fer_core.types import Frame
from fer_core.untrusted import child
from fer_core.video import VideoSink, images, open_source
from fer_core.video.film_sink import MAX_GAP_S
from tests.fer_core.models.builders import unchecked
from tests.waiting import PATIENCE_S, until
from ui.core import RealCore
from ui.core.stage import Present
from ui.presenter.core import Added, AddingFailed, Failed, Look, Saved, SourceFailed
from ui.presenter.models import Checked, Proposed


@pytest.fixture
def core():
    made = RealCore()
    yield made
    made.stop()


def write_film(path, fps, count):
    """A grey film; gives its path."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    for index in range(count):
        writer.write(np.full((48, 64, 3), index % 200, np.uint8))
    writer.release()
    return str(path)


def shown(core):
    """Index of the frame that stands there, or -1."""
    present = core._stage.present()
    return present.frame.index if present is not None else -1


def next_event(core, *kinds):
    """The first event of some kinds; those before and with it are gone."""
    found = []

    def heard():
        found.extend(event for event in core.events() if isinstance(event, kinds))
        return found

    until(heard)
    return found[0]


def added(core, wanted):
    """The first event of a kind about adding a model."""
    found = next_event(core, wanted, AddingFailed)
    assert isinstance(found, wanted), found
    return found


def test_a_broken_file_leaves_the_model_that_is_being_added(core, tmp_path):
    write_model(tmp_path / "made", seed=3)
    (tmp_path / "made" / "model.json").unlink()
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    core.look_at_model(str(tmp_path / "made" / "model.onnx"))
    form = added(core, Checked).rows[0].form
    core.look_at_model(str(tmp_path / "broken.onnx"))
    assert "broken.onnx" in added(core, AddingFailed).message
    core.add_model(form, "mine", guess=False)
    assert added(core, Added).name == "mine"


def test_a_model_is_checked_with_another_detector_where_the_usual_one_is_broken(
    core, tmp_path, monkeypatch
):
    write_model(tmp_path / "made", seed=3)
    (tmp_path / "made" / "model.json").unlink()
    (tmp_path / "detectors" / "finder").mkdir(parents=True)
    monkeypatch.setattr(paths, "bundled_detectors_dir", lambda: tmp_path / "detectors")
    core.look_at_model(str(tmp_path / "made" / "model.onnx"))
    notes = added(core, Proposed).notes
    assert "detector.json" in notes[-2]
    assert notes[-1] == "The detector haar is used instead."


def test_without_a_model_that_is_being_added_all_that_can_be_asked_is_refused(core):
    form = make_row().form
    asks = (
        lambda: core.add_model(form, "mine", guess=False),
        lambda: core.try_reading(form),
        core.check_again,
    )
    for ask in asks:
        ask()
        assert "choose its file again" in added(core, AddingFailed).message


def test_the_end_does_not_wait_for_a_conversion(tmp_path, monkeypatch):
    (tmp_path / "slow_child.py").write_text("import time\ntime.sleep(10**6)\n")
    (tmp_path / "net.keras").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(convert, "_CHILD", "slow_child:convert")
    core = RealCore()
    core._loader.do(lambda: convert.engine_file(unchecked(tmp_path / "net.keras")))
    core._loader.do(lambda: pytest.fail("what waits is not begun any more"))
    until(lambda: child._running)
    (process,) = child._running
    core.stop()
    assert process.wait() != 0, "it was ended, and not waited for"
    assert not list(convert.cache_folder().iterdir())
    assert "cancelled" in next_event(core, Failed).message
    assert list(core.events()) == []


def write_photo(path):
    path.write_bytes(cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))[1].tobytes())
    return str(path)


def test_pictures_that_were_passed_over_are_not_decoded(core, tmp_path, monkeypatch):
    read, decoded, busy = images.read_photo, [], threading.Event()
    monkeypatch.setattr(images, "read_photo", lambda path: decoded.append(path) or read(path))
    core._jobs.do(lambda: busy.wait(PATIENCE_S))
    photos = [write_photo(tmp_path / f"{name}.png") for name in "abc"]
    for photo in photos:
        core.open_picture(photo)
    busy.set()
    until(lambda: shown(core) == 0)
    assert decoded == photos[-1:]


def test_a_failure_of_a_picture_that_is_no_longer_wanted_is_not_told(core, tmp_path):
    core.open_picture(str(tmp_path / "missing.png"))
    until(lambda: not core._events.empty())
    core.open_picture(write_photo(tmp_path / "a.png"))
    assert list(core.events()) == []
    core.open_picture(str(tmp_path / "missing.png"))
    assert "missing.png" in next_event(core, SourceFailed).message
    core.open_video(str(tmp_path / "missing.avi"))
    until(lambda: core._stage.present() or not core._events.empty())
    core.open_picture(write_photo(tmp_path / "a.png"))
    assert list(core.events()) == []


def test_a_still_picture_is_judged_again_when_the_threshold_moves(core):
    frame = Frame(np.zeros((80, 100, 3), np.uint8), 0, 0.0)
    core._stage._still = Present(frame, make_result(make_face("happiness", 0.7)))
    for threshold, unsure in ((0.8, True), (0.6, False), (0.71, True)):
        core.judge(threshold)
        (face,) = core._stage.present().result.faces
        assert face.unsure == unsure
        assert core._engine.unsure_below == threshold


def look(core):
    core.look(Look((64, 48), "en", mirror=False))


def test_only_a_recording_that_cannot_be_written_ends_the_recording(core, tmp_path):
    (tmp_path / "file").touch()
    look(core)
    core.open_video(write_film(tmp_path / "film.avi", 25, 50))
    until(lambda: shown(core) >= 0)
    core.save_statistics(str(tmp_path / "file" / "a.csv"))
    assert not next_event(core, Failed).recording
    core.save_snapshot(str(tmp_path / "file" / "a"))
    assert not next_event(core, Failed).recording
    core.record(str(tmp_path / "file" / "a"))
    assert next_event(core, Failed).recording


def test_the_window_does_not_wait_while_statistics_are_written(core, tmp_path, monkeypatch):
    writing, polled = threading.Event(), threading.Event()

    def to_png(*args, **options):
        writing.set()
        assert polled.wait(PATIENCE_S)

    monkeypatch.setattr(StreamStatistics, "to_png", to_png)
    core.open_video(write_film(tmp_path / "film.avi", 25, 50))
    until(lambda: shown(core) >= 0)
    core.save_statistics(str(tmp_path / "a.png"))
    assert writing.wait(PATIENCE_S)
    core.results()
    polled.set()
    assert next_event(core, Saved, Failed) == Saved((str(tmp_path / "a.png"),))


@pytest.fixture
def slow(monkeypatch):
    """One frame a second is measured, as on a busy machine or after a pause."""
    monkeypatch.setattr(streaming.RateMeter, "rate", lambda meter, now: 1.0)


@pytest.mark.parametrize("fps", [25, 120])
def test_a_recording_lasts_as_long_as_what_it_shows(core, tmp_path, fps, slow, monkeypatch):
    times, write = [], VideoSink.write

    def write_and_note(sink, frame, result):
        times.append(frame.time_s)
        write(sink, frame, result)

    monkeypatch.setattr(VideoSink, "write", write_and_note)
    look(core)
    core.open_video(write_film(tmp_path / "film.avi", fps, 2 * fps))
    until(lambda: shown(core) >= 0)
    core.play(False)
    core._stage.session.seek(0)
    until(lambda: shown(core) == 0 and core._stage.present().result is not None)
    core.record(str(tmp_path / "recorded"))
    until(lambda: core._stage._recorder is not None)
    core.play(True)
    until(lambda: core.progress().status == "ended")
    core.stop_recording()
    film, _ = next_event(core, Saved, Failed).paths
    with open_source(film) as source:
        recorded = [frame.time_s for frame in source]
    # What a busy machine left out for more than two seconds is a jump, and left out here, too.
    steps = [step if step <= MAX_GAP_S else 1 / fps for step in np.diff(times)]
    assert np.diff(recorded) == pytest.approx(steps, abs=0.001)


def test_a_recording_while_paused_says_that_there_is_none(core, tmp_path):
    look(core)
    core.open_video(write_film(tmp_path / "film.avi", 25, 50))
    until(lambda: shown(core) >= 0)
    core.play(False)
    until(lambda: core._stage.session.snapshot().paused)
    until(lambda: core._stage.present().result is not None)
    core.record(str(tmp_path / "recorded"))
    until(lambda: core._stage._recorder is not None)
    core.stop_recording()
    event = next_event(core, Saved, Failed)
    assert isinstance(event, Failed) or all(Path(path).exists() for path in event.paths)
    assert isinstance(event, Saved) or not list((tmp_path / "recorded").iterdir())


@pytest.mark.parametrize("fps", [5, 60])
def test_one_frame_back_is_one_frame_whatever_the_rate(core, tmp_path, fps, slow):
    core.open_video(write_film(tmp_path / "film.avi", fps, 40))
    until(lambda: shown(core) >= 0)
    core.play(False)
    core._stage.session.seek(20 / fps)
    until(lambda: shown(core) == 20)
    for index in (19, 18, 17, 16, 15):
        core.step(-1)
        until(lambda index=index: shown(core) == index)
