"""The whole way of a frame, with a classifier that is made up."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fer_core.detection import create_detector
from fer_core.pipeline import FerPipeline, face_crop, load_pipeline
from fer_core.types import Face, Frame, Prediction


class MadeUp:
    """Predicts the same for every face, and remembers what it was given."""

    def __init__(
        self,
        name: str = "made-up",
        labels: tuple[str, ...] = ("happiness", "neutral"),
        margin: float = 0.0,
        align: bool = False,
    ) -> None:
        self.name = name
        self.labels = labels
        self.spec: Any = SimpleNamespace(input=SimpleNamespace(crop_margin=margin, align=align))
        self.calls: list[list[np.ndarray]] = []
        self.first = 1.0

    def predict(self, crops: list[np.ndarray]) -> list[Prediction]:
        self.calls.append(crops)
        probs = np.zeros(len(self.labels))
        probs[:2] = self.first, 1 - self.first
        return [Prediction(probs, self.labels) for _ in crops]


class Given:
    """Finds the faces that it was given."""

    name = "given"

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self.faces = [Face(np.array(box), 0.9) for box in boxes]

    def detect(self, image: np.ndarray) -> list[Face]:
        return self.faces


def frame(index: int, time_s: float | None = None, size: int = 200) -> Frame:
    image = np.full((size, size, 3), 100, np.uint8)
    return Frame(image, index, index / 30 if time_s is None else time_s)


def test_a_still_picture(portrait: np.ndarray) -> None:
    classifier = MadeUp()
    result = FerPipeline(classifier, create_detector("haar")).process(Frame(portrait, 0, 0.0))
    (face,) = result.faces
    assert face.prediction.label == "happiness"
    assert face.face.track_id == 1
    assert face.quality.hints == ()
    assert (result.model, result.image_wh) == ("made-up", (512, 512))
    assert set(result.timings_ms) == {"detect", "track", "classify", "total"}
    parts = sum(result.timings_ms[name] for name in ("detect", "track", "classify"))
    assert 0 < parts <= result.timings_ms["total"]


def test_all_faces_of_a_frame_are_classified_in_one_batch_and_no_face_in_none() -> None:
    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 0, 50, 50), (100, 100, 180, 180)))
    assert len(pipeline.process(frame(0)).faces) == 2
    assert [[crop.shape for crop in call] for call in classifier.calls] == [
        [(50, 50, 3), (80, 80, 3)]
    ]
    pipeline.detector = Given()
    assert pipeline.process(frame(1)).faces == ()
    assert len(classifier.calls) == 1


def test_probabilities_are_smoothed_until_a_new_stream_begins() -> None:
    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 0, 50, 50)), smoothing_s=0.3)

    def happy(frame: Frame) -> float:
        return float(pipeline.process(frame).faces[0].prediction.probs[0])

    def begin() -> None:
        classifier.first = 1.0
        pipeline.process(frame(0))
        classifier.first = 0.0
        assert happy(frame(1)) > 0.5

    begin()
    assert happy(frame(0)) == 0  # index 0
    begin()
    assert happy(frame(2, size=100)) == 0  # another size
    begin()
    assert happy(frame(9, time_s=0.01)) == 0  # back in time
    begin()
    pipeline.reset()
    assert happy(frame(2)) == 0
    begin()
    pipeline.smoothing_s = 0
    assert happy(frame(2)) == 0


def test_the_classifier_can_be_changed_between_two_frames() -> None:
    pipeline = FerPipeline(MadeUp(), Given((0, 0, 50, 50)))
    pipeline.process(frame(0))
    other = MadeUp("other", ("anger", "disgust", "fear"))
    pipeline.classifier = other
    assert pipeline.classifier is other
    result = pipeline.process(frame(1))
    assert result.model == "other"
    assert result.faces[0].prediction.probs.tolist() == [1, 0, 0]
    assert result.faces[0].face.track_id == 1


def test_the_detector_can_be_changed_and_known_faces_stay_known() -> None:
    pipeline = FerPipeline(MadeUp(), Given((0, 0, 50, 50)))
    pipeline.process(frame(0))
    pipeline.detector = Given((4, 0, 54, 50), (120, 120, 170, 170))
    result = pipeline.process(frame(1))
    assert [face.face.track_id for face in result.faces] == [1, 2]


def test_hot_swap_while_another_thread_is_at_work() -> None:
    pipeline = FerPipeline(MadeUp(), Given((0, 0, 50, 50)))
    models = [MadeUp(f"m{i}", ("anger", "disgust", "fear")[: 2 + i % 2]) for i in range(40)]
    results: list[Any] = []
    worker = threading.Thread(
        target=lambda: results.extend(pipeline.process(frame(i)) for i in range(300))
    )
    worker.start()
    for model in models:
        pipeline.classifier = model
        pipeline.detector = Given((0, 0, 50, 50))
        pipeline.reset()
    worker.join()
    assert len(results) == 300
    sizes = {model.name: len(model.labels) for model in models} | {"made-up": 2}
    for result in results:
        assert len(result.faces[0].prediction.labels) == sizes[result.model]


def test_an_error_of_the_classifier_leaves_the_pipeline_usable() -> None:
    pipeline = FerPipeline(MadeUp(), Given((0, 0, 50, 50)))
    working = pipeline.classifier
    broken = MadeUp()
    broken.predict = lambda crops: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    pipeline.classifier = broken
    with pytest.raises(ZeroDivisionError):
        pipeline.process(frame(0))
    pipeline.classifier = working
    assert len(pipeline.process(frame(1)).faces) == 1


@pytest.mark.parametrize("wh", [(1, 1), (3, 2), (19, 700), (6000, 40)])
def test_odd_sizes(wh: tuple[int, int]) -> None:
    pipeline = FerPipeline(MadeUp(), create_detector("haar"))
    for index in range(3):
        image = np.full((wh[1], wh[0], 3), 77, np.uint8)
        assert pipeline.process(Frame(image, index, index / 30)).faces == ()


def test_what_is_not_sure_is_decided_on_the_smoothed_probabilities_of_the_same_result() -> None:
    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 0, 50, 50)), smoothing_s=0.3, unsure_below=0.7)
    told = []
    for index, first in enumerate((1.0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6)):
        classifier.first = first
        (face,) = pipeline.process(frame(3 * index)).faces
        assert face.unsure == (round(face.prediction.confidence, 4) < 0.7)
        told.append(face.shows)
    assert told[:2] == ["happiness", "happiness"]  # the second reading alone would not be sure
    assert told[-1] == "unsure"
    pipeline.unsure_below = 0.5
    assert pipeline.process(frame(40)).faces[0].shows == "happiness"


def test_boxes_are_in_px_of_the_picture_of_which_the_frame_is_a_reduced_copy() -> None:
    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 10, 50, 60)))
    small = frame(0)
    for _ in range(2):
        result = pipeline.process(Frame(small.image, 0, 0.0, full_wh=(401, 600)))
        assert result.image_wh == (401, 600)
        (face,) = result.faces
        np.testing.assert_allclose(face.face.box_xyxy, [0, 30, 100.25, 180])
        assert classifier.calls[-1][0].shape == (50, 50, 3)
    back = result.resized((200, 200)).faces[0].face.box_xyxy
    np.testing.assert_allclose(back, [0, 10, 50, 60], atol=1e-3)


def test_run_gives_one_result_a_frame() -> None:
    pipeline = FerPipeline(MadeUp(), Given((0, 0, 50, 50)))
    results = list(pipeline.run(frame(i) for i in range(5)))
    assert [result.frame_index for result in results] == [0, 1, 2, 3, 4]
    assert {result.faces[0].face.track_id for result in results} == {1}


def test_run_takes_stills_for_pictures_of_their_own() -> None:
    class Folder(list[Frame]):
        is_stills = True

    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 0, 50, 50)), smoothing_s=10)
    happy = []
    for result in pipeline.run(Folder(frame(i) for i in range(3))):
        happy.append(float(result.faces[0].prediction.probs[0]))
        classifier.first = 0.0
    assert happy == [1, 0, 0]


@pytest.mark.parametrize("detector", ["haar", pytest.param("yunet", marks=pytest.mark.data)])
def test_a_pipeline_from_names(
    detector: str,
    tmp_path: Path,
    portrait: np.ndarray,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if detector == "yunet":
        weights = request.getfixturevalue("weights_dir")
        monkeypatch.setenv("MIMIK_YUNET", str(weights / "face_detection_yunet_2023mar.onnx"))
    model = tiny_onnx(tmp_path / "my network.onnx")
    pipeline = load_pipeline(str(model), detector, smoothing_s=0)
    (face,) = pipeline.process(Frame(portrait, 0, 0.0)).faces
    assert pipeline.smoothing_s == 0
    assert face.prediction.label == "sadness"
    assert face.prediction.confidence > 0.9


def tiny_onnx(path: Path) -> Path:
    """A network of 24 px, grey, that finds every picture sad."""
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    sad = np.array([[0, 0, 0, 0, 9, 0, 0]], np.float32)  # FER2013's order
    zero = np.zeros((1, 7), np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "sad"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["y"], axis=-1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 24, 24])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 7])],
        [numpy_helper.from_array(sad, "sad"), numpy_helper.from_array(zero, "zero")],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def test_crops_have_the_margin_that_the_model_wants_and_level_eyes() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[90:111, 60:141] = 255
    box = np.array([50, 60, 150, 140])
    tilted = np.array([[70, 80], [130, 110], [100, 100], [80, 120], [110, 130]])
    plain = face_crop(image, Face(box, 0.9, tilted), MadeUp(margin=0.1).spec)
    assert plain.shape == (120, 120, 3)
    aligned = face_crop(image, Face(box, 0.9, tilted), MadeUp(align=True).spec)
    assert aligned.shape == (100, 100, 3)
    ys, xs = np.nonzero(aligned[:, :, 0] > 128)
    assert np.polyfit(xs, ys, 1)[0] == pytest.approx(-0.5, abs=0.05)  # the level bar now rises


def test_importing_loads_no_engine() -> None:
    heavy = {"keras", "tensorflow", "openvino", "matplotlib", "PIL", "tkinter"}
    code = f"import sys, fer_core.pipeline, fer_core.detection; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_thorough_pipeline_reads_every_face_in_every_frame() -> None:
    boxes = [(60.0 * i, 0.0, 60.0 * i + 50, 50.0) for i in range(6)]
    for thorough in (True, False):
        classifier = MadeUp()
        pipeline = FerPipeline(classifier, Given(*boxes), thorough=thorough)
        for index in range(10):
            assert len(pipeline.process(frame(index, size=400)).faces) == 6
        assert (sum(map(len, classifier.calls)) == 60) == thorough


def test_between_its_turns_a_face_keeps_its_prediction_and_a_failure_reads_it_anew() -> None:
    classifier = MadeUp()
    pipeline = FerPipeline(classifier, Given((0, 0, 50, 50)), smoothing_s=0)
    pipeline.process(frame(0))
    classifier.first = 0.0
    assert pipeline.process(frame(1)).faces[0].prediction.label == "happiness"
    assert pipeline.process(frame(2)).faces[0].prediction.label == "neutral"
    pipeline.classifier = failing = MadeUp("failing")
    failing.predict = lambda crops: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    with pytest.raises(ZeroDivisionError):
        pipeline.process(frame(3))
    pipeline.classifier = classifier
    assert pipeline.process(frame(4)).model == "made-up"


def test_what_is_not_live_is_run_thoroughly() -> None:
    class Camera(list[Frame]):
        is_live = True

    boxes = [(60.0 * i, 0.0, 60.0 * i + 50, 50.0) for i in range(6)]
    frames = [frame(index, size=400) for index in range(10)]
    for source, every_face in ((frames, True), (Camera(frames), False)):
        classifier = MadeUp()
        pipeline = FerPipeline(classifier, Given(*boxes))
        assert len(list(pipeline.run(source))) == 10
        assert (sum(map(len, classifier.calls)) == 60) == every_face
        assert not pipeline.thorough


def test_a_glance_reads_as_a_pipeline_does_where_the_face_is_large(portrait):
    import fer_core
    from fer_core.pipeline import glance

    pipeline = fer_core.load_pipeline(thorough=True)
    frame = fer_core.Frame(portrait, 0, 0.0)
    (slow,) = pipeline.process(frame).faces
    result = glance(frame, pipeline.classifier, pipeline.detector)
    (quick,) = result.faces
    assert quick.prediction.label == slow.prediction.label == "happiness"
    assert abs(quick.face.box_xyxy - slow.face.box_xyxy).max() < 8
    assert quick.face.track_id is None
    assert result.timings_ms.keys() == {"detect", "classify", "total"}
    nobody = fer_core.Frame(portrait[:40, :40] * 0, 0, 0.0)
    assert glance(nobody, pipeline.classifier, pipeline.detector).faces == ()
