"""Figures of merit of a classifier; numpy only.

Everything that counts hits is a function of the confusion matrix, rows the true classes and columns
the predicted ones, and takes a whole stack of matrices (…, K, K) as well: so a bootstrap over
thousands of resamples is one call.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Bins of the calibration error, as in Guo et al. 2017, https://arxiv.org/abs/1706.04599.
BINS = 15


def confusion_matrix(targets: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was taken for which.

    Args:
        targets, predicted: int (N,), 0..classes - 1.

    Returns:
        int64 (classes, classes): rows true, columns predicted.
    """
    pairs = np.asarray(targets) * classes + np.asarray(predicted)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Share of right answers, 0..1; 0 where there is no picture."""
    return _share(_hits(confusion).sum(axis=-1), confusion.sum(axis=(-2, -1)))


def recall(confusion: np.ndarray) -> np.ndarray:
    """Share of each true class that was found: (…, K); 0 for a class without pictures."""
    return _share(_hits(confusion), confusion.sum(axis=-1))


def precision(confusion: np.ndarray) -> np.ndarray:
    """Share of each predicted class that was right: (…, K); 0 for a class never predicted."""
    return _share(_hits(confusion), confusion.sum(axis=-2))


def f1(confusion: np.ndarray) -> np.ndarray:
    """Harmonic mean of precision and recall: (…, K)."""
    return _share(2 * _hits(confusion), confusion.sum(axis=-1) + confusion.sum(axis=-2))


def balanced_accuracy(confusion: np.ndarray) -> np.ndarray:
    """Mean recall of the classes that have pictures."""
    return _mean_of_present(recall(confusion), confusion)


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """Mean F1 of the classes that have pictures."""
    return _mean_of_present(f1(confusion), confusion)


def bootstrap_interval(
    confusion: np.ndarray,
    metric: Callable[[np.ndarray], np.ndarray],
    *,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a metric (Efron 1979).

    Drawing N pictures with replacement and counting them is one draw from a multinomial
    distribution over the cells of the confusion matrix, so no picture is touched.

    Args:
        confusion: int (K, K).
        metric: a function of stacked confusion matrices, such as `accuracy`.
        level: share of the resamples inside the interval, 0..1.

    Returns:
        Lower and upper end; (0, 0) where there is no picture.
    """
    total = int(confusion.sum())
    if not total:
        return 0.0, 0.0
    drawn = np.random.default_rng(seed).multinomial(
        total, confusion.ravel() / total, size=resamples
    )
    values = metric(drawn.reshape(resamples, *confusion.shape))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def wilson_interval(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share (Wilson 1927), right for few pictures and for shares near 0 and 1.

    Args:
        hits: of `total`.
        z: quantile of the normal distribution; 1.96 for 95 %.

    Returns:
        Lower and upper end, 0..1; (0, 1) where there is no picture.
    """
    if not total:
        return 0.0, 1.0
    share, square = hits / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * float(np.sqrt(share * (1 - share) / total + square / (4 * total)))
    return max(0.0, middle - half), min(1.0, middle + half)


def negative_log_likelihood(
    probs: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Mean of -ln(probability of the true class), in nats.

    Args:
        probs: float (N, K), rows sum to 1.
        targets: int (N,).
        weights: float (N,), what each picture counts; None: equally.
    """
    if not len(targets):
        return 0.0
    of_truth = probs[np.arange(len(targets)), targets]
    return float(-np.average(np.log(np.clip(of_truth, 1e-12, None)), weights=weights))


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """How confidence and accuracy go together, in bins of equal width.

    Attributes:
        counts: int (bins,) pictures a bin.
        confidence, accuracy: float (bins,) mean a bin, 0 where it is empty.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: mean gap between confidence and accuracy, 0..1."""
        gaps = np.abs(self.confidence - self.accuracy)
        return float((self.counts * gaps).sum() / max(self.counts.sum(), 1))


def reliability(probs: np.ndarray, targets: np.ndarray, bins: int = BINS) -> Reliability:
    """Confidence against accuracy (Guo et al. 2017).

    Args:
        probs: float (N, K), rows sum to 1.
        targets: int (N,).
    """
    confidence = probs.max(axis=1)
    right = probs.argmax(axis=1) == targets
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(index, minlength=bins)
    return Reliability(
        counts,
        _share(np.bincount(index, confidence, bins), counts),
        _share(np.bincount(index, right, bins), counts),
    )


def _hits(confusion: np.ndarray) -> np.ndarray:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    whole = np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _mean_of_present(values: np.ndarray, confusion: np.ndarray) -> np.ndarray:
    present = confusion.sum(axis=-1) > 0
    return _share((values * present).sum(axis=-1), present.sum(axis=-1))
