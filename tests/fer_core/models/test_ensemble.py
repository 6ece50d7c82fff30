"""Several models joined: the average of their probabilities, label by label."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core import paths
from fer_core.errors import ModelError
from fer_core.models.ensemble import join
from fer_core.models.registry import ModelRegistry
from tests.fer_core.models.builders import make_input, make_spec


@pytest.fixture
def member(onnx_file: Callable[..., Path]) -> Callable[..., None]:
    """Puts a small network among the person's own models."""

    def add(name: str, labels: tuple[str, ...], *, seed: int, **changes: Any) -> None:
        folder = paths.user_models_dir() / name
        folder.mkdir(parents=True)
        inputs = make_input(**changes)
        weights = np.random.default_rng(seed).normal(size=(inputs.channels, len(labels)))
        shape = ("N", inputs.channels, inputs.height, inputs.width)
        softmax = changes.get("width") != 12
        onnx_file(
            folder / "model.onnx", shape=shape, classes=len(labels), softmax=softmax,
            weights=3 * weights.astype(np.float32),
        )  # fmt: skip
        output = "softmax" if softmax else "logits"
        make_spec(name=name, labels=labels, input=inputs, output=output).write(folder)

    return add


def face(side: int = 24) -> np.ndarray:
    picture = np.random.default_rng(3).integers(0, 256, (6, 6, 3), np.uint8)
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_NEAREST)


def test_probabilities_are_averaged_label_by_label(member: Callable[..., None]) -> None:
    member("one", ("anger", "fear", "tired"), seed=1)
    member("two", ("fear", "anger", "happiness"), seed=2, width=12, height=12, mean=0.5, std=0.25)
    assert join(["one", "two"], "both").name == "both"
    registry = ModelRegistry()
    first, second, both = (registry.load(name) for name in ("one", "two", "both"))
    a, b = (m.predict_probs([face()])[0] for m in (first, second))
    assert both.labels == ("anger", "fear", "happiness", "tired")
    expected = np.array([(a[0] + b[1]) / 2, (a[1] + b[0]) / 2, b[2], a[2]])
    found = both.predict_probs([face()])[0]
    np.testing.assert_allclose(found, expected / expected.sum(), atol=2e-3)
    assert registry.spec("both").source == "one + two"


@pytest.mark.parametrize("color", ["rgb", "bgr", "gray3"])
def test_grey_and_colour_are_joined(member: Callable[..., None], color: str) -> None:
    member("grey", ("anger", "fear"), seed=1)
    member("colour", ("anger", "fear"), seed=2, color=color, mean=(0.4, 0.5, 0.6), std=0.3)
    join(["grey", "colour"], "both")
    registry = ModelRegistry()
    rows = [registry.load(name).predict_probs([face()])[0] for name in ("grey", "colour", "both")]
    np.testing.assert_allclose(rows[2], (rows[0] + rows[1]) / 2, atol=4e-3)


def test_what_cannot_be_joined_is_said(member: Callable[..., None]) -> None:
    member("one", ("anger", "fear"), seed=1)
    member("two", ("anger", "fear"), seed=2, equalize=True)
    with pytest.raises(ModelError, match=r"one and two cannot be joined: input\.equalize differs"):
        join(["one", "two"], "both")
    with pytest.raises(ModelError, match="2 to 8 different models"):
        join(["one", "one"], "both")
    with pytest.raises(ModelError, match="no model 'three'"):
        join(["one", "three"], "both")
