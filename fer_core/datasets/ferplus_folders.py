"""FERPlus without FER2013's CSV: Microsoft's folders with label.csv, and Kaggle's of classes."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_core.datasets.base import ALL, Split
from fer_core.datasets.ferplus import Reading, labelled_by_votes, name_of
from fer_core.datasets.folder import FolderPerClass
from fer_core.datasets.indexed import Entry
from fer_core.datasets.report import CheckReport, check
from fer_core.datasets.tree import Pictures, Tree, open_tree
from fer_core.errors import DatasetError

#: Microsoft's folders, as its generate_training_data.py makes them.
_FOLDERS = {"FER2013Train": "train", "FER2013Valid": "validation", "FER2013Test": "test"}
_VOTES = 10


class VotesInFolders:
    """FER2013Train, FER2013Valid and FER2013Test with pictures and a label.csv of votes each.

    A line is: file name, box, ten votes in FERPlus's order; the box is the whole picture and is not
    looked at.

    Args:
        path: the folder or archive above them.
        reading, labels: as for `FerPlus`.

    Raises:
        DatasetError: there is no such folder, or its votes are damaged.
    """

    title = "FERPlus"

    def __init__(self, path: str | Path, reading: Reading, labels: tuple[str, ...]) -> None:
        self.path = Path(path)
        self.name, self.labels, self.reading = name_of(reading, labels), labels, reading
        self.problems: list[str] = []
        self.tree: Tree = open_tree(path)
        self._parts = {split: self._read(folder) for folder, split in _FOLDERS.items()}
        self._parts = {split: part for split, part in self._parts.items() if part[0]}
        if not self._parts:
            raise DatasetError(f"No FERPlus at {path}; expected FER2013Train with a label.csv.")

    def splits(self) -> tuple[str, ...]:
        """Those of train, validation and test whose folders are there."""
        return tuple(self._parts)

    def load(self, split: str) -> Split:
        """One split, or `ALL`; its pictures are read when they are asked for."""
        wanted = [part for name, part in self._parts.items() if split in (name, ALL)]
        if not wanted:
            has = ", ".join(self._parts)
            raise DatasetError(f"{self.title} has no split {split!r}; it has {has}.")
        names = [name for part in wanted for name in part[0]]
        votes = np.concatenate([part[1] for part in wanted])
        reading: Reading = self.reading if split == "train" else "majority"
        kept, targets, probs = labelled_by_votes(votes, reading, self.labels)
        chosen = [names[i] for i in kept]
        return Split(split, self.labels, Pictures(self.tree, chosen), targets, tuple(chosen), probs)

    def check(self) -> CheckReport:
        """Reads everything."""
        return check(self, self.path, expected={}, problems=self.problems)

    def _read(self, folder: str) -> tuple[list[str], np.ndarray]:
        names: list[str] = []
        votes: list[list[int]] = []
        there = set(self.tree.names)
        missing = 0
        for label in self.tree.names:
            if not label.endswith(f"{folder}/label.csv"):
                continue
            top = label.removesuffix("label.csv")
            text = self.tree.read(label).decode("utf-8-sig", "replace")
            for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
                if not row:
                    continue
                if f"{top}{row[0].strip()}" not in there:
                    missing += 1
                    continue
                names.append(f"{top}{row[0].strip()}")
                votes.append(_votes(row, f"{label} in {self.path}: line {number}"))
        if missing:
            self.problems.append(f"{missing:,} pictures of {folder}/label.csv are missing.")
        return names, np.array(votes, np.int64).reshape(-1, _VOTES)


def _votes(row: Sequence[str], where: str) -> list[int]:
    try:
        votes = [int(float(value)) for value in row[-_VOTES:]]
    except ValueError:
        votes = []
    if len(votes) != _VOTES:
        raise DatasetError(f"{where} is not FERPlus's; expected a file name, a box and ten votes.")
    return votes


class FerPlusFolders(FolderPerClass):
    """FERPlus as folders of pictures, as pages on Kaggle hand it out: train/<class>/*.png.

    Args:
        path: the folder or archive above train.
        reading: must be majority, since folders have no votes.
        labels: all eight classes, or fewer of them; pictures of other classes are left out.

    Raises:
        DatasetError: there are no such folders, or another reading is asked for.
    """

    title = "FERPlus"
    layout = "fer2013.csv with fer2013new.csv, FER2013Train/label.csv, or train/<class>/*.png"
    own_classes = False

    def __init__(self, path: str | Path, reading: Reading, labels: tuple[str, ...]) -> None:
        self.name, self._wanted = name_of(reading, labels), labels
        super().__init__(path)
        if reading != "majority":
            raise DatasetError(
                f"{path} has folders of classes and no votes, which {self.name} is read from; take "
                f"{name_of('majority', labels)}, or put fer2013.csv with fer2013new.csv there."
            )

    def _scan(self) -> dict[str, list[Entry]]:
        found = super()._scan()
        self.labels = self._wanted
        return {
            split: [entry for entry in entries if entry.label in self.labels]
            for split, entries in found.items()
        }


def has_label_files(tree: Tree) -> bool:
    """Whether the tree has one of Microsoft's label.csv."""
    return any(name.endswith(f"{folder}/label.csv") for name in tree.names for folder in _FOLDERS)
