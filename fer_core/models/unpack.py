"""The model inside what people have: a folder, a shared .zip, a download from Teachable Machine."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fer_core.errors import ModelError, ModelLoadError, ModelNotFoundError, ModelSpecError
from fer_core.models.keras_files import DAMAGED, check_members
from fer_core.models.propose import LABEL_FILES
from fer_core.models.safety import ACCEPTED, FILE_SUFFIXES, check_download
from fer_core.models.spec import SPEC_NAME, ModelSpec

_SAVED_MODEL = "saved_model.pb"
_KERAS_CONFIG = "config.json"
#: How deep a model may lie in a folder or archive.
_LEVELS = ("*", "*/*", "*/*/*")
_SHOWN = 4


@contextmanager
def opened(path: str | Path) -> Iterator[Path]:
    """The model file or model folder that a path stands for.

    A model file, a SavedModel and a folder with `model.json` stand for themselves, but a file that
    the `model.json` beside it describes stands for that folder. From other folders and from a .zip
    the only model in it is taken; one from a .zip lies in a temporary folder, which is gone
    afterwards.

    Raises:
        ModelNotFoundError: there is nothing at that path.
        UnsafeModelError: an archive would leave its folder or fill the disk.
        ModelLoadError: there is no model in it, or there are several.
    """
    path = Path(path)
    if not path.exists():
        raise ModelNotFoundError(f"{path} does not exist.")
    if _is_described(path):
        yield path.parent
        return
    if path.is_file() and path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        try:
            if path.is_file():
                _unzip(path, folder)
                yield _model_in(folder, path, folder)
            else:
                yield _model_in(path, path, folder)
        except ModelError as error:  # nobody knows the temporary folder
            text = str(error).replace(f"{folder}{os.sep}", f"{path}: ")
            raise type(error)(text) from error


def _is_described(path: Path) -> bool:
    try:
        return ModelSpec.read(path.parent / SPEC_NAME).file == path.name
    except ModelSpecError:
        return False


def _unzip(path: Path, folder: Path) -> None:
    check_download(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_members(archive, path)
            if any(member.flag_bits & 1 for member in archive.infolist()):
                raise ModelLoadError(
                    f"{path} is locked with a password; unpack it and add the model."
                )
            archive.extractall(folder)
    except DAMAGED as error:
        raise ModelLoadError(
            f"{path} cannot be unpacked ({error}); save or download it again."
        ) from error


def _model_in(folder: Path, path: Path, temporary: Path) -> Path:
    """The only model of a folder; `path` is what the person knows it as."""
    found = [folder] if _is_model(folder) else _models_below(folder)
    if not found:
        raise ModelLoadError(f"{path} holds no model; accepted are {ACCEPTED}.")
    if len(found) > 1:
        names = [str(item.relative_to(folder)) for item in found]
        more = ", …" if len(names) > _SHOWN else ""
        where = "unpack it and add one of them" if path.is_file() else "add one of them"
        raise ModelLoadError(
            f"{path} holds {len(names)} models ({', '.join(names[:_SHOWN])}{more}); {where}."
        )
    (model,) = found
    if (model / SPEC_NAME).is_file():
        _refuse_tensorflow_js(model / SPEC_NAME, path)
    elif (model / _KERAS_CONFIG).is_file():
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
    whole = [item for item in found if not item.name.endswith(".weights.h5")]
    return whole or found


def _is_model(path: Path) -> bool:
    if not path.is_dir():
        is_network = path.suffix.lower() != ".xml" or path.with_suffix(".bin").is_file()
        return path.suffix.lower() in FILE_SUFFIXES and is_network
    keras = (path / _KERAS_CONFIG).is_file() and any(path.glob("model.weights.*"))
    return keras or any((path / name).is_file() for name in (SPEC_NAME, _SAVED_MODEL))


def _refuse_tensorflow_js(file: Path, path: Path) -> None:
    with file.open("rb") as stream:
        if b'"modelTopology"' in stream.read(1 << 20):
            raise ModelLoadError(
                f"{path} is a TensorFlow.js model; save the network as .keras, or in Teachable "
                "Machine choose Export Model, Tensorflow, Keras."
            )


def _packed(folder: Path, file: Path) -> Path:
    """A .keras file that someone, or a browser, has unpacked, with the labels in or beside it."""
    members = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.write(member, member.relative_to(folder).as_posix())
    if folder == file.parent:  # an unpacked .zip: its labels are there already
        return file
    for place in (folder.parent, folder):
        labels = {*place.glob("*labels.txt"), *(place / name for name in LABEL_FILES)}
        for label in sorted(labels):
            if place != file.parent and label.is_file() and not label.is_symlink():
                shutil.copyfile(label, file.parent / label.name)
    return file
