"""Quantises a small network and prints what became of it as JSON: `quantise_network.py FOLDER`.

In a process of its own: what NNCF loads stays out of the other tests.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.models.engine import core, import_openvino, read_network
from fer_core.training.quantise import quantise_file, quantised

openvino = import_openvino()
ops = openvino.opset13


def kernel(rng: np.random.Generator, *shape: int) -> Any:
    weights = rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))
    return ops.constant(weights.astype(np.float32))


def convolved(value: Any, weights: Any) -> Any:
    return ops.relu(ops.convolution(value, weights, [1, 1], [1, 1], [1, 1], [1, 1]))


def build() -> Any:
    """Convolutions of 3×3, one of them depthwise, squeeze and excitation, five outputs."""
    rng = np.random.default_rng(1)
    image = ops.parameter([-1, 1, 16, 16], np.float32, name="image")
    first = convolved(image, kernel(rng, 8, 1, 3, 3))
    second = convolved(first, kernel(rng, 8, 8, 3, 3))
    sides = ([1, 1], [1, 1], [1, 1], [1, 1])
    depthwise = ops.group_convolution(second, kernel(rng, 8, 1, 1, 3, 3), *sides)
    mean = ops.reduce_mean(depthwise, ops.constant([2, 3]), keep_dims=True)
    inside = ([1, 1], [0, 0], [0, 0], [1, 1])
    gate = ops.sigmoid(ops.convolution(mean, kernel(rng, 8, 8, 1, 1), *inside))
    third = convolved(ops.multiply(depthwise, gate), kernel(rng, 8, 8, 3, 3))
    flat = ops.reduce_mean(third, ops.constant([2, 3]))
    return openvino.Model([ops.matmul(flat, kernel(rng, 8, 5), False, False)], [image])


def answers(network: Any, samples: list[np.ndarray]) -> np.ndarray:
    compiled = core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.concatenate([compiled(sample)[0] for sample in samples])


def weights_of(network: Any, kind: str) -> list[str]:
    """What each kernel of a kind gets its weights from."""
    some = (op for op in network.get_ordered_ops() if op.get_type_name() == kind)
    return [op.input_value(1).get_node().get_type_name() for op in some]


def main() -> None:
    samples = list(np.random.default_rng(2).random((60, 1, 1, 16, 16), np.float32))
    network, file = build(), Path(sys.argv[1], "model.xml")
    before = answers(network, samples)
    made = quantised(network, samples[:40])
    openvino.save_model(network, file)
    same = quantise_file(file, samples)
    found = {
        "before": before.tolist(),
        "after": answers(made, samples).tolist(),
        "left alone": answers(network, samples).tolist(),
        "shapes": [str(one.input(0).get_partial_shape()) for one in (network, made)],
        "kernels": {
            kind: weights_of(made, kind) for kind in ("Convolution", "GroupConvolution", "MatMul")
        },
        "same": same,
        "in the file": answers(read_network(file), samples).tolist(),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
