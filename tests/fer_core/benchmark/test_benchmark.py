import json
import subprocess

import cv2
import numpy as np
import pytest

from fer_core.benchmark import clips, live, memory, processes, speed
from fer_core.benchmark.report import Figure, Row, environment
from fer_core.detection import create_detector
from fer_core.expressions import EXPRESSIONS
from fer_core.models.spec import InputSpec
from fer_core.pipeline import FerPipeline
from fer_core.types import Prediction
from fer_core.video import open_source

LABELS = EXPRESSIONS[:7]


class FakeSpec:
    input = InputSpec(48, 48, "gray", "nhwc", 1.0, (0.0,), (1.0,), "area", False, 0.0, False)


class FakeClassifier:
    name = "fake"
    spec = FakeSpec()

    def predict(self, crops):
        return [Prediction(np.full(7, 1 / 7, np.float32), LABELS) for _ in crops]


@pytest.fixture
def pipeline():
    return FerPipeline(FakeClassifier(), create_detector("haar"))


def test_targets_are_upper_or_lower_bounds():
    assert Figure("mean", 5.0, "ms", 8.0).ok is True
    assert Figure("mean", 9.0, "ms", 8.0).ok is False
    assert Figure("rate", 29.0, "fps", 30.0, at_least=True).ok is False
    assert Figure("rate", 29.0, "fps").ok is None
    assert Row("a", "a").ok is None
    assert Row("a", "a", (Figure("x", 1, ""), Figure("y", 1, "", 2.0))).ok is True


def test_the_environment_names_the_machine():
    where = environment()
    assert where["cpus"] >= 1
    assert where["packages"]["numpy"] == np.__version__
    json.dumps(where)


def test_clips_are_the_same_each_time_and_repeat():
    first = [frame.image for frame in clips.one_face((320, 240), 3)]
    again = [frame.image for frame in clips.one_face((320, 240), 3, start=clips.PERIOD)]
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (first[0] != first[2]).any()


@pytest.mark.parametrize(("make", "faces"), [(clips.one_face, 1), (clips.ten_faces, 10)])
def test_clips_show_as_many_faces_as_they_say(make, faces, pipeline):
    timing = speed.time_pipeline(pipeline, make((1280, 720), 12), warm_up=2)
    assert timing.faces.tolist() == [faces] * 10
    assert (timing.total_ms > 0).all()


def test_reading_one_face_is_timed_without_finding_it():
    assert clips.head().shape == (190, 190, 3)
    assert speed.time_reading(FakeClassifier(), clips.head(), 3) > 0


def test_a_written_clip_can_be_opened(tmp_path):
    clips.write_clip(tmp_path / "clip.avi", (320, 240), 5)
    with open_source(tmp_path / "clip.avi") as source:
        assert len(list(source)) == 5


def test_found_and_phantom_faces_are_counted():
    timing = speed.Timing(np.ones(5), np.array([1, 0, 2, 1, 0]), cpu_ms=1.0)
    share, phantoms = speed.found(timing, np.array([1, 1, 1, 0, 0]))
    assert share.value == pytest.approx(100 * 2 / 3)
    assert phantoms.value == 2


def test_the_picture_goes_on_while_a_slow_model_runs(pipeline, monkeypatch):
    monkeypatch.setattr(live, "SLOW_S", 0.05)
    row = live.measure_display(pipeline, 0.5)
    rate, gap = row.figures
    assert rate.value > 0
    assert gap.value > 0


def test_a_model_is_swapped_while_the_stream_runs(pipeline):
    row = live.measure_swap(pipeline, FakeClassifier, 1.0)
    assert [figure.name for figure in row.figures] == ["until its first result", "longest gap"]
    assert row.figures[0].value > 0


@pytest.mark.skipif(not memory.can_measure(), reason="only Linux tells a process its memory")
def test_memory_is_measured_on_the_real_code(pipeline, monkeypatch):
    import fer_core.pipeline

    monkeypatch.setattr(fer_core.pipeline, "load_pipeline", lambda *names: pipeline)
    measured = memory.measure("m", "d", early_frames=2, late_frames=4)
    assert 10 < measured.early_mb < 4000
    assert 10 < measured.late_mb < 4000


def answer(stdout="", stderr="", code=0):
    def run(command, timeout_s=0.0):
        return subprocess.CompletedProcess(command, code, stdout, stderr)

    return run


def test_a_start_that_fails_is_a_note_and_no_figure(monkeypatch):
    monkeypatch.setattr(processes, "_run", answer(stderr="There is no model 'x'.\n", code=2))
    for row in (processes.cold_start("x", "haar", 2), processes.memory_growth("x", "haar", 1, 2)):
        assert row.figures == ()
        assert row.note == "not measured: There is no model 'x'."


def test_cold_start_gives_best_and_median(monkeypatch):
    monkeypatch.setattr(processes, "_run", answer("[]"))
    row = processes.cold_start("m", "haar", 3)
    assert [figure.name for figure in row.figures] == ["best", "median"]


def test_the_window_reports_its_start(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr(processes, "_run", answer('{"visible_s": 0.5, "first_overlay_s": 1.5}'))
    row = processes.window_start(None)
    assert [figure.value for figure in row.figures] == [0.5, 1.5]
    assert row.ok is True
    monkeypatch.setattr(processes, "_run", answer("", "it broke"))
    assert processes.window_start(None).note == "not measured: it broke"


def test_without_a_display_the_window_is_left_out(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    assert "no display" in processes.window_start(None).note


def test_installed_size_counts_what_the_requirements_need():
    row = processes.installed_size()
    assert row.figures[0].value > 100
    assert "requirements.txt" in row.note


def test_the_portrait_is_there():
    assert cv2.imread(str(clips.portrait_path())).shape == (512, 512, 3)
