"""Which models there are: a folder each, with `model.json` inside."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_core import paths
from fer_core.errors import ModelError, ModelNotFoundError, ModelSpecError
from fer_core.models.classifier import Classifier, load_folder
from fer_core.models.spec import SPEC_NAME, ModelSpec


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model folder.

    Attributes:
        name: of the folder, by which the model is chosen.
        title: what a person reads; the name where the folder is broken.
        spec: None where `model.json` is missing or wrong.
        problem: one sentence why it cannot be used, or None.
        bundled: it came with the app and cannot be removed.
    """

    name: str
    title: str
    folder: Path
    spec: ModelSpec | None
    problem: str | None
    bundled: bool


class ModelRegistry:
    """The models under some root folders; looks only when asked, so it never is out of date.

    A model of the person hides a bundled one of the same name: theirs was put there on purpose.
    """

    def __init__(self, roots: Sequence[str | Path] | None = None):
        """Names the folders to look in.

        Args:
            roots: folders of model folders, the first wins; by default the person's own models,
                then those that came with the app. They need not exist.
        """
        self._roots = (
            [paths.user_models_dir(), paths.bundled_models_dir()]
            if roots is None
            else [Path(root) for root in roots]
        )

    def entries(self) -> list[ModelEntry]:
        """All model folders by name, bundled ones first; broken ones say what is wrong."""
        found: dict[str, ModelEntry] = {}
        for root in self._roots:
            for folder in _folders(root):
                found.setdefault(folder.name, _entry(folder))
        return sorted(found.values(), key=lambda e: (not e.bundled, e.name.lower()))

    def names(self) -> list[str]:
        """The models that can be loaded."""
        return [entry.name for entry in self.entries() if entry.spec is not None]

    def entry(self, name: str) -> ModelEntry:
        """The entry of that name.

        Raises:
            ModelNotFoundError: there is none; the message lists those there are.
        """
        for root in self._roots:
            folder = root / name
            if folder in _folders(root):
                return _entry(folder)
        known = ", ".join(self.names()) or "none"
        raise ModelNotFoundError(f"There is no model {name!r}; there are: {known}.")

    def folder(self, name: str) -> Path:
        """Where the model lies."""
        return self.entry(name).folder

    def spec(self, name: str) -> ModelSpec:
        """The model's `model.json`.

        Raises:
            ModelNotFoundError: no such model.
            ModelSpecError: its `model.json` is missing or wrong.
        """
        entry = self.entry(name)
        if entry.spec is None:
            raise ModelSpecError(entry.problem or f"{entry.folder} has no usable model.json.")
        return entry.spec

    def load(self, name: str) -> Classifier:
        """The model, ready to predict.

        Raises:
            ModelNotFoundError, ModelSpecError, ModelLoadError, UnsafeModelError: see there.
        """
        self.spec(name)
        return load_folder(self.folder(name))

    def remove(self, name: str) -> None:
        """Deletes one of the person's own models.

        Raises:
            ModelError: it came with the app, or its folder cannot be deleted.
        """
        entry = self.entry(name)
        if entry.bundled:
            raise ModelError(f"{name} came with the app and cannot be removed.")
        try:
            shutil.rmtree(entry.folder)
        except OSError as error:
            raise ModelError(f"{entry.folder} cannot be deleted: {error.strerror}.") from error


def _folders(root: Path) -> list[Path]:
    try:
        return [p for p in sorted(root.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    except OSError:
        return []


def _entry(folder: Path) -> ModelEntry:
    bundled = folder.parent == paths.bundled_models_dir()
    try:
        spec = ModelSpec.read(folder)
        if not (folder / spec.file).exists():
            raise ModelSpecError(
                f"{folder / spec.file} is missing; put it back or change {SPEC_NAME}."
            )
    except ModelSpecError as error:
        return ModelEntry(folder.name, folder.name, folder, None, str(error), bundled)
    return ModelEntry(folder.name, spec.title or folder.name, folder, spec, None, bundled)
