"""What a recipe names → the data sets on disk and the models to begin with or to learn from."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.faces import WithFaces
from fer_core.datasets.places import find_in
from fer_core.detection import usual_detector
from fer_core.errors import ConfigError, ModelNotFoundError
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import SPEC_NAME, InputSpec
from fer_core.pipeline import crop_for
from fer_core.training.recipe import Recipe

#: One place for all data sets, or a place a data set; "" names that for all others.
Data = str | Path | Mapping[str, str | Path]


def open_sources(recipe: Recipe, data: Data) -> list[Dataset]:
    """The data sets of the recipe's sources, in their order; their pictures are not read yet.

    Raises:
        ConfigError: no place is given for one of them.
        DatasetError: it is not there.
    """
    places = dict(data) if isinstance(data, Mapping) else {"": data}
    return [find_in(places, source.dataset, source.path) for source in recipe.sources]


def find_model(name: str, recipe: Path, runs: Path) -> Path | None:
    """The folder of a model that a recipe names in `start_from` or `teachers`.

    Args:
        recipe: the recipe's file, which relative paths start from.
        runs: where trainings lie, a folder each.

    Returns:
        None: a recipe beside this one must be trained first, in `runs`/`name`.

    Raises:
        ConfigError: there is neither such a model nor such a recipe.
    """
    if "/" in name or "\\" in name:
        folder = recipe.parent / name
        folder = folder if folder.is_dir() else folder.parent
        if not (folder / SPEC_NAME).is_file():
            raise ConfigError(f"{recipe}: {name} is no model folder; it has no {SPEC_NAME}.")
        return folder
    if (runs / name / SPEC_NAME).is_file():
        return runs / name
    try:
        return ModelRegistry().folder(name)
    except ModelNotFoundError:
        if recipe.with_name(f"{name}.toml").is_file():
            return None
        raise ConfigError(
            f"{recipe} needs {name}, but there is no model of that name, and no {name}.toml "
            "beside the recipe to train it by."
        ) from None


def is_there(name: str, recipe: Path) -> bool:
    """Whether a recipe can begin with that model without a training before it."""
    try:
        return bool(name) and find_model(name, recipe, Path("runs")) is not None
    except ConfigError:
        return False


def with_faces(
    datasets: Sequence[Dataset], faces: str, input_spec: InputSpec, say: Callable[[str], None]
) -> list[Dataset]:
    """The data sets with their faces found and cut out, where `faces` asks for it.

    Args:
        faces: as-is, cut or auto.
        input_spec: of the network, whose crops they become.
        say: gets a sentence for each data set that is cut, and where the default detector is broken
            and another one is used.
    """
    if faces == "as-is":
        return list(datasets)
    detector = usual_detector(say)
    found: list[Dataset] = []
    for dataset in datasets:
        wrapped = WithFaces(dataset, faces, detector, lambda i, f: crop_for(i, f, input_spec))
        if wrapped.cuts:
            say(f"The faces of {dataset.name} are found and cut out as the app does.")
        found.append(wrapped if wrapped.cuts else dataset)
    return found


class FewPictures:
    """A data set with only a few pictures of each split, the same ones every time."""

    def __init__(self, dataset: Dataset, count: int) -> None:
        self.dataset, self.count = dataset, count
        self.name, self.labels = dataset.name, dataset.labels
        self.problems: tuple[str, ...] = tuple(getattr(dataset, "problems", ()))

    def splits(self) -> tuple[str, ...]:
        """Those of the data set."""
        return self.dataset.splits()

    def load(self, split: str) -> Split:
        """A random choice of the split's pictures."""
        whole = self.dataset.load(split)
        chosen = np.random.default_rng(0).permutation(len(whole))[: self.count]
        return whole.subset(np.sort(chosen))
