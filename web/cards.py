"""What a card says of a model, from its model.json."""

import re
from typing import Any

from fer_core.architectures.papers import paper_of
from fer_core.expressions import color_rgb
from fer_core.models.listing import data_set, is_non_commercial
from fer_core.models.registry import ModelEntry
from fer_core.names import plain

#: Colours of the cards, in the order of the models; readable on light and dark.
_COLORS = ("#4f6fe8", "#d9662b", "#1a9a76", "#a45fc4", "#c98a12", "#d04a6f", "#2f93c4", "#7d8a2b")


def card(entry: ModelEntry, place: int, default: str, speed_ms: float | None) -> dict[str, Any]:
    """The form of one model; see `contract.ModelForm`."""
    spec = entry.spec
    shown: dict[str, Any] = {
        "name": entry.name,
        "title": plain(entry.title),
        "usable": spec is not None,
        "problem": "" if spec is not None else _problem(entry),
        "default": entry.name == default,
        "color": _COLORS[place % len(_COLORS)],
        "architecture": "",
        "paper": "",
        "trained_on": "",
        "license": "",
        "non_commercial": False,
        "source": "",
        "created": "",
        "labels": [],
        "input": None,
        "measured": [],
        "speed_ms": None if speed_ms is None else round(speed_ms, 2),
    }
    if spec is None:
        return shown
    return shown | {
        "architecture": plain(spec.architecture),
        "paper": paper_of(spec.architecture),
        "trained_on": data_set(spec.trained_on),
        "license": plain(spec.license),
        "non_commercial": is_non_commercial(spec.license),
        "source": plain(spec.source),
        "created": plain(spec.created),
        "labels": [{"name": label, "color": hex_color(label)} for label in spec.labels],
        "input": {
            "width": spec.input.width,
            "height": spec.input.height,
            "color": spec.input.color,
        },
        "measured": _measured(spec.metrics, spec.trained_on),
    }


def hex_color(label: str) -> str:
    """The colour of a class as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*color_rgb(label))


def _problem(entry: ModelEntry) -> str:
    """Why it cannot be used; where it lies on this computer is nobody's business."""
    if entry.command:
        return f"It is not trained yet; the one who runs this server can: {entry.command}"
    return "Its model.json cannot be used; the one who runs this server can say why."


def _measured(metrics: dict[str, dict[str, Any]], trained_on: str) -> list[dict[str, Any]]:
    """The figures of test pictures; of a data set without any, those of validation."""
    known = set(re.split(r"[ +]+", trained_on))
    best: dict[str, tuple[int, dict[str, Any]]] = {}
    for name, values in metrics.items():
        data, _, split = name.partition(" ")
        accuracy = _share(values.get("accuracy"))
        if accuracy is None:
            continue
        rank = ("test clean", "test").index(split) if split in ("test clean", "test") else 2
        pictures = values.get("pictures")
        row = {
            "data": data_set(data),
            "split": plain(split),
            "own": not set(data.split("+")).isdisjoint(known),
            "pictures": pictures if isinstance(pictures, int) else None,
            "accuracy": accuracy,
            "low": _share(values.get("accuracy_low")),
            "high": _share(values.get("accuracy_high")),
            "macro_f1": _share(values.get("macro_f1")),
        }
        if data not in best or rank < best[data][0]:
            best[data] = (rank, row)
    return [row for rank, row in sorted(best.values(), key=lambda pair: pair[0]) if rank < 2] or [
        row for _, row in best.values()
    ]


def _share(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if fits else None
