"""FERPlus (Barsoum et al. 2016, arXiv:1608.01041): ten votes for each picture of FER2013.

The rules are those of the authors' own reader: a class with a single vote counts as an outlier and
is taken out; then one of three readings decides the class and which pictures are kept. Pictures
that come out as unknown or as no face, and those that FERPlus removed, are left out.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from fer_core.datasets.base import Split
from fer_core.datasets.fer2013 import PUBLISHED, Fer2013, votes_of
from fer_core.datasets.report import CheckReport, check
from fer_core.datasets.splitting import SEED
from fer_core.errors import DatasetError
from fer_core.expressions import ANGER, HAPPINESS, LABEL_ORDERS, NEUTRAL, SADNESS, SURPRISE

Reading = Literal["majority", "probability", "crossentropy"]
#: The five classes that leave out the rare ones.
FIVE = (NEUTRAL, HAPPINESS, SURPRISE, SADNESS, ANGER)
_MAJORITY = {
    "train": (8740, 7287, 3149, 3014, 2100, 119, 532, 119),
    "validation": (1182, 865, 415, 351, 287, 24, 62, 13),
    "test": (1090, 893, 396, 384, 273, 18, 83, 16),
}
_UNKNOWN = 8
_MAX_CLASSES = 3


class VotedFer2013:
    """FER2013 and the votes beside it: what its two readings, FERPlus and "fer2013+ferplus", share.

    Args:
        path: folder with FER2013's CSV and fer2013new.csv, or the mosaic .npz that has both.

    Raises:
        DatasetError: FER2013 or the votes are missing, or do not belong together.
    """

    def __init__(self, path: str | Path) -> None:
        self._fer = Fer2013(path)
        self.path = self._fer.path
        if self._fer.votes_path is None and self.path.suffix != ".npz":
            raise DatasetError(
                f"No fer2013new.csv beside {self.path}; fetch it from FERPlus and put it there."
            )

    def splits(self) -> tuple[str, ...]:
        """The names train, validation, test."""
        return tuple(PUBLISHED)

    @cached_property
    def _all_votes(self) -> tuple[np.ndarray, np.ndarray]:
        """Votes as FERPlus has them, int (N, 10), and which pictures it removed, bool (N,)."""
        found = votes_of(self._fer.data, self._fer.votes_path, self.path)
        if found is None:
            raise DatasetError(f"{self.path} has no FERPlus votes; put fer2013new.csv beside it.")
        return found


class FerPlus(VotedFer2013):
    """FERPlus: FER2013's pictures with eight classes from ten votes each.

    Args:
        path: folder with FER2013's CSV and fer2013new.csv, or the mosaic .npz that has both.
        reading: how votes become labels. majority: a class with more than half of the votes.
            crossentropy: up to three leading classes as a distribution in `Split.probs`.
            probability: the same, and the target is drawn from it. Held-out splits are always
            read by majority, as the authors do.
        labels: all eight classes, or fewer of them; pictures of other classes are left out.

    Raises:
        DatasetError: FER2013 or the votes are missing, or do not belong together.
    """

    title = "FERPlus"

    def __init__(
        self,
        path: str | Path,
        reading: Reading = "majority",
        labels: tuple[str, ...] = LABEL_ORDERS["ferplus"],
    ) -> None:
        self.name = name_of(reading, labels)
        self.labels = labels
        self.reading = reading
        super().__init__(path)

    def load(self, split: str) -> Split:
        """One split with the votes' classes; `probs` are None for the reading majority."""
        rows = self._fer.rows_of(split)
        votes, removed = self._all_votes
        reading: Reading = self.reading if split == "train" else "majority"
        rows = rows[~removed[rows]]
        kept, targets, probs = labelled_by_votes(votes[rows], reading, self.labels, rows)
        rows = rows[kept]
        return Split(
            split,
            self.labels,
            self._fer.data.pixels[rows],
            targets,
            tuple(f"row {row}" for row in rows),
            probs,
        )

    def check(self) -> CheckReport:
        """Reads everything and compares it with what the authors' reader makes of their file."""
        problems = []
        wanted = {split: sum(counts) for split, counts in PUBLISHED.items()}
        for split, count in wanted.items():
            has = len(self._fer.rows_of(split))
            if has != count:
                problems.append(f"{split} has {has:,} rows, FER2013 has {count:,}.")
        if bad := int((~np.isin(self._all_votes[0].sum(axis=1), (9, 10))).sum()):
            problems.append(f"{bad:,} rows of the votes do not add up to ten.")
        return check(self, self.path, expected=self._expected(), problems=problems)

    def _expected(self) -> dict[str, dict[str, int]]:
        """Counts by the paper's code on fer2013new.csv; held-out splits are read by majority."""
        known = {
            split: dict(zip(LABEL_ORDERS["ferplus"], counts, strict=True))
            for split, counts in _MAJORITY.items()
            if split != "train" or self.reading == "majority"
        }
        return {split: {name: n[name] for name in self.labels} for split, n in known.items()}


def name_of(reading: Reading, labels: tuple[str, ...]) -> str:
    """Under which name the registry has FERPlus with this reading and these classes."""
    classes = "" if len(labels) == _UNKNOWN else str(len(labels))
    return f"ferplus{classes}" + ("" if reading == "majority" else f"-{reading}")


def labelled_by_votes(
    votes: np.ndarray, reading: Reading, labels: tuple[str, ...], numbers: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """What votes make of pictures.

    Args:
        votes: int (N, 10), as `read_distribution` takes them.
        labels: the classes to keep.
        numbers: int (N,), by which a reading "probability" draws; by default 0 to N - 1.

    Returns:
        Indices of the pictures that are kept (M,), their targets int64 (M,), and float32 (M, K)
        probs, None for the reading majority.
    """
    probs = read_distribution(votes, reading)
    columns = [LABEL_ORDERS["ferplus"].index(label) for label in labels]
    # A tie between leading classes goes to the first, as argmax does in the authors' reader.
    kept = np.flatnonzero(np.isin(probs.argmax(axis=1), columns))
    probs = probs[kept][:, columns]
    probs = (probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)
    if reading == "majority":
        return kept, probs.argmax(axis=1), None
    if reading == "crossentropy":
        return kept, probs.argmax(axis=1), probs
    return kept, _draw(probs, kept if numbers is None else numbers[kept]), probs


def read_distribution(votes: np.ndarray, reading: Reading) -> np.ndarray:
    """Votes → class distribution, by the rules of the paper's code.

    Args:
        votes: int (N, 10): the eight classes, unknown, no face.
        reading: majority, probability or crossentropy; the last two give the same distribution.

    Returns:
        float64 (N, 10), rows sum to 1; undecided pictures have all their weight on unknown.
    """
    votes = np.where(votes > 1, votes, 0)  # A single vote counts as an outlier.
    total = votes.sum(axis=1, keepdims=True)
    if reading == "majority":
        chosen = votes * (np.arange(votes.shape[1]) == votes.argmax(axis=1)[:, None])
        decided = chosen.sum(axis=1, keepdims=True) > 0.5 * total
    else:
        chosen = np.array([_leading(row) for row in votes]).reshape(votes.shape)
        few = (chosen > 0).sum(axis=1, keepdims=True) <= _MAX_CLASSES
        decided = few & (chosen.sum(axis=1, keepdims=True) > 0.5 * total)
    unknown = np.eye(votes.shape[1])[_UNKNOWN]
    chosen = np.where(decided, chosen, unknown)
    return np.asarray(chosen / chosen.sum(axis=1, keepdims=True))


def _leading(votes: np.ndarray) -> np.ndarray:
    """The most frequent classes until they hold three quarters of the votes or are three.

    Unknown and no face end the search; they count only when nothing stood before them.
    """
    left, chosen, total = votes.copy(), np.zeros_like(votes), votes.sum()
    while chosen.sum() < 0.75 * total and np.count_nonzero(chosen) < _MAX_CLASSES:
        top = left.max()
        for index in np.flatnonzero(left == top):
            if index >= _UNKNOWN:
                if not chosen.any():
                    chosen[index] = top
                return chosen
            chosen[index], left[index] = top, 0
    return chosen


def _draw(probs: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """One class a picture, drawn from its distribution; a row always draws the same."""
    uniform = np.random.default_rng(SEED).random(int(rows.max(initial=0)) + 1)[rows]
    targets: np.ndarray = (probs.cumsum(axis=1) > uniform[:, None] * (1 - 1e-6)).argmax(axis=1)
    return targets
