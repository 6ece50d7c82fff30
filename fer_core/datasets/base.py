"""What every data set gives: named splits of pictures with labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fer_core.datasets.tree import Pictures
from fer_core.errors import DatasetError

#: uint8 (H, W) grey or (H, W, 3) BGR pictures, or one array of pictures of one size.
Images = Sequence[np.ndarray] | np.ndarray

#: What `Dataset.load` takes for all pictures, whatever split they belong to.
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Pictures and labels of one split.

    Attributes:
        name: train, validation, test or `ALL`.
        labels: canonical expression names; `targets` index them.
        images: uint8 (H, W) grey or (H, W, 3) BGR each; may read from disk on access.
        targets: int64 (N,).
        ids: a stable name a picture, as the data set itself counts or calls it.
        probs: float32 (N, K) soft labels, rows sum to 1, or None.
        groups: subject or character a picture, or None where the data set does not say.
    """

    name: str
    labels: tuple[str, ...]
    images: Images
    targets: np.ndarray
    ids: tuple[str, ...]
    probs: np.ndarray | None = None
    groups: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        n = len(self.images)
        if self.targets.shape != (n,) or len(self.ids) != n:
            raise DatasetError(
                f"split {self.name}: {n} pictures, targets {self.targets.shape}, "
                f"{len(self.ids)} ids; expected the same number of each."
            )
        if self.probs is not None and self.probs.shape != (n, len(self.labels)):
            raise DatasetError(
                f"split {self.name}: probs have shape {self.probs.shape}, "
                f"expected {(n, len(self.labels))}."
            )

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, keep: np.ndarray) -> "Split":
        """The pictures at the given indices, or where the given mask is true."""
        index = np.flatnonzero(keep) if keep.dtype == bool else keep
        return Split(
            self.name,
            self.labels,
            _take(self.images, index),
            self.targets[index],
            tuple(self.ids[i] for i in index),
            None if self.probs is None else self.probs[index],
            None if self.groups is None else tuple(self.groups[i] for i in index),
        )


def _take(images: Images, index: np.ndarray) -> Images:
    if isinstance(images, np.ndarray):
        return np.asarray(images[index])
    if isinstance(images, Pictures):
        return images.take(index)
    return [images[i] for i in index]


class Dataset(Protocol):
    """One data set on disk."""

    name: str
    labels: tuple[str, ...]

    def splits(self) -> tuple[str, ...]:
        """Names of the splits that the data set defines, the one to train on first."""

    def load(self, split: str) -> Split:
        """The pictures of one split, or of `ALL`.

        Raises:
            DatasetError: the split is unknown, or its files are missing or unreadable.
        """
