"""Sidecars and model files to test with; ones with a trap inside are built by hand."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.models.digest import sha256
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.untrusted import gate

FER2013 = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


def make_input(**changes: Any) -> InputSpec:
    """Grey 24×24, 0…1, as ONNX has it."""
    values: dict[str, Any] = {
        "width": 24, "height": 24, "color": "gray", "layout": "nchw", "scale": 1 / 255,
        "mean": 0.0, "std": 1.0, "interpolation": "area", "equalize": False, "crop_margin": 0.0,
        "align": False,
    }  # fmt: skip
    return InputSpec(**values | changes)


def make_spec(file: str = "model.onnx", **changes: Any) -> ModelSpec:
    """A sidecar for a small grey network with seven classes."""
    values: dict[str, Any] = {
        "name": "small", "title": "Small", "architecture": "test", "file": file, "format": "onnx",
        "sha256": "", "labels": FER2013, "input": make_input(), "output": "softmax",
        "trained_on": "noise", "metrics": {}, "license": "MIT", "source": "test", "created": "",
    }  # fmt: skip
    return ModelSpec(**values | changes)


def unchecked(path: Path, model_format: str = "keras") -> gate.CheckedModel:
    """What the gate would hand out for a file, had it looked into it."""
    return gate.CheckedModel(path, model_format, (path,), sha256(path), None, None, gate._Stamp())


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    """A configuration as Keras 2 and 3 write it."""
    opening = {
        "class_name": "InputLayer",
        "config": {"batch_input_shape": [None, 24, 24, 1], "dtype": "float32", "name": "in"},
    }
    flatten = {"class_name": "Flatten", "config": {"name": "flatten"}}
    dense = {
        "class_name": "Dense",
        "config": {"name": "dense", "units": 7, "activation": "softmax"},
    }
    inner = {"name": "s", "layers": [opening, *layers, flatten, dense]}
    return {"class_name": "Sequential", "config": inner}


def with_modules(config: Any) -> Any:
    """The same as a `.keras` file has it: every class with its module."""
    if isinstance(config, list):
        return [with_modules(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: with_modules(value) for key, value in config.items()}
    if "class_name" in config and "module" not in config:
        module = "keras" if config["class_name"] == "Sequential" else "keras.layers"
        config |= {"module": module, "registered_name": None}
    return config


def write_keras(path: Path, config: Any, members: dict[str, bytes] | None = None) -> Path:
    """A `.keras` file by hand; its weights file is empty."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(with_modules(config)))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return path


def write_hdf5(path: Path, config: Any) -> Path:
    """An `.h5` file by hand, with zeros as weights of the layers of `sequential`."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "2.2.4"
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"flatten", b"dense"]
        weights.create_group("flatten").attrs["weight_names"] = []
        dense = weights.create_group("dense")
        dense.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        dense.create_dataset("dense/kernel:0", data=np.zeros((576, 7), np.float32))
        dense.create_dataset("dense/bias:0", data=np.arange(7, dtype=np.float32))
    return path
