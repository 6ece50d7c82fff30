"""What a pipeline keeps from frame to frame, and what it does not."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fer_core import pipeline as module
from fer_core.pipeline import FerPipeline, crop_for
from fer_core.types import Face, Frame
from tests.fer_core.test_pipeline import Given, MadeUp, frame

HERE = (0, 0, 50, 50)


def test_a_pipeline_is_live_and_calm_if_nobody_says_otherwise() -> None:
    made = FerPipeline(MadeUp(), Given(HERE))
    assert (made.smoothing_s, made.unsure_below, made.thorough) == (0.3, 0.45, False)
    (face,) = made.process(frame(0)).faces
    assert face.unsure_below == 0.45


def test_the_time_of_each_step_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((5.0, 5.010, 5.030, 5.031))
    monkeypatch.setattr(module, "perf_counter", lambda: next(times))
    took = FerPipeline(MadeUp(), Given(HERE)).process(frame(0)).timings_ms
    assert took["detect"] + took["track"] == pytest.approx(10)
    assert (took["classify"], took["total"]) == (pytest.approx(20), pytest.approx(31))
    assert took["detect"] > 0


@pytest.mark.parametrize(
    "first", [frame(0, 9.0), frame(7, 9.0, size=120), frame(7, 0.01)], ids=["index", "size", "time"]
)
def test_a_new_stream_knows_nobody_and_counts_from_1(first: Frame) -> None:
    made = FerPipeline(MadeUp(), Given(HERE))
    for index in range(1, 4):
        made.process(frame(index))
    made.detector = Given((60, 60, 110, 110), (4, 4, 40, 40))
    assert [f.face.track_id for f in made.process(first).faces] == [1, 2]


def test_two_frames_of_one_moment_are_of_one_stream() -> None:
    classifier = MadeUp()
    made = FerPipeline(classifier, Given(HERE), smoothing_s=0)
    made.process(frame(1, 0.5))
    classifier.first = 0.0
    (face,) = made.process(frame(2, 0.5)).faces
    assert face.prediction.label == "happiness", "it was read in this very moment"
    (face,) = made.process(frame(3, 0.4999)).faces
    assert face.prediction.label == "neutral"


@pytest.mark.parametrize("thorough", [False, True])
def test_a_face_that_is_hidden_is_shown_with_what_it_showed_and_not_read(thorough: bool) -> None:
    classifier = MadeUp()
    made = FerPipeline(classifier, Given(HERE), smoothing_s=0, thorough=thorough)
    for index in range(5):
        made.process(frame(index))
    made.detector.faces = []  # type: ignore[attr-defined]
    classifier.first, read = 0.0, len(classifier.calls)
    shown = [made.process(frame(index)).faces for index in range(5, 10)]
    assert [len(faces) for faces in shown[:1]] == [1]
    assert {face.prediction.label for faces in shown for face in faces} == {"happiness"}
    assert shown[-1] == ()
    assert len(classifier.calls) == read


def test_after_a_failure_all_are_read_anew() -> None:
    classifier, failing = MadeUp(), MadeUp("failing")
    failing.predict = lambda crops: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    made = FerPipeline(classifier, Given(HERE), smoothing_s=0)
    made.process(frame(0))
    made.classifier = failing
    with pytest.raises(ZeroDivisionError):
        made.process(frame(1))
    made.classifier, classifier.first = classifier, 0.0
    (face,) = made.process(frame(2)).faces
    assert face.prediction.label == "neutral"


def test_a_thorough_pipeline_stays_so_before_a_camera() -> None:
    class Camera(list[Frame]):
        is_live = True

    classifier = MadeUp()
    made = FerPipeline(classifier, Given(HERE), thorough=True)
    assert len(list(made.run(Camera(frame(index) for index in range(6))))) == 6
    assert len(classifier.calls) == 6
    assert made.thorough


def test_frames_of_one_film_are_smoothed_together() -> None:
    classifier, happy = MadeUp(), []
    for result in FerPipeline(classifier, Given(HERE)).run([frame(0), frame(1), frame(2)]):
        happy.append(float(result.faces[0].prediction.probs[0]))
        classifier.first = 0.0
    keep = np.exp(-1 / 30 / 0.3)
    assert happy == pytest.approx([1, keep, keep**2], abs=1e-5)


def test_thoroughness_can_be_set_for_the_next_frame() -> None:
    classifier = MadeUp()
    made = FerPipeline(classifier, Given(HERE))
    made.process(frame(0))
    made.process(frame(1))
    assert len(classifier.calls) == 1
    made.thorough = True
    made.process(frame(2))
    made.process(frame(3))
    assert len(classifier.calls) == 3


EYES = np.array([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]], np.float32)


@pytest.mark.parametrize(
    ("box", "landmarks", "align", "side"),
    [
        ((0, 0, 700, 600), EYES * 7, True, 512),  # larger ones are brought down, they cost time
        ((0, 0, 700, 600), EYES * 7, False, 700),
        ((0, 0, 700, 600), None, True, 700),
        ((10, 10, 10.2, 10.2), EYES, True, 1),
        ((100, 100, 200, 180), EYES + 100, True, 100),
    ],
)
def test_level_crops_are_of_one_to_512_pixels(
    box: tuple[float, float, float, float], landmarks: np.ndarray | None, align: bool, side: int
) -> None:
    image = np.zeros((720, 720, 3), np.uint8)
    spec: Any = SimpleNamespace(crop_margin=0.0, align=align)
    crop = crop_for(image, Face(np.array(box), 0.9, landmarks), spec)
    assert crop.shape == (side, side, 3)
