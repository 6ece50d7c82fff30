"""What `convert` has a child process do: open a Keras file, write OpenVINO IR or ONNX, compare.

This is the only file of the app that imports Keras.
"""

import errno
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

# The converter of openvino would import it and could open a connection.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
# Where urllib3 is installed, Keras imports it, and it tries on import whether it can listen on ::1.
socket.has_ipv6 = False

TOLERANCE = 1e-3
#: Folder of Keras whose code is at fault where a network is none of the file's.
_BACKEND = re.compile(r"keras[/\\]src[/\\]backend[/\\]openvino|[/\\]openvino[/\\]")


class _RefusedError(Exception):
    """The file is understood and cannot be used; another backend would not help."""


def convert(path: str, target: str, backend: str) -> dict[str, str]:
    """Converts one file.

    Args:
        path: a Keras file that `gate` has checked.
        target: the .xml or .onnx to write, in a folder of its own.
        backend: the one that Keras was told to take: openvino or tensorflow.

    Returns:
        Nothing, or an `error`; `final` where another backend would not help, `full` where there was
        no room.
    """
    _keras_in_float32()
    import keras

    return _convert(Path(path), Path(target), backend, keras)


def _convert(path: Path, target: Path, backend: str, keras: Any) -> dict[str, str]:
    from fer_core.models import legacy

    try:
        model = legacy.load(path, target.parent, keras)
    except Exception as error:
        layer = re.search(r"Unknown layer: '(\w+)'", str(error))
        if layer:
            return {"error": _unknown(layer[1], keras), "final": "yes"}
        problem = _problem("Keras cannot open it", error)
        unknown = any(words in str(error) for words in ("Unknown layer", "Could not locate"))
        return problem | ({"final": "yes"} if unknown or not _is_backends(error) else {})
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


def _unknown(name: str, keras: Any) -> str:
    """Of a layer that Keras does not know: an operator of its own, or somebody's class."""
    modules = ("numpy", "math", "nn", "core", "image", "linalg")
    if any(hasattr(getattr(keras.src.ops, module, None), name) for module in modules):
        return (
            f"it has a layer {name} that .h5 files do not explain; save it as .keras, or export it "
            "as ONNX"
        )
    return (
        f"it uses {name}, which is not part of Keras; rebuild the network from Keras's own layers, "
        "or export it as ONNX"
    )


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
            "it gives one number a face; the app needs one a class: end the network in "
            "Dense(2, activation='softmax') and train that"
        )
    return ""


def _problem(what: str, error: Exception) -> dict[str, str]:
    from fer_core.models.engine import first_line

    if any("bad_alloc" in str(e) or isinstance(e, MemoryError) for e in _chain(error)):
        raise MemoryError from error
    full = any(
        getattr(e, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(e)
        for e in _chain(error)
    )
    text = f"{what} ({type(error).__name__}: {first_line(error)})"
    return {"error": text, "full": "yes"} if full else {"error": text}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_backends(error: Exception) -> bool:
    """Whether it is Keras's backend that cannot, so that TensorFlow may; else it is the file."""
    for link in _chain(error):
        if isinstance(link, NotImplementedError):
            return True
        trace = link.__traceback__
        while trace is not None:
            if _BACKEND.search(trace.tb_frame.f_code.co_filename):
                return True
            trace = trace.tb_next
    return False


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
