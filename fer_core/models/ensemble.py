"""Several models as one: their probabilities are averaged, label by label, inside one network.

The joined network takes the picture as the largest of them does, unscaled, and does for each what
its `model.json` says; so it is a model like any other, and a face costs one call.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ModelError
from fer_core.expressions import MAX_CLASSES, in_order
from fer_core.models.convert import engine_file
from fer_core.models.engine import import_openvino, read_network
from fer_core.models.library import take_model
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.untrusted import gate

#: What all of them must share: it is done before the network.
_SHARED = ("equalize", "align", "crop_margin")
#: Rec. 601, as OpenCV makes grey of RGB.
_GREY = np.array([0.299, 0.587, 0.114], np.float32).reshape(1, 1, 1, 3)
_MOST = 8


def join(names: Sequence[str], name: str, registry: ModelRegistry | None = None) -> Path:
    """Adds a model that averages others.

    A class that only some of them know is averaged over those; then all are made to sum to 1.

    Args:
        names: of two or more models.
        name: of the new one.

    Returns:
        Its folder.

    Raises:
        ModelError: they cannot be joined, one of them is no model, or the name is taken.
    """
    registry = registry or ModelRegistry()
    if not 2 <= len(names) <= _MOST or len(set(names)) < len(names):
        raise ModelError(f"Name 2 to {_MOST} different models to join.")
    specs = [registry.spec(one) for one in names]
    for key in _SHARED:
        values = {getattr(spec.input, key) for spec in specs}
        if len(values) > 1:
            raise ModelError(
                f"{' and '.join(names)} cannot be joined: input.{key} differs in their model.json, "
                "and each face is cut and equalised once."
            )
    labels = in_order(label for spec in specs for label in spec.labels)
    if len(labels) > MAX_CLASSES:
        raise ModelError(f"Together they have {len(labels)} classes; at most {MAX_CLASSES} do.")
    files = [engine_file(gate.check_folder(registry.folder(one))) for one in names]
    joined = _input(specs)
    network = _network(specs, files, joined, labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xml"
        import_openvino().serialize(network, path)
        return take_model(gate.check(path), name=name, spec=_spec(specs, joined, labels, name))


def _input(specs: Sequence[ModelSpec]) -> InputSpec:
    """That of the largest picture, in colour where any of them needs it, and unscaled."""
    largest = max((spec.input for spec in specs), key=lambda i: i.width * i.height)
    return replace(
        largest,
        color="gray" if all(spec.input.color == "gray" for spec in specs) else "rgb",
        layout="nhwc",
        scale=1.0,
        mean=(0.0,),
        std=(1.0,),
        mirror_average=any(spec.input.mirror_average for spec in specs),
    )


def _spec(
    specs: Sequence[ModelSpec], joined: InputSpec, labels: tuple[str, ...], name: str
) -> ModelSpec:
    stands_for = {k: v for spec in specs for k, v in (spec.stands_for or {}).items()}
    parents = " + ".join(spec.name for spec in specs)
    licenses = dict.fromkeys(spec.license for spec in specs if spec.license)
    data = dict.fromkeys(spec.trained_on for spec in specs if spec.trained_on)
    return ModelSpec(
        name=name,
        title=f"{name} ({parents})",
        architecture=f"average of {parents}",
        file="model.xml",
        format="openvino",
        sha256="",
        labels=labels,
        input=joined,
        output="softmax",
        trained_on="; ".join(data),
        metrics={},
        license="; ".join(licenses),
        source=parents,
        created=date.today().isoformat(),
        labels_confirmed=all(spec.labels_confirmed for spec in specs),
        stands_for=stands_for,
    )


def _network(
    specs: Sequence[ModelSpec], files: Sequence[Path], joined: InputSpec, labels: tuple[str, ...]
) -> Any:
    openvino = import_openvino()
    from openvino import opset13 as ops

    # One row: some networks have that written into them.
    shape = [1, joined.height, joined.width, joined.channels]
    pixels = ops.parameter(shape, np.float32, name="pixels")
    known = np.zeros(len(labels), np.float32)
    total = None
    for spec, file in zip(specs, files, strict=True):
        rows = _member(ops, spec, file, pixels, joined)
        places = np.zeros((len(spec.labels), len(labels)), np.float32)
        for index, label in enumerate(spec.labels):
            places[index, labels.index(label)] = 1
        known += places.sum(axis=0)
        part = ops.matmul(rows, places, False, False)
        total = part if total is None else ops.add(total, part)
    average = ops.divide(total, known[None])
    whole = ops.divide(average, ops.reduce_sum(average, np.array([1]), keep_dims=True))
    return openvino.Model([whole], [pixels], "joined")


def _member(ops: Any, spec: ModelSpec, file: Path, pixels: Any, joined: InputSpec) -> Any:
    """The probabilities (1, K) of one of them."""
    inputs, x = spec.input, pixels
    if joined.channels == 3 and inputs.color in ("gray", "gray3"):
        x = ops.reduce_sum(ops.multiply(x, _GREY), np.array([3]), keep_dims=True)
        if inputs.color == "gray3":
            x = ops.concat([x, x, x], 3)
    elif joined.channels == 3 and inputs.color == "bgr":
        x = ops.gather(x, np.array([2, 1, 0]), np.array(3))
    x = ops.transpose(x, np.array([0, 3, 1, 2]))
    if (inputs.height, inputs.width) != (joined.height, joined.width):
        # Means of areas, as OpenCV's INTER_AREA where the sizes divide.
        x = ops.adaptive_avg_pool(x, np.array([inputs.height, inputs.width]))
    mean, std = (np.array(v, np.float32).reshape(1, -1, 1, 1) for v in (inputs.mean, inputs.std))
    x = ops.divide(ops.subtract(ops.multiply(x, np.float32(inputs.scale)), mean), std)
    if inputs.layout == "nhwc":
        x = ops.transpose(x, np.array([0, 2, 3, 1]))
    model = read_network(file)
    taken = model.inputs[0]
    if taken.get_element_type().is_integral():
        raise ModelError(f"{spec.name} takes whole numbers and cannot be joined.")
    for target in taken.get_target_inputs():
        target.replace_source_output(x.output(0))
    y = ops.reshape(
        model.outputs[0].get_node().input_value(0), np.array([1, -1]), special_zero=False
    )
    if spec.output == "softmax":
        y = ops.log(ops.maximum(y, np.float32(1e-12)))
    return ops.softmax(ops.divide(y, np.float32(spec.temperature)), 1)
