"""The last layer of a network: what comes into it, and another one in its place."""

from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ModelError
from fer_core.models.engine import fold_constants, import_openvino, read_network

_LAYERS = ("MatMul", "Convolution", "GroupConvolution")


def cut(file: Path, name: str) -> Any:
    """A network without its last layer.

    Args:
        file: of the network, as OpenVINO reads it.
        name: of the model, for messages.

    Returns:
        OpenVINO's model of one face, with one output: what comes into the last layer, float32
        (1, D). Where that layer is a convolution, it is averaged over the places.

    Raises:
        ModelLoadError: it cannot be read.
        ModelError: it has no last layer of its own, as an average of several networks.
    """
    openvino = import_openvino()
    from openvino import opset13 as ops

    model = read_network(file, name)
    if model.inputs[0].get_element_type().is_integral():
        raise ModelError(f"{name} takes whole numbers and cannot be taught; teach another model.")
    try:
        model.reshape([1, *list(model.inputs[0].partial_shape)[1:]])
    except RuntimeError as error:
        raise ModelError(
            f"{name} does not take one face at a time and cannot be taught; teach another model."
        ) from error
    fold_constants(model)
    layer, features = _last_layer(model, name)
    if layer.get_type_name() != "MatMul":
        features = ops.reduce_mean(features, np.array([2, 3])).output(0)
    count = features.get_partial_shape().get_min_shape()
    row = np.array([-1, int(np.prod(list(count)))])
    features = ops.convert(ops.reshape(features, row, special_zero=False), "f32")
    return openvino.Model([features], model.get_parameters(), "features")


def with_head(network: Any, weights: np.ndarray, bias: np.ndarray) -> Any:
    """A network of `cut` with another last layer, and a softmax.

    Args:
        network: it is taken apart, and of no use afterwards.
        weights: float32 (D, C).
        bias: float32 (C,).

    Returns:
        OpenVINO's model with one output, shares (1, C).
    """
    openvino = import_openvino()
    from openvino import opset13 as ops

    features = network.outputs[0].get_node().input_value(0)
    logits = ops.add(ops.matmul(features, weights, False, False), bias[None])
    return openvino.Model([ops.softmax(logits, 1)], network.get_parameters(), "taught")


def _last_layer(model: Any, name: str) -> tuple[Any, Any]:
    """The last operation with weights, and what comes into it; all that is answered passes it."""
    order = model.get_ordered_ops()
    moving = _moving(order, "")
    layers = [op for op in order if op.get_type_name() in _LAYERS and op.get_name() in moving]
    if layers:
        last = layers[-1]
        values = [v for v in last.input_values() if v.get_node().get_name() in moving]
        around = _moving(order, last.get_name())
        if len(values) == 1 and model.outputs[0].get_node().get_name() not in around:
            return last, values[0]
    raise ModelError(
        f"{name} has no last layer of its own, as averages of several networks have none; teach "
        "one of its parts, or another model."
    )


def _moving(order: list[Any], without: str) -> set[str]:
    """Names of the operations that depend on the picture by a way that does not pass one."""
    found: set[str] = set()
    for node in order:
        taken = (value.get_node().get_name() for value in node.input_values())
        if node.get_name() != without and (
            node.get_type_name() == "Parameter" or any(name in found for name in taken)
        ):
            found.add(node.get_name())
    return found
