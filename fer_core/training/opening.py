"""What a recipe names → the data sets on disk and the models to begin with or to learn from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.registry import DATASETS, find_dataset
from fer_core.errors import ConfigError, ModelNotFoundError
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import SPEC_NAME
from fer_core.training.recipe import Recipe

#: One place for all data sets, or a place a data set; "" names that for all others.
Data = str | Path | Mapping[str, str | Path]


def parse_data(words: Sequence[str]) -> dict[str, str]:
    """`--data` as it is typed: PATH for all data sets, or NAME=PATH for one of them.

    Raises:
        ConfigError: two places for one data set.
    """
    found: dict[str, str] = {}
    for word in words:
        name, sign, path = word.partition("=")
        key, value = (name, path) if sign and name in DATASETS else ("", word)
        if key in found:
            raise ConfigError(f"--data names two places for {key or 'the data'}; leave one out.")
        found[key] = value
    return found


def open_sources(recipe: Recipe, data: Data) -> list[Dataset]:
    """The data sets of the recipe's sources, in their order; their pictures are not read yet.

    Raises:
        ConfigError: no place is given for one of them.
        DatasetError: it is not there.
    """
    places = dict(data) if isinstance(data, Mapping) else {"": data}
    found: list[Dataset] = []
    for source in recipe.sources:
        if source.dataset in places:
            found.append(find_dataset(source.dataset, places[source.dataset]))
        elif "" in places:
            found.append(find_dataset(source.dataset, Path(places[""], source.path)))
        else:
            raise ConfigError(
                f"{recipe.name} also needs {source.dataset}; say where it lies: "
                f"--data {source.dataset}=PATH"
            )
    return found


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


class FewPictures:
    """A data set with only a few pictures of each split, the same ones every time."""

    def __init__(self, dataset: Dataset, count: int) -> None:
        self.dataset, self.count = dataset, count
        self.name, self.labels = dataset.name, dataset.labels

    def splits(self) -> tuple[str, ...]:
        """Those of the data set."""
        return self.dataset.splits()

    def load(self, split: str) -> Split:
        """A random choice of the split's pictures."""
        whole = self.dataset.load(split)
        chosen = np.random.default_rng(0).permutation(len(whole))[: self.count]
        return whole.subset(np.sort(chosen))
