"""What a Keras file may hold: `.keras` (zip) and `.h5` / `.hdf5`; looked into without Keras.

Keras has a safe mode, yet it was found wanting for Lambda layers in HDF5 (CVE-2024-3660,
CVE-2025-9905, CVE-2026-12481), for functions named in the configuration (CVE-2025-1550,
CVE-2025-8747, CVE-2025-9906), for layers that read files (CVE-2025-12058, CVE-2026-1462), for layer
names that lead elsewhere (CVE-2026-12479), and for links and sizes in HDF5 (CVE-2026-1669,
CVE-2026-0897). So each of these is refused here, whatever version of Keras opens the file
afterwards.
"""

import json
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import IO, Any

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted import json_files
from fer_core.untrusted.archives import DAMAGED, check_members
from fer_core.untrusted.formats import MAX_FILE_BYTES, detect_format

#: Classes that hold code, pickles, or paths of further files.
_REFUSED = {
    "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__",
    "__typespec__", "StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization",
}  # fmt: skip
_KERAS_MODULE = re.compile(
    r"(tf_)?keras(\.src|\.api|\._tf_keras|\.keras|\.engine)*"
    r"(\.(layers|models|engine|initializers|regularizers|constraints|activations|dtype_policies"
    r"|quantizers|random|ops|losses|metrics|optimizers|mixed_precision|legacy)(\.\w+)*)?"
)
#: Keras's own; old files name them with module "builtins".
ACTIVATIONS = {
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu",
    "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish",
    "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softmax_v2",
    "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "swish",
    "tanh", "tanh_shrink", "threshold",
}  # fmt: skip
#: Parts that only training needs. `legacy.repair` takes them out, so they may say anything.
TRAINING_KEYS = ("compile_config", "training_config")

#: Dimensions of a batch of pictures.
_PICTURES = 4
_MAX_OBJECTS = 200_000
_MAX_CONFIG_BYTES = 64 << 20
_PART_BYTES = 64 << 20


def check(path: Path) -> str | None:
    """Refuses what is unsafe in a Keras file.

    Returns:
        One sentence where its configuration shows already that the app cannot run it.

    Raises:
        UnsafeModelError, ModelLoadError: see `look.look`.
    """
    config = read_config(path, whole=True)
    try:
        _check_config(config, path)
    except RecursionError:
        raise UnsafeModelError(f"{path} nests its layers too deeply; it is not opened.") from None
    return _unfit(config, path)


def _unfit(config: dict[str, Any], path: Path) -> str | None:
    """Of networks with several ends, or for texts and series, which Keras explains badly."""
    inner = config.get("config")
    ends = [_ends(inner, key) for key in ("input_layers", "output_layers")]
    if max(ends) > 1:
        return (
            f"{path} has {ends[0]} inputs and {ends[1]} outputs; the app runs networks with one of "
            "each."
        )
    for layer in json_files.layers(config)[:1]:
        arguments = layer.get("config")
        for key in ("batch_shape", "batch_input_shape"):
            shape = arguments.get(key) if isinstance(arguments, dict) else None
            if isinstance(shape, list) and len(shape) != _PICTURES:
                shown = ", ".join("any" if side is None else str(side)[:20] for side in shape[:9])
                return (
                    f"{path} takes an input of shape ({shown}); the app runs networks that take "
                    "pictures."
                )
    return None


def _ends(inner: Any, key: str) -> int:
    """How many inputs or outputs a configuration names; one has been written with less brackets."""
    found = inner.get(key) if isinstance(inner, dict) else None
    return len(found) if isinstance(found, list) and found and isinstance(found[0], list) else 1


def read_config(path: Path, *, whole: bool = False) -> dict[str, Any]:
    """The network's configuration; archive members and HDF5 links are checked on the way.

    Args:
        path: the file.
        whole: read the weights, too, and find out whether they are damaged.

    Raises:
        UnsafeModelError, ModelLoadError: see `look.look`.
    """
    try:
        # By its beginning, as `legacy.load` does: one file can be both kinds, with two contents.
        zipped = detect_format(path) == "keras"
        config = json.loads(_config_of_zip(path, whole) if zipped else _config_of_hdf5(path, whole))
    except RecursionError:
        raise UnsafeModelError(f"{path} nests its layers too deeply; it is not opened.") from None
    except DAMAGED as error:
        raise ModelLoadError(
            f"{path} is damaged, or only a part of it was downloaded; save or download it again."
        ) from error
    if not isinstance(config, dict):
        raise ModelLoadError(f"{path} holds no network configuration; save it again.")
    return config


def _check_config(value: Any, path: Path) -> None:
    if isinstance(value, list):
        for item in value:
            _check_config(item, path)
    if not isinstance(value, dict):
        return
    name = value.get("class_name")
    if isinstance(name, str):
        _check_class(name, value, path)
    for key, item in value.items():
        if key == "activation" and isinstance(item, str) and item not in ACTIVATIONS:
            raise UnsafeModelError(
                f"{path} has the activation {item[:80]!r}, which is not part of Keras; rebuild the "
                "network with Keras's own activations, or export it as ONNX."
            )
        if key not in TRAINING_KEYS:
            _check_config(item, path)


def _check_class(name: str, value: dict[str, Any], path: Path) -> None:
    if name.rsplit(">", 1)[-1] in _REFUSED:
        raise UnsafeModelError(
            f"{path} has a {name} layer, which can run code or open files; rebuild the network "
            "without it and save it again."
        )
    module, registered = value.get("module"), value.get("registered_name")
    inner = value.get("config")
    _check_name(value.get("name"), path)
    _check_name(inner.get("name") if isinstance(inner, dict) else None, path)
    if module is not None and name[:1].islower() and name != "function":
        raise UnsafeModelError(
            f"{path} names the function {module}.{name} as a layer, which is not run; rebuild the "
            "network from Keras's own layers."
        )
    if name == "function":
        known = module in (None, "builtins", "keras.activations") and inner in ACTIVATIONS
        if not known:
            raise UnsafeModelError(
                f"{path} names the function {module}.{inner}, which is not run; rebuild the "
                "network from Keras's own layers."
            )
        return
    foreign = module is not None and not (
        isinstance(module, str) and _KERAS_MODULE.fullmatch(module)
    )
    custom = isinstance(registered, str) and ">" in registered and registered != f"Keras>{name}"
    if foreign or custom:
        raise UnsafeModelError(
            f"{path} uses {registered or name} from {module or 'elsewhere'}, which is not part "
            "of Keras; rebuild the network from Keras's own layers, or export it as ONNX."
        )


def _check_name(name: Any, path: Path) -> None:
    """Keras makes folders after the names of layers. Old names have a slash, that is all right."""
    parts = name.replace("\\", "/").split("/") if isinstance(name, str) else []
    if parts and (parts[0] == "" or ".." in parts):
        raise UnsafeModelError(
            f"{path} has a layer called {name[:80]!r}, a path outside its own folder; it is not "
            "opened."
        )


def _config_of_zip(path: Path, whole: bool) -> bytes:
    with zipfile.ZipFile(path) as archive:
        check_members(archive, path)
        names = archive.namelist()
        if any(name.endswith("data.pkl") for name in names):
            raise UnsafeModelError(
                f"{path} is a PyTorch file, which can run code; export the network with "
                "torch.onnx.export and add the .onnx file."
            )
        if "config.json" not in names:
            raise ModelLoadError(
                f"{path} holds only weights, without their network; save both with model.save(...)."
            )
        if archive.getinfo("config.json").file_size > _MAX_CONFIG_BYTES:
            raise UnsafeModelError(f"{path} has a configuration of over 64 MB; it is not opened.")
        for name in names:
            if name.endswith((".h5", ".hdf5")):
                with archive.open(name) as member, tempfile.TemporaryFile() as copy:
                    shutil.copyfileobj(member, copy, 1 << 20)
                    copy.seek(0)
                    check_hdf5(copy, path, whole)
        damaged = archive.testzip() if whole else None
        if damaged is not None:
            raise zipfile.BadZipFile(damaged)
        return archive.read("config.json")


def _config_of_hdf5(path: Path, whole: bool) -> str | bytes:
    import h5py

    check_hdf5(path, path, whole)
    with h5py.File(path, "r") as opened:
        config = opened.attrs.get("model_config")
    if config is None:
        raise ModelLoadError(
            f"{path} holds only weights, without their network; put the model's .json beside "
            "it, or save both with model.save(...)."
        )
    if not isinstance(config, (str, bytes)):
        raise ModelLoadError(f"{path} holds no readable network configuration; save it again.")
    return config


def check_hdf5(file: Path | IO[bytes], path: Path, whole: bool) -> None:
    """Refuses links, parts that lie elsewhere, and what unpacks to far more than its size.

    Args:
        file: what is looked into.
        path: what messages name.
        whole: read all numbers, too; what is damaged raises an OSError.

    Raises:
        UnsafeModelError: it has such.
    """
    import h5py

    seen: set[int] = set()
    declared = 0
    with h5py.File(file, "r") as opened:
        groups = [opened["/"]]
        while groups:
            group = groups.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise UnsafeModelError(
                        f"{path} holds a link to another place, {name[:200]!r}; it is not opened."
                    )
                item = group[name]
                address = h5py.h5o.get_info(item.id).addr
                if address in seen:
                    continue
                seen.add(address)
                if isinstance(item, h5py.Group):
                    groups.append(item)
                elif isinstance(item, h5py.Dataset):
                    if item.external or item.is_virtual:
                        raise UnsafeModelError(
                            f"{path} takes {name[:200]!r} from another file; it is not opened."
                        )
                    declared += item.size * item.dtype.itemsize if item.shape is not None else 0
                if len(seen) > _MAX_OBJECTS or declared > MAX_FILE_BYTES:
                    raise UnsafeModelError(f"{path} unpacks to more than 2 GB; it is not opened.")
                if whole and isinstance(item, h5py.Dataset):
                    _read(item)


def _read(dataset: Any) -> None:
    """Reads a dataset in parts; what is damaged raises an error."""
    if not dataset.shape:
        dataset[()]
        return
    rows = max(1, _PART_BYTES // max(1, dataset.dtype.itemsize * dataset.size // dataset.shape[0]))
    for start in range(0, dataset.shape[0], rows):
        dataset[start : start + rows]
