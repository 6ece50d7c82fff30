"""Looks into a model file before anything loads it; runs none of it.

A model file is untrusted input. What each format may hold is in `keras_files`, `onnx_files` and
`openvino_files`; here lie the rules that they share.
"""

from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError

MAX_FILE_BYTES = 2 << 30
ACCEPTED = ".keras, .h5, .hdf5, .onnx, .xml with its .bin, .tflite, or a SavedModel folder"

_PYTORCH = (".pt", ".pth", ".ptl", ".torchscript")
_PICKLES = (".pkl", ".pickle", ".joblib", ".ckpt")
_WEIGHTS = (".npy", ".npz", ".safetensors")
_SUFFIXES = {
    ".keras": "keras",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".onnx": "onnx",
    ".xml": "openvino",
    ".tflite": "tflite",
}
#: What a model file may be called.
FILE_SUFFIXES = tuple(_SUFFIXES)


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
    head = check_download(path)
    suffix = path.suffix.lower()
    if suffix in _PYTORCH:
        raise UnsafeModelError(
            f"{path} is a PyTorch file, which can run code; export the network with "
            "torch.onnx.export and add the .onnx file."
        )
    if suffix in _WEIGHTS:
        raise ModelLoadError(
            f"{path} holds only weights, without their network; accepted are {ACCEPTED}."
        )
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


def check_download(path: Path) -> bytes:
    """Refuses what often lies there in place of the file that was meant.

    Returns:
        The beginning of the file.

    Raises:
        ModelLoadError: it is empty, a web page or a pointer of Git LFS; or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}.") from error
    if not head:
        raise ModelLoadError(f"{path} is empty; save or download it again.")
    if head.startswith(b"version https://git-lfs"):
        raise ModelLoadError(
            f"{path} is only a Git LFS pointer to the model; fetch the model itself with "
            "`git lfs pull`, or download it from its web page."
        )
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype html", b"<html")):
        raise ModelLoadError(
            f"{path} is a web page, not a model; download the file itself, for example with the "
            "page's download button."
        )
    return head


def leaves_folder(name: str) -> bool:
    """Whether a name inside a file points outside the file's own folder, on any platform."""
    parts = name.replace("\\", "/").split("/")
    return not name or parts[0] == "" or ":" in name or ".." in parts or "\0" in name


def _check_folder(folder: Path) -> None:
    root = folder.resolve()
    for item in folder.rglob("*"):
        if not item.resolve().is_relative_to(root):
            raise UnsafeModelError(f"{item} points outside {folder}; it is not opened.")


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
