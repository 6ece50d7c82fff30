"""What the data sets that consist of picture files share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_core.datasets.base import ALL, Split
from fer_core.datasets.report import CheckReport, check
from fer_core.datasets.splitting import cut
from fer_core.datasets.tree import Pictures, Tree, is_picture, open_tree
from fer_core.errors import DatasetError

#: Share of the training pictures that becomes the validation split where none is given.
VALIDATION_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture file: its name in the tree, canonical label, subject, and box to cut out."""

    name: str
    label: str
    group: str | None = None
    box: tuple[int, int, int, int] | None = None


class IndexedDataset(ABC):
    """Base of the data sets that consist of picture files; a subclass lists them in `_scan`.

    Args:
        path: the folder, or the .tar or .zip, of the data set.

    Raises:
        DatasetError: nothing there looks like this data set.
    """

    name: str
    title: str
    #: What to expect at the path, for the message when it is not there.
    layout: str
    labels: tuple[str, ...]

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.tree: Tree = open_tree(self.path)
        self.problems: list[str] = []
        self._entries = {split: e for split, e in self._scan().items() if e}
        if not self._entries:
            hint = f" {self.problems[0]}" if self.problems else ""
            raise DatasetError(f"No {self.title} at {path}; expected {self.layout}.{hint}")

    def splits(self) -> tuple[str, ...]:
        """Names of the splits, the one to train on first."""
        return tuple(self._entries)

    def load(self, split: str) -> Split:
        """One split, or `ALL`; its pictures are read when they are asked for."""
        entries = [e for name, part in self._entries.items() if split in (name, ALL) for e in part]
        if not entries:
            has = ", ".join(self._entries)
            raise DatasetError(f"{self.title} has no split {split!r}; it has {has}.")
        boxes = [entry.box for entry in entries]
        groups = [entry.group for entry in entries if entry.group is not None]
        return Split(
            split,
            self.labels,
            Pictures(self.tree, [e.name for e in entries], boxes if any(boxes) else None),
            np.array([self.labels.index(entry.label) for entry in entries], np.int64),
            tuple(entry.name for entry in entries),
            groups=tuple(groups) if len(groups) == len(entries) else None,
        )

    def check(self) -> CheckReport:
        """Reads everything and compares it with what was published."""
        return check(self, self.path, expected=self._published(), problems=self.problems)

    @abstractmethod
    def _scan(self) -> dict[str, list[Entry]]: ...

    def _published(self) -> Mapping[str, Mapping[str, int]]:
        """Published counts: split → label → pictures. Splits may be joined: train+validation."""
        return {}

    def _pictures(self) -> tuple[str, ...]:
        return tuple(name for name in self.tree.names if is_picture(name))


def hold_out(
    entries: Sequence[Entry], share: float = VALIDATION_SHARE
) -> tuple[list[Entry], list[Entry]]:
    """Cuts a seeded, stratified share off, by whole groups where every picture has one.

    Returns:
        What stays, and what is held out.
    """
    if len(entries) < 2:
        return list(entries), []
    targets = np.unique([entry.label for entry in entries], return_inverse=True)[1]
    groups = [entry.group for entry in entries if entry.group is not None]
    held = cut(targets, share, groups if len(groups) == len(entries) else None)
    return (
        [entry for entry, out in zip(entries, held, strict=True) if not out],
        [entry for entry, out in zip(entries, held, strict=True) if out],
    )


def three_way(entries: Sequence[Entry], share: float) -> dict[str, list[Entry]]:
    """Train, validation and test of equal shares for the last two, seeded and by group."""
    rest, test = hold_out(entries, share)
    train, validation = hold_out(rest, share / (1 - share))
    return {"train": train, "validation": validation, "test": test}
