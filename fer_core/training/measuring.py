"""What becomes of a trained network: class bias, temperature, figures, pictures, card."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.duplicates import exact_copies
from fer_core.evaluation import (
    EvaluationReport,
    Figures,
    calibrate,
    class_bias,
    evaluate,
    write_metrics_into,
    write_temperature_into,
)
from fer_core.evaluation.plots import write_plots
from fer_core.evaluation.runner import predict_all, to_model_classes
from fer_core.files import write_text
from fer_core.models.card import write_card
from fer_core.models.classifier import Classifier, load_folder
from fer_core.training.prepare import halves
from fer_core.training.recipe import Recipe

EVALUATION = "evaluation.json"
#: Name of the figures over all data sets that were trained on.
JOINED = "joined"


def fitted_bias(folder: Path, recipe: Recipe, datasets: Sequence[Dataset]) -> np.ndarray:
    """The share of the class bias that the recipe asks for, float64 (K,), in units of the logits.

    It is fitted on the half of the validation pictures that chose the best epoch, too.
    """
    return recipe.bias_share * class_bias(load_folder(folder), _to_choose_by(recipe, datasets))


def finish(folder: Path, recipe: Recipe, datasets: Sequence[Dataset]) -> list[EvaluationReport]:
    """Calibrates the model in a folder, measures it on the other half, and writes all of it.

    Returns:
        The joined report where there are several data sets, then one for each.
    """
    write_temperature_into(folder, calibrate(load_folder(folder), _to_choose_by(recipe, datasets)))
    classifier = load_folder(folder)
    parts = _to_report_on(datasets)
    reports = [
        _compared(classifier, part, dataset.name)
        for dataset, part in zip(datasets, parts, strict=True)
    ]
    trained = [
        part for source, part in zip(recipe.sources, parts, strict=True) if source.weight > 0
    ]
    if len(trained) > 1:
        reports.insert(0, _joined(classifier, trained))
    for report in reports:
        write_metrics_into(folder, report)
    found = {"schema": 1, "reports": [report.to_dict() for report in reports]}
    write_text(folder / EVALUATION, json.dumps(found, indent=1) + "\n")
    write_plots(reports[0], folder)
    write_card(folder)
    return reports


def _to_choose_by(recipe: Recipe, datasets: Sequence[Dataset]) -> list[Split]:
    wanted = [d for d in datasets if not recipe.calibrate_on or d.name in recipe.calibrate_on]
    return [halves(dataset.load("validation"))[0] for dataset in wanted]


def _to_report_on(datasets: Sequence[Dataset]) -> list[Split]:
    """The other halves, without pictures that stand in another data set's half to choose by."""
    pairs = [halves(dataset.load("validation")) for dataset in datasets]
    found = []
    for index, (choosing, reporting) in enumerate(pairs):
        seen = np.zeros(len(reporting), bool)
        if len(choosing) != len(reporting) or choosing.ids != reporting.ids:
            for other, (chosen, _) in enumerate(pairs):
                if other != index:
                    seen |= exact_copies(reporting.images, chosen.images)
        found.append(reporting if seen.all() else reporting.subset(~seen))
    return found


def _compared(classifier: Classifier, split: Split, name: str) -> EvaluationReport:
    report = evaluate(classifier, split, dataset=name)
    other = evaluate(classifier, split, dataset=name, tta=not report.mirror_average)
    return replace(report, other=other)


def _joined(classifier: Classifier, parts: Sequence[Split]) -> EvaluationReport:
    probs, targets, left_out = [], [], 0
    for part in parts:
        numbers, known = to_model_classes(classifier, part)
        probs.append(predict_all(classifier, part)[known])
        targets.append(numbers[known])
        left_out += int((~known).sum())
    figures = Figures.of(np.concatenate(probs), np.concatenate(targets), left_out=left_out)
    return EvaluationReport(
        classifier.name,
        JOINED,
        "validation",
        classifier.labels,
        classifier.spec.input.mirror_average,
        {"all": figures},
    )
