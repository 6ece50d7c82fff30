"""Multinomial logistic regression for few rows, and how right it is on rows that it has not seen.

scipy is there already; a few hundred rows take a fraction of a second.
"""

from collections.abc import Iterator

import numpy as np

#: Weight of the squared weights, for rows of mean square 1. Of mimik-48 with 20 faces a class of
#: RAF-DB's training, 0.01 to 0.03 was best on its test pictures in three draws of three.
_DECAY = 0.02
_MOST_FOLDS = 10
_MOST_STEPS = 300


class Rows:
    """Features, centred, of mean square 1, and in no more dimensions than there are rows.

    Args:
        features: float32 (N, D).
    """

    def __init__(self, features: np.ndarray) -> None:
        self.mean = features.mean(axis=0, dtype=np.float64)
        values = features - self.mean
        self._scale = max(float(np.sqrt((values**2).sum(axis=1).mean())), 1e-12)
        values /= self._scale
        self._basis = None
        if values.shape[1] > len(values):
            u, sizes, self._basis = np.linalg.svd(values, full_matrices=False)
            values = u * sizes
        self.values = values

    def head(self, weights: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights (D, C) and bias (C,) for the features as they came, float32."""
        if self._basis is not None:
            weights = self._basis.T @ weights
        weights = weights / self._scale
        return weights.astype(np.float32), (bias - self.mean @ weights).astype(np.float32)


def fit(rows: np.ndarray, targets: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights under which the targets are likeliest, each class counting alike.

    Args:
        rows: float64 (N, D), of mean square about 1.
        targets: int (N,), 0..classes-1.

    Returns:
        Weights float64 (D, classes) and bias (classes,).
    """
    from scipy.optimize import minimize

    width = rows.shape[1]
    counts = np.bincount(targets, minlength=classes)
    counted = (1 / (classes * np.maximum(counts, 1)))[targets][:, None]
    wanted = np.eye(classes)[targets]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = flat[:-classes].reshape(width, classes), flat[-classes:]
        logs = _log_shares(rows @ weights + bias)
        slope = counted * (np.exp(logs) - wanted)
        value = -float((counted * wanted * logs).sum()) + _DECAY / 2 * float((weights**2).sum())
        return value, np.concatenate([(rows.T @ slope + _DECAY * weights).ravel(), slope.sum(0)])

    begin = np.zeros((width + 1) * classes)
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS}).x
    return found[:-classes].reshape(width, classes), found[-classes:]


def held_out(
    rows: np.ndarray, targets: np.ndarray, classes: int, views: int, *, averaged: bool
) -> Iterator[np.ndarray]:
    """What is said of each face by a fit on the others, a part of them after the other.

    Parts follow each other in the order in which the faces were shown: neighbours are alike, so
    that one of them in the fit would give the other away.

    Args:
        rows: float64 (N · views, D); the views of a face stand together.
        targets: int (N,).
        views: how many rows a face has.
        averaged: the answers to its views are averaged; else the first one counts.

    Yields:
        Per part, int (N,): the class that was said, or -1 for faces of other parts.
    """
    for part in parts(targets):
        inside = np.repeat(part, views)
        weights, bias = fit(rows[~inside], np.repeat(targets, views)[~inside], classes)
        shares = np.exp(_log_shares(rows[inside] @ weights + bias)).reshape(-1, views, classes)
        said = np.full(len(targets), -1)
        said[part] = (shares.mean(axis=1) if averaged else shares[:, 0]).argmax(axis=1)
        yield said


def parts(targets: np.ndarray) -> list[np.ndarray]:
    """Up to ten masks, bool (N,), each of a run of faces of every class; together all."""
    classes = [np.flatnonzero(targets == target) for target in np.unique(targets)]
    count = min(_MOST_FOLDS, *(len(places) for places in classes))
    found = []
    for number in range(count):
        mask = np.zeros(len(targets), bool)
        for places in classes:
            mask[np.array_split(places, count)[number]] = True
        found.append(mask)
    return found


def _log_shares(logits: np.ndarray) -> np.ndarray:
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
