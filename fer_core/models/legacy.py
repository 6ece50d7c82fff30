"""Opens Keras files of all ages: repairs the configuration of a copy, then lets Keras read it."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fer_core.models import keras1
from fer_core.untrusted.formats import detect_format
from fer_core.untrusted.keras_files import TRAINING_KEYS

#: Arguments that Keras 1 and 2 wrote and Keras 3 refuses. None of them matters to the result.
_DROPPED = {
    "SeparableConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "DepthwiseConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "DepthwiseConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "Conv1DTranspose": ("groups",),
    "Conv2DTranspose": ("groups",),
    "SpatialDropout1D": ("noise_shape", "trainable"),
    "SpatialDropout2D": ("noise_shape", "trainable"),
    "BatchNormalization": ("fused", "virtual_batch_size", "mode"),
    "InputLayer": ("optional_inputs",),
    "LSTM": ("time_major", "implementation"),
    "GRU": ("time_major", "implementation"),
    "SimpleRNN": ("time_major", "implementation"),
}
_DROPPED_EVERYWHERE = ("rng_type", "input_dtype")
_RENAMED_LAYERS = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
}
_RENAMED_ARGUMENTS = {
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "LeakyReLU": {"alpha": "negative_slope"},
}
#: Channels → height and width in px where a network takes any: Keras does not export that.
USUAL_PX = {1: 48, 3: 224}
#: Layers that do something only while training; without them nothing else changes.
_TRAINING_ONLY = {
    "AlphaDropout", "AugMix", "CutMix", "GaussianDropout", "GaussianNoise", "MixUp", "RandAugment",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "Solarization",
}  # fmt: skip
#: TensorFlow operators with a constant, as a factor and an offset on the input.
_OPERATORS: dict[str, Callable[[float], tuple[float, float]]] = {
    "math.truediv": lambda y: (1 / y, 0.0),
    "math.divide": lambda y: (1 / y, 0.0),
    "__operators__.truediv": lambda y: (1 / y, 0.0),
    "math.multiply": lambda y: (y, 0.0),
    "__operators__.mul": lambda y: (y, 0.0),
    "math.subtract": lambda y: (1.0, -y),
    "__operators__.sub": lambda y: (1.0, -y),
    "math.add": lambda y: (1.0, y),
    "__operators__.add": lambda y: (1.0, y),
}


def load(path: Path, work: Path, keras: Any) -> Any:
    """The Keras model of a `.keras`, `.h5` or `.hdf5` file, not compiled, in float32.

    Only call it after `gate.check`: for HDF5 files Keras has no safe mode of its own.

    Args:
        path: the model file; it is never changed.
        work: a folder for a repaired copy.
        keras: the imported package.
    """
    if detect_format(path) == "keras":
        path = _repaired_zip(path, work / "repaired.keras")
    else:
        path = _repaired_hdf5(path, work / "repaired.h5")
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def repair(config: Any) -> Any:
    """A model configuration as Keras 3 takes it and the app runs it; `config` is not changed."""
    config = _repair(config)
    shape = _input_shape(config)
    if _is_open(shape):
        shape[1:3] = [size or USUAL_PX[shape[3]] for size in shape[1:3]]
    slashed = {name for name in _layer_names(config) if "/" in name}
    return _rename(config, slashed) if slashed else config


def takes_any_size(config: Any) -> bool:
    """Whether a model configuration leaves height or width open; `repair` fills them in."""
    return _is_open(_input_shape(_repair(config)))


def _is_open(shape: list[Any]) -> bool:
    return len(shape) == 4 and None in shape[1:3] and shape[3] in USUAL_PX


def _input_shape(config: Any) -> list[Any]:
    """(N, H, W, C) of the whole network, the list in its configuration itself; [] if unknown."""
    inner = config.get("config") if isinstance(config, dict) else None
    layers = inner.get("layers") if isinstance(inner, dict) else None
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict) and layer.get("class_name") == "InputLayer":
            arguments = layer.get("config")
            shape = arguments.get("batch_shape") if isinstance(arguments, dict) else None
            return shape if isinstance(shape, list) else []
    return []


def _layer_names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _layer_names(item)
    elif isinstance(value, dict):
        if "class_name" in value:
            holders = (value, value.get("config"))
            names = (holder.get("name") for holder in holders if isinstance(holder, dict))
            yield from (name for name in names if isinstance(name, str))
        for item in value.values():
            yield from _layer_names(item)


def _rename(value: Any, slashed: set[str]) -> Any:
    """Names without the slash that Keras 3 refuses; VGGFace has them, such as conv1/7x7_s2."""
    if isinstance(value, str):
        return value.replace("/", "_") if value in slashed else value
    if isinstance(value, list):
        return [_rename(item, slashed) for item in value]
    if isinstance(value, dict):
        return {key: _rename(item, slashed) for key, item in value.items()}
    return value


def _repair(config: Any) -> Any:
    if isinstance(config, list):
        return [_repair(item) for item in config]
    if not isinstance(config, dict):
        return config
    config = {key: _repair(value) for key, value in config.items() if key not in TRAINING_KEYS}
    if "dtype" in config:
        config["dtype"] = _in_float32(config["dtype"])
    if not isinstance(config.get("class_name"), str):
        return config
    if config["class_name"] == "function":
        return _function_name(config)
    config = _class(config)
    if config["class_name"] in _TRAINING_ONLY and isinstance(config["config"], dict):
        return _identity(config)
    if isinstance(config["config"], dict):
        if keras1.is_keras_1(config["class_name"], config["config"]):
            name, arguments = keras1.translate(config["class_name"], config["config"])
            config |= {"class_name": name, "config": arguments}
        config["config"] = _arguments(config["class_name"], config["config"])
        if config["class_name"] == "TFOpLambda":
            return _operator(config)
        if config["class_name"] == "Sequential":
            _open_sequential(config["config"])
        elif config["class_name"] in ("Functional", "Model"):
            _renumber(config["config"])
    return config


def _class(config: dict[str, Any]) -> dict[str, Any]:
    """Class and module under today's names; Sequential with a list of layers (Keras 1 and 2.1)."""
    name = _RENAMED_LAYERS.get(config["class_name"], config["class_name"])
    inner = config.get("config")
    if name == "Sequential" and isinstance(inner, list):
        inner = {"name": "sequential", "layers": inner}
    config |= {"class_name": name, "config": inner}
    module = config.get("module")
    if isinstance(module, str):
        module = module.removeprefix("tf_")
        if name == "Functional":
            module = "keras.src.models.functional"
        elif name in ("Sequential", "Model") and ".engine" in module:
            module = "keras"
        config["module"] = module
    return config


def _arguments(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    dropped = (*_DROPPED.get(name, ()), *_DROPPED_EVERYWHERE)
    renamed = _RENAMED_ARGUMENTS.get(name, {})
    kept = {renamed.get(k, k): v for k, v in arguments.items() if k not in dropped}
    axis = kept.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        kept["axis"] = axis[0]
    if kept.get("activation") == "softmax_v2":  # of TensorFlow
        kept["activation"] = "softmax"
    return kept


def _identity(layer: dict[str, Any]) -> dict[str, Any]:
    plain = {"name": layer["config"].get("name"), "activation": "linear", "dtype": "float32"}
    return layer | {"class_name": "Activation", "config": plain}


def _open_sequential(model: dict[str, Any]) -> None:
    """The input's shape as a layer of its own; Keras 2 wrote it into the first one."""
    layers = [layer for layer in model.get("layers", []) if isinstance(layer, dict)]
    shape = None
    for layer in layers:
        inner = layer.get("config")
        if isinstance(inner, dict) and layer.get("class_name") != "InputLayer":
            found = inner.pop("batch_input_shape", None)
            shape = shape or (found if layer is layers[0] else None)
    if shape:
        opening: dict[str, Any] = {
            "class_name": "InputLayer",
            "config": {"batch_shape": shape, "name": "opening"},
        }
        if "module" in layers[0]:
            opening |= {"module": "keras.layers", "registered_name": None}
        model["layers"] = [opening, *layers]


def _renumber(model: dict[str, Any]) -> None:
    """Calls of a network inside this one count from 0; Keras 2 counted its making as the first."""
    inner = {
        layer["name"]: len(layer["inbound_nodes"])
        for layer in model.get("layers", [])
        if layer.get("class_name") in ("Functional", "Model", "Sequential")
    }
    references = [ref for layer in model["layers"] for ref in _references(layer["inbound_nodes"])]
    for name, calls in inner.items():
        own = [ref for ref in references if ref[0] == name]
        if own and max(ref[1] for ref in own) >= calls:
            for ref in own:
                ref[1] -= 1
    outputs = model.get("output_layers")
    if isinstance(outputs, list) and len(outputs) == 1 and isinstance(outputs[0], list):
        model["output_layers"] = outputs[0]


def _references(nodes: Any) -> list[list[Any]]:
    """All [layer, call, tensor, …] inside the inbound nodes of a layer."""
    if not isinstance(nodes, list):
        return []
    if len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int):
        return [nodes]
    return [ref for node in nodes for ref in _references(node)]


def _function_name(config: dict[str, Any]) -> Any:
    """Activations by their plain name: {"class_name": "function", "config": "relu"} → "relu"."""
    return {"softmax_v2": "softmax"}.get(config.get("config", ""), config.get("config"))


def _operator(layer: dict[str, Any]) -> dict[str, Any]:
    """An operator with one constant (`preprocess_input` makes some) as a Rescaling layer."""
    nodes = layer.get("inbound_nodes")
    make = _OPERATORS.get(layer["config"].get("function", ""))
    if make is None or not isinstance(nodes, list) or len(nodes) != 1 or len(nodes[0]) != 4:
        return layer
    source, node, tensor, arguments = nodes[0]
    y = arguments.get("y") if isinstance(arguments, dict) else None
    if not isinstance(y, (int, float)) or isinstance(y, bool) or y == 0:
        return layer
    scale, offset = make(y)
    name = layer["config"]["name"]
    repaired = {
        "class_name": "Rescaling",
        "config": {"name": name, "dtype": "float32", "scale": scale, "offset": offset},
        "name": layer["name"],
        "inbound_nodes": [[[source, node, tensor, {}]]],
    }
    if "module" in layer:
        repaired |= {"module": "keras.layers", "registered_name": None}
    return repaired


def _in_float32(dtype: Any) -> Any:
    """Half and mixed precision was for training: their rounding differs from engine to engine."""
    name = dtype
    if isinstance(dtype, dict):
        inner = dtype.get("config")
        name = inner.get("name") if isinstance(inner, dict) else None
    half = isinstance(name, str) and name.startswith(("mixed_", "float16", "bfloat16"))
    return "float32" if half else dtype


def _repaired_zip(path: Path, copy: Path) -> Path:
    """Also without a repair where the name says something else: Keras goes by the suffix."""
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        repaired = repair(config)
        if repaired == config and path.suffix == ".keras":
            return path
        with zipfile.ZipFile(copy, "w") as target:
            target.writestr("config.json", json.dumps(repaired))
            for name in archive.namelist():
                if name != "config.json":
                    with archive.open(name) as source, target.open(name, "w") as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
    return copy


def _repaired_hdf5(path: Path, copy: Path) -> Path:
    """See `_repaired_zip`."""
    import h5py

    with h5py.File(path, "r") as file:
        text = file.attrs["model_config"]
    config = json.loads(text)
    repaired = repair(config)
    if repaired == config and path.suffix in (".h5", ".hdf5"):
        return path
    shutil.copyfile(path, copy)
    with h5py.File(copy, "r+") as file:
        file.attrs["model_config"] = json.dumps(repaired)
    return copy
