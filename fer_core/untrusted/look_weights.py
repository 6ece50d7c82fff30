"""What `weights` has a child process do: copy the numbers of some layers out of an HDF5 file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fer_core.errors import ModelLoadError
from fer_core.untrusted.archives import DAMAGED
from fer_core.untrusted.keras_files import check_hdf5


def look(path: str, wanted: dict[str, list[list[int]]], folder: str) -> None:
    """Writes the arrays of each wanted layer as `{layer's place}-{weight's place}.npy`, float32.

    Raises:
        UnsafeModelError: the file takes something from elsewhere, or unpacks to far too much.
        ModelLoadError: it cannot be read, or a layer is missing or of another shape.
    """
    try:
        check_hdf5(Path(path), Path(path), whole=False)
        with h5py.File(path, "r") as file:
            found = dict(_weights_by_layer(file.get("model_weights", file)))
            for place, (layer, shapes) in enumerate(wanted.items()):
                for number, weight in enumerate(_fitting(path, layer, shapes, found.get(layer))):
                    numbers = np.asarray(weight[()], np.float32)
                    np.save(Path(folder, f"{place}-{number}.npy"), numbers, allow_pickle=False)
    except (*DAMAGED, TypeError, AttributeError) as error:
        raise ModelLoadError(f"{path} is no Keras weight file ({error}).") from error


def _weights_by_layer(root: Any) -> Iterator[tuple[str, list[Any]]]:
    for name in _names(root, "layer_names"):
        group = root[name]
        yield name.replace("/", "_"), [group[weight] for weight in _names(group, "weight_names")]


def _names(group: Any, key: str) -> list[str]:
    return [n.decode("utf-8") if isinstance(n, bytes) else str(n) for n in group.attrs[key]]


def _fitting(path: str, layer: str, wanted: list[list[int]], weights: list[Any] | None) -> list:
    """The weights of a layer, nothing of which was read yet."""
    if weights is None:
        raise ModelLoadError(f"{path} has no layer {layer!r}; it is another network's.")
    given = [list(weight.shape) for weight in weights]
    if wanted != given:
        raise ModelLoadError(
            f"{path}: layer {layer!r} has shapes {given} where {wanted} are needed; it is "
            "another network's."
        )
    return weights
