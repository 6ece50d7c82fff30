"""Small model files, made once."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from fer_core.models import convert
from tests.sharing import make_once


@pytest.fixture(scope="session")
def keras_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with gray.keras, colour.h5, two_outputs.keras, and .npz with what they give."""

    def make(folder: Path) -> None:
        script = Path(__file__).with_name("make_keras_files.py")
        environment = {**os.environ, "KERAS_BACKEND": "openvino"}
        subprocess.run([sys.executable, script, folder], check=True, env=environment)

    return make_once(tmp_path_factory, "keras files ü", make)


@pytest.fixture(scope="session")
def warm_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose cache keeps conversions from test to test."""
    return make_once(tmp_path_factory, "warm home", lambda folder: None)


@pytest.fixture
def warm(warm_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """For tests that do not look at the cache itself: each file is converted once in a session."""
    real = convert._convert

    def convert_once(path: Path, folder: Path, digest: str) -> None:
        with FileLock(warm_home / f"{digest}.lock"):
            if not convert._is_whole(folder, digest):
                real(path, folder, digest)

    monkeypatch.setattr(convert, "_convert", convert_once)
    monkeypatch.setenv("MIMIK_HOME", str(warm_home))
    return warm_home


@pytest.fixture(scope="session")
def onnx_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes an ONNX network: weights @ mean of each channel, softmax or not.

    `prepare` are operators before that, each with its constants.
    """
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper, numpy_helper

    def write(
        path: Path | None = None,
        *,
        shape: tuple[Any, ...] = ("N", 1, 24, 24),
        classes: int = 7,
        softmax: bool = True,
        weights: np.ndarray | None = None,
        external: str | None = None,
        op: str = "GlobalAveragePool",
        domain: str = "",
        prepare: Sequence[tuple[Any, ...]] = (),
    ) -> Path:
        path = path or tmp_path_factory.mktemp("onnx") / "model.onnx"
        channels = shape[1]
        if weights is None:
            rng = np.random.default_rng(0)
            weights = rng.normal(size=(channels, classes)).astype(np.float32)
        tensor = numpy_helper.from_array(weights, "w")
        if external is not None:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            entry = tensor.external_data.add()
            entry.key, entry.value = "location", external
        nodes, constants, taken = [], [tensor], "x"
        for step, (name, *values) in enumerate(prepare):
            extra = [numpy_helper.from_array(v, f"{step}.{i}") for i, v in enumerate(values)]
            given = [taken, *(constant.name for constant in extra)]
            constants += extra
            taken = f"x{step}"
            nodes.append(helper.make_node(name, given, [taken]))
        nodes += [
            helper.make_node(op, [taken], ["p"], domain=domain),
            helper.make_node("Flatten", ["p"], ["f"]),
            helper.make_node("MatMul", ["f", "w"], ["y" if not softmax else "z"]),
        ]
        if softmax:
            nodes.append(helper.make_node("Softmax", ["z"], ["y"], axis=-1))
        graph = helper.make_graph(
            nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(shape))],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", classes])],
            constants,
        )
        opsets = [helper.make_opsetid("", 17)]
        if domain:
            opsets.append(helper.make_opsetid(domain, 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        path.write_bytes(model.SerializeToString())
        return path

    assert onnx
    return write
