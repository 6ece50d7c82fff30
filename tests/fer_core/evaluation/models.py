"""A model that reads the class off the picture's brightness, for tests of what is counted."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Split
from fer_core.expressions import EXPRESSIONS
from fer_core.models.classifier import Classifier
from fer_core.models.spec import InputSpec, ModelSpec

SEVEN = EXPRESSIONS[:7]


class BrightnessEngine:
    """Logits with their peak at class brightness / 10, 1 px on the left deciding."""

    path = Path("brightness.onnx")

    def __init__(self, classes: int, sharpness: float) -> None:
        self.classes, self.sharpness = classes, sharpness

    def run(self, batch: np.ndarray) -> np.ndarray:
        wanted = batch[:, 0, 0, 0] * 255 / 10
        distance = np.abs(np.arange(self.classes) - wanted[:, None])
        return np.asarray(-self.sharpness * np.minimum(distance, 1), np.float32)


def make_spec(labels=SEVEN, **changes) -> ModelSpec:
    pixels = InputSpec(
        8, 8, "gray", "nhwc", 1 / 255, (0.0,), (1.0,), "area", False, 0.0, False, False
    )
    spec = ModelSpec(
        name="brightness",
        title="Brightness",
        architecture="none",
        file="brightness.onnx",
        format="onnx",
        sha256="",
        labels=labels,
        input=pixels,
        output="logits",
        trained_on="",
        metrics={},
        license="",
        source="",
        created="",
    )
    return replace(spec, **changes)


def make_classifier(labels=SEVEN, sharpness=4.0, **changes) -> Classifier:
    return Classifier(make_spec(labels, **changes), BrightnessEngine(len(labels), sharpness))


def make_split(shown, truth, labels=SEVEN) -> Split:
    """Pictures that the model takes for the classes `shown`, with the labels `truth`."""
    images = np.stack([np.full((8, 8), 10 * k, np.uint8) for k in shown])
    targets = np.array([labels.index(name) for name in truth])
    return Split("test", labels, images, targets, tuple(map(str, range(len(shown)))))
