"""The model card: what a model is for, what it was trained on, how good it is."""

from pathlib import Path
from typing import Any

import numpy as np

from fer_core.files import write_text
from fer_core.models.spec import SPEC_NAME, ModelSpec

CARD = "card.md"
CONFUSION = "confusion.png"
#: Figures from 0 to 1 that are no share of anything.
_NO_SHARES = ("nll",)


def write_card(folder: Path) -> Path:
    """Writes the card of a model folder's `model.json` beside it, with its confusion matrix."""
    picture = f"\n![confusion matrix]({CONFUSION})\n" if (folder / CONFUSION).is_file() else ""
    write_text(folder / CARD, card(ModelSpec.read(folder)) + picture)
    return folder / CARD


def card(spec: ModelSpec) -> str:
    """A model card in Markdown, after Mitchell et al. 2019, https://arxiv.org/abs/1810.03993."""
    shape = spec.input
    parts = [
        f"# {spec.title or spec.name}",
        "",
        f"Reads facial expressions from a {shape.width}×{shape.height} px face "
        f"({'grey' if shape.color.startswith('gray') else 'colour'}). "
        f"How its input is prepared is in {SPEC_NAME}.",
        "",
        f"- Architecture: {spec.architecture or 'not stated'}",
        f"- Trained on: {spec.trained_on or 'not stated'}",
        f"- Licence: {spec.license or 'not stated'}",
        f"- Source: {spec.source or 'not stated'}",
        f"- Created: {spec.created or 'not stated'}",
        f"- Labels, in the order of the outputs: {', '.join(spec.labels)}"
        + ("" if spec.labels_confirmed else " (a guess that nobody has confirmed)"),
        "",
        "## Metrics",
        "",
        *_metrics(spec.metrics, spec.labels),
        "",
        "## Intended use",
        "",
        "Showing which expression a face has in a picture, on one's own computer, to people who "
        "know of it. An expression is not a feeling: the model does not tell what someone feels "
        "or intends, and it is not for decisions about people, such as in hiring, schools, "
        "policing or medicine. Faces unlike those it was trained on (age, skin, light, pose, "
        "glasses, beards) are read less well.",
        "",
    ]
    return "\n".join(parts)


def _metrics(metrics: dict[str, dict[str, Any]], labels: tuple[str, ...]) -> list[str]:
    if not metrics:
        return ["None measured."]
    lines = []
    for data_set, values in metrics.items():
        plain = {
            key: value for key, value in values.items() if isinstance(value, (int, float, str))
        }
        lines += [f"### {data_set}", "", "| figure | value |", "| --- | --- |"]
        lines += [f"| {key} | {_shown(key, value)} |" for key, value in plain.items()]
        matrix = values.get("confusion")
        lines += _never_said(matrix, labels)
        if isinstance(matrix, list) and len(matrix) == len(labels):
            lines += ["", "Confusion matrix, in pictures:", ""]
            lines += ["| true \\ predicted | " + " | ".join(labels) + " |"]
            lines += ["| --- |" + " --- |" * len(labels)]
            for label, row in zip(labels, matrix, strict=True):
                cells = row if isinstance(row, list) else [row]
                lines += [f"| {label} | " + " | ".join(str(cell) for cell in cells) + " |"]
        lines.append("")
    return lines[:-1]


def _never_said(matrix: Any, labels: tuple[str, ...]) -> list[str]:
    """A sentence about classes that were shown and never predicted, where there are any."""
    try:
        counts = np.asarray(matrix, float)
    except (TypeError, ValueError):  # model.json may come from anywhere
        return []
    if counts.shape != (len(labels), len(labels)):
        return []
    never = [label for i, label in enumerate(labels) if counts[i].any() and not counts[:, i].any()]
    return ["", f"It never says {', '.join(never)}."] if never else []


def _shown(key: str, value: float | str) -> str:
    if not isinstance(value, float):
        return str(value)
    is_share = 0 <= value <= 1 and key not in _NO_SHARES
    return f"{100 * value:.1f} %" if is_share else f"{value:.3f}"
