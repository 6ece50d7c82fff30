"""Runs a model over a data set in the exact form in which the app runs it.

The pictures go through `Classifier.predict_probs`: the same preprocessing, engine, mirror averaging
and temperature as in the window. A picture whose expression the model does not know (contempt, for
a model of seven classes) cannot be right; it is left out of the figures, their number is reported,
and beside the accuracy stands the one with them counted as wrong. An expression that only the model
knows stays in its choice: predicted, it is wrong.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fer_core.datasets.base import ALL, Dataset, Split
from fer_core.datasets.duplicates import clean_mask
from fer_core.errors import DatasetError
from fer_core.evaluation.report import EvaluationReport, Figures
from fer_core.expressions import index_map
from fer_core.models.classifier import Classifier

Progress = Callable[[int, int], None]


def evaluate(
    classifier: Classifier,
    split: Split,
    *,
    clean: np.ndarray | None = None,
    tta: bool | None = None,
    batch_size: int = 64,
    progress: Progress | None = None,
    dataset: str = "",
) -> EvaluationReport:
    """How well a model does on the pictures of a split.

    Args:
        split: faces already cut out, as all data sets give them.
        clean: bool (N,), pictures without a copy in the training split; adds figures on them, if
            there are any.
        tta: average with the mirrored face; None: as `model.json` says, that is as the app does.
        batch_size: pictures between two calls of `progress`.
        progress: called with (done, total).
        dataset: name for the report.

    Raises:
        DatasetError: the split is empty, or has no expression that the model knows.
    """
    if tta is not None:
        classifier = with_mirror(classifier, tta)
    targets, known = to_model_classes(classifier, split)
    probs = predict_all(classifier, split, batch_size=batch_size, progress=progress)
    figures = {"all": Figures.of(probs[known], targets[known], left_out=int((~known).sum()))}
    if clean is not None and (keep := known & clean).any():
        left_out = int((~known & clean).sum())
        figures["clean"] = Figures.of(probs[keep], targets[keep], left_out=left_out)
    return EvaluationReport(
        classifier.name,
        dataset,
        split.name,
        classifier.labels,
        classifier.spec.input.mirror_average,
        figures,
    )


def evaluate_dataset(
    classifier: Classifier,
    dataset: Dataset,
    split: str = "test",
    *,
    compare_mirror: bool = False,
    cut: Callable[[Split], Split] | None = None,
    progress: Progress | None = None,
) -> EvaluationReport:
    """Like `evaluate`, with the clean subset of any split but the first.

    Args:
        split: name of one of the data set's splits, or `ALL`.
        cut: gives the split with its faces cut out, see `datasets.faces`.
        compare_mirror: run it a second time, with mirror averaging the other way round.

    Raises:
        DatasetError: the split is unknown, or its files are missing or unreadable.
    """
    pictures, clean = dataset.load(split), None
    first = dataset.splits()[0]
    if split not in (first, ALL):
        clean = clean_mask(pictures, dataset.load(first))
    if cut is not None:
        pictures = cut(pictures)
    report = evaluate(classifier, pictures, clean=clean, progress=progress, dataset=dataset.name)
    if not compare_mirror:
        return report
    other = evaluate(
        classifier,
        pictures,
        clean=clean,
        tta=not report.mirror_average,
        progress=progress,
        dataset=dataset.name,
    )
    return replace(report, other=other)


def with_mirror(classifier: Classifier, on: bool) -> Classifier:
    """The same network with mirror averaging on or off."""
    spec = classifier.spec
    if spec.input.mirror_average == on:
        return classifier
    return Classifier(
        replace(spec, input=replace(spec.input, mirror_average=on)), classifier.engine
    )


def to_model_classes(classifier: Classifier, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """The split's classes as the model numbers them.

    Returns:
        int64 (N,) targets, -1 for an expression that the model does not know, and bool (N,) where
        it knows it.

    Raises:
        DatasetError: the split is empty, or has no expression that the model knows.
    """
    spec = classifier.spec
    by_name = index_map(split.labels, spec.labels)
    by_meaning = index_map(split.labels, spec.expressions)
    index = [
        next((i for i in pair if i is not None), -1)
        for pair in zip(by_name, by_meaning, strict=True)
    ]
    targets = np.asarray(index, np.int64)[split.targets]
    known = targets >= 0
    if not known.any():
        raise DatasetError(
            f"Split {split.name} has no picture of an expression that model {classifier.name} "
            f"knows ({', '.join(classifier.labels)})."
        )
    return targets, known


def predict_all(
    classifier: Classifier,
    split: Split,
    *,
    batch_size: int = 64,
    progress: Progress | None = None,
) -> np.ndarray:
    """The model's probabilities for every picture of a split.

    Returns:
        float32 (N, K), rows sum to 1.
    """
    total = len(split)
    parts = [np.empty((0, len(classifier.labels)), np.float32)]
    for start in range(0, total, batch_size):
        stop = min(start + batch_size, total)
        parts.append(classifier.predict_probs([split.images[i] for i in range(start, stop)]))
        if progress is not None:
            progress(stop, total)
    return np.concatenate(parts)
