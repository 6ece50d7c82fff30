"""Adding models to the person's own folder, checking them, and sharing them."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fer_core import paths
from fer_core.errors import ModelError, ModelLoadError
from fer_core.leftovers import named
from fer_core.models.classifier import load_folder
from fer_core.models.propose import plain_name, propose
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import SPEC_NAME, ModelSpec
from fer_core.untrusted.gate import CheckedModel, opened

_MAX_NAMES = 1000


def add_model(
    path: str | Path,
    *,
    name: str | None = None,
    labels: Sequence[str] | None = None,
    spec: ModelSpec | None = None,
) -> Path:
    """Takes a model into the person's own folder: copied, converted, tried; then visible at once.

    Args:
        path: a model file, or a folder or .zip with one model; see `gate.opened`.
        name: of the new model; without it the file's own, with -2, -3, … if that is taken.
        labels: see `propose`.
        spec: the confirmed sidecar; without it the one beside the file, or a proposal.

    Returns:
        The new model folder.

    Raises:
        ModelError: one of its subclasses says what is wrong with the file; or the name is taken.
    """
    with opened(path) as model:
        return take_model(model, name=name, labels=labels, spec=spec)


def take_model(
    model: CheckedModel,
    *,
    name: str | None = None,
    labels: Sequence[str] | None = None,
    spec: ModelSpec | None = None,
) -> Path:
    """Like `add_model`, of a model that is open already."""
    spec = spec or model.spec
    if spec is None:
        spec = propose(model, labels=labels).spec
    elif labels is not None:
        labels = tuple(labels)
        spec = replace(spec, labels=labels, labels_confirmed=True, stands_for=None)
    return _take(model, spec, name)


def free_name(wanted: str) -> str:
    """The wanted name, or with -2, -3, … behind it if a model has it already."""
    taken = {entry.name.lower() for entry in ModelRegistry().entries()}
    names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, _MAX_NAMES))
    return next((name for name in names if name.lower() not in taken), wanted)


def check_model(name: str, registry: ModelRegistry | None = None) -> list[str]:
    """Loads a model and runs it: hash, conversion, one face.

    Returns:
        One sentence a check that passed.

    Raises:
        ModelError: the first check that failed, by its message.
    """
    registry = registry or ModelRegistry()
    spec = registry.spec(name)
    done = ["model.json is complete."]
    classifier = registry.load(name)
    done.append("The file is the one in model.json." if spec.sha256 else "It has no SHA-256 yet.")
    done.append(
        f"It runs, {classifier.engine.rows} face(s) at a time, and gives shares that add up."
    )
    if not spec.labels_confirmed:
        done.append("The order of its labels is a guess; add it again with --check or --labels.")
    return done


def _take(model: CheckedModel, spec: ModelSpec, name: str | None) -> Path:
    paths.check_home()
    root, source = paths.user_models_dir(), model.path
    if spec.sha256 not in ("", model.sha256):
        raise ModelLoadError(
            f"{source} is not the file that the {SPEC_NAME} beside it describes (its SHA-256 "
            "differs); if you changed it yourself, empty sha256 there, else download both again."
        )
    try:
        root.mkdir(parents=True, exist_ok=True)
        # The registry skips names with a dot; what is copied there is checked as that copy.
        work = Path(tempfile.mkdtemp(dir=root, prefix=named(".adding")))
        try:
            model.copy_into(work)
            spec = replace(spec, file=source.name, sha256=model.sha256)
            spec.write(work)
            load_folder(work)
            return _publish(work, root, spec, name)
        except ModelError as error:  # nobody knows that folder
            raise type(error)(str(error).replace(str(work), str(source.parent))) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"{source} cannot be copied to {root}: {reason}.") from error


def _publish(work: Path, root: Path, spec: ModelSpec, name: str | None) -> Path:
    """Gives the finished folder its name; `os.rename` never replaces a folder with files in it."""
    taken = {entry.name.lower() for entry in ModelRegistry().entries()}
    if name is not None and name.lower() in taken:
        raise ModelError(f"There is a model {name!r} already; remove it or choose another name.")
    wanted = name or plain_name(spec.name)
    for number in range(1, _MAX_NAMES):
        free = wanted if number == 1 else f"{wanted}-{number}"
        if free.lower() in taken:
            continue
        replace(spec, name=free).write(work)
        try:
            os.rename(work, root / free)
            return root / free
        except OSError:
            if not (root / free).exists():
                raise
    raise ModelError(f"There are too many models called {wanted!r}; choose another name.")
