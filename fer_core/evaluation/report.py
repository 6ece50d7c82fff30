"""What an evaluation found: as numbers, as text, as pictures, and in the model's own file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.evaluation import metrics
from fer_core.models.spec import ModelSpec
from fer_core.names import plain


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of merit over one set of pictures; shares are 0..1.

    Attributes:
        pictures: how many count.
        left_out: how many do not, because the model does not know their expression.
        accuracy_interval: 95 % bootstrap interval of the accuracy; likewise for macro-F1.
        accuracy_with_left_out: accuracy with the left-out pictures counted as wrong.
        nll: negative log-likelihood, nats.
        reliability: confidence against accuracy; its `error` is the expected calibration error.
        confusion: int (K, K), rows true, columns predicted.
    """

    pictures: int
    left_out: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    accuracy_with_left_out: float
    balanced_accuracy: float
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    nll: float
    reliability: metrics.Reliability
    confusion: np.ndarray

    @classmethod
    def of(cls, probs: np.ndarray, targets: np.ndarray, *, left_out: int = 0) -> "Figures":
        """Figures from probabilities.

        Args:
            probs: float (N, K), rows sum to 1.
            targets: int (N,), 0..K - 1.
        """
        confusion = metrics.confusion_matrix(targets, probs.argmax(axis=1), probs.shape[1])
        hits = int(np.trace(confusion))
        return cls(
            pictures=len(targets),
            left_out=left_out,
            accuracy=float(metrics.accuracy(confusion)),
            accuracy_interval=metrics.bootstrap_interval(confusion, metrics.accuracy),
            accuracy_with_left_out=hits / max(len(targets) + left_out, 1),
            balanced_accuracy=float(metrics.balanced_accuracy(confusion)),
            macro_f1=float(metrics.macro_f1(confusion)),
            macro_f1_interval=metrics.bootstrap_interval(confusion, metrics.macro_f1),
            nll=metrics.negative_log_likelihood(probs, targets),
            reliability=metrics.reliability(probs, targets),
            confusion=confusion,
        )

    def to_dict(self, labels: tuple[str, ...]) -> dict[str, Any]:
        """The JSON form, figures rounded to four places."""
        per_class = (metrics.precision, metrics.recall, metrics.f1)
        columns = [function(self.confusion) for function in per_class]
        support = self.confusion.sum(axis=1)
        return {
            "pictures": self.pictures,
            "left_out": self.left_out,
            "balanced_accuracy": round(self.balanced_accuracy, 4),
            "accuracy": round(self.accuracy, 4),
            "accuracy_95": [round(v, 4) for v in self.accuracy_interval],
            "accuracy_with_left_out": round(self.accuracy_with_left_out, 4),
            "macro_f1": round(self.macro_f1, 4),
            "macro_f1_95": [round(v, 4) for v in self.macro_f1_interval],
            "calibration_error": round(self.reliability.error, 4),
            "nll": round(self.nll, 4),
            "classes": {
                label: {
                    "precision": round(float(columns[0][i]), 4),
                    "recall": round(float(columns[1][i]), 4),
                    "f1": round(float(columns[2][i]), 4),
                    "pictures": int(support[i]),
                }
                for i, label in enumerate(labels)
            },
            "confusion": self.confusion.tolist(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationReport:
    """One model on one split.

    Attributes:
        labels: of the model; rows and columns of the confusion matrices.
        mirror_average: whether the figures are averaged with the mirrored face.
        figures: "all" and, where it is known which pictures have a copy in training, "clean".
        other: the same with mirror averaging the other way round, where that was asked for.
    """

    model: str
    dataset: str
    split: str
    labels: tuple[str, ...]
    mirror_average: bool
    figures: Mapping[str, Figures]
    other: "EvaluationReport | None" = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "schema": 1,
            "model": self.model,
            "dataset": self.dataset,
            "split": self.split,
            "labels": list(self.labels),
            "mirror_average": self.mirror_average,
            "figures": {name: f.to_dict(self.labels) for name, f in self.figures.items()},
            "other": None if self.other is None else self.other.to_dict(),
        }

    def to_text(self) -> str:
        """A table for the terminal: one column a set of pictures, then the classes."""
        return "\n".join([*self._heading(), "", *self._summary(), "", *self._classes()])

    def to_metrics(self) -> dict[str, dict[str, Any]]:
        """The form of `ModelSpec.metrics`: one entry a set of pictures."""
        found = {}
        for subset, figures in self.figures.items():
            name = f"{self.dataset} {self.split}" + (" clean" if subset == "clean" else "")
            entry = figures.to_dict(self.labels)
            for key in ("classes", "accuracy_95", "macro_f1_95"):
                del entry[key]
            entry["accuracy_low"], entry["accuracy_high"] = (
                round(v, 4) for v in figures.accuracy_interval
            )
            if not figures.left_out:
                del entry["left_out"], entry["accuracy_with_left_out"]
            if self.other is not None:
                other = "without" if self.mirror_average else "with"
                entry[f"accuracy_{other}_mirror"] = round(self.other.figures[subset].accuracy, 4)
            found[name.strip()] = entry
        return found

    def _heading(self) -> list[str]:
        mirror = "averaged with the mirrored face" if self.mirror_average else "faces as they are"
        where = plain(self.dataset or "data")
        lines = [f"{plain(self.model)} on {where}, split {plain(self.split)}, {mirror}"]
        left_out = self.figures["all"].left_out
        if left_out:
            lines.append(
                f"{left_out:,} pictures show an expression that the model does not know and are "
                "left out"
            )
        return lines

    def _summary(self) -> list[str]:
        names = list(self.figures)
        rows = [["", *names], ["pictures", *(f"{f.pictures:,}" for f in self.figures.values())]]
        for title, texts in (
            ("balanced accuracy", [_percent(f.balanced_accuracy) for f in self.figures.values()]),
            ("accuracy", [_percent(f.accuracy) for f in self.figures.values()]),
            ("  95 % interval", [_interval(f.accuracy_interval) for f in self.figures.values()]),
            ("macro-F1", [_percent(f.macro_f1) for f in self.figures.values()]),
            ("calibration error", [_percent(f.reliability.error) for f in self.figures.values()]),
            ("log-likelihood loss", [f"{f.nll:.3f}" for f in self.figures.values()]),
        ):
            rows.append([title, *texts])
        if self.figures["all"].left_out:
            texts = [_percent(f.accuracy_with_left_out) for f in self.figures.values()]
            rows.append(["accuracy, left out = wrong", *texts])
        if self.other is not None:
            word = "without" if self.mirror_average else "with"
            texts = [_percent(f.accuracy) for f in self.other.figures.values()]
            rows.append([f"accuracy {word} mirror", *texts])
        return _table(rows)

    def _classes(self) -> list[str]:
        confusion = self.figures["all"].confusion
        columns = [metrics.precision(confusion), metrics.recall(confusion), metrics.f1(confusion)]
        rows = [["all pictures", "precision", "recall", "F1", "pictures"]]
        for i, label in enumerate(self.labels):
            support = int(confusion[i].sum())
            rows.append([label, *(_percent(float(c[i])) for c in columns), f"{support:,}"])
        return _table(rows)


def write_metrics_into(folder: str | Path, report: EvaluationReport) -> Path:
    """Puts a report's figures into the model folder's `model.json`; others in it stay.

    Raises:
        ModelSpecError: `model.json` is missing or wrong.
    """
    spec = ModelSpec.read(folder)
    return replace(spec, metrics={**spec.metrics, **report.to_metrics()}).write(folder)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _interval(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f} %"


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    ]
