"""What a network is made of, read from the model file itself: layers, shapes, parameters.

The file passes the gate and becomes the engine's form, whatever it was before; so Keras, ONNX and
TFLite files look alike. Operations that only carry numbers along (transposing, quantising) are left
out, and those that run as one with a layer (bias, batch normalisation, activation) belong to it.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_core.models.convert import engine_file
from fer_core.models.engine import read_network
from fer_core.untrusted.gate import CheckedModel

_CARRIERS = frozenset(
    (
        *("Convert", "ConvertLike", "FakeQuantize", "Transpose", "Reshape", "Squeeze"),
        *("Unsqueeze", "Result", "Identity", "Broadcast", "StopGradient"),
    )
)
_ACTIVATIONS = {
    "Relu": "ReLU",
    "Sigmoid": "sigmoid",
    "Swish": "swish",
    "Gelu": "GELU",
    "Elu": "ELU",
    "Selu": "SELU",
    "Tanh": "tanh",
    "HSwish": "hard swish",
    "HSigmoid": "hard sigmoid",
    "PRelu": "PReLU",
    "Clamp": "clip",
    "Mish": "mish",
    "SoftPlus": "softplus",
    "Softmax": "softmax",
    "LogSoftmax": "log-softmax",
}
_WITH_CONSTANT = ("Add", "Subtract", "Multiply", "Divide")
_KINDS = {
    "Convolution": "convolution",
    "GroupConvolution": "grouped convolution",
    "ConvolutionBackpropData": "transposed convolution",
    "MatMul": "dense",
    "MaxPool": "max pooling",
    "AvgPool": "average pooling",
    "ReduceMean": "mean",
    "ReduceMax": "maximum",
    "ReduceSum": "sum",
    "Concat": "join",
    "Add": "add",
    "Multiply": "multiply",
    "BatchNormInference": "batch norm",
}
_CHANNELS_FIRST = ("Convolution", "GroupConvolution", "ConvolutionBackpropData")
_POOLS = ("MaxPool", "AvgPool")


@dataclass(slots=True)
class Layer:
    """A layer, with all that runs as one with it.

    Attributes:
        id: counts from 0 in the order in which the network runs.
        kind: in words, such as "convolution".
        detail: window, stride, what comes with it: "3×3, stride 2, batch norm, ReLU".
        shape: of its output without the batch, channels last; -1: any.
        parameters: numbers that were learnt.
        inputs: ids of the layers that it reads.
    """

    id: int
    kind: str
    detail: str = ""
    shape: tuple[int, ...] = ()
    parameters: int = 0
    inputs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network.

    Attributes:
        layers: in the order in which they run; the first is the input.
    """

    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Numbers that were learnt, in all."""
        return sum(layer.parameters for layer in self.layers)


def diagram(model: CheckedModel) -> Diagram:
    """The layers of a model; raises ModelLoadError where it cannot be converted or read."""
    return of_file(engine_file(model), model.path)


def of_file(path: Path, shown: Path | None = None) -> Diagram:
    """The layers of a file that the engine reads; raises ModelLoadError."""
    reader = _Reader(read_network(path, shown))
    return Diagram(tuple(reader.layers))


@dataclass(slots=True)
class _Value:
    """Which layer an operation's output comes from, and whether its channels come first."""

    layer: int
    channels_first: bool


@dataclass(slots=True)
class _Reader:
    network: Any
    layers: list[Layer] = field(default_factory=list)
    _values: dict[str, _Value] = field(default_factory=dict)
    _constant: set[str] = field(default_factory=set)
    _readers: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for op in self.network.get_ordered_ops():
            self._read(op)

    def _read(self, op: Any) -> None:
        kind, name = op.get_type_name(), op.get_name()
        sources = [value.get_node() for value in op.input_values()]
        data = [s for s in sources if s.get_name() not in self._constant]
        if kind == "Constant" or (sources and not data):
            self._constant.add(name)
            return
        inputs = [self._values[s.get_name()] for s in data]
        if kind == "Parameter":
            self._add(op, "input", "", 0, [])
        elif kind in _CARRIERS:
            self._values[name] = _turned(op, inputs[0]) if kind == "Transpose" else inputs[0]
        elif kind in _WITH_CONSTANT and len(data) == 1:
            self._join(op, inputs[0], "", _sizes(op, self._constant))
        elif kind == "BatchNormInference":
            self._join(op, inputs[0], "batch norm", _sizes(op, self._constant))
        elif kind in _ACTIVATIONS and len(data) == 1:
            self._join(op, inputs[0], _ACTIVATIONS[kind], 0)
        else:
            self._add(op, _named(op, data), _detail(op), _learnt(op, self._constant), inputs)

    def _add(self, op: Any, kind: str, detail: str, parameters: int, inputs: list[_Value]) -> None:
        read = tuple(dict.fromkeys(value.layer for value in inputs))
        first = op.get_type_name() in (*_CHANNELS_FIRST, *_POOLS) or any(
            value.channels_first for value in inputs[:1]
        )
        layer = Layer(len(self.layers), kind, detail, _shape(op, first), parameters, read)
        self._readers.update(read)
        self.layers.append(layer)
        self._values[op.get_name()] = _Value(layer.id, first)

    def _join(self, op: Any, value: _Value, said: str, parameters: int) -> None:
        """Makes an operation part of the layer before it, unless others have read that already."""
        layer = self.layers[value.layer]
        if layer.kind == "input" or self._readers[layer.id]:
            kind = said or _KINDS.get(op.get_type_name(), op.get_type_name())
            self._add(op, kind, "", parameters, [value])
            return
        layer.parameters += parameters
        if said:
            layer.detail = f"{layer.detail}, {said}" if layer.detail else said
        self._values[op.get_name()] = value


def _turned(op: Any, value: _Value) -> _Value:
    order = _numbers(op, 1)
    if order == [0, 2, 3, 1]:
        return _Value(value.layer, False)
    return _Value(value.layer, True) if order == [0, 3, 1, 2] else value


def _shape(op: Any, channels_first: bool) -> tuple[int, ...]:
    shape = op.output(0).get_partial_shape()
    if shape.rank.is_dynamic:
        return ()
    sizes = [d.get_length() if d.is_static else -1 for d in shape][1:]
    if channels_first and len(sizes) == 3:
        sizes = [*sizes[1:], sizes[0]]
    return tuple(sizes)


def _named(op: Any, data: list[Any]) -> str:
    kind = op.get_type_name()
    if kind == "ReduceMean" and len(_numbers(op, 1)) == 2:
        return "global average pooling"
    if kind == "MatMul" and len(data) > 1:
        return "matrix product"
    return _KINDS.get(kind, kind)


def _detail(op: Any) -> str:
    """The window and the stride."""
    parts = []
    attributes = op.get_attributes()
    if op.get_type_name() in _CHANNELS_FIRST:
        parts.append("×".join(str(n) for n in _sides(op.input_value(1))[-2:]))
    elif op.get_type_name() in _POOLS:
        parts.append("×".join(str(n) for n in attributes.get("kernel", ())))
    strides = list(attributes.get("strides", ()))
    if any(step != 1 for step in strides):
        parts.append(f"stride {strides[0]}")
    dilations = list(attributes.get("dilations", ()))
    if any(step != 1 for step in dilations):
        parts.append(f"dilation {dilations[0]}")
    return ", ".join(parts)


def _learnt(op: Any, constant: set[str]) -> int:
    """The weights of a layer; what else is constant in an operation are axes and the like."""
    return _sizes(op, constant) if op.get_type_name() in (*_CHANNELS_FIRST, "MatMul") else 0


def _sizes(op: Any, constant: set[str]) -> int:
    """How many numbers its constant inputs have together; single ones are settings."""
    sizes = [
        math.prod(_sides(value))
        for value in op.input_values()
        if value.get_node().get_name() in constant
    ]
    return sum(size for size in sizes if size > 1)


def _sides(value: Any) -> list[int]:
    shape = value.get_partial_shape()
    return [] if shape.rank.is_dynamic else [d.get_length() if d.is_static else 1 for d in shape]


def _numbers(op: Any, place: int) -> list[int]:
    """A constant input as whole numbers; empty where it is none."""
    node = op.input_value(place).get_node() if len(op.input_values()) > place else None
    if node is None or node.get_type_name() != "Constant":
        return []
    return [int(number) for number in node.get_vector()]
