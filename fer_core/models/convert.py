"""Model file → the form that OpenVINO reads, verified and cached.

`.onnx`, `.xml`, `.tflite` and SavedModel folders go straight in. Keras files are opened once, by
Keras in a child process: its second of start-up and its memory stay out of the app, and a file
that crashes or hangs it takes down nothing else.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from fer_core import paths
from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.files import write_text
from fer_core.models import safety
from fer_core.models.digest import model_sha256, sha256

#: Raise it when the child writes something else: every model is then converted anew.
CONVERTER_VERSION = 2
TIMEOUT_S = 300

_DIRECT = ("onnx", "openvino", "savedmodel", "tflite")
#: Folder beside a model file of the app with its conversion, so that the first start needs none.
SHIPPED = "converted"
_ENTRY = "entry.json"
_MODEL = "model.xml"
_ONNX = "model.onnx"
_MADE = (_MODEL, "model.bin")
_CHILD = "fer_core.models._convert_child"
_WORK = ".converting-"
#: The children of this process that convert.
_children: "set[subprocess.Popen[bytes]]" = set()
_children_lock = threading.Lock()


def engine_file(path: str | Path, model_format: str, digest: str | None = None) -> Path:
    """The file that OpenVINO reads for a model file: itself, or the cached conversion.

    Args:
        path: the model file.
        model_format: one of the values of `spec.FORMATS`.
        digest: its SHA-256 if known already.

    Raises:
        UnsafeModelError: the file would run code or leave its folder.
        ModelLoadError: it cannot be converted, or the conversion disagrees with Keras.
    """
    path = Path(path)
    if model_format in _DIRECT:
        safety.check_file(path)
        return path
    digest = digest or model_sha256(path)
    shipped = path.parent / SHIPPED
    if _comes_with_the_app(path) and _is_whole(shipped, digest):
        return shipped / _MODEL
    folder = _kept_in(digest)
    if not _is_whole(folder, digest):
        safety.check_file(path)
        _convert(path, folder, digest)
    return folder / _MODEL


def is_prepared(path: str | Path, model_format: str, digest: str) -> bool:
    """Whether `engine_file` has nothing to convert; the contents are checked only there."""
    shipped = _comes_with_the_app(Path(path)) and (Path(path).parent / SHIPPED).is_dir()
    return model_format in _DIRECT or shipped or _kept_in(digest).is_dir()


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


def ship(path: str | Path) -> Path:
    """Puts the conversion of a Keras file beside it, for a model that comes with the app.

    Such a model opens at once on its first start, too.

    Returns:
        The folder that was written.
    """
    path = Path(path)
    folder = path.parent / SHIPPED
    shutil.rmtree(folder, ignore_errors=True)
    made = engine_file(path, "keras").parent
    shutil.copytree(made, folder)
    return folder


def keras_to_onnx(path: str | Path, folder: Path) -> Path:
    """Writes a Keras file as ONNX and compares the two, as every conversion is.

    Args:
        path: a `.keras`, `.h5` or `.hdf5` file.
        folder: a folder to work in; other files are left there, too.

    Returns:
        The ONNX file in that folder.

    Raises:
        UnsafeModelError: the file would run code or leave its folder.
        ModelLoadError: TensorFlow or tf2onnx is missing, or the result would be another network.
    """
    path = Path(path)
    if not all(importlib.util.find_spec(name) for name in ("tensorflow", "tf2onnx")):
        raise ModelLoadError(
            f"Writing {path} as ONNX needs TensorFlow and tf2onnx; "
            "pip install -r requirements-train.txt and try again, or export it as openvino."
        )
    safety.check_file(path)
    answer = _run_child(path, folder, "tensorflow", _ONNX)
    if "error" in answer:
        raise ModelLoadError(
            f"{path} cannot be written as ONNX: {answer['error']}; export it as openvino."
        )
    return folder / _ONNX


def cancel() -> None:
    """Ends the conversions that other threads wait for; there a `ModelLoadError` is raised."""
    with _children_lock:
        for child in _children:
            child.kill()
        _children.clear()


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
        _clean_up(folder.parent)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_WORK))
    except OSError as error:
        raise ModelLoadError(
            f"The cache folder {folder.parent} cannot be written: {error.strerror}."
        ) from error
    try:
        _run_children(path, work)
        for name in os.listdir(work):
            if name not in _MADE:
                _delete(work / name)
        entry = {
            "source": path.name,
            "model": digest,
            "converter": CONVERTER_VERSION,
            "sha256": {name: sha256(work / name) for name in _MADE},
        }
        write_text(work / _ENTRY, json.dumps(entry, indent=1))
        _put(work, folder, digest)
    except OSError as error:
        raise ModelLoadError(
            f"The conversion of {path} cannot be kept in {folder.parent}: {error.strerror}."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clean_up(cache: Path) -> None:
    """Deletes what a conversion left that was broken off from outside, and is surely over."""
    for work in cache.glob(f"{_WORK}*"):
        with suppress(OSError):  # its own process may be just doing that
            if work.stat().st_mtime < time.time() - 3 * TIMEOUT_S:
                shutil.rmtree(work, ignore_errors=True)


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
    """One attempt; the answer has an `error` where it failed, `final` where a retry is useless."""
    (work / "home").mkdir(exist_ok=True)
    answer_file = work / "answer.json"
    answer_file.unlink(missing_ok=True)
    # -P: no module is taken from the current folder.
    arguments = [str(path.resolve()), str(work), backend, target]
    command = [sys.executable, "-P", "-m", _CHILD, *arguments]
    with (work / "log.txt").open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=work,
            env=_child_environment(work / "home", backend),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            if not _ends_by_itself(child):
                return {"error": "the conversion was cancelled", "final": "yes"}
        except subprocess.TimeoutExpired:
            return {"error": f"it took longer than {TIMEOUT_S} s", "final": "yes"}
    try:
        answer = json.loads(answer_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"error": f"Keras broke off on it (exit code {child.returncode})"}
    if answer.get("unsafe"):
        raise UnsafeModelError(f"{path}: {answer['error']}.")
    return answer


def _ends_by_itself(child: "subprocess.Popen[bytes]") -> bool:
    """Waits for a child, which is gone in any case afterwards; False if `cancel` ended it."""
    with child:
        with _children_lock:
            _children.add(child)
        try:
            child.wait(TIMEOUT_S)
        finally:
            child.kill()
            with _children_lock:
                cancelled = child not in _children
                _children.discard(child)
    return not cancelled


def _child_environment(home: Path, backend: str) -> dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")}
    own = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
    return environment | {
        "PYTHONPATH": os.pathsep.join([str(paths.PROJECT_ROOT), *own]),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(home),  # a person's own keras.json may ask for float16 or channels first
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
