"""Seeded cuts for data sets that come without a validation or test split."""

from collections.abc import Sequence

import numpy as np

#: One seed for every cut, so that all trainings and evaluations see the same splits.
SEED = 2013
_TRIALS = 256


def cut(targets: np.ndarray, share: float, groups: Sequence[str] | None = None) -> np.ndarray:
    """Chooses a share of the pictures to hold out; the same pictures on every call.

    Args:
        targets: int (N,) classes; each class gives its share.
        share: 0..1; at least one picture (or group), and never all.
        groups: subject of each picture; a subject is held out whole or not at all.

    Returns:
        bool (N,), true for the pictures that are held out.
    """
    rng = np.random.default_rng(SEED)
    if groups is not None and len(set(groups)) > 1:
        return _cut_groups(targets, share, np.asarray(groups), rng)
    held = np.zeros(len(targets), bool)
    for label in np.unique(targets):
        members = rng.permutation(np.flatnonzero(targets == label))
        count = max(1, round(share * len(members))) if len(members) > 1 else 0
        held[members[:count]] = True
    return held


def _cut_groups(
    targets: np.ndarray, share: float, groups: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Of many random sets of whole groups the one whose classes come closest to the share."""
    names, member = np.unique(groups, return_inverse=True)
    _, classes = np.unique(targets, return_inverse=True)
    counts = np.zeros((len(names), int(classes.max()) + 1))
    np.add.at(counts, (member, classes), 1)
    wanted = share * counts.sum(axis=0)
    size = min(max(1, round(share * len(names))), len(names) - 1)
    trials = [rng.choice(len(names), size, replace=False) for _ in range(_TRIALS)]
    best = min(trials, key=lambda chosen: float(abs(counts[chosen].sum(axis=0) - wanted).sum()))
    return np.isin(member, best)
