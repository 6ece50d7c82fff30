"""Small networks of the person's own whose last layer can be taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fer_core import paths
from fer_core.models.engine import import_openvino
from tests.fer_core.models.builders import make_input, make_spec

LABELS = ("anger", "happiness")


def add(name: str, kind: str = "dense", **changes: Any) -> Path:
    """Puts a network for grey 8×8 pictures among the person's own models.

    Its features are the means of the picture's upper and lower half, as a last dense layer, a last
    convolution, or two networks averaged.
    """
    openvino = import_openvino()
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 1, 8, 8], np.float32, name="pixels")
    halves = ops.adaptive_avg_pool(pixels, np.array([2, 1]))
    weights = np.array([[4, -4], [-4, 4]], np.float32)
    if kind == "convolution":
        # Two maps: the picture above, and below.
        mask = np.zeros((1, 2, 8, 8), np.float32)
        mask[0, 0, :4] = mask[0, 1, 4:] = 2
        maps = ops.multiply(ops.concat([pixels, pixels], 1), mask)
        kernel = weights.T.reshape(2, 2, 1, 1)
        found = ops.convolution(maps, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
        logits = ops.reduce_mean(found, np.array([2, 3]))
    else:
        flat = ops.reshape(halves, np.array([-1, 2]), special_zero=False)
        logits = ops.add(ops.matmul(flat, weights, False, False), np.zeros((1, 2), np.float32))
    answers = ops.softmax(logits, 1)
    if kind == "average":
        other = ops.softmax(ops.matmul(flat, -weights, False, False), 1)
        answers = ops.divide(ops.add(answers, other), np.float32(2))
    folder = paths.user_models_dir() / name
    folder.mkdir(parents=True)
    openvino.serialize(openvino.Model([answers], [pixels], name), folder / "model.xml")
    values = {"labels": LABELS, "license": "MIT for the weights", "trained_on": "noise", **changes}
    inputs = make_input(width=8, height=8, **values.pop("inputs", {}))
    make_spec("model.xml", name=name, format="openvino", input=inputs, **values).write(folder)
    return folder


def faces(counts: Sequence[int], labels: Sequence[str], noise: int = 0) -> list[Any]:
    """Faces of each class: the first has its upper half bright, the second its lower one, …"""
    rng = np.random.default_rng(0)
    found = []
    for k, (count, label) in enumerate(zip(counts, labels, strict=True)):
        for _ in range(count):
            face = np.full((16, 16), 40, np.uint8)
            face[8 * (k % 2) :][:8] = 200 - 60 * (k // 2)
            drawn = rng.integers(-noise, noise + 1, face.shape)
            found.append((np.clip(face + drawn, 0, 255).astype(np.uint8), label))
    return found
