"""ONNX networks give what ONNX's own runtime gives; quantised ones within what rounding makes.

A float network agrees to 0.001, as a conversion has to. A quantised one rounds in between, and each
engine fuses layers its own way: here shares differ by up to 0.005, on a stranger's network by more.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core.models.engine import Engine

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
FLOAT, QUANTISED, OTHER_LABELS = 1e-3, 0.02, 0.02


def write(path: Path, *, quantised: bool) -> Path:
    """Three convolutions, a mean and a softmax; weights and activations in 8 bits where asked."""
    from onnx import helper, numpy_helper

    rng = np.random.default_rng(0)
    constants: list[Any] = []
    nodes: list[Any] = []

    def constant(value: Any) -> str:
        name = f"c{len(constants)}"
        constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(op: str, *taken: str, **attributes: Any) -> str:
        name = f"n{len(nodes)}"
        nodes.append(helper.make_node(op, list(taken), [name], **attributes))
        return name

    zero = constant(np.int8(0))

    def rounded(taken: str, step: float) -> str:
        if not quantised:
            return taken
        scale = constant(np.float32(step))
        return node("DequantizeLinear", node("QuantizeLinear", taken, scale, zero), scale, zero)

    def kernel(values: np.ndarray) -> str:
        if not quantised:
            return constant(values.astype(np.float32))
        step = np.float32(np.abs(values).max() / 127)
        whole = constant(np.round(values / step).astype(np.int8))
        return node("DequantizeLinear", whole, constant(step), zero)

    x, channels = rounded("x", 1 / 127), 1
    for count in (16, 32, 64):
        values = rng.normal(0, np.sqrt(2 / (9 * channels)), (count, channels, 3, 3))
        x = node("Conv", x, kernel(values), strides=[2, 2], pads=[1, 1, 1, 1])
        x, channels = rounded(node("Relu", x), 4 / 127), count
    last = rng.normal(0, 6, (64, 7)).astype(np.float32)
    x = node("Flatten", node("GlobalAveragePool", x))
    x = node("MatMul", x, constant(last - last.mean(0)))
    nodes.append(helper.make_node("Softmax", [x], ["y"], axis=-1))
    ends = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in (("x", ["N", 1, 48, 48]), ("y", ["N", 7]))
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], constants)
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("quantised", [False, True], ids=["float", "int8"])
def test_it_agrees_with_onnx_runtime(tmp_path: Path, portrait: np.ndarray, quantised: bool) -> None:
    path = write(tmp_path / "net.onnx", quantised=quantised)
    grey = portrait[:, :, 1].astype(np.float32) / 255
    rng = np.random.default_rng(1)
    corners = rng.integers(0, 400, (200, 2))
    crops = [cv2.resize(grey[t : t + 110, x : x + 110], (48, 48)) for t, x in corners]
    batch = np.stack(crops)[:, None]
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": batch})[0]
    actual = Engine(path).run(batch)
    assert np.abs(actual - expected).max() < (QUANTISED if quantised else FLOAT)
    others = float((actual.argmax(1) != expected.argmax(1)).mean())
    assert others <= (OTHER_LABELS if quantised else 0)
    assert len(set(expected.argmax(1))) > 1
