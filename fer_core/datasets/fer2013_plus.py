"""FER2013 with its own labels as the hard ones and FERPlus's votes, contempt too, as soft ones."""

from functools import cached_property

import numpy as np

from fer_core.datasets.base import Split
from fer_core.datasets.fer2013_files import VOTES
from fer_core.datasets.ferplus import VotedFer2013
from fer_core.datasets.report import CheckReport
from fer_core.expressions import CONTEMPT, LABEL_ORDERS

#: "No face" votes, of ten, from which on a training picture is left out.
_NO_FACE = 5


class Fer2013Plus(VotedFer2013):
    """FER2013 in eight classes, to train on: `targets` are FER2013's, `probs` FERPlus's votes.

    Where most people saw contempt, which FER2013 has no class for, the target is contempt. Training
    pictures that FERPlus removed, or that half of the people called no face, are left out; held-out
    splits are whole, so that figures on them can be compared.

    Its path and what it raises are those of `VotedFer2013`.
    """

    name = "fer2013+ferplus"
    title = "FER2013 with FERPlus's votes"
    labels = (*LABEL_ORDERS["fer2013"], CONTEMPT)

    def load(self, split: str) -> Split:
        """One split; `probs` are the votes, or the hard label where nobody voted for a class."""
        rows = self._fer.rows_of(split)
        if split == "train":
            rows = rows[~self._votes[1][rows]]
        targets = self._fer.data.emotion[rows].copy()
        votes = self._votes[0][rows]
        contempt = self.labels.index(CONTEMPT)
        targets[votes[:, contempt] > votes.sum(axis=1) / 2] = contempt
        total = votes.sum(axis=1, keepdims=True)
        hard = np.eye(len(self.labels), dtype=np.float32)[targets]
        return Split(
            split,
            self.labels,
            self._fer.data.pixels[rows],
            targets,
            tuple(f"row {row}" for row in rows),
            np.where(total > 0, votes / np.maximum(total, 1), hard).astype(np.float32),
        )

    def check(self) -> CheckReport:
        """Reads everything and compares it with what was published of FER2013."""
        return self._fer.check()

    @cached_property
    def _votes(self) -> tuple[np.ndarray, np.ndarray]:
        """Votes for the eight classes, float32 (N, 8), and what is not to be trained on, (N,)."""
        votes, removed = self._all_votes
        columns = [VOTES.index(name) for name in self.labels]
        # A single vote counts as an outlier, as in the authors' own reader.
        kept = np.where(votes > 1, votes, 0)[:, columns].astype(np.float32)
        return kept, removed | (votes[:, VOTES.index("NF")] >= _NO_FACE)
