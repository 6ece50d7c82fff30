"""Looks into a model file before anything loads it."""

from pathlib import Path

from fer_core.errors import ModelLoadError, UnsafeModelError

MAX_FILE_BYTES = 2 << 30
_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib", ".ckpt", ".bin", ".npy")
ACCEPTED = ".keras, .h5, .hdf5, .onnx, .xml with .bin, .tflite, or a SavedModel folder"


def check_file(path: str | Path) -> None:
    """Refuses a file that would run code or leave its folder; runs none of it.

    Raises:
        UnsafeModelError: it would.
        ModelLoadError: it is no model file that the app reads.
    """
    path = Path(path)
    if path.suffix.lower() in _PICKLES:
        raise UnsafeModelError(f"{path} may run code when it is opened; accepted are {ACCEPTED}.")
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise ModelLoadError(f"{path} is larger than 2 GB; the app reads smaller models.")
