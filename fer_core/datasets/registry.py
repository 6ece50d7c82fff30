"""All data sets by name."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from fer_core.datasets.affectnet import AffectNet7, AffectNet8
from fer_core.datasets.base import Dataset
from fer_core.datasets.ckplus import CkPlus
from fer_core.datasets.fer2013 import Fer2013, find_csv
from fer_core.datasets.fer2013_plus import Fer2013Plus
from fer_core.datasets.ferg import Ferg, Toon
from fer_core.datasets.ferplus import FIVE, FerPlus, Reading
from fer_core.datasets.ferplus_folders import FerPlusFolders, VotesInFolders, has_label_files
from fer_core.datasets.folder import FolderPerClass
from fer_core.datasets.jaffe import Jaffe
from fer_core.datasets.rafdb import RafDb
from fer_core.datasets.report import CheckReport
from fer_core.datasets.tree import open_tree
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS


class CheckedDataset(Dataset, Protocol):
    """A data set that can also check itself."""

    def check(self) -> CheckReport:
        """Reads everything and compares it with what was published."""


def _ferplus(
    path: str | Path,
    reading: Reading = "majority",
    labels: tuple[str, ...] = LABEL_ORDERS["ferplus"],
) -> CheckedDataset:
    """FERPlus in any of its forms."""
    path = Path(path)
    if path.exists() and find_csv(path) is None:
        form = VotesInFolders if has_label_files(open_tree(path)) else FerPlusFolders
        return form(path, reading, labels)
    return FerPlus(path, reading, labels)


#: Name → opens the data set at a path. "ferplus5" keeps five classes; "-probability" and
#: "-crossentropy" are the paper's two soft readings of the votes.
DATASETS: Mapping[str, Callable[[str | Path], CheckedDataset]] = MappingProxyType(
    {
        "fer2013": Fer2013,
        "fer2013+ferplus": Fer2013Plus,
        "ferplus": _ferplus,
        "ferplus-probability": partial(_ferplus, reading="probability"),
        "ferplus-crossentropy": partial(_ferplus, reading="crossentropy"),
        "ferplus5": partial(_ferplus, labels=FIVE),
        "ferplus5-crossentropy": partial(_ferplus, labels=FIVE, reading="crossentropy"),
        "rafdb": RafDb,
        "ferg": Ferg,
        "toon": Toon,
        "affectnet8": AffectNet8,
        "affectnet7": AffectNet7,
        "jaffe": Jaffe,
        "ckplus": CkPlus,
        "folder": FolderPerClass,
    }
)


def open_dataset(name: str, path: str | Path) -> CheckedDataset:
    """The data set of that name at that path.

    Args:
        name: a key of `DATASETS`.
        path: its folder, archive or CSV.

    Raises:
        DatasetError: the name is unknown, or nothing like it lies at the path.
    """
    if name not in DATASETS:
        known = ", ".join(DATASETS)
        raise DatasetError(f"There is no data set {name!r}; known are {known}.")
    return DATASETS[name](path)


def find_dataset(name: str, path: str | Path) -> CheckedDataset:
    """Like `open_dataset`, where the path may also be a folder that holds several data sets.

    Looked at are the path itself and then what in it is called like the data set: rafdb_basic.tar,
    RAF-DB/.

    Raises:
        DatasetError: the name is unknown, or nothing like it lies there.
    """
    try:
        return open_dataset(name, path)
    except DatasetError:
        if name == "folder" or not Path(path).is_dir():
            raise
        for candidate in sorted(Path(path).iterdir()):
            if _plain(candidate.name).startswith(_plain(name)):
                with suppress(DatasetError):
                    return open_dataset(name, candidate)
        raise


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
