"""Class bias and temperature: make confidence mean what it says (Guo et al. 2017)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Split
from fer_core.evaluation.metrics import negative_log_likelihood
from fer_core.evaluation.runner import Progress, predict_all, to_model_classes
from fer_core.models.classifier import Classifier
from fer_core.models.spec import ModelSpec

_RANGE = (0.05, 20.0)
#: Weight of the penalty on class biases, in pictures: few pictures hardly move them.
_BIAS_PENALTY = 5.0
_GOLDEN = (np.sqrt(5) - 1) / 2
#: A logit that no softmax notices.
_NOWHERE = -1e9


def fit_temperature(
    logits: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """The temperature at which softmax(logits / T) has the least negative log-likelihood.

    That is convex in 1 / T, so it has one minimum in log T too: a golden-section search finds it.

    Args:
        logits: float (N, K), any constant a row may be added; log-probabilities do as well.
        targets: int (N,).
        weights: float (N,), what each picture counts; None: equally.

    Returns:
        0.05 to 20.
    """

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        exp = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return negative_log_likelihood(exp / exp.sum(axis=1, keepdims=True), targets, weights)

    low, high = np.log(_RANGE)
    a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    loss_a, loss_b = loss(a), loss(b)
    while high - low > 1e-4:
        if loss_a < loss_b:
            high, b, loss_b = b, a, loss_a
            a = high - _GOLDEN * (high - low)
            loss_a = loss(a)
        else:
            low, a, loss_a = a, b, loss_b
            b = low + _GOLDEN * (high - low)
            loss_b = loss(b)
    return float(np.exp((low + high) / 2))


def fit_bias(
    logits: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """What to add to each class's logit for the least negative log-likelihood.

    Soft labels that other people gave, and mixed pictures, shift how often a network names each
    class; this shifts it back to the data set's own labels. It is the bias of Guo et al.'s vector
    scaling (https://arxiv.org/abs/1706.04599, section 4.2), with a penalty on its size.

    Args:
        logits: float (N, K), any constant a row may be added; log-probabilities do as well.
        targets: int (N,).
        weights: float (N,), what each picture counts; None: equally.

    Returns:
        float64 (K,), sums to 0.
    """
    from scipy.optimize import minimize

    rows, penalty = np.arange(len(targets)), _BIAS_PENALTY / len(targets)
    share = np.ones(len(targets)) if weights is None else weights
    share = share / share.sum()

    def loss(bias: np.ndarray) -> tuple[float, np.ndarray]:
        shifted = logits + bias
        exp = np.exp(shifted - shifted.max(axis=1, keepdims=True))
        probs = exp / exp.sum(axis=1, keepdims=True)
        value = negative_log_likelihood(probs, targets, weights) + penalty * float(bias @ bias)
        probs[rows, targets] -= 1
        return value, share @ probs + 2 * penalty * bias

    found = minimize(loss, np.zeros(logits.shape[1]), jac=True, method="L-BFGS-B").x
    return np.asarray(found - found.mean())


def class_bias(
    classifier: Classifier, splits: Split | Sequence[Split], *, progress: Progress | None = None
) -> np.ndarray:
    """What to add to the logits of a freshly trained model; see `fit_bias` and `calibrate`.

    Returns:
        float64 (K,), in units of the network's logits.
    """
    logits, targets, weights = _logits(classifier, splits, progress)
    temperature = classifier.spec.temperature
    return fit_bias(logits / temperature, targets, weights) * temperature


def calibrate(
    classifier: Classifier, splits: Split | Sequence[Split], *, progress: Progress | None = None
) -> float:
    """The temperature for the model's `model.json`, from pictures that it was not trained on.

    Args:
        splits: pictures to choose by; never those that figures are reported on. Of several splits
            each counts as much as any other.

    Raises:
        DatasetError: a split has no expression that the model knows.
    """
    return fit_temperature(*_logits(classifier, splits, progress))


def _logits(
    classifier: Classifier, splits: Split | Sequence[Split], progress: Progress | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the pictures with known labels: logits, targets, and what each counts, 1 in the mean.

    Logits (N, K) are known up to a constant a row; of a class that a split does not know, which
    nobody could have called its pictures, they are far below the others.
    """
    parts = []
    for split in [splits] if isinstance(splits, Split) else splits:
        targets, known = to_model_classes(classifier, split)
        probs = predict_all(classifier, split, progress=progress).astype(np.float64)
        # Probabilities carry the logits up to a constant, already divided by the temperature.
        logits = np.log(np.clip(probs, 1e-12, None)) * classifier.spec.temperature
        spec = classifier.spec
        strange = [
            not {label, meant} & set(split.labels)
            for label, meant in zip(spec.labels, spec.expressions, strict=True)
        ]
        logits[:, strange] = _NOWHERE
        parts.append((logits[known], targets[known]))
    total = sum(len(targets) for _, targets in parts)
    weights = [np.full(len(targets), total / len(parts) / len(targets)) for _, targets in parts]
    logits_of_all, targets_of_all = (np.concatenate(column) for column in zip(*parts, strict=True))
    return logits_of_all, targets_of_all, np.concatenate(weights)


def write_temperature_into(folder: str | Path, temperature: float) -> Path:
    """Puts a temperature into the model folder's `model.json`."""
    spec = ModelSpec.read(folder)
    return replace(spec, temperature=round(temperature, 4)).write(folder)
