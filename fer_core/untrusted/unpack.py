"""The model inside what people have: a folder, a shared .zip, a download from Teachable Machine."""

import re
import shutil
from pathlib import Path

from fer_core.errors import ModelLoadError, ModelSpecError, UnsafeModelError
from fer_core.models.spec import SPEC_NAME, ModelSpec
from fer_core.models.spec import is_described as has_sidecar
from fer_core.untrusted import foreign, json_files
from fer_core.untrusted.formats import ACCEPTED, FILE_SUFFIXES, MAX_FILE_BYTES, SAVED_MODEL

#: Files beside a model that say what its outputs mean.
LABEL_FILES = (
    "labels.txt", "class_names.txt", "classes.txt",
    "class_indices.json", "classes.json", "class_names.json", "labels.json",
)  # fmt: skip
_KERAS_CONFIG = "config.json"
#: Of an .h5 that holds only weights, nothing but its name tells before it is opened.
_CALLED_WEIGHTS = re.compile(r"weights?[^/]*\.(h5|hdf5)$", re.I)
#: How deep a model may lie in a folder or archive.
_LEVELS = ("*", "*/*", "*/*/*")
_SHOWN = 4
_MAX_LABEL_BYTES = 1 << 16


def is_described(path: Path) -> bool:
    """Whether a `model.json` beside a file says that it is its model."""
    try:
        return ModelSpec.read(path.parent / SPEC_NAME).file == path.name
    except ModelSpecError:
        return False


def model_in(folder: Path, path: Path, temporary: Path) -> Path:
    """The only model of a folder: a file, a SavedModel, or a folder with `model.json`.

    Args:
        folder: where to look.
        path: what the person knows it as.
        temporary: a folder of ours, where an unpacked Keras file is packed again.

    Raises:
        UnsafeModelError: it lies elsewhere, behind a link.
        ModelLoadError: there is no model in it, or there are several.
    """
    found = [folder] if _is_model(folder) else _models_below(folder)
    if not found:
        known = foreign.about_folder(folder, path)
        if known:
            raise ModelLoadError(known)
        raise ModelLoadError(f"{path} holds no model; accepted are {ACCEPTED}.")
    if len(found) > 1:
        names = [str(item.relative_to(folder)) for item in found]
        more = ", …" if len(names) > _SHOWN else ""
        where = "unpack it and add one of them" if path.is_file() else "add one of them"
        raise ModelLoadError(
            f"{path} holds {len(names)} models ({', '.join(names[:_SHOWN])}{more}); {where}."
        )
    (model,) = found
    if not model.resolve().is_relative_to(folder.resolve()):
        raise UnsafeModelError(f"{model} points outside {folder}; it is not opened.")
    if not has_sidecar(model) and (model / _KERAS_CONFIG).is_file():
        return _packed(model, temporary / f"{(path if model == folder else model).stem}.keras")
    return model


def _models_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for level in _LEVELS:
        for item in sorted(folder.glob(level)):
            hidden = any(
                part.startswith((".", "__MACOSX")) for part in item.relative_to(folder).parts
            )
            if not hidden and _is_model(item) and not any(m in item.parents for m in found):
                found.append(item)
    whole = [item for item in found if not _CALLED_WEIGHTS.search(item.name)]
    networks = _networks(folder)
    return whole or (networks if len(networks) == 1 else found)


def _networks(folder: Path) -> list[Path]:
    """JSON files that describe a network, of Keras or TensorFlow.js."""
    found: list[Path] = []
    for level in _LEVELS:
        for item in sorted(folder.glob(level)):
            hidden = any(
                part.startswith((".", "__MACOSX")) for part in item.relative_to(folder).parts
            )
            if not hidden and item.is_file() and json_files.may_be_network(item):
                found.append(item)
    return found


def _is_model(path: Path) -> bool:
    if not path.is_dir():
        is_network = path.suffix.lower() != ".xml" or path.with_suffix(".bin").is_file()
        return path.suffix.lower() in FILE_SUFFIXES and is_network
    keras = (path / _KERAS_CONFIG).is_file() and any(path.glob("model.weights.*"))
    return keras or has_sidecar(path) or (path / SAVED_MODEL).is_file()


def _packed(folder: Path, file: Path) -> Path:
    """A .keras file that someone, or a browser, has unpacked, with the labels in or beside it."""
    import zipfile  # the start of the app, which comes through here, needs none

    members = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    if sum(member.stat().st_size for member in members) > MAX_FILE_BYTES:
        raise ModelLoadError(f"{folder} is larger than 2 GB; the app reads smaller models.")
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.write(member, member.relative_to(folder).as_posix())
    if folder == file.parent:  # an unpacked .zip: its labels are there already
        return file
    for place in (folder.parent, folder):
        labels = {*place.glob("*labels.txt"), *(place / name for name in LABEL_FILES)}
        for label in sorted(labels):
            usable = place != file.parent and label.is_file() and not label.is_symlink()
            if usable and label.stat().st_size <= _MAX_LABEL_BYTES:
                shutil.copyfile(label, file.parent / label.name)
    return file
