"""Model file → the form that OpenVINO reads, verified and cached.

`.onnx`, `.xml`, `.tflite` and SavedModel folders go straight in. Keras files are opened once, by
Keras in a child process: its second of start-up and its memory stay out of the app, and a file
that crashes or hangs it takes down nothing else.
"""

import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fer_core import paths
from fer_core.errors import ModelLoadError
from fer_core.files import write_text
from fer_core.leftovers import named
from fer_core.models.digest import sha256
from fer_core.untrusted import child
from fer_core.untrusted.child import ChildError, Limits
from fer_core.untrusted.formats import DIRECT
from fer_core.untrusted.gate import CheckedModel

#: Raise it when the child writes something else: every model is then converted anew.
CONVERTER_VERSION = 2
#: Seconds of one processor that a conversion may take; busy machines give it only a part of one.
TIMEOUT_S = 300
_CLOCK = 6
#: What Keras takes beside eight times the file; TensorFlow reserves more than it uses.
_MEMORY = {"openvino": 4 << 30, "tensorflow": 16 << 30}

#: Libraries that write files seldom say that there was no room; with so little free there was none.
_LITTLE_BYTES = 1 << 20
#: Folder beside a model file of the app with its conversion, so that the first start needs none.
SHIPPED = "converted"
_ENTRY = "entry.json"
_MODEL = "model.xml"
_ONNX = "model.onnx"
_MADE = (_MODEL, "model.bin")
_CHILD = "fer_core.models._convert_child:convert"


def engine_file(model: CheckedModel, *, exact: bool = False) -> Path:
    """The file that OpenVINO reads for a model: itself, or the cached conversion.

    Args:
        model: whose file.
        exact: not the quantised form in which a model of the app runs.

    Raises:
        ModelLoadError: it cannot be converted, or the conversion disagrees with Keras.
    """
    if model.format in DIRECT:
        return model.path
    shipped = model.path.parent / SHIPPED
    if not exact and _comes_with_the_app(model.path) and _is_whole(shipped, model.sha256):
        return shipped / _MODEL
    folder = _kept_in(model.sha256)
    if not _is_whole(folder, model.sha256):
        _convert(model.path, folder, model.sha256)
    return folder / _MODEL


def is_prepared(path: str | Path, model_format: str, digest: str = "") -> bool:
    """Whether `engine_file` has nothing to convert; the contents are checked only there.

    Args:
        path: the model file.
        model_format: what its `model.json` says.
        digest: its SHA-256 if known already.
    """
    path = Path(path)
    if model_format in DIRECT or (_comes_with_the_app(path) and (path.parent / SHIPPED).is_dir()):
        return True
    return _kept_in(digest or sha256(path)).is_dir()


def cache_folder() -> Path:
    """Where conversions are kept."""
    return paths.cache_dir() / "models"


def empty_cache() -> int:
    """Deletes all conversions; they are made again when needed.

    Returns:
        How many bytes were freed.
    """
    files = [p for p in cache_folder().rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files)
    shutil.rmtree(cache_folder(), ignore_errors=True)
    return size


def ship(model: CheckedModel, change: Callable[[Path], None] = lambda network: None) -> Path:
    """Puts the conversion of a Keras file beside it, for a model that comes with the app.

    Such a model opens at once on its first start, too.

    Args:
        model: in its place.
        change: gets the .xml that will be shipped, and may write it anew.

    Returns:
        The folder that was written.
    """
    folder = model.path.parent / SHIPPED
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(engine_file(model, exact=True).parent, folder)
    change(folder / _MODEL)
    _write_entry(folder, model.path, model.sha256)
    return folder


def keras_to_onnx(model: CheckedModel, folder: Path) -> Path:
    """Writes a Keras file as ONNX and compares the two, as every conversion is.

    Args:
        model: a `.keras`, `.h5` or `.hdf5` file.
        folder: a folder to work in; other files are left there, too.

    Returns:
        The ONNX file in that folder.

    Raises:
        ModelLoadError: TensorFlow or tf2onnx is missing, or the result would be another network.
    """
    path = model.path
    if not all(importlib.util.find_spec(name) for name in ("tensorflow", "tf2onnx")):
        raise ModelLoadError(
            f"Writing {path} as ONNX needs TensorFlow and tf2onnx; "
            "pip install -r requirements-train.txt and try again, or export it as openvino."
        )
    answer = _run_child(path, folder, "tensorflow", _ONNX)
    if "error" in answer:
        raise ModelLoadError(
            f"{path} cannot be written as ONNX: {answer['error']}; export it as openvino."
        )
    return folder / _ONNX


def _kept_in(digest: str) -> Path:
    return cache_folder() / f"{digest}-{CONVERTER_VERSION}"


def _comes_with_the_app(path: Path) -> bool:
    return paths.bundled_models_dir().resolve() in path.resolve().parents


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        entry = json.loads((folder / _ENTRY).read_text(encoding="utf-8"))
        hashes = entry["sha256"]
        fits = entry["model"] == digest and entry["converter"] == CONVERTER_VERSION
        return fits and all(sha256(folder / name) == hashes[name] for name in _MADE)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _convert(path: Path, folder: Path, digest: str) -> None:
    """Fills the cache folder in one step; of two processes that race, both end with a whole one."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=named(".converting")))
    except OSError as error:
        raise ModelLoadError(
            f"The cache folder {folder.parent} cannot be written: {error.strerror}."
        ) from error
    try:
        _run_children(path, work)
        for name in os.listdir(work):
            if name not in _MADE:
                _delete(work / name)
        _write_entry(work, path, digest)
        _put(work, folder, digest)
    except OSError as error:
        raise ModelLoadError(
            f"The conversion of {path} cannot be kept in {folder.parent}: {error.strerror}."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_entry(folder: Path, path: Path, digest: str) -> None:
    entry = {
        "source": path.name,
        "model": digest,
        "converter": CONVERTER_VERSION,
        "sha256": {name: sha256(folder / name) for name in _MADE},
    }
    write_text(folder / _ENTRY, json.dumps(entry, indent=1))


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _put(work: Path, folder: Path, digest: str) -> None:
    for _ in range(3):
        try:
            os.replace(work, folder)
            return
        except OSError:
            if _is_whole(folder, digest):
                return
            shutil.rmtree(folder, ignore_errors=True)
    os.replace(work, folder)


def _run_children(path: Path, work: Path) -> None:
    """Fills `work`, with Keras alone or, where that cannot and TensorFlow is there, with that."""
    answer = _run_child(path, work, "openvino")
    if "error" not in answer:
        return
    if answer.get("final"):
        raise ModelLoadError(f"{path}: {answer['error']}.")
    if importlib.util.find_spec("tensorflow") is None:
        raise ModelLoadError(
            f"{path} cannot be converted without TensorFlow ({answer['error']}); "
            "pip install -r requirements-train.txt and try again."
        )
    for item in list(work.iterdir()):
        _delete(item)
    second = _run_child(path, work, "tensorflow")
    if "error" in second:
        raise ModelLoadError(
            f"{path} cannot be converted: {answer['error']}; and with TensorFlow: "
            f"{second['error']}."
        )


def _run_child(path: Path, work: Path, backend: str, target: str = _MODEL) -> dict[str, str]:
    """One attempt; the answer has an `error` where it failed, `final` where a retry is useless.

    Raises:
        ModelLoadError: there is no room for the conversion.
    """
    (work / "home").mkdir(exist_ok=True)
    arguments = {"path": str(path.resolve()), "target": str(work / target), "backend": backend}
    limits = Limits(
        seconds=TIMEOUT_S * (os.cpu_count() or 1),
        memory=_MEMORY[backend] + 8 * path.stat().st_size,
        wall_s=_CLOCK * TIMEOUT_S,
    )
    environment = {
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(work / "home"),  # a person's own may ask for float16 or channels first
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    try:
        answer = child.call(_CHILD, arguments, limits, environment=environment, folder=work)
    except ChildError as error:
        final = {"final": "yes"} if error.kind in ("time", "memory", "cancelled") else {}
        what = "the conversion was cancelled" if error.kind == "cancelled" else error.reason
        answer = {"error": what, **final}
    if "error" in answer and (answer.get("full") or shutil.disk_usage(work).free < _LITTLE_BYTES):
        raise ModelLoadError(
            f"{path} cannot be converted, because the disk with {work.parent} is full; make room "
            "there and try again."
        )
    return dict(answer)
