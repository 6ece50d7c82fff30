"""Opens Keras files of all ages: repairs the configuration of a copy, then lets Keras read it."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any


def load(path: Path, work: Path, keras: Any) -> Any:
    """The Keras model of a `.keras`, `.h5` or `.hdf5` file, not compiled, in float32.

    Only call it after `safety.check_file`: for HDF5 files Keras has no safe mode of its own.

    Args:
        path: the model file; it is never changed.
        work: a folder for a repaired copy.
        keras: the imported package.
    """
    if zipfile.is_zipfile(path):
        path = _repaired_zip(path, work / "repaired.keras")
    else:
        path = _repaired_hdf5(path, work / "repaired.h5")
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def repair(config: Any) -> Any:
    """A model configuration as Keras 3 takes it and the app runs it; `config` is not changed."""
    if isinstance(config, list):
        return [repair(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: repair(value) for key, value in config.items()}
    if "dtype" in config:
        config["dtype"] = _in_float32(config["dtype"])
    return config


def _in_float32(dtype: Any) -> Any:
    """Half and mixed precision was for training: their rounding differs from engine to engine."""
    name = dtype
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        name = inner.get("name") if isinstance(inner, dict) else None
    half = isinstance(name, str) and name.startswith(("mixed_", "float16", "bfloat16"))
    return "float32" if half else dtype


def _repaired_zip(path: Path, copy: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        repaired = repair(config)
        if repaired == config:
            return path
        with zipfile.ZipFile(copy, "w") as target:
            target.writestr("config.json", json.dumps(repaired))
            for name in archive.namelist():
                if name != "config.json":
                    with archive.open(name) as source, target.open(name, "w") as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
    return copy


def _repaired_hdf5(path: Path, copy: Path) -> Path:
    import h5py

    with h5py.File(path, "r") as file:
        text = file.attrs["model_config"]
    config = json.loads(text)
    repaired = repair(config)
    if repaired == config:
        return path
    shutil.copyfile(path, copy)
    with h5py.File(copy, "r+") as file:
        file.attrs["model_config"] = json.dumps(repaired)
    return copy
