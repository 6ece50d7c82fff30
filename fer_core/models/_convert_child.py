"""The child process of `convert`: opens a Keras file, writes OpenVINO IR or ONNX, compares the two.

Called as `python -P -m fer_core.models._convert_child FILE FOLDER BACKEND TARGET`, where TARGET is
model.xml or model.onnx; the answer is FOLDER/answer.json. This is the only file of the app that
imports Keras.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

# The converter of openvino would import it and could open a connection.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

TOLERANCE = 1e-3
_MEMORY = 16 << 30


class _RefusedError(Exception):
    """The file is understood and cannot be used; another backend would not help."""


def main(path: Path, target: Path, backend: str) -> dict[str, str]:
    """Converts one file; the answer is empty, or says what is wrong."""
    _limit_memory()
    _keras_in_float32()
    import keras

    from fer_core.models import legacy

    try:
        model = legacy.load(path, target.parent, keras)
    except Exception as error:
        layer = re.search(r"Unknown layer: '(\w+)'", str(error))
        if layer:
            return {
                "error": f"it has a layer {layer[1]} that .h5 files do not explain; save it as "
                ".keras, or export it as ONNX",
                "final": "yes",
            }
        problem = _problem("Keras cannot open it", error)
        unknown = any(words in str(error) for words in ("Unknown layer", "Could not locate"))
        return problem | ({"final": "yes"} if unknown else {})
    unfit = _unfit(model)
    if unfit:
        return {"error": unfit, "final": "yes"}
    try:
        if target.suffix == ".onnx":
            _export_onnx(model, target, keras)
        else:
            _export(model, target)
    except Exception as error:
        return _problem(f"Keras cannot export it from {backend}", error)
    try:
        _compare(model, target)
    except _RefusedError as error:
        return {"error": str(error)}
    except Exception as error:
        return _problem("the conversion cannot be run", error)
    return {}


def _unfit(model: Any) -> str:
    """Why the app cannot run such a network, however it is converted; empty where it can."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        return (
            f"it has {len(model.inputs)} inputs and {len(model.outputs)} outputs; "
            "the app runs networks with one of each"
        )
    taken, given = tuple(model.inputs[0].shape), tuple(model.outputs[0].shape)
    if len(taken) != 4:
        return f"it takes an input of shape {taken}; the app runs networks that take pictures"
    if not {1, 3, None} & {taken[1], taken[3]}:
        return (
            f"it takes pictures of {taken[3]} channels; the app runs networks for grey pictures "
            "(1 channel) and colour pictures (3 channels)"
        )
    if len(given) > 1 and set(given[1:]) == {1}:
        return (
            "it gives one number a face; the app needs one an expression: end the network in "
            "Dense(2, activation='softmax') and train that"
        )
    return ""


def _problem(what: str, error: Exception) -> dict[str, str]:
    from fer_core.models.engine import first_line

    return {"error": f"{what} ({type(error).__name__}: {first_line(error)})"}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if sys.platform.startswith("linux") and hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))


def _export(model: Any, target: Path) -> None:
    """Writes the network with its constant parts computed: it then loads a fifth faster."""
    from fer_core.models.engine import fold_constants, import_openvino

    raw = target.parent / "raw" / "raw.xml"
    raw.parent.mkdir()
    model.export(str(raw), format="openvino", verbose=False)
    openvino = import_openvino()
    network = openvino.Core().read_model(raw)
    fold_constants(network)
    openvino.serialize(network, target)


def _export_onnx(model: Any, target: Path, keras: Any) -> None:
    """Writes the network with an open batch size; Keras calls tf2onnx for that."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):
            # As tensors they would become inputs of the network.
            layer.mean, layer.variance = np.asarray(layer.mean), np.asarray(layer.variance)
    _call(model, _inputs(tuple(model.inputs[0].shape[1:]))[:1])  # else Keras does not export it
    model.export(str(target), format="onnx", verbose=False)


def _compare(model: Any, target: Path) -> None:
    """Runs both on the same inputs.

    Raises:
        _RefusedError: probabilities differ by more than `TOLERANCE`, or a label differs.
    """
    from fer_core.models.engine import Engine

    four = _inputs(tuple(model.inputs[0].shape[1:]))
    if "int" in str(model.inputs[0].dtype):  # Keras and OpenVINO would round fractions differently
        four = np.clip(np.rint(four), 0, 255)
    for batch in (four[:1], four):
        expected = as_probs(_call(model, batch))
        actual = as_probs(Engine(target, len(batch)).run(batch))
        difference = float(np.abs(expected - actual).max())
        if not difference <= TOLERANCE:
            raise _RefusedError(
                f"the converted network differs from Keras by {difference:.2g} at "
                f"{len(batch)} faces; it is not taken"
            )
        top = np.sort(expected, axis=-1)
        clear = top[:, -1] - top[:, -2] > 2 * TOLERANCE
        if (expected.argmax(-1) != actual.argmax(-1))[clear].any():
            raise _RefusedError("the converted network gives other labels than Keras")


def _call(model: Any, batch: np.ndarray) -> np.ndarray:
    """Keras's own answer. A plain call would compute it unoptimised: minutes for 224 px."""
    return np.asarray(model.predict(batch, batch_size=len(batch), verbose=0))


def _keras_in_float32() -> None:
    """`predict` of Keras's OpenVINO backend leaves the precision to the processor."""
    import openvino

    compile_model = openvino.compile_model
    precise = {"INFERENCE_PRECISION_HINT": "f32"}

    def in_float32(model: Any, device: str = "CPU", config: Any = None, **more: Any) -> Any:
        return compile_model(model, device, {**precise, **(config or {})}, **more)

    openvino.compile_model = in_float32


def as_probs(outputs: np.ndarray) -> np.ndarray:
    """Rows that sum to 1: as they are where they do, else their softmax; float32 (N, K)."""
    rows = outputs.reshape(len(outputs), -1).astype(np.float32)
    if (rows >= 0).all() and np.allclose(rows.sum(-1), 1, atol=1e-2):
        return rows
    exp = np.exp(rows - rows.max(-1, keepdims=True))
    return exp / exp.sum(-1, keepdims=True)


def _inputs(shape: tuple[int | None, ...]) -> np.ndarray:
    """A real face under three usual scalings, and noise; float32 (4, *shape)."""
    first = len(shape) == 3 and shape[0] in (1, 3) and shape[2] not in (1, 3)
    height, width, channels = (shape[1], shape[2], shape[0]) if first else shape
    size = (height or 64, width or 64, channels or 3)
    noise = np.random.default_rng(0).integers(0, 256, size)
    faces = [_face(size, side) for side in (150, 200, 250)]
    rows = [faces[0] / 127.5 - 1, faces[1] / 255, faces[2], noise / 255]
    batch = np.stack(rows).astype(np.float32)
    return batch.transpose(0, 3, 1, 2) if first else batch


def _face(size: tuple[int, int, int], side: int) -> np.ndarray:
    """A crop of `side` px around the face of the bundled portrait; 0..255, of the given shape."""
    import cv2

    from fer_core import paths

    sample = paths.resources_dir() / "Samples" / "portrait.jpg"
    picture = cv2.imdecode(np.fromfile(sample, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    height, width, channels = size
    crop = cv2.resize(picture[60 : 60 + side, 160 : 160 + side], (width, height))
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[:, :, None]
    return gray if channels == 1 else crop


if __name__ == "__main__":
    source, into, name, wanted = sys.argv[1:]
    answer = main(Path(source), Path(into) / wanted, name)
    (Path(into) / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
