"""A network in several files, made one: Keras's JSON and its weights, TensorFlow.js and its shards.

`gate` has a child process do it; what comes out is a Keras file like any other and is checked as
one. Nothing of Keras is needed: a saved `.h5` is its weights with the JSON as an attribute, and a
`.keras` file a zip of both.
"""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted import json_files, shards
from fer_core.untrusted.archives import DAMAGED
from fer_core.untrusted.json_files import KERAS, SHARDS, TENSORFLOW_JS
from fer_core.untrusted.keras_files import check_hdf5

#: How weights lie in an .h5 file.
_WHOLE, _BY_LAYER, _BY_CLASS = "whole", "by layer", "by class"
_HAS_WEIGHTS = re.compile(
    "conv|dense|norm|prelu|embed|lstm|gru|rnn|attention|bidirect|timedist|model|functional"
    "|sequential|highway",
    re.I,
)
_UNSAID = re.compile(r"weights?|model|architecture|arch|json|best|final|[\W_]", re.I)
_GROUPS_BY_CLASS = ("layers", "_layer_checkpoint_dependencies")
_SHOWN = 4


def join(chosen: str, others: list[str], target: str) -> dict[str, Any]:
    """Makes one file of a chosen one and what belongs to it.

    Args:
        chosen: a JSON file or an `.h5` file.
        others: files beside it of the other kind.
        target: a folder of ours to write into.

    Returns:
        `file`: what was written, or the file that is whole already.

    Raises:
        UnsafeModelError, ModelLoadError: see `look.look`.
    """
    path, beside = Path(chosen), [Path(other) for other in others]
    if path.suffix.lower() != ".json":
        return _from_weights(path, beside, Path(target))
    data = _read(path)
    found = json_files.kind(data)
    if found == TENSORFLOW_JS:
        return {"file": str(shards.to_hdf5(path, data, Path(target)))}
    if found == SHARDS or json_files.is_shard_manifest(path):
        raise ModelLoadError(
            f"{path} lists weights of face-api.js, whose network is in its program; export the "
            "network that it was made from as .keras or .onnx."
        )
    if found != KERAS:
        raise ModelLoadError(f"{path} describes no network; add the model file itself.")
    return _from_architecture(path, data, beside, Path(target))


def _read(path: Path) -> Any:
    try:
        return json_files.read(path)
    except RecursionError:
        raise UnsafeModelError(f"{path} nests its layers too deeply; it is not opened.") from None
    except (ValueError, OSError):
        raise ModelLoadError(
            f"{path} is damaged or no JSON file; save or download it again."
        ) from None


def _from_weights(path: Path, beside: list[Path], target: Path) -> dict[str, Any]:
    layout, names = _weights(path)
    if layout == _WHOLE:
        return {"file": str(path)}
    fitting: list[tuple[int, Path]] = []
    for file in beside:
        try:
            data = json_files.read(file)
        except (ValueError, OSError, RecursionError):
            continue
        if json_files.kind(data) == KERAS:
            fitting.append((_fit(data, layout, names), file))
    best = _best(path, fitting, "networks")
    if best is None:
        also = f", and {fitting[0][1].name} describes another network" if fitting else ""
        raise ModelLoadError(
            f"{path} holds only weights, without their network{also}; put the model's .json beside "
            "it, or save both with model.save(...)."
        )
    return _write(best, _read(best), path, layout, target)


def _from_architecture(path: Path, data: Any, beside: list[Path], target: Path) -> dict[str, Any]:
    fitting, layouts = [], {}
    for file in beside:
        layout, names = _weights(file)
        layouts[file] = layout
        fitting.append((_fit(data, layout, names), file))
    best = _best(path, fitting, "weights files")
    if best is None:
        what = (
            f"{fitting[0][1].name} beside it belongs to another network"
            if fitting
            else "no .h5 with its weights lies beside it"
        )
        raise ModelLoadError(
            f"{path} describes a network without weights, and {what}; put both files into one "
            "folder, or save them as one with model.save(...)."
        )
    if layouts[best] == _WHOLE:
        return {"file": str(best)}
    return _write(path, data, best, layouts[best], target)


def _best(path: Path, fitting: list[tuple[int, Path]], what: str) -> Path | None:
    """The file that fits best, by what is in it and then by its name.

    Raises:
        ModelLoadError: several fit as well.
    """
    ranked = [(fit, _likeness(path, file), file) for fit, file in fitting if fit]
    if not ranked:
        return None
    most = max(entry[:2] for entry in ranked)
    best = [file for *score, file in ranked if tuple(score) == most]
    if len(best) > 1:
        names = ", ".join(file.name for file in best[:_SHOWN])
        more = ", …" if len(best) > _SHOWN else ""
        raise ModelLoadError(
            f"{path} fits {len(best)} {what} ({names}{more}); add the one that you mean, or leave "
            "only that one beside it."
        )
    return best[0]


def _likeness(one: Path, other: Path) -> int:
    first, second = (_UNSAID.sub("", file.stem.lower()) for file in (one, other))
    if one.stem.lower() == other.stem.lower():
        return 3
    if first == second:
        return 2
    return int(bool(first) and bool(second) and (first in second or second in first))


def _weights(path: Path) -> tuple[str, list[str]]:
    """How weights lie in an .h5 file, and what has some: layers or classes by name."""
    import h5py

    try:
        check_hdf5(path, path, whole=False)
        with h5py.File(path, "r") as file:
            if "model_config" in file.attrs:
                return _WHOLE, _layer_names(file.get("model_weights", file))
            for group in _GROUPS_BY_CLASS:
                if group in file:
                    return _BY_CLASS, [
                        name for name, item in file[group].items() if _holds_data(item)
                    ]
            return _BY_LAYER, _layer_names(file)
    except DAMAGED:
        raise ModelLoadError(
            f"{path} is damaged, or only a part of it was downloaded; save or download it again."
        ) from None


def _layer_names(group: Any) -> list[str]:
    """Layers with weights; long lists are spread over several attributes."""
    names: list[str] = []
    for key in ("layer_names", *(f"layer_names{index}" for index in range(64))):
        if key in group.attrs:
            names += [n.decode() if isinstance(n, bytes) else str(n) for n in group.attrs[key]]
    return [name for name in names if name in group and _holds_data(group[name])]


def _holds_data(item: Any) -> bool:
    import h5py

    found: list[str] = []
    if isinstance(item, h5py.Dataset):
        return True
    item.visititems(lambda name, inner: found.append(name) if hasattr(inner, "dtype") else None)
    return bool(found)


def _fit(data: Any, layout: str, names: list[str]) -> int:
    """2: all weights are of layers of the network; 1: as many layers have some; 0: neither."""
    layers = json_files.layers(data)
    known = {json_files.name_of(layer) for layer in layers}
    if layout == _BY_CLASS:
        known = _class_names(layers)
    if names and set(names) <= known:
        return 2
    weighty = [lay for lay in layers if _HAS_WEIGHTS.search(str(lay.get("class_name")))]
    return int(bool(names) and len(weighty) == len(names) and layout != _BY_CLASS)


def _class_names(layers: list[dict[str, Any]]) -> set[str]:
    """What Keras 3 calls layers in its weights: their class and a number, as `conv2d_1`."""
    found: set[str] = set()
    counts: dict[str, int] = {}
    for layer in layers:
        word = re.sub(r"\W+", "", str(layer.get("class_name")))
        word = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", word)
        word = re.sub("([a-z])([A-Z])", r"\1_\2", word).lower()
        count = counts.get(word, 0)
        counts[word] = count + 1
        found.add(f"{word}_{count}" if count else word)
    return found


def _write(
    architecture: Path, data: Any, weights: Path, layout: str, target: Path
) -> dict[str, Any]:
    """One file of the two; named after the one whose name says more."""
    stems = (architecture.stem, weights.stem.removesuffix(".weights"))
    stem = max(stems, key=lambda stem: (bool(_UNSAID.sub("", stem.lower())), stem == stems[0]))
    target.mkdir(parents=True, exist_ok=True)
    config = json.dumps(data)
    if layout == _BY_CLASS:
        file = target / f"{stem}.keras"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("config.json", config)
            archive.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
            archive.write(weights, "model.weights.h5")
    else:
        file = target / f"{stem}.h5"
        write_hdf5(file, config, weights)
    return {"file": str(file)}


def write_hdf5(file: Path, config: str, weights: Path) -> None:
    """A saved model of a configuration and an `.h5` that holds its weights by layer."""
    import h5py

    with h5py.File(weights, "r") as source, h5py.File(file, "w") as made:
        group = made.create_group("model_weights")
        for name in source:
            source.copy(name, group)
        for key, value in source.attrs.items():
            group.attrs[key] = value
            if key in ("keras_version", "backend"):
                made.attrs[key] = value
        made.attrs["model_config"] = config
