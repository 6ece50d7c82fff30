"""OpenVINO, the one engine that runs every model."""

import re
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

import numpy as np

from fer_core.errors import ModelLoadError

#: float32 on every processor (with bfloat16 probabilities move by up to 2e-2), one crop at a time.
_CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}

_importing = threading.Lock()
_the_core: list[Any] = []


def import_openvino() -> ModuleType:
    """The package openvino, without its conversion tools.

    Those cost 50 ms and import openvino-telemetry, which could open a connection. Whoever has
    imported openvino before us keeps what they have.
    """
    with _importing:  # another thread's half of it would have no Core
        if "openvino" in sys.modules:
            return sys.modules["openvino"]
        tools = "openvino.tools.ovc"
        sys.modules[tools] = None  # type: ignore[assignment]  # makes its import fail quietly
        try:
            import openvino
        finally:
            del sys.modules[tools]
        return openvino


def core() -> Any:
    """OpenVINO's Core, one for the whole process and to its end.

    Each Core loads the processor's plugin anew, and each plugin gives the thread a stack for
    signals, which it takes away when it goes. With several of them one that is gone may stay in
    use, and the next Ctrl-C ends the process with a segmentation fault.
    """
    openvino = import_openvino()
    with _importing:
        if not _the_core:
            _the_core.append(openvino.Core())
    return _the_core[0]


#: Operators that draw random numbers: of augmentation, or of a dropout that is still at work.
RANDOM = re.compile(r"random|bernoulli|multinomial|imageprojectivetransform", re.I)
_SHOWN = 6
#: Suffix → OpenVINO's name for the reader of such files; a folder is a SavedModel.
_READERS = {".onnx": "onnx", ".tflite": "tflite"}


def read_network(path: str | Path, shown: str | Path | None = None) -> Any:
    """OpenVINO's model of a file, which is read as what its name says and as nothing else.

    Left to itself, OpenVINO looks for any format that the contents allow: an ONNX file whose
    comment is an OpenVINO network would be one.

    Args:
        path: .xml (with its .bin beside it), .onnx, .tflite, or a SavedModel folder.
        shown: the person's own file, where `path` is its conversion.

    Raises:
        ModelLoadError: OpenVINO cannot read it.
    """
    path = Path(path)
    openvino = import_openvino()
    reader = "tf" if path.is_dir() else _READERS.get(path.suffix.lower())
    try:
        if reader is None:
            return core().read_model(path)
        frontend = openvino.frontend.FrontEndManager().load_by_framework(reader)
        return frontend.convert(frontend.load(str(path)))
    except Exception as error:
        raise ModelLoadError(_unreadable(Path(shown or path), error)) from error


def _unreadable(path: Path, error: Exception) -> str:
    """Why OpenVINO cannot read a file; the operators that it has no form for by name."""
    found = re.search(r"No conversion rule found for operations: ([^\n]+)", str(error))
    if found is None:
        return f"{path} cannot be read by OpenVINO ({first_line(error)})."
    names = [re.sub(r"-\d+$", "", name.strip()) for name in found[1].split(",")]
    listed = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    if any(RANDOM.search(name) for name in names):
        return (
            f"{path} has augmentation inside ({listed}); save the network as .keras, of which it "
            "is left out, or export it without those layers."
        )
    return (
        f"{path} has operators that OpenVINO does not know ({listed}); export the network without "
        "them, or save it as .keras."
    )


class Engine:
    """One compiled network with one input and one output; safe to call from several threads.

    A network of a fixed batch size runs 1.5 times as fast as one of an open batch size, and a
    batch of 16 hardly faster than 16 single faces. So the network is compiled for a few rows,
    and more of them are run one after the other.

    Attributes:
        path: the model file, as messages name it.
        rows: how many rows the compiled network takes at a time.
    """

    def __init__(self, path: str | Path, rows: int = 1, shown: str | Path | None = None):
        """Reads and compiles a network.

        Args:
            path: .xml (with its .bin beside it), .onnx, .tflite, or a SavedModel folder.
            rows: wanted rows at a time; a network with a batch size of its own keeps that.
            shown: the person's own file, where `path` is its conversion.

        Raises:
            ModelLoadError: OpenVINO cannot read or compile it.
        """
        self.path = Path(shown or path)
        model = read_network(path, self.path)
        if len(model.inputs) != 1 or len(model.outputs) != 1:
            raise ModelLoadError(
                f"{self.path} has {len(model.inputs)} inputs and {len(model.outputs)} outputs; "
                "the app runs networks with one of each."
            )
        self.rows = _fix_rows(model, rows)
        try:
            compiled = core().compile_model(model, "CPU", _CONFIG)
        except Exception as error:
            raise ModelLoadError(
                f"{self.path} cannot be compiled by OpenVINO ({first_line(error)})."
            ) from error
        self._model = model
        self._idle: SimpleQueue[Any] = SimpleQueue()
        self._idle.put(compiled.create_infer_request())
        ends = (compiled.input(0), compiled.output(0))
        self._dtype, given = (end.get_element_type().to_dtype() for end in ends)
        # Signed bytes, as TFLite quantises to, are pixels and shares of 256 less 128.
        self._less, self._more = (128 if dtype == np.int8 else 0 for dtype in (self._dtype, given))

    def use_lanes(self, count: int) -> None:
        """Compiles it anew for so many calls at a time, each on one core; nobody may use it yet."""
        compiled = core().compile_model(self._model, "CPU", lanes_config(count))
        self._idle = SimpleQueue()
        for _ in range(count):
            self._idle.put(compiled.create_infer_request())

    def run(self, batch: np.ndarray) -> np.ndarray:
        """The network's output for any number of rows.

        Args:
            batch: (N, …) in the network's own layout; pixels 0..255 where it takes whole numbers.

        Returns:
            float32 (N, …); shares of 256 where it gives whole numbers.

        Raises:
            ModelLoadError: the input does not fit, or the network fails.
        """
        if np.issubdtype(self._dtype, np.integer):
            limits = np.iinfo(self._dtype)
            batch = np.clip(np.rint(batch) - self._less, limits.min, limits.max)
        batch = np.ascontiguousarray(batch, self._dtype)
        parts = []
        for start in range(0, len(batch), self.rows):
            part = batch[start : start + self.rows]
            real = len(part)
            if real < self.rows:
                part = np.concatenate([part, np.repeat(part[-1:], self.rows - real, axis=0)])
            parts.append(self._run_once(part)[:real])
        return np.concatenate(parts)

    def _run_once(self, rows: np.ndarray) -> np.ndarray:
        request = self._idle.get()
        try:
            request.infer([rows])
            return np.array(request.get_output_tensor(0).data, np.float32) + self._more
        except Exception as error:
            raise ModelLoadError(
                f"{self.path} does not take an input of shape {rows.shape} "
                f"({first_line(error)}); check size, colour and layout in its model.json."
            ) from error
        finally:
            self._idle.put(request)


def lanes_config(count: int) -> dict[str, str]:
    """OpenVINO's settings for so many calls at a time, each on one core.

    A call then gives the same to the last digit however many there are.
    """
    return {
        "INFERENCE_PRECISION_HINT": "f32",
        "NUM_STREAMS": str(count),
        "INFERENCE_NUM_THREADS": str(count),
    }


def first_line(error: BaseException) -> str:
    """The part of an OpenVINO or Keras message that says something, on one line."""
    lines = [line.strip() for line in str(error).splitlines()]
    useful = [s for s in lines if s and not s.startswith(("Exception from", "Check '"))]
    return (useful or lines or [type(error).__name__])[0][:200].rstrip(".")


def fold_constants(model: Any) -> None:
    """Computes the parts of an OpenVINO network that do not depend on its input."""
    from openvino.passes import ConstantFolding, Manager

    manager = Manager()
    manager.register_pass(ConstantFolding())
    manager.run_passes(model)


def _fix_rows(model: Any, rows: int) -> int:
    """Sets the batch size if the network lets us; gives the one that it has then."""
    shape = model.inputs[0].partial_shape
    if shape.rank.is_dynamic or len(shape) < 2:
        return rows
    wanted = [rows, *(d.get_length() if d.is_static else -1 for d in list(shape)[1:])]
    before = [d.get_length() if d.is_static else -1 for d in shape]
    try:
        model.reshape(wanted)
        output = model.outputs[0].partial_shape
        if output.rank.is_dynamic or output[0].is_dynamic or output[0].get_length() == rows:
            return rows
    except RuntimeError:
        pass
    if before[0] < 1:
        before[0] = 1  # an open batch size that does not hold: one row always does
    model.reshape(before)
    return before[0]
