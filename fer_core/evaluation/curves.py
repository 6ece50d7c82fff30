"""How a training went, as curves: how right it is, its loss, its learning rate."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fer_core.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Rows of history.csv.
History = Sequence[Mapping[str, str]]

_ORANGE, _BLUE, _GREEN, _GREY = "#d55e00", "#0072b2", "#009e73", "#6b6f76"
#: Panels from the left: title, and column, name and colour of each of its curves.
_PANELS = (
    (
        "right",
        ("val_balanced_accuracy", "validation, mean of the classes", _BLUE),
        ("val_accuracy", "validation, all pictures", _GREEN),
        ("accuracy", "training, changed pictures", _ORANGE),
    ),
    ("loss", ("val_loss", "validation", _BLUE), ("loss", "training", _ORANGE)),
    ("learning rate", ("learning_rate", "", _GREY)),
)
#: With fewer epochs a curve shows its points.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Baselines:
    """What needs no network; shares 0..1, means over the data sets.

    Attributes:
        chance: right in the mean of the classes by drawing lots, or by always saying one class.
        majority: right of all pictures by always saying the largest class.
    """

    chance: float
    majority: float

    @classmethod
    def of(cls, counts: Sequence[np.ndarray]) -> "Baselines":
        """From the pictures a class, (K,), of each data set that is validated on."""
        chances = [1 / max(int((one > 0).sum()), 1) for one in counts]
        majorities = [float(one.max() / max(one.sum(), 1)) for one in counts]
        return cls(float(np.mean(chances)), float(np.mean(majorities)))


def draw_curves(history: History, path: str | Path, **options: Any) -> None:
    """Writes `curves`, which takes the options, as a PNG."""
    with replacing(path) as temporary:
        curves(history, **options).savefig(temporary, format="png")


def curves(
    history: History,
    *,
    title: str = "",
    baselines: Baselines | None = None,
    monitor: str = "",
    beside: History = (),
) -> "Figure":
    """A panel for how right a training is, one for its loss, one for its learning rate.

    What the history has no column for is left out, such as the learning rate of old trainings; so
    is a rate of one epoch, which says nothing.

    Args:
        history: of the training, a row an epoch.
        baselines: drawn as lines into the first panel.
        monitor: the validation figure that chose the best epoch, which is then marked: accuracy,
            balanced_accuracy or loss.
        beside: history of another training, drawn as lines; `history` is then dots.

    Returns:
        A matplotlib figure that belongs to no window.
    """
    from matplotlib.figure import Figure

    histories = [rows for rows in (beside, history) if rows]
    panels = [
        (name, found)
        for name, *lines in _PANELS
        if (found := [line for line in lines if any(_points(r, line[0]) for r in histories)])
        and (name != "learning rate" or any(len(_points(r, found[0][0])) > 1 for r in histories))
    ]
    figure = Figure(figsize=(0.4 + 3.9 * len(panels), 3.5), dpi=110, layout="constrained")
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (name, lines) in zip(grid, panels, strict=True):
        for key, label, color in lines:
            _draw(axes, beside, key, color, "-", label)
            style = "o" if beside else ".-" if len(history) < _FEW else "-"
            _draw(axes, history, key, color, style, "" if _points(beside, key) else label)
        if name == "right" and baselines is not None:
            _baselines(axes, baselines)
        if epoch := best_epoch(history, monitor):
            axes.axvline(epoch, color=_GREY, linewidth=0.8, linestyle=":")
        if name == "right":
            axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
        if any(line[1] for line in lines):
            axes.legend(frameon=False, fontsize=7)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("epoch")
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.3)
    figure.suptitle(title, fontsize=11)
    return figure


def best_epoch(history: History, monitor: str) -> int:
    """The epoch, from 1, with the best validation figure; 0 where the history does not have it."""
    points = _points(history, f"val_{monitor}")
    sign = -1 if monitor == "loss" else 1
    return max(points, key=lambda point: sign * point[1])[0] if points else 0


def _points(history: History, key: str) -> list[tuple[int, float]]:
    """Epoch and value, where there is one: a training may have begun under an older version."""
    pairs = [(int(row["epoch"]), float(row.get(key) or math.nan)) for row in history]
    return [pair for pair in pairs if not math.isnan(pair[1])]


def _draw(axes: Any, history: History, key: str, color: str, style: str, label: str) -> None:
    if points := _points(history, key):
        width = 2.0 if key == "val_balanced_accuracy" else 1.2
        axes.plot(
            *zip(*points, strict=True),
            style,
            color=color,
            linewidth=width,
            markersize=5,
            label=label or "_",
        )


def _baselines(axes: Any, baselines: Baselines) -> None:
    for share, name, style, side in (
        (baselines.majority, "always the largest class", "--", "bottom"),
        (baselines.chance, "chance", ":", "top"),  # under its line: the two may lie close
    ):
        axes.axhline(share, color=_GREY, linewidth=1, linestyle=style)
        text = f"{name} {100 * share:.0f} % "
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": side}
        axes.text(1, share, text, fontsize=7, color=_GREY, **place)
