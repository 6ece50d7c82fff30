"""Pictures of a report: confusion matrix, reliability; matplotlib comes in when needed."""

from pathlib import Path
from typing import Any

import numpy as np

from fer_core.evaluation.metrics import BINS
from fer_core.evaluation.report import EvaluationReport, Figures
from fer_core.files import replacing

_INK, _BLUE, _PALE = "#202124", "#0072b2", "#d55e00"


def write_plots(report: EvaluationReport, folder: str | Path) -> list[Path]:
    """Writes confusion.png and reliability.png, of the clean pictures where these are known.

    Returns:
        The paths.
    """
    subset = "clean" if "clean" in report.figures else "all"
    figures, folder = report.figures[subset], Path(folder)
    title = f"{report.model} on {report.dataset} {report.split}".strip()
    if subset == "clean":
        title += ", clean pictures"
    confusion, reliability = folder / "confusion.png", folder / "reliability.png"
    draw_confusion(figures.confusion, report.labels, confusion, title=title)
    draw_reliability(figures, reliability, title=title)
    return [confusion, reliability]


def draw_confusion(
    confusion: np.ndarray, labels: tuple[str, ...], path: str | Path, *, title: str = ""
) -> None:
    """Draws a confusion matrix: shares of each true class in percent.

    Args:
        confusion: int (K, K), rows true, columns predicted.
        path: of the PNG.
    """
    shares = 100 * confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    side = 1.9 + 0.62 * len(labels)
    figure, axes = _canvas((side + 0.4, side))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for (row, column), share in np.ndenumerate(shares):
        if confusion[row].sum():
            color = "white" if share > 55 else _INK
            axes.text(column, row, f"{share:.0f}", ha="center", va="center", color=color)
    counts = confusion.sum(axis=1)
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right")
    axes.set_yticks(
        range(len(labels)), [f"{n} ({c:,})" for n, c in zip(labels, counts, strict=True)]
    )
    axes.set_xlabel("predicted, % of the row")
    axes.set_ylabel("true (pictures)")
    axes.set_title(title, fontsize=10)
    _save(figure, path)


def draw_reliability(figures: Figures, path: str | Path, *, title: str = "") -> None:
    """Draws accuracy against confidence; on the diagonal, confidence means what it says.

    Args:
        path: of the PNG.
    """
    bins = figures.reliability
    figure, axes = _canvas((4.6, 4.4))
    used = bins.counts > 0
    left = np.arange(BINS)[used] / BINS
    axes.bar(left, bins.accuracy[used], 1 / BINS, align="edge", color=_BLUE, edgecolor="white")
    axes.plot([0, 1], [0, 1], color=_PALE, linewidth=1.5, linestyle="--")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    axes.set_title(title, fontsize=10)
    note = f"calibration error {100 * bins.error:.1f} %\n{figures.pictures:,} pictures"
    axes.text(0.04, 0.96, note, va="top", color=_INK)
    _save(figure, path)


def _canvas(size: tuple[float, float]) -> tuple[Any, Any]:
    """A figure that belongs to no window and no global state, and its axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=110, layout="constrained")
    return figure, figure.subplots()


def _save(figure: Any, path: str | Path) -> None:
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")
