"""The one gate: from a path that somebody gave to a model that may be used.

A model is untrusted bytes. It is looked into where it lies, or unpacked into a private folder, by a
child process (`look`), before anything of it is copied, opened by Keras, OpenVINO or TensorFlow, or
has a name. What comes out is a `CheckedModel`; nobody else can make one.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import InitVar, dataclass, replace
from pathlib import Path
from typing import Any, final

from fer_core import paths
from fer_core.errors import ModelError, ModelLoadError, ModelNotFoundError, UnsafeModelError
from fer_core.models.digest import model_sha256
from fer_core.models.spec import SPEC_NAME, InputSpec, ModelSpec
from fer_core.models.spec import is_described as has_sidecar
from fer_core.untrusted import child, json_files, verdicts
from fer_core.untrusted.child import ChildError, Limits
from fer_core.untrusted.formats import (
    ACCEPTED,
    DIRECT,
    MAX_FILE_BYTES,
    SAVED_MODEL,
    check_download,
    detect_format,
)
from fer_core.untrusted.network import ModelFacts
from fer_core.untrusted.unpack import is_described, model_in

_MAX_FILES = 20_000
#: Stands for the file in what is kept about it.
_ITSELF = "\0"
_HDF5 = (".h5", ".hdf5")
_JOIN = "fer_core.untrusted.joining:join"
#: Folder in a private one with what was put together.
_JOINED = ".joined"
#: Files beside a part of a model that are looked at.
_MAX_BESIDE = 64


class _Stamp:
    """Only this module has one."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class CheckedModel:
    """A model that was looked into; only the gate makes one.

    Attributes:
        path: the model file or SavedModel folder.
        format: one of the values of `spec.FORMATS`, by its content.
        files: all that belong to it, itself first; they lie in its folder.
        sha256: of all of them, see `digest.model_sha256`.
        spec: the `model.json` of the folder that it was found in, or None.
        facts: what the network says of itself, or one sentence why it is none for faces; None for
            Keras files, which are converted first.
        origin: the file that the person has; another one than `path` where it was unpacked or
            put together. What lies beside it may say what the model is for.
        root: the outermost folder to look in for that.
    """

    path: Path
    format: str
    files: tuple[Path, ...]
    sha256: str
    spec: ModelSpec | None
    facts: ModelFacts | str | None
    stamp: InitVar[_Stamp]
    origin: Path | None = None
    root: Path | None = None

    def __post_init__(self, stamp: _Stamp) -> None:
        if not isinstance(stamp, _Stamp):
            raise TypeError("only fer_core.untrusted.gate makes a CheckedModel")

    def copy_into(self, folder: Path) -> Path:
        """Copies its files into a folder; gives what is the model there."""
        for file in self.files:
            target = folder / file.relative_to(self.path.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        return folder / self.path.name


@contextmanager
def opened(path: str | Path) -> Iterator[CheckedModel]:
    """The model that a path stands for, checked.

    A model file, a SavedModel and a folder with `model.json` stand for themselves, but a file that
    the `model.json` beside it describes stands for that folder. From other folders and from a .zip
    the only model in it is taken. A network whose weights lie in another file (Keras's JSON and its
    .h5, TensorFlow.js) is put together with them. What was unpacked or put together lies in a
    temporary folder, which is gone afterwards.

    Raises:
        ModelNotFoundError: there is nothing at that path.
        UnsafeModelError: it would run code, run for ever, leave its folder or fill the disk.
        ModelLoadError: there is no model in it, there are several, or it cannot be read.
        ModelSpecError: its `model.json` is wrong.
        OutputError: there is no room for temporary files.
    """
    path = Path(path)
    if not os.path.exists(path):
        raise ModelNotFoundError(f"{path} does not exist.")
    if is_described(path):
        yield check_folder(path.parent)
        return
    if path.name == SAVED_MODEL and path.is_file():
        path = path.parent  # the folder is the model
    if not path.is_dir() and path.suffix.lower() != ".zip" and _in_parts(path) is None:
        yield check(path)
        return
    with child.private_folder() as folder:
        joined = folder / _JOINED
        try:
            yield _found(path, folder, joined)
        except ModelError as error:  # nobody knows the temporary folder
            text = str(error)
            for made in joined.glob("*") if joined.is_dir() else ():
                text = text.replace(str(made), str(path))
            text = text.replace(f"{folder}{os.sep}", f"{path}: ")
            raise type(error)(text) from error


def _found(path: Path, folder: Path, joined: Path) -> CheckedModel:
    """The model of a folder, an archive or a file that needs another one beside it."""
    found, root = path, path.parent
    if path.is_dir() or path.suffix.lower() == ".zip":
        if path.is_file():
            _unzip(path, folder)
        root = folder if path.is_file() else path
        found = model_in(root, path, folder)
        if has_sidecar(found):
            return check_folder(found)
    others = _in_parts(found)
    if others is None:
        return _placed(check(found), found, root)
    return _placed(check(_joined(found, others, joined)), found, root)


def _placed(model: CheckedModel, origin: Path, root: Path) -> CheckedModel:
    return replace(model, origin=origin, root=root, stamp=_Stamp())


def _in_parts(path: Path) -> list[Path] | None:
    """Files beside a JSON or `.h5` file that may belong to it; None: it is looked at alone."""
    suffix = path.suffix.lower()
    if suffix == ".json" and json_files.may_be_network(path):
        return _beside(path, lambda file: file.suffix.lower() in _HDF5)
    if suffix in _HDF5:
        return _beside(path, json_files.may_be_network) or None
    return None


def _beside(path: Path, wanted: Callable[[Path], bool]) -> list[Path]:
    try:
        files = [file for file in sorted(path.parent.iterdir()) if file != path and wanted(file)]
    except OSError:
        return []
    return [file for file in files if file.is_file() and not file.is_symlink()][:_MAX_BESIDE]


def _joined(path: Path, others: list[Path], target: Path) -> Path:
    """One file of several; a file that needs no other one is that file."""
    check_download(path)
    size = sum(file.stat().st_size for file in (path, *others))
    if size > MAX_FILE_BYTES:
        raise ModelLoadError(
            f"{path} and what lies beside it are larger than 2 GB; put the files of the model into "
            "a folder of their own."
        )
    names = {str(file.absolute()): str(file) for file in (path, *others)}
    arguments = {
        "chosen": str(path.absolute()),
        "others": [str(file.absolute()) for file in others],
        "target": str(target),
    }
    try:
        found = child.call(_JOIN, arguments, Limits.for_bytes(size))
    except ModelError as error:
        text = str(error)
        for absolute, name in names.items():
            text = text.replace(absolute, name)
        raise type(error)(text) from error
    except ChildError as error:
        raise _unanswered(path, error) from error
    return Path(names.get(found["file"], found["file"]))


def check_folder(folder: str | Path) -> CheckedModel:
    """The model of a folder with `model.json`, checked; raises as `opened` does."""
    folder = Path(folder)
    spec = ModelSpec.read(folder)
    path = folder / spec.file
    if not os.path.exists(path):
        raise ModelLoadError(
            f"{path} is missing; {SPEC_NAME} names it: put it back, or add the model again."
        )
    _check_inside(path, folder, folder)
    return check(path, spec)


def check(path: str | Path, spec: ModelSpec | None = None) -> CheckedModel:
    """A model file or SavedModel folder, checked where it lies; raises as `opened` does.

    Args:
        path: the file; it may be a link, since the person chose it.
        spec: the `model.json` beside it.
    """
    path = Path(path)
    kind = detect_format(path)
    files = _visible(path, kind)
    first = model_sha256(path, files)
    if spec is not None and spec.sha256 == first and _comes_with_the_app(path):
        return CheckedModel(path, kind, files, first, spec, None, _Stamp())
    verdict = _verdict(path, kind, files, first, spec)
    further = _further(path, verdict["further"])
    facts = verdict["facts"]
    return CheckedModel(
        path,
        kind,
        (*files, *further),
        verdict["sha256"],
        spec,
        facts.replace(_ITSELF, str(path))
        if isinstance(facts, str)
        else facts and ModelFacts(**facts),
        _Stamp(),
    )


def _verdict(
    path: Path, kind: str, files: tuple[Path, ...], first: str, spec: ModelSpec | None
) -> dict[str, Any]:
    """What is known about the model, from an earlier time or from a child process now."""
    shape = None if spec is None else _shape(spec.input)
    sized = kind if shape is None else f"{kind}-{'x'.join(map(str, shape))}"
    for key in dict.fromkeys((kind, sized)):
        known = verdicts.find(key, first)
        usable = known is not None and (known["fixed"] or key == sized)
        if known is not None and usable and known["sha256"] == _whole(path, files, known, first):
            return known
    arguments = {"shape": shape}
    found = _in_child(path, "look", arguments | {"model_format": kind}, files)
    further = _further(path, found["further"])
    if kind in DIRECT and further:  # only now it is known how large the model is
        found |= _in_child(path, "run", arguments, (*files, *further))
    found = {"fixed": True, "facts": None, **found}
    if isinstance(found["facts"], str):  # the next time the file may lie elsewhere
        found["facts"] = found["facts"].replace(str(path.absolute()), _ITSELF)
    found["sha256"] = model_sha256(path, (*files, *further))
    verdicts.remember(kind if found["fixed"] else sized, first, found)
    return found


def _whole(path: Path, files: tuple[Path, ...], verdict: dict[str, Any], first: str) -> str:
    """The SHA-256 of all files of a model; empty where one of them is gone."""
    if not verdict["further"]:
        return first
    try:
        return model_sha256(path, (*files, *_further(path, verdict["further"])))
    except (ModelError, OSError):
        return ""


def _in_child(path: Path, task: str, arguments: dict[str, Any], files: tuple[Path, ...]) -> Any:
    limits = Limits.for_bytes(sum(file.stat().st_size for file in files))
    # The child works in a folder of its own; messages name the file as the person does.
    absolute = str(path.absolute())
    try:
        return child.call(
            f"fer_core.untrusted.look:{task}", {"path": absolute, **arguments}, limits
        )
    except ModelError as error:
        raise type(error)(str(error).replace(absolute, str(path))) from error
    except ChildError as error:
        raise _unanswered(path, error) from error


def _unanswered(path: Path, error: ChildError) -> ModelError:
    if error.kind == "cancelled":
        return ModelLoadError(f"{path}: the check was cancelled.")
    if error.kind in ("time", "memory"):
        return UnsafeModelError(f"{path} is not opened: {error.reason}.")
    return ModelLoadError(f"{path} is damaged ({error.reason}); save or download it again.")


def _unzip(path: Path, folder: Path) -> None:
    check_download(path)
    limits = Limits.for_bytes(path.stat().st_size)
    try:
        arguments = {"path": str(path.absolute()), "folder": str(folder)}
        child.call("fer_core.untrusted.archives:unzip", arguments, limits)
    except ModelError as error:
        raise type(error)(str(error).replace(arguments["path"], str(path))) from error
    except ChildError as error:
        raise ModelLoadError(f"{path} cannot be unpacked: {error.reason}.") from error


def _visible(path: Path, kind: str) -> tuple[Path, ...]:
    """The files of a model that can be told without looking into them."""
    if kind == "savedmodel":
        files = _walk(path)
    else:
        files = [path]
        weights = path.with_suffix(".bin")
        if kind == "openvino" and os.path.lexists(weights):
            _check_inside(weights, path.parent, path)
            files += [weights]
    _check_files(path, files)
    return tuple(files)


def _walk(folder: Path) -> list[Path]:
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            item = Path(place, name)
            if item.is_symlink():
                _check_inside(item, folder, folder)
                if item.is_dir():
                    raise UnsafeModelError(f"{folder} holds a link, {item}; it is not opened.")
        files += [Path(place, name) for name in names]
        if len(files) > _MAX_FILES:
            raise UnsafeModelError(f"{folder} holds over {_MAX_FILES} files; it is not opened.")
    return sorted(files)


def _further(path: Path, names: list[str]) -> tuple[Path, ...]:
    """The files that a model takes weights from; the child has checked their names as well."""
    files = sorted({path.parent / name for name in names} - {path})
    for file in files:
        _check_inside(file, path.parent, path)
    _check_files(path, files)
    return tuple(files)


def _check_inside(file: Path, folder: Path, shown: Path) -> None:
    if not file.resolve().is_relative_to(folder.resolve()):
        raise UnsafeModelError(f"{file} points outside {folder}; {shown.name} is not opened.")


def _check_files(path: Path, files: list[Path]) -> None:
    size = 0
    for file in files:
        try:
            found = file.stat()
        except OSError as error:
            raise ModelLoadError(f"{file} cannot be read: {error.strerror}.") from error
        if not stat.S_ISREG(found.st_mode):
            raise ModelLoadError(f"{file} is no file; accepted are {ACCEPTED}.")
        size += found.st_size
    if size > MAX_FILE_BYTES:
        raise ModelLoadError(f"{path} is larger than 2 GB; the app reads smaller models.")


def _shape(inputs: InputSpec) -> list[int]:
    size = (inputs.height, inputs.width)
    channels = inputs.channels
    return [1, *size, channels] if inputs.layout == "nhwc" else [1, channels, *size]


def _comes_with_the_app(path: Path) -> bool:
    return paths.bundled_models_dir().resolve() in path.resolve().parents
