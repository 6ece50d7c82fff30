"""What a model file says about itself: sizes, channels, classes, scaling inside the network."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ModelLoadError
from fer_core.expressions import MAX_CLASSES
from fer_core.models.engine import Engine, fold_constants, read_network
from fer_core.models.spec import MAX_INPUT_PX
from fer_core.untrusted import scales

#: Operators that move or retype numbers and leave their values.
_NEUTRAL = ("Convert", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Result")
#: Those, and operators that cut, widen, clip or resize a picture: its range stays.
_KEEPS_RANGE = (
    *_NEUTRAL, "Clamp", "Concat", "Gather", "Interpolate", "Maximum", "Minimum", "Pad", "Reverse",
    "Slice", "Split", "StridedSlice", "VariadicSplit",
)  # fmt: skip
_RESCALES_BELOW = 0.1
#: Layers with weights, and a size of what they make of noise under which pixels must be 0…255:
#: Glorot's and He's weights have 1 to 1.4, divided by 127.5 a hundredth.
_WEIGHTED = ("Convolution", "GroupConvolution", "MatMul")
_FOLDED_GAIN = 0.04
#: Nobody adds or subtracts more than this where pixels are 0…1.
_OFFSET_OF_PIXELS = 10


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What can be told from a model file alone.

    Attributes:
        width, height: of the input in px; None where the network takes any size.
        channels: 1 or 3.
        layout: nhwc or nchw.
        classes: how many numbers come out.
        rescales: the network itself scales pixels 0..255 down.
        output: softmax where the numbers are shares already, else logits.
        scalings: how likely each usual scaling of the pixels is, see `scales.shares`.
    """

    width: int | None
    height: int | None
    channels: int
    layout: str
    classes: int
    rescales: bool
    output: str
    scalings: dict[str, float] = field(default_factory=dict)


def read_facts(engine_path: Path, shown: Path) -> ModelFacts:
    """Looks into a network and runs it; only on files of ours, or in a child process.

    Args:
        engine_path: what OpenVINO reads.
        shown: the person's own file, for messages.

    Raises:
        ModelLoadError: it cannot be read, or it is no network for pictures of faces.
    """
    model = read_network(engine_path, shown)
    _check_ends(model, shown)
    fold_constants(model)
    height, width, channels, layout = _input_shape(model, shown)
    classes = _classes(model, shown)
    shape = (height or 64, width or 64)
    rescales = _rescales(model)
    return ModelFacts(
        width=width,
        height=height,
        channels=channels,
        layout=layout,
        classes=classes,
        rescales=rescales,
        output=_output(engine_path, model, shape, channels, layout, classes, shown),
        scalings={} if rescales else scales.shares(model, shape, channels, layout),
    )


def _check_ends(model: Any, path: Path) -> None:
    for what, ends in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(ends) != 1:
            raise ModelLoadError(
                f"{path} has {len(ends)} {what}; the app runs networks with one of each."
            )


def _dims(shape: Any) -> list[int | None]:
    return [d.get_length() if d.is_static else None for d in shape]


def _input_shape(model: Any, path: Path) -> tuple[int | None, int | None, int, str]:
    shape = model.inputs[0].partial_shape
    dims = [] if shape.rank.is_dynamic else _dims(shape)
    shown = f"({', '.join('any' if d is None else str(d) for d in dims)})"
    if len(dims) != 4:
        raise ModelLoadError(
            f"{path} takes an input of shape {shown}; the app runs networks that take pictures."
        )
    if dims[3] in (1, 3):
        height, width, channels, layout = dims[1], dims[2], dims[3], "nhwc"
    elif dims[1] in (1, 3):
        height, width, channels, layout = dims[2], dims[3], dims[1], "nchw"
    else:
        raise ModelLoadError(
            f"{path} takes an input of shape {shown}; the app runs networks for grey pictures "
            "(1 channel) and colour pictures (3 channels)."
        )
    if max(height or 0, width or 0) > MAX_INPUT_PX:
        raise ModelLoadError(
            f"{path} takes pictures of {width}×{height} px; at most {MAX_INPUT_PX} are supported."
        )
    return height, width, channels, layout


def _classes(model: Any, path: Path) -> int:
    shape = model.outputs[0].partial_shape
    dims = [] if shape.rank.is_dynamic else _dims(shape)
    sizes = [d for d in dims[1:] if d != 1]
    if len(dims) > 1 and not sizes:
        raise ModelLoadError(
            f"{path} gives one number a face; the app needs one a class: end the network in "
            "Dense(2, activation='softmax') and train that."
        )
    if len(dims) < 2 or len(sizes) != 1 or sizes[0] is None:
        shown = ", ".join("any" if d is None else str(d) for d in dims)
        raise ModelLoadError(
            f"{path} gives an output of shape ({shown}); the app runs networks that give one "
            "row of numbers a face."
        )
    if sizes[0] > MAX_CLASSES:
        raise ModelLoadError(
            f"{path} tells {sizes[0]} classes apart; at most {MAX_CLASSES} are supported."
        )
    return sizes[0]


def _rescales(model: Any) -> bool:
    """Whether the first operators bring 0..255 down to numbers around 1.

    A layer that scales, one that normalises, and a batch normalisation trained on unscaled pixels
    all look the same: a small factor on the input. Subtracting ImageNet's mean from 0..255 has no
    factor, but a large offset.
    """
    if model.inputs[0].get_element_type().is_integral():
        return True
    factor, output = 1.0, model.inputs[0]
    for _ in range(40):
        nodes = _next_nodes(output.get_node())
        kinds = {node.get_type_name() for node in nodes}
        # Channels that are split go the same way each; other branches compute something.
        if len(kinds) != 1 or (len(nodes) > 1 and not kinds <= set(_KEEPS_RANGE)):
            break
        node, kind = nodes[0], kinds.pop()
        if kind in ("Multiply", "Divide", "Add", "Subtract"):
            values = [_constant(node.input_value(i).get_node()) for i in (0, 1)]
            value = next((v for v in values if v is not None), None)
            if value is None:
                break
            size = float(np.abs(value).mean())
            if kind == "Multiply":
                factor *= size
            elif kind == "Divide" and values[1] is not None:
                factor /= max(size, 1e-12)
            elif kind in ("Add", "Subtract") and size > _OFFSET_OF_PIXELS * factor:
                return True
        elif kind.startswith("BatchNormInference"):
            gamma, variance = (_constant(node.input_value(i).get_node()) for i in (1, 4))
            if gamma is not None and variance is not None:
                factor *= float(np.abs(gamma / np.sqrt(variance + 1e-5)).mean())
            break
        elif kind in _WEIGHTED:
            return factor < _RESCALES_BELOW or _is_folded(node)
        elif kind not in _KEEPS_RANGE:
            break
        output = node.output(0)
    return factor < _RESCALES_BELOW


def _is_folded(node: Any) -> bool:
    """Whether a first layer's weights are so small that a Rescaling was multiplied into them.

    TensorFlow Lite does that. What such a layer gives would be next to nothing for 0…1; weights
    that were trained on 0…1 or on 0…255 keep about the size that they began with.
    """
    weights = _weights(node.input_value(1).get_node())
    if weights is None or not weights.size:
        return False
    outputs = node.output(0).partial_shape
    count = weights.shape[0] if node.get_type_name() != "MatMul" else weights.shape[-1]
    taken = weights.size / max(count, 1)
    gain = float(np.sqrt((weights.astype(np.float64) ** 2).mean() * taken))
    return bool(outputs.rank.is_static) and 0 < gain < _FOLDED_GAIN


def _weights(node: Any, depth: int = 0) -> np.ndarray | None:
    """Constant weights; whole numbers times a scale, as quantised networks have them."""
    found = _constant(node)
    if found is not None or depth > 4 or node.get_input_size() == 0:
        return found
    kind = node.get_type_name()
    if kind in (*_NEUTRAL, "FakeQuantize"):
        return _weights(node.input_value(0).get_node(), depth + 1)
    if kind in ("Multiply", "Subtract") and node.get_input_size() == 2:
        parts = [_weights(node.input_value(i).get_node(), depth + 1) for i in (0, 1)]
        if parts[0] is None or parts[1] is None:
            return None
        return parts[0] * parts[1] if kind == "Multiply" else parts[0] - parts[1]
    return None


def _next_nodes(node: Any) -> list[Any]:
    """What takes a node's outputs, each once; asking for their shape does not count."""
    targets = [t.get_node() for out in node.outputs() for t in out.get_target_inputs()]
    found = {target.get_friendly_name(): target for target in targets}
    return [target for target in found.values() if target.get_type_name() != "ShapeOf"]


def _constant(node: Any) -> np.ndarray | None:
    while node.get_type_name() in _NEUTRAL and node.get_input_size():
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        return None
    return np.asarray(node.data, np.float32)


def _output(
    engine_path: Path,
    model: Any,
    size: tuple[int, int],
    channels: int,
    layout: str,
    classes: int,
    path: Path,
) -> str:
    quantized = model.outputs[0].get_element_type().is_integral()
    node = model.outputs[0].get_node()
    while node.get_type_name() in _NEUTRAL and node.get_input_size():
        node = node.input_value(0).get_node()
    if node.get_type_name() in ("Softmax", "Sigmoid") and not quantized:
        return "softmax"
    random = np.random.default_rng(0)
    pixels = random.random((4, *size, channels), np.float32)
    pixels = pixels if layout == "nhwc" else pixels.transpose(0, 3, 1, 2)
    engine = Engine(engine_path, shown=path)
    rows = np.concatenate([engine.run(pixels * scale) for scale in (1, 255)])
    rows = rows.reshape(len(rows), -1)
    if rows.shape[1] != classes:
        raise ModelLoadError(f"{path} gives {rows.shape[1]} numbers a face, not {classes}.")
    if quantized:
        # 256 is 1; each share is rounded, and 255 is the highest.
        if not np.allclose(rows.sum(axis=1), 256, atol=classes + 1):
            raise ModelLoadError(
                f"{path} gives whole numbers that are no shares; save it with float outputs."
            )
        return "softmax"
    shares = bool((rows >= 0).all()) and np.allclose(rows.sum(axis=1), 1, atol=1e-3)
    return "softmax" if shares else "logits"
