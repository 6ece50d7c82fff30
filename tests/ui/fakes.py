"""A view and a core that only remember, for tests of the presenter."""

from dataclasses import replace

import numpy as np

from fer_core.config import DEFAULT_MODEL
from fer_core.types import Face, FaceResult, FrameResult, Prediction, Quality
from tests import waiting
from ui.presenter.core import DetectorReady, Listed, ModelReady, Picture
from ui.presenter.models import ModelInfo, Proposed, RankedRow, ReadingForm
from ui.presenter.shown import Choice

LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


class FakeView:
    """Keeps the last value of every `show_…`; answers questions with what a test puts in."""

    def __init__(self):
        self.shown = {}
        self.opened = []
        self.answers = {}

    def __getattr__(self, name):
        kind, _, what = name.partition("_")
        if kind == "show":
            return lambda *values: self.shown.__setitem__(
                what, values if len(values) > 1 else values[0]
            )
        if kind == "open":
            return lambda *values: self.opened.append((what, *values))
        if kind == "ask":
            return lambda *values: self.answers.get(what, "")
        raise AttributeError(name)

    def close_add_model(self):
        self.opened.append(("closed",))

    def copy_text(self, text):
        self.opened.append(("copied", text))

    def clipboard(self):
        return self.answers.get("clipboard", [])

    def picture_room(self):
        return (800, 600)

    def label_px(self):
        return 13

    def restyle(self, theme, language):
        self.opened.append(("restyle", theme, language))


class FakeCore:
    """Remembers calls; a test puts in what `events`, `picture`, `results` and `progress` give."""

    def __init__(self):
        self.calls = []
        self.pending = []
        self.next_picture = None
        self.next_results = []
        self.next_film = None
        self.now = None

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values: self.calls.append((name, *values))

    def events(self):
        found, self.pending = self.pending, []
        return found

    def picture(self):
        found, self.next_picture = self.next_picture, None
        return found

    def results(self):
        found, self.next_results = self.next_results, []
        return found

    def progress(self):
        return self.now

    def film(self):
        found, self.next_film = self.next_film, None
        return found

    def shares(self):
        return {"happiness": 1.0}

    def called(self, name):
        return [call[1:] for call in self.calls if call[0] == name]


def make_face(
    label="happiness", confidence=0.9, box=(10, 10, 60, 60), track_id=1, hints=(), unsure_below=0.45
):
    probs = np.full(len(LABELS), (1 - confidence) / (len(LABELS) - 1), np.float32)
    probs[LABELS.index(label)] = confidence
    face = Face(np.array(box, np.float32), 0.9, track_id=track_id)
    return FaceResult(face, Prediction(probs, LABELS), Quality(50, 120, tuple(hints)), unsure_below)


def make_result(*faces, time_s=0.0):
    return FrameResult(0, time_s, (100, 80), tuple(faces), DEFAULT_MODEL, {"total": 6.0})


def make_picture(*faces):
    return Picture(b"P6 1 1 255\n\0\0\0", (100, 80), make_result(*faces), (640, 512))


def make_proposed(path="mine.keras"):
    scalings = {"gray": {"0…1": (1 / 255, (0.0,), (1.0,))}}
    return Proposed(path, "mine", "48 × 48 px", ("Labels guessed.",), LABELS, scalings)


def make_row(accuracy=0.5, scaling="0…1", **changes):
    form = ReadingForm(LABELS, "gray", 1 / 255, (0.0,), (1.0,), False, 0.0, "softmax")
    return RankedRow(replace(form, **changes), "fer2013", scaling, accuracy, ("anger",))


def write_model(folder, seed):
    """A model folder with a small network of random weights."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    from fer_core.models.spec import InputSpec, ModelSpec

    folder.mkdir(parents=True)
    weights = np.random.default_rng(seed).normal(0, 0.02, (48 * 48, 7)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["x"], ["flat"]),
            helper.make_node("MatMul", ["flat", "w"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["y"], axis=1),
        ],
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 48, 48, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 7])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(folder / "model.onnx"))
    ModelSpec(
        name=folder.name,
        title=folder.name,
        architecture="tiny",
        file="model.onnx",
        format="onnx",
        sha256="",
        labels=LABELS,
        input=InputSpec(48, 48, "gray", "nhwc", 1 / 255, (0.0,), (1.0,), "area", False, 0.1, False),
        output="softmax",
        trained_on="nothing",
        metrics={"nothing": {"accuracy": 0.14}},
        license="CC0",
        source="",
        created="2026-01-01",
    ).write(folder)


MODELS = (
    ModelInfo(
        DEFAULT_MODEL,
        "Mimik 48 · small",
        trained_on="fer2013",
        measured_on="fer2013 test clean",
        accuracy=0.684,
    ),
    ModelInfo("other", "My second", trained_on="my pictures"),
    ModelInfo("broken", "broken", "model.json is missing"),
    ModelInfo("soon", "Soon · to come", "soon is not trained yet", "python main.py train soon"),
)
DETECTORS = (Choice("haar", "Haar"), Choice("yunet", "YuNet", "download it", usable=False))
LISTED = Listed(MODELS, DETECTORS)
READY = (LISTED, DetectorReady("haar"), ModelReady(DEFAULT_MODEL))


def open_photo(stand, tmp_path, *faces):
    path = tmp_path / "photo.png"
    path.touch()
    stand.presenter.sources.open_paths([str(path)])
    stand.core.next_picture = make_picture(*faces)
    stand.tick(*READY)
    return path


def until(app, condition):
    """Runs the real window until something is so."""
    waiting.until(condition, meanwhile=app.root.update)
