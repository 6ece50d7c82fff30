"""FER2013 (Goodfellow et al. 2013), with FERPlus votes as soft labels where they are beside it.

Training is our train split, PublicTest validation, PrivateTest test. Besides Kaggle's CSV (plain,
.xz, .gz, .zip, .tar.gz; fer2013.csv or icml_face_data.csv) the form of image folders is read:
train/<class>/*.png with test or validation beside it, where classes may be numbers 0 to 6. A test
folder that holds PublicTest_*.jpg and PrivateTest_*.jpg is divided by those names; where no
validation split results, a seeded stratified one is cut from train, never from test.
"""

from collections import Counter
from functools import cached_property
from pathlib import Path

import numpy as np

from fer_core.datasets.base import ALL, Split
from fer_core.datasets.fer2013_files import USAGES, VOTES, Rows, read_rows, read_votes
from fer_core.datasets.folder import FolderPerClass
from fer_core.datasets.indexed import Entry
from fer_core.datasets.labelled import numbered_order
from fer_core.datasets.report import CheckReport, check
from fer_core.datasets.tree import open_tree
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS

#: Pictures a class in each split, in FER2013's own order.
PUBLISHED = {
    "train": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "validation": (467, 56, 496, 895, 653, 415, 607),
    "test": (491, 55, 528, 879, 594, 416, 626),
}
_CSV_NAMES = (
    *(f"fer2013.csv{ending}" for ending in ("", ".xz", ".gz", ".zip")),
    *(f"icml_face_data.csv{ending}" for ending in ("", ".xz", ".gz", ".zip")),
    "fer2013.tar.gz",
    "fer2013/fer2013.csv",
    "fer2013_mosaic_q95.npz",
)


class Fer2013:
    """FER2013: 35,887 grey faces of 48×48 px in seven classes.

    Args:
        path: the CSV, a folder that holds it, or the form of image folders; `fer2013new.csv`
            beside the CSV adds soft labels.

    Raises:
        DatasetError: nothing there that looks like FER2013.
    """

    name = "fer2013"
    title = "FER2013"
    labels = LABEL_ORDERS["fer2013"]

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.problems: list[str] = []
        self._folders: _FerFolders | None = None
        csv = find_csv(self.path)
        if csv is None:
            self._folders = _FerFolders(self.path)
        else:
            self.path = csv
        votes = self.path.parent / "fer2013new.csv"
        self.votes_path = votes if votes.is_file() else None

    def splits(self) -> tuple[str, ...]:
        """The names train, validation, test."""
        return self._folders.splits() if self._folders else tuple(PUBLISHED)

    def load(self, split: str) -> Split:
        """One split; `probs` are the FERPlus votes over the seven classes where given."""
        if self._folders:
            return self._folders.load(split)
        rows = self.rows_of(split)
        probs = None if self._soft is None else self._soft[rows]
        return Split(
            split,
            self.labels,
            self.data.pixels[rows],
            self.data.emotion[rows],
            tuple(f"row {row}" for row in rows),
            probs,
        )

    def check(self) -> CheckReport:
        """Reads everything and compares it with what was published."""
        if self._folders:
            return self._folders.check()
        published = {
            split: dict(zip(LABEL_ORDERS["fer2013"], counts, strict=True))
            for split, counts in PUBLISHED.items()
        }
        return check(self, self.path, expected=published, problems=self.problems)

    @cached_property
    def data(self) -> Rows:
        """The rows as they stand in the file."""
        return read_rows(self.path)

    def rows_of(self, split: str) -> np.ndarray:
        """Indices of the split's rows in the file."""
        if split == ALL:
            return np.arange(len(self.data.usage))
        if split not in PUBLISHED:
            raise DatasetError(
                f"{self.title} has no split {split!r}; it has {', '.join(PUBLISHED)}."
            )
        usage = USAGES[list(PUBLISHED).index(split)]
        return np.flatnonzero(self.data.usage == USAGES.index(usage))

    @cached_property
    def _soft(self) -> np.ndarray | None:
        found = votes_of(self.data, self.votes_path, self.path)
        if found is None:
            return None
        columns = [VOTES.index(name) for name in LABEL_ORDERS["fer2013"]]
        votes = found[0][:, columns].astype(np.float32)
        total = votes.sum(axis=1, keepdims=True)
        hard = np.eye(len(self.labels), dtype=np.float32)[self.data.emotion]
        soft: np.ndarray = np.where(total > 0, votes / np.maximum(total, 1), hard)
        return soft


def find_csv(path: Path) -> Path | None:
    """The file at the path or the FER2013 file in that folder; None: there is none."""
    if path.is_file():
        pictures = path.suffix in (".zip", ".tar") and _holds_pictures_only(path)
        return None if pictures else path
    return next((path / name for name in _CSV_NAMES if (path / name).is_file()), None)


def _holds_pictures_only(path: Path) -> bool:
    return not any(name.endswith(".csv") for name in open_tree(path).names)


def votes_of(
    data: Rows, votes_path: Path | None, path: Path
) -> tuple[np.ndarray, np.ndarray] | None:
    """FERPlus's votes (N, 10) and removed rows (N,), from their own file or the same one."""
    if votes_path is None:
        return None if data.votes is None else (data.votes, np.zeros(len(data.votes), bool))
    votes, removed = read_votes(votes_path)
    if len(votes) != len(data.emotion):
        raise DatasetError(
            f"{votes_path} has {len(votes):,} rows but {path} has {len(data.emotion):,}; "
            "both must be complete and in their original order."
        )
    return votes, removed


class _FerFolders(FolderPerClass):
    """FER2013 as folders of pictures, as several pages on Kaggle hand it out."""

    name = "fer2013"
    title = "FER2013"
    layout = "fer2013.csv (also .xz, .gz, .zip), icml_face_data.csv or train/<class>/*.png"
    own_classes = False

    def _scan(self) -> dict[str, list[Entry]]:
        folders = [name.split("/")[-2] for name in self._pictures() if name.count("/")]
        self._numbers = numbered_order(Counter(folder for folder in folders if folder.isdigit()))
        found = super()._scan()
        self.labels = LABEL_ORDERS["fer2013"]
        return found

    def _label(self, word: str) -> str:
        """As in any folder; 0 to 6 as FER2013, or the alphabet, numbers the classes."""
        return self._numbers[int(word)] if word in tuple("0123456") else super()._label(word)

    def _published(self) -> dict[str, dict[str, int]]:
        totals = [sum(counts) for counts in zip(*PUBLISHED.values(), strict=True)]
        return {"+".join(self.splits()): dict(zip(self.labels, totals, strict=True))}

    def _held_out(self, found: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
        named = {"PublicTest": "validation", "PrivateTest": "test"}
        if "validation" not in found and "test" in found:
            parts: dict[str, list[Entry]] = {"validation": [], "test": []}
            for entry in found["test"]:
                prefix = entry.name.rsplit("/", 1)[-1].partition("_")[0]
                parts[named.get(prefix, "test")].append(entry)
            found = {**found, **{split: e for split, e in parts.items() if e}}
        return super()._held_out(found)
