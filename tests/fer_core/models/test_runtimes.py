"""ONNX and TensorFlow Lite networks give what their own runtimes give; quantised ones nearly.

A float network agrees to 0.001, as a conversion has to. A quantised one rounds in between, and each
engine fuses layers its own way: here shares differ by up to 0.005, on a stranger's network by more.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_core.models.engine import Engine
from tests.sharing import make_once

FLOAT, QUANTISED, OTHER_LABELS = 1e-3, 0.02, 0.02


def write(path: Path, *, quantised: bool) -> Path:
    """Three convolutions, a mean and a softmax; weights and activations in 8 bits where asked."""
    import onnx
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


def parts_of(portrait: np.ndarray) -> np.ndarray:
    """Float32 (200, 48, 48, 1), 0..1: parts of the portrait."""
    grey = portrait[:, :, 1].astype(np.float32) / 255
    corners = np.random.default_rng(1).integers(0, 400, (200, 2))
    crops = [cv2.resize(grey[t : t + 110, x : x + 110], (48, 48)) for t, x in corners]
    return np.stack(crops)[..., None]


@pytest.fixture(scope="module")
def faces(portrait: np.ndarray) -> np.ndarray:
    return parts_of(portrait)


def agree(actual: np.ndarray, expected: np.ndarray, *, quantised: bool) -> None:
    assert np.abs(actual - expected).max() < (QUANTISED if quantised else FLOAT)
    others = float((actual.argmax(1) != expected.argmax(1)).mean())
    assert others <= (OTHER_LABELS if quantised else 0)
    assert len(set(expected.argmax(1))) > 1


@pytest.mark.parametrize("quantised", [False, True], ids=["float", "int8"])
def test_it_agrees_with_onnx_runtime(tmp_path: Path, faces: np.ndarray, quantised: bool) -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    path = write(tmp_path / "net.onnx", quantised=quantised)
    batch = np.ascontiguousarray(faces.transpose(0, 3, 1, 2))
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    agree(Engine(path).run(batch), session.run(None, {"x": batch})[0], quantised=quantised)


@pytest.fixture(scope="session")
def lite_files(tmp_path_factory: pytest.TempPathFactory, portrait: np.ndarray) -> Path:
    """A folder with a .tflite of each precision, and as .npy what TensorFlow Lite gives."""
    if not find_spec("tensorflow"):
        pytest.skip("needs TensorFlow: make train-env")

    def make(folder: Path) -> None:
        np.save(folder / "faces.npy", parts_of(portrait))
        script = Path(__file__).with_name("make_lite_files.py")
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, script, folder, folder / "faces.npy"]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]

    return make_once(tmp_path_factory, "lite files", make)


@pytest.mark.train
@pytest.mark.parametrize("precision", ["float32", "float16", "int8", "uint8"])
def test_it_agrees_with_tensorflow_lite(lite_files: Path, precision: str) -> None:
    """uint8 takes and gives whole numbers: shares of 256."""
    batch = np.load(lite_files / "faces.npy")
    whole = precision == "uint8"
    engine = Engine(lite_files / f"{precision}.tflite")
    actual, expected = (
        engine.run(255 * batch if whole else batch),
        np.load(lite_files / f"{precision}.npy"),
    )
    if whole:
        actual, expected = actual / 256, expected / 256
    agree(actual, expected, quantised=precision in ("int8", "uint8"))
