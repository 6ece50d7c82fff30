"""Where data sets lie: one folder for all of them, or a place for each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fer_core.datasets.registry import DATASETS, CheckedDataset, find_dataset
from fer_core.errors import ConfigError


def parse_data(words: Sequence[str]) -> dict[str, str]:
    """`--data` as it is typed: PATH for all data sets, or NAME=PATH for one of them.

    Returns:
        Name → place; "" names the place of all others.

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


def find_in(places: Mapping[str, str | Path], name: str, under: str = "") -> CheckedDataset:
    """Opens a data set; its pictures are not read yet.

    Args:
        places: as `parse_data` gives them.
        under: where it lies under the common place; empty: it is looked for there.

    Raises:
        ConfigError: no place is given for it.
        DatasetError: it is not there.
    """
    if name in places:
        return find_dataset(name, places[name])
    if "" in places:
        return find_dataset(name, Path(places[""], under))
    raise ConfigError(f"No place is given for {name}; say where it lies: --data {name}=PATH")
