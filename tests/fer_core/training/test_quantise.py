"""Eight bits: nearly the same answers, and what is felt the most is left as it was."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest
from openvino import opset13 as ops

from fer_core.errors import ConfigError
from fer_core.training.quantise import quantise_file, quantised


def _kernel(rng: np.random.Generator, *shape: int) -> Any:
    weights = rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))
    return ops.constant(weights.astype(np.float32))


def _convolved(value: Any, kernel: Any) -> Any:
    return ops.relu(ops.convolution(value, kernel, [1, 1], [1, 1], [1, 1], [1, 1]))


@pytest.fixture
def network() -> openvino.Model:
    """Four convolutions of 3×3, one of them depthwise, squeeze and excitation, five outputs."""
    rng = np.random.default_rng(1)
    image = ops.parameter([-1, 1, 16, 16], np.float32, name="image")
    first = _convolved(image, _kernel(rng, 8, 1, 3, 3))
    second = _convolved(first, _kernel(rng, 8, 8, 3, 3))
    depthwise = ops.group_convolution(
        second, _kernel(rng, 8, 1, 1, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1]
    )
    mean = ops.reduce_mean(depthwise, ops.constant([2, 3]), keep_dims=True)
    gate = ops.sigmoid(
        ops.convolution(mean, _kernel(rng, 8, 8, 1, 1), [1, 1], [0, 0], [0, 0], [1, 1])
    )
    third = _convolved(ops.multiply(depthwise, gate), _kernel(rng, 8, 8, 3, 3))
    flat = ops.reduce_mean(third, ops.constant([2, 3]))
    return openvino.Model([ops.matmul(flat, _kernel(rng, 8, 5), False, False)], [image])


@pytest.fixture
def samples() -> list[np.ndarray]:
    return list(np.random.default_rng(2).random((60, 1, 1, 16, 16), np.float32))


def _answers(network: openvino.Model, samples: list[np.ndarray]) -> np.ndarray:
    compiled = openvino.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.concatenate([compiled(sample)[0] for sample in samples])


def _weights_of(network: openvino.Model, kind: str) -> list[str]:
    """What each kernel of a kind gets its weights from."""
    some = (op for op in network.get_ordered_ops() if op.get_type_name() == kind)
    return [op.input_value(1).get_node().get_type_name() for op in some]


def test_answers_stay_nearly_the_same_and_the_network_itself_is_left_alone(
    network: openvino.Model, samples: list[np.ndarray]
) -> None:
    before = _answers(network, samples)
    made = quantised(network, samples[:40])
    after = _answers(made, samples[40:])
    assert np.abs(after - before[40:]).max() < 0.05 * np.ptp(before)
    assert not np.array_equal(after, before[40:])
    assert np.array_equal(_answers(network, samples), before)
    assert made.input(0).get_partial_shape() == network.input(0).get_partial_shape()


def test_first_last_depthwise_and_one_cell_kernels_stay_as_they_are(
    network: openvino.Model, samples: list[np.ndarray]
) -> None:
    made = quantised(network, samples)
    first, second, gate, third = _weights_of(made, "Convolution")
    assert {first, gate} == {"Constant"}
    assert "Constant" not in (second, third)
    assert _weights_of(made, "GroupConvolution") == ["Constant"]
    assert _weights_of(made, "MatMul") == ["Constant"]


def test_a_file_is_written_anew_and_half_of_the_samples_say_how_much_is_the_same(
    network: openvino.Model, samples: list[np.ndarray], tmp_path: Path
) -> None:
    path = tmp_path / "model.xml"
    openvino.save_model(network, path)
    before = _answers(network, samples)
    same = quantise_file(path, samples)
    after = _answers(openvino.Core().read_model(path), samples)
    agree = after.argmax(1) == before.argmax(1)
    assert same == pytest.approx(agree[1::2].mean())
    assert "FakeQuantize" in path.read_text(encoding="utf-8")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["model.bin", "model.xml"]


def test_without_nncf_it_says_what_to_install(
    network: openvino.Model, samples: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nncf", None)
    with pytest.raises(ConfigError, match="requirements-train"):
        quantised(network, samples)
