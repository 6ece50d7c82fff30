"""What a model file is, by its bytes; nothing here reads further than its beginning."""

import stat
from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted import foreign

MAX_FILE_BYTES = 2 << 30
ACCEPTED = (
    ".keras, .h5, .hdf5, .json with its .h5, .onnx, .xml with its .bin, .tflite, or a SavedModel "
    "folder"
)
SAVED_MODEL = "saved_model.pb"

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
#: Formats that OpenVINO opens as they are.
DIRECT = ("onnx", "openvino", "savedmodel", "tflite")


def detect_format(path: str | Path) -> str:
    """What the file is, by its name and its beginning; the rest is checked by `look.look`.

    OpenVINO takes a file for whatever its contents allow, under any name. So a file has to be what
    it is called, and `engine.read_network` tells OpenVINO as what it was checked.

    Returns:
        One of the values of `spec.FORMATS`.

    Raises:
        UnsafeModelError: a pickle, or a file that holds one.
        ModelLoadError: no model file that the app reads, or it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        if (path / SAVED_MODEL).is_file():
            return "savedmodel"
        raise ModelLoadError(f"{path} is a folder without a model; accepted are {ACCEPTED}.")
    head = check_download(path)
    suffix = path.suffix.lower()
    known = foreign.about_file(path)
    if known:
        raise ModelLoadError(known)
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
    kind = _SUFFIXES.get(suffix)
    # Names and comments inside an ONNX or XML file may begin with TFL3 in the same place.
    if kind in ("onnx", "openvino") or (kind == "tflite" and head[4:8] == b"TFL3"):
        return kind
    if kind:
        raise ModelLoadError(f"{path} is damaged or no {suffix} file; save or download it again.")
    if head[4:8] == b"TFL3":
        raise ModelLoadError(f"{path} may be a TensorFlow Lite model; call it .tflite to add it.")
    raise ModelLoadError(f"{path} is no model file that the app reads; accepted are {ACCEPTED}.")


def check_download(path: Path) -> bytes:
    """Refuses what often lies there in place of the file that was meant.

    Returns:
        The beginning of the file.

    Raises:
        ModelLoadError: it is empty, a web page or a pointer of Git LFS; or it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise ModelLoadError(f"{path} is no file; accepted are {ACCEPTED}.")
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
