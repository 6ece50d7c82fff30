"""What `gate` has a child process do with a model: look into it, and run it once where it can."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ModelError, ModelLoadError, UnsafeModelError
from fer_core.models.engine import RANDOM, Engine, first_line, fold_constants, read_network
from fer_core.untrusted import keras_files, onnx_files, openvino_files, tflite_files
from fer_core.untrusted.formats import DIRECT
from fer_core.untrusted.network import read_facts

#: A loop of a fixed number of turns ends; one that a picture decides on may not.
_MAX_TURNS = 10_000
_MAX_DEPTH = 20
_CHECKS: dict[str, Callable[[Path], Any]] = {
    "keras": keras_files.check,
    "hdf5": keras_files.check,
    "onnx": onnx_files.check,
    "openvino": openvino_files.check,
    "tflite": tflite_files.check,
}


def look(path: str, model_format: str, shape: list[int] | None) -> dict[str, Any]:
    """Refuses a file that would run code, run for ever, leave its folder or fill the memory.

    Args:
        path: the model.
        model_format: see `formats.detect_format`.
        shape: see `run`.

    Returns:
        `further`: names of files that it takes weights from, relative to its folder; where there
        are none and OpenVINO opens the model as it is, also what `run` gives. `facts`: of a Keras
        file, one sentence where it is clear that it takes no pictures.

    Raises:
        UnsafeModelError: it would.
        ModelLoadError: it is damaged, or not what its name says.
    """
    check = _CHECKS.get(model_format)
    found = check(Path(path)) if check else None
    if isinstance(found, str):
        return {"further": [], "facts": found}
    further = list(found or ())
    return {
        "further": further,
        **(run(path, shape) if model_format in DIRECT and not further else {}),
    }


def run(path: str, shape: list[int] | None) -> dict[str, Any]:
    """Runs a network that OpenVINO opens as it is; only after `look`.

    Args:
        path: the model.
        shape: rows, and what the `model.json` says of the rest, for networks of any size.

    Returns:
        `fixed`: it takes one size only. `facts`: see `ModelFacts`, or one sentence why there are
        none.

    Raises:
        UnsafeModelError: it may run for ever.
        ModelLoadError: it fails, or OpenVINO cannot read it.
    """
    file = Path(path)
    try:
        model = read_network(file)
        _check_loops(model.get_ops(), file, 0)
        _check_chance(model.get_ops(), file)
        fixed = _run_once(file, model, shape)
        fold_constants(model)
    except UnsafeModelError:
        raise
    except (ModelLoadError, RuntimeError) as error:
        if "bad_alloc" in str(error):
            raise MemoryError from error
        if isinstance(error, ModelLoadError):
            raise
        raise ModelLoadError(f"{path} cannot be computed ({first_line(error)}).") from error
    try:
        facts: dict[str, Any] | str = asdict(read_facts(file, file))
    except ModelError as error:
        facts = str(error)
    return {"fixed": fixed, "facts": facts}


def _check_loops(operators: Iterable[Any], file: Path, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise UnsafeModelError(f"{file} nests its loops too deeply; it is not opened.")
    for operator in operators:
        kind = operator.get_type_name()
        if kind in ("Loop", "TensorIterator"):
            turns = operator.get_num_iterations()
            if not 0 <= turns <= _MAX_TURNS and kind == "Loop":
                raise UnsafeModelError(
                    f"{file} has a loop that may run for ever; export the network without loops."
                )
        for body in _bodies(operator, kind):
            _check_loops(body.get_ops(), file, depth + 1)


def _check_chance(operators: Iterable[Any], file: Path) -> None:
    """Refuses networks that throw dice: the same face would get another answer each time."""
    names = sorted({op.get_type_name() for op in operators if RANDOM.search(op.get_type_name())})
    if names:
        raise ModelLoadError(
            f"{file} has augmentation or dropout at work inside ({', '.join(names)}), so that it "
            "answers differently each time; export it for inference, or save it as .keras, of "
            "which augmentation is left out."
        )


def _bodies(operator: Any, kind: str) -> list[Any]:
    if kind in ("Loop", "TensorIterator"):
        return [operator.get_function()]
    if kind == "If":
        return [operator.get_function(index) for index in (0, 1)]
    return []


def _run_once(file: Path, model: Any, shape: list[int] | None) -> bool:
    """Runs the network on dark, bright and random pictures; gives whether its size is fixed.

    One that is no network for pictures is not run: `Engine` will not be able to, either.
    """
    if len(model.inputs) != 1 or model.inputs[0].partial_shape.rank.is_dynamic:
        return True
    own = [d.get_length() if d.is_static else None for d in model.inputs[0].partial_shape]
    fixed = None not in own[1:]
    if not fixed and shape is None:
        shape = _guessed(own)
    rest = [size or wanted for size, wanted in zip(own[1:], (shape or own)[1:], strict=False)]
    if len(rest) != len(own) - 1 or None in rest:
        return True
    random = np.random.default_rng(0)
    size = (1, *(int(side or 1) for side in rest))
    engine = Engine(file)
    for picture in (
        np.zeros(size, np.float32),
        np.full(size, 255, np.float32),
        random.random(size, np.float32),
        255 * random.random(size, np.float32),
    ):
        engine.run(picture)
    return fixed


def _guessed(own: list[int | None]) -> list[int] | None:
    """What `network.read_facts` takes for an open size; None where it would give up."""
    if len(own) != 4 or not {1, 3} & {own[1], own[3]}:
        return None
    return [size or 64 for size in own]
