"""Which models there are: a folder each, with `model.json` inside."""

import os
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
        command: what to type to train it, where it is offered and not trained yet; else empty.
    """

    name: str
    title: str
    folder: Path
    spec: ModelSpec | None
    problem: str | None
    bundled: bool
    command: str = ""


class ModelRegistry:
    """The models under some root folders; looks only when asked, so it never is out of date.

    A model of the person hides a bundled one of the same name: theirs was put there on purpose.
    """

    def __init__(
        self, roots: Sequence[str | Path] | None = None, recipes: str | Path | None = None
    ):
        """Names the folders to look in.

        Args:
            roots: folders of model folders, the first wins; by default the person's own models,
                then those that came with the app. They need not exist.
            recipes: folder of training recipes, by default the project's; it need not exist.
        """
        self._recipes = paths.recipes_dir() if recipes is None else Path(recipes)
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

    def offered(self) -> list[ModelEntry]:
        """Models that a recipe offers and that nobody has trained on this computer yet, by name.

        They are no folders, so `entries` leaves them out and their names are free to be taken.
        """
        there = {folder.name for root in self._roots for folder in _folders(root)}
        found = [entry for entry in map(_offer, sorted(self._recipes.glob("*.toml"))) if entry]
        return [entry for entry in found if entry.name not in there]

    def names(self) -> list[str]:
        """The models that can be loaded."""
        return [entry.name for entry in self.entries() if entry.spec is not None]

    def entry(self, name: str) -> ModelEntry:
        """The entry of that name.

        Raises:
            ModelNotFoundError: there is none; the message lists those there are, or says how to
                train it.
        """
        for root in self._roots:
            folder = root / name
            if folder in _folders(root):
                return _entry(folder)
        offer = next((offer for offer in self.offered() if offer.name == name), None)
        if offer is not None:
            raise ModelNotFoundError(str(offer.problem))
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
        """Deletes one of the person's own models; of a link to a folder elsewhere only the link.

        Raises:
            ModelError: it came with the app, or its folder cannot be deleted.
        """
        entry = self.entry(name)
        if entry.bundled:
            raise ModelError(f"{name} came with the app and cannot be removed.")
        try:
            if entry.folder.is_symlink():
                entry.folder.unlink()
            else:
                shutil.rmtree(entry.folder)
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{entry.folder} cannot be deleted: {reason}.") from error


def _folders(root: Path) -> list[Path]:
    try:
        return [p for p in sorted(root.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    except OSError:
        return []


def _entry(folder: Path) -> ModelEntry:
    bundled = folder.parent == paths.bundled_models_dir()
    try:
        spec = ModelSpec.read(folder)
        if not os.path.exists(folder / spec.file):  # false, too, where the system will not say
            raise ModelSpecError(
                f"{folder / spec.file} is missing; put it back or change {SPEC_NAME}."
            )
    except ModelSpecError as error:
        return ModelEntry(folder.name, folder.name, folder, None, str(error), bundled)
    return ModelEntry(folder.name, spec.title or folder.name, folder, spec, None, bundled)


def _offer(recipe: Path) -> ModelEntry | None:
    """The entry that a recipe with `offered = true` stands for; damaged recipes offer nothing."""
    try:
        text = recipe.read_text(encoding="utf-8-sig")
        if "offered" not in text:  # spares most recipes the parser, and most starts its import
            return None
        import tomllib

        data = tomllib.loads(text)
    except (OSError, ValueError):
        return None
    name, title = data.get("name"), data.get("title")
    if data.get("offered") is not True or not isinstance(name, str) or not isinstance(title, str):
        return None
    shown = recipe.resolve().relative_to(paths.PROJECT_ROOT) if _in_project(recipe) else recipe
    command = f"python main.py train {shown.as_posix()} --data PATH"
    problem = f"{name} is not trained yet; train it with: {command}"
    return ModelEntry(name, title, recipe.parent, None, problem, bundled=True, command=command)


def _in_project(path: Path) -> bool:
    return path.resolve().is_relative_to(paths.PROJECT_ROOT)
