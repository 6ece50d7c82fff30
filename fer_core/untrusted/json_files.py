"""What a JSON file holds: a network of Keras, one of TensorFlow.js, our sidecar, or something else.

Many call such a file `model.json`, so its contents tell them apart and never its name.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_BYTES = 64 << 20
_HEAD_BYTES = 1 << 16
KERAS, TENSORFLOW_JS, SHARDS = "keras", "tensorflow.js", "shards"
#: Words near the beginning of a JSON file that describes a network, in whatever form.
_MARKS = (b"class_name", b"modelTopology", b"weightsManifest")
_MODELS = ("Sequential", "Model", "Functional")


def may_be_network(path: Path) -> bool:
    """Whether a file may describe a network; reads only its beginning."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    return any(mark in head for mark in _MARKS)


def is_shard_manifest(path: Path) -> bool:
    """Whether a file lists the shards of face-api.js, which have no network beside them."""
    return path.name.endswith("weights_manifest.json")


def read(path: Path) -> Any:
    """The contents; a text that is JSON once more is unwrapped, as `json.dump(model.to_json())`.

    Raises:
        ValueError, RecursionError, OSError: it is no JSON, nested too deeply, or too large.
    """
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("it is larger than 64 MB")
    found = json.loads(data.decode("utf-8-sig"))
    return json.loads(found) if isinstance(found, str) else found


def kind(data: Any) -> str:
    """One of `KERAS`, `TENSORFLOW_JS`, `SHARDS`; empty: something else."""
    if isinstance(data, dict) and "modelTopology" in data:
        return TENSORFLOW_JS
    if isinstance(data, dict) and data.get("class_name") in _MODELS and "config" in data:
        return KERAS
    is_list = isinstance(data, list) and bool(data) and all(isinstance(i, dict) for i in data)
    return SHARDS if is_list and all("paths" in item for item in data) else ""


def layers(config: Any) -> list[dict[str, Any]]:
    """The layers of a Keras network, in its order; Keras 1 and 2.1 had a bare list."""
    inner = config.get("config") if isinstance(config, dict) else None
    found = inner.get("layers") if isinstance(inner, dict) else inner
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def name_of(layer: dict[str, Any]) -> str:
    """What a layer is called; empty where it has no name."""
    inner = layer.get("config")
    own = layer.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return own if isinstance(own, str) else ""


def leaves(config: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The layers that are no networks, of networks inside it, too."""
    for layer in layers(config):
        if layer.get("class_name") in _MODELS and depth < 20:
            yield from leaves(layer, depth + 1)
        else:
            yield layer
