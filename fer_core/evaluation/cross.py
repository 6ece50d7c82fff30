"""Several models on several data sets: one table with intervals."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fer_core.evaluation import metrics
from fer_core.evaluation.report import EvaluationReport, Figures


@dataclass(frozen=True, slots=True, eq=False)
class CrossTable:
    """Reports of every model on every data set.

    Attributes:
        reports: row by row: the first model on all data sets, then the next.
    """

    reports: Sequence[EvaluationReport]

    def to_text(self) -> str:
        """Two tables for the terminal: accuracy with its interval, and the mean of the classes."""
        names = list(dict.fromkeys(column(report) for report in self.reports))
        first = [["right, %", *names]]
        second = [["mean of classes, %", *names]]
        for model in dict.fromkeys(report.model for report in self.reports):
            cells = {column(r): counted(r) for r in self.reports if r.model == model}
            first.append([model, *(_with_interval(cells[name]) for name in names)])
            second.append(
                [model, *(f"{100 * cells[name].balanced_accuracy:.1f}" for name in names)]
            )
        pictures = {column(r): counted(r).pictures for r in self.reports}
        first.append(["pictures", *(f"{pictures[name]:,}" for name in names)])
        return "\n".join([*_aligned(first), "", *_aligned(second)])

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: one row a model and data set, and every report."""
        return {
            "schema": 1,
            "table": self._rows(),
            "reports": [report.to_dict() for report in self.reports],
        }

    def to_csv(self) -> str:
        """One row a model and data set."""
        rows = self._rows()
        stream = io.StringIO()
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue()

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for report in self.reports:
            for subset, figures in report.figures.items():
                low, high = _interval(figures)
                rows.append(
                    {
                        "model": report.model,
                        "dataset": report.dataset,
                        "split": report.split,
                        "subset": subset,
                        "pictures": figures.pictures,
                        "left_out": figures.left_out,
                        "accuracy": round(figures.accuracy, 4),
                        "accuracy_low": round(low, 4),
                        "accuracy_high": round(high, 4),
                        "balanced_accuracy": round(figures.balanced_accuracy, 4),
                        "macro_f1": round(figures.macro_f1, 4),
                        "calibration_error": round(figures.reliability.error, 4),
                    }
                )
        return rows


def column(report: EvaluationReport) -> str:
    """What the table calls the data set."""
    clean = " clean" if "clean" in report.figures else ""
    return f"{report.dataset} {report.split}{clean}"


def counted(report: EvaluationReport) -> Figures:
    """The figures to compare by: of pictures without a copy in training, where these are known."""
    return report.figures.get("clean", report.figures["all"])


def _interval(figures: Figures) -> tuple[float, float]:
    hits = round(figures.accuracy * figures.pictures)
    return metrics.wilson_interval(hits, figures.pictures)


def _with_interval(figures: Figures) -> str:
    low, high = _interval(figures)
    return f"{100 * figures.accuracy:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    ]
