from pathlib import Path

import numpy as np
import pytest

import fer_core
from fer_core.errors import ModelNotFoundError
from fer_core.expressions import EXPRESSIONS
from fer_core.models.engine import import_openvino
from fer_core.types import Face, FaceResult, FrameResult, Prediction, Quality


class FakePipeline:
    """Finds one happy face in every picture wider than 100 px."""

    unsure_below = 0.45

    def reset(self):
        pass

    def process(self, frame):
        w, h = frame.wh
        labels = EXPRESSIONS[:7]
        prediction = Prediction(np.array([0, 0, 0, 0.8, 0.1, 0.1, 0], np.float32), labels)
        face = Face(np.array([w * 0.25, h * 0.25, w * 0.75, h * 0.75]), 0.9, track_id=1)
        quality = Quality(size_px=min(w, h) / 2, brightness=100.0, hints=("too_dark",))
        faces = (FaceResult(face, prediction, quality, self.unsure_below),) if w > 100 else ()
        return FrameResult(frame.index, frame.time_s, (w, h), faces, "fake", {"total": 1.0})


@pytest.fixture
def fake_pipeline(monkeypatch):
    """Commands that need only some result get this pipeline; gives what they asked for."""
    asked = {}

    def load(**options):
        asked.update(options)
        if options.get("model") == "nope":
            raise ModelNotFoundError("There is no model 'nope'; `models list` shows what there is.")
        pipeline = FakePipeline()
        pipeline.unsure_below = options.get("unsure_below", 0.45)
        return pipeline

    monkeypatch.setitem(vars(fer_core), "load_pipeline", load)
    return asked


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of 200×160 px at a path with blanks and umlauts."""
    import cv2

    path = tmp_path / "Ünï cödé" / "Föto 1.png"
    path.parent.mkdir()
    path.write_bytes(cv2.imencode(".png", np.full((160, 200, 3), 90, np.uint8))[1].tobytes())
    return path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network file that reads brightness 0…1: white is output 3, black 4, grey 0."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    weights = np.zeros((64, 7), np.float32)
    weights[:, 3], weights[:, 4] = 10 / 64, -10 / 64
    pixels = ops.parameter([-1, 8, 8, 1], np.float32, name="pixels")
    flat = ops.reshape(pixels, np.array([-1, 64]), special_zero=False)
    logits = ops.matmul(flat, weights, False, False)
    bias = np.array([1.5, -9, -9, -5, 5, -9, -9], np.float32)
    model = openvino.Model([ops.softmax(ops.add(logits, bias), axis=1)], [pixels], "tiny")
    path = tmp_path / "Mein Netz" / "tiny.xml"
    path.parent.mkdir()
    openvino.serialize(model, path)
    return path
