"""The child process of `convert`: opens a Keras file, writes OpenVINO IR, compares the two.

Called as `python -P -m fer_core.models._convert_child FILE FOLDER BACKEND`; the answer is
FOLDER/answer.json. This is the only file of the app that imports Keras.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

# The converter of openvino would import it and could open a connection.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

TOLERANCE = 1e-3
_MEMORY = 16 << 30


class _RefusedError(Exception):
    """The file is understood and cannot be used; another backend would not help."""


def main(path: Path, folder: Path, backend: str) -> dict[str, str]:
    """Converts one file; the answer is empty, or says what is wrong."""
    _limit_memory()
    import keras

    from fer_core.models import legacy

    try:
        model = legacy.load(path, folder, keras)
    except Exception as error:
        return _problem("Keras cannot open it", error)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        return {
            "error": f"it has {len(model.inputs)} inputs and {len(model.outputs)} outputs; "
            "the app runs networks with one of each",
            "final": "yes",
        }
    target = folder / "model.xml"
    try:
        _export(model, target, backend)
    except Exception as error:
        return _problem(f"Keras cannot export it from {backend}", error)
    try:
        _compare(model, target)
    except _RefusedError as error:
        return {"error": str(error)}
    except Exception as error:
        return _problem("the conversion cannot be run", error)
    return {}


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


def _export(model: Any, target: Path, backend: str) -> None:
    # OpenVINO on Windows does not write to every path that Python can name: write beside, move.
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        model.export(str(made), format="openvino", verbose=False)
        for file in made.parent.iterdir():
            file.replace(target.parent / file.name)


def _compare(model: Any, target: Path) -> None:
    """Runs both on the same inputs.

    Raises:
        _RefusedError: probabilities differ by more than `TOLERANCE`, or a label differs.
    """
    from fer_core.models.engine import Engine

    shape = tuple(model.inputs[0].shape[1:])
    for rows in (1, 4):
        engine = Engine(target, rows)
        for batch in _inputs(rows, shape):
            expected = as_probs(np.asarray(_call(model, batch)))
            actual = as_probs(engine.run(batch))
            difference = float(np.abs(expected - actual).max())
            if not difference <= TOLERANCE:
                raise _RefusedError(
                    f"the converted network differs from Keras by {difference:.2g} at "
                    f"{rows} faces; it is not taken"
                )
            top = np.sort(expected, axis=-1)
            clear = top[:, -1] - top[:, -2] > 2 * TOLERANCE
            if (expected.argmax(-1) != actual.argmax(-1))[clear].any():
                raise _RefusedError("the converted network gives other labels than Keras")


def _call(model: Any, batch: np.ndarray) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(model(batch, training=False))


def as_probs(outputs: np.ndarray) -> np.ndarray:
    """Rows that sum to 1: as they are where they do, else their softmax; float32 (N, K)."""
    rows = outputs.reshape(len(outputs), -1).astype(np.float32)
    if (rows >= 0).all() and np.allclose(rows.sum(-1), 1, atol=1e-2):
        return rows
    exp = np.exp(rows - rows.max(-1, keepdims=True))
    return exp / exp.sum(-1, keepdims=True)


def _inputs(rows: int, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Noise and a real face, under the usual scalings; float32 (rows, *shape)."""
    random = np.random.default_rng(rows)
    pixels = [random.integers(0, 256, (rows, *shape)), _crops(rows, shape)]
    return [
        (p.astype(np.float32) * scale - mean).astype(np.float32)
        for p in pixels
        for scale, mean in ((1 / 255, 0), (2 / 255, 1), (1, 0))
    ]


def _crops(rows: int, shape: tuple[int, ...]) -> np.ndarray:
    """Crops around the face of the bundled portrait, as uint8 values in the network's layout."""
    import cv2

    from fer_core import paths

    sample = paths.resources_dir() / "Samples" / "portrait.jpg"
    picture = cv2.imdecode(np.fromfile(sample, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    first = len(shape) == 3 and shape[0] in (1, 3) and shape[2] not in (1, 3)
    height, width, channels = (shape[1], shape[2], shape[0]) if first else shape
    found = np.empty((rows, height, width, channels), np.uint8)
    for index in range(rows):
        side = 150 + 40 * index
        crop = picture[60 : 60 + side, 160 : 160 + side]
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
        gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[:, :, None]
        found[index] = gray if channels == 1 else crop
    return found.transpose(0, 3, 1, 2) if first else found


if __name__ == "__main__":
    source, into, name = sys.argv[1:]
    answer = main(Path(source), Path(into), name)
    (Path(into) / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
