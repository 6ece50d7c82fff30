"""Temperature scaling: makes confidence mean what it says (Guo et al. 2017)."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Split
from fer_core.evaluation.metrics import negative_log_likelihood
from fer_core.evaluation.runner import Progress, predict_all, to_model_classes
from fer_core.models.classifier import Classifier
from fer_core.models.spec import ModelSpec

_RANGE = (0.05, 20.0)
_GOLDEN = (np.sqrt(5) - 1) / 2


def fit_temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """The temperature at which softmax(logits / T) has the least negative log-likelihood.

    That is convex in 1 / T, so it has one minimum in log T too: a golden-section search finds it.

    Args:
        logits: float (N, K), any constant a row may be added; log-probabilities do as well.
        targets: int (N,).

    Returns:
        0.05 to 20.
    """

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        exp = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return negative_log_likelihood(exp / exp.sum(axis=1, keepdims=True), targets)

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


def calibrate(classifier: Classifier, split: Split, *, progress: Progress | None = None) -> float:
    """The temperature for the model's `model.json`, from pictures that it was not trained on.

    Args:
        split: the validation split; never the one that figures are reported on.

    Raises:
        DatasetError: the split has no expression that the model knows.
    """
    targets, known = to_model_classes(classifier, split)
    probs = predict_all(classifier, split, progress=progress)
    # Probabilities carry the logits up to a constant a row, already divided by the temperature.
    logits = np.log(np.clip(probs.astype(np.float64), 1e-12, None)) * classifier.spec.temperature
    return fit_temperature(logits[known], targets[known])


def write_temperature_into(folder: str | Path, temperature: float) -> Path:
    """Puts a temperature into the model folder's `model.json`."""
    spec = ModelSpec.read(folder)
    return replace(spec, temperature=round(temperature, 4)).write(folder)
