"""Looks into a model file before anything loads it; runs none of it.

A model file is untrusted input. What each format may hold is in `keras_files`, `onnx_files` and
`openvino_files`; here lie the rules that they share.
"""

from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError

MAX_FILE_BYTES = 2 << 30
ACCEPTED = ".keras, .h5, .hdf5, .onnx, .xml with its .bin, .tflite, or a SavedModel folder"

_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".ckpt", ".npy", ".npz", ".safetensors")
_SUFFIXES = {
    ".keras": "keras",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".onnx": "onnx",
    ".xml": "openvino",
    ".tflite": "tflite",
}


def detect_format(path: str | Path) -> str:
    """What the file is, by its content rather than its name.

    Returns:
        One of the values of `spec.FORMATS`.

    Raises:
        UnsafeModelError: a pickle, or a file that holds one.
        ModelLoadError: no model file that the app reads, or it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        if (path / "saved_model.pb").is_file():
            return "savedmodel"
        raise ModelLoadError(f"{path} is a folder without a model; accepted are {ACCEPTED}.")
    head = _head(path)
    suffix = path.suffix.lower()
    if suffix in _PICKLES or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05"):
        raise UnsafeModelError(
            f"{path} is not opened, because such files can run code; accepted are {ACCEPTED}."
        )
    if head.startswith(b"PK\x03\x04"):
        return "keras"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if head[4:8] == b"TFL3":
        return "tflite"
    if suffix in (".onnx", ".xml"):
        return _SUFFIXES[suffix]
    kind = _SUFFIXES.get(suffix)
    if kind:
        raise ModelLoadError(f"{path} is damaged or no {suffix} file; save or download it again.")
    raise ModelLoadError(f"{path} is no model file that the app reads; accepted are {ACCEPTED}.")


def check_file(path: str | Path) -> str:
    """Refuses a file that would run code, leave its folder or fill the memory.

    Returns:
        Its format, one of the values of `spec.FORMATS`.

    Raises:
        UnsafeModelError: it would.
        ModelLoadError: it is too large, damaged, or no model file that the app reads.
    """
    # Only adding and converting look into files: a cached model needs none of these imports.
    from fer_core.models import keras_files, onnx_files, openvino_files

    path = Path(path)
    kind = detect_format(path)
    if _size(path) > MAX_FILE_BYTES:
        raise ModelLoadError(f"{path} is larger than 2 GB; the app reads smaller models.")
    if kind in ("keras", "hdf5"):
        keras_files.check(path)
    elif kind == "onnx":
        onnx_files.check(path)
    elif kind == "openvino":
        openvino_files.check(path)
    elif kind == "savedmodel":
        _check_folder(path)
    return kind


def leaves_folder(name: str) -> bool:
    """Whether a name inside a file points outside the file's own folder, on any platform."""
    parts = name.replace("\\", "/").split("/")
    return not name or parts[0] == "" or ":" in name or ".." in parts or "\0" in name


def _check_folder(folder: Path) -> None:
    root = folder.resolve()
    for item in folder.rglob("*"):
        if not item.resolve().is_relative_to(root):
            raise UnsafeModelError(f"{item} points outside {folder}; it is not opened.")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(8)
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}.") from error


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
