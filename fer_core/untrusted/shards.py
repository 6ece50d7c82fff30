"""A layers model of TensorFlow.js: Keras's configuration, and weights as plain numbers in shards.

The form is that of tfjs-converter's `write_weights.py`; graph models have another one, which holds
TensorFlow's operators and is not read here.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted import json_files
from fer_core.untrusted.formats import MAX_FILE_BYTES, leaves_folder

_DTYPES = {"float32": "<f4", "int32": "<i4", "bool": "?", "uint8": "u1", "float16": "<f2"}
_STORED = {"uint8": "u1", "uint16": "<u2", "float16": "<f2"}
#: Weights that training does not fit; Keras's .h5 files name them last.
_STATISTICS = ("moving_mean", "moving_variance", "running_mean", "running_std")


def to_hdf5(path: Path, data: dict[str, Any], target: Path) -> Path:
    """Writes a layers model as the `.h5` that Keras would have saved.

    Args:
        path: the model.json.
        data: what is in it.
        target: a folder to write into.

    Raises:
        UnsafeModelError: a shard lies outside its folder.
        ModelLoadError: a shard is missing or too short, or it is a graph model.
    """
    config = _config(path, data)
    try:
        weights = _read(path, data["weightsManifest"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelLoadError(
            f"{path} and its shards do not fit together; save or download all of them again."
        ) from error
    target.mkdir(parents=True, exist_ok=True)
    stem = path.stem if path.stem != "model" else _name(path)
    return _write(target / f"{stem}.h5", path, config, weights)


def _name(path: Path) -> str:
    return path.parent.name or path.stem


def _config(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    topology = data.get("modelTopology")
    if data.get("format") == "graph-model" or (isinstance(topology, dict) and "node" in topology):
        raise ModelLoadError(
            f"{path} is a graph model of TensorFlow.js, which holds no layers; export the network "
            "that it was made from: model.save('name.keras'), or tf2onnx for a SavedModel."
        )
    config = topology
    for key in ("model_config", "keras_model_config"):
        if isinstance(topology, dict) and key in topology:
            config = topology[key]
    if isinstance(config, str):
        config = json.loads(config)
    if json_files.kind(config) != json_files.KERAS or not isinstance(config, dict):
        raise ModelLoadError(f"{path} holds no network of TensorFlow.js; download it again.")
    return config


def _read(path: Path, manifest: list[Any]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for group in manifest:
        data = b"".join(_shard(path, name) for name in group["paths"])
        place = 0
        for entry in group["weights"]:
            shape = [int(side) for side in entry["shape"]]
            if any(side < 0 for side in shape) or math.prod(shape) > MAX_FILE_BYTES:
                raise ValueError("an impossible shape")
            quantized = entry.get("quantization") or {}
            wanted = _DTYPES[entry["dtype"]]
            dtype = np.dtype(_STORED[quantized["dtype"]] if quantized else wanted)
            size = math.prod(shape) * dtype.itemsize
            raw = np.frombuffer(data[place : place + size], dtype)
            place += size
            values = raw.astype(np.float32) if quantized else raw
            if "scale" in quantized:
                values = values * np.float32(quantized["scale"]) + np.float32(quantized["min"])
            found[str(entry["name"])] = values.reshape(shape)
    return found


def _shard(path: Path, name: str) -> bytes:
    file = path.parent / name
    if leaves_folder(name) or not file.resolve().is_relative_to(path.parent.resolve()):
        raise UnsafeModelError(f"{path} takes weights from {name[:200]!r}, outside its own folder.")
    if not file.is_file():
        raise ModelLoadError(f"{path} needs {name[:200]!r} beside it; copy that file there, too.")
    if file.stat().st_size > MAX_FILE_BYTES:
        raise ModelLoadError(f"{file} is larger than 2 GB; the app reads smaller models.")
    return file.read_bytes()


def _write(file: Path, path: Path, config: dict[str, Any], weights: dict[str, np.ndarray]) -> Path:
    import h5py

    left = dict(weights)
    with h5py.File(file, "w") as made:
        made.attrs["model_config"] = json.dumps(config)
        made.attrs["keras_version"] = "2.15.0"
        group = made.create_group("model_weights")
        names = []
        for layer in json_files.layers(config):
            own = _weights_of(layer, left)
            name = json_files.name_of(layer).replace("/", "_")  # Keras goes by their order
            if not own:
                continue
            names.append(name.encode())
            place = group.create_group(name)
            place.attrs["weight_names"] = [f"{i}".encode() for i in range(len(own))]
            for index, values in enumerate(own):
                place.create_dataset(str(index), data=values)
        group.attrs["layer_names"] = names
    if left:
        raise ModelLoadError(
            f"{path} has weights that belong to none of its layers, such as "
            f"{next(iter(left))[:80]!r}; save the network as .keras."
        )
    return file


def _weights_of(layer: dict[str, Any], left: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The weights of a layer, or of a network inside this one, as Keras orders them."""
    outer = f"/{json_files.name_of(layer)}/"
    fitted: list[np.ndarray] = []
    statistics: list[np.ndarray] = []
    for leaf in list(json_files.leaves(layer)) or [layer]:
        inner = f"/{json_files.name_of(leaf)}/"
        names = [name for name in left if inner in f"/{name}"]
        if any(outer in f"/{name}" for name in names):
            names = [name for name in names if outer in f"/{name}"]
        for name in names:
            is_statistic = name.rpartition("/")[2].split(":")[0] in _STATISTICS
            (statistics if is_statistic else fitted).append(left.pop(name))
    return fitted + statistics
