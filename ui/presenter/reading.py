"""A reading of a model file in words, and the one that a person types in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from fer_core.expressions import display_name
from fer_core.texts import Texts
from ui.presenter.models import RankedRow, ReadingForm, Scaling

#: Name of a scaling whose numbers the person gives.
OWN = "own"
#: Readings side by side.
_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the fields, possible or not.

    Attributes:
        scaling: name of a usual one, or `OWN`; then `scale`, `mean` and `std` count.
        margin: percent.
    """

    labels: tuple[str, ...]
    color: str
    scaling: str
    scale: str
    mean: str
    std: str
    equalize: bool
    margin: str
    output: str


def draft(form: ReadingForm, known: Mapping[str, Scaling]) -> Draft:
    """A reading as it stands in the fields; `known` are the usual scalings of its colour."""
    numbers = (form.scale, form.mean, form.std)
    scaling = next((name for name in known if known[name] == numbers), OWN)
    return Draft(
        form.labels,
        form.color,
        scaling,
        _text((form.scale,)),
        _text(form.mean),
        _text(form.std),
        form.equalize,
        f"{100 * form.crop_margin:g}",
        form.output,
    )


def read(draft: Draft, known: Mapping[str, Scaling], texts: Texts) -> ReadingForm:
    """The reading that the fields stand for.

    Raises:
        ValueError: it is impossible; the message is a sentence for the person.
    """
    for label in draft.labels:
        if draft.labels.count(label) > 1:
            shown = display_name(label, texts.language)
            raise ValueError(texts("reading.twice", label=shown))
    if draft.scaling in known:
        scale, mean, std = known[draft.scaling]
    else:
        scale, mean, std = _own_scaling(draft, texts)
    (margin,) = _numbers(draft.margin, texts, 1)
    if not -25 <= margin <= 100:
        raise ValueError(texts("reading.margin"))
    return ReadingForm(
        draft.labels, draft.color, scale, mean, std, draft.equalize, margin / 100, draft.output
    )


def title(row: RankedRow, texts: Texts) -> str:
    """A reading on one line."""
    parts = [
        texts.get(f"order.{row.order}", row.order),
        texts(f"color.{row.form.color}"),
        texts.get(f"scaling.{row.scaling}", row.scaling),
    ]
    if row.form.equalize:
        parts.append(texts("reading.equalized"))
    return ", ".join(parts)


def compared(
    rows: Sequence[RankedRow], chosen: RankedRow | None, shown: Sequence[int]
) -> list[RankedRow]:
    """The readings that are shown side by side: the best that differ, and the chosen one.

    Args:
        rows: best first.
        chosen: the one that would be taken.
        shown: indices of the faces that are shown; readings that say the same of them are one.
    """
    found: list[RankedRow] = []
    said = set()
    for row in rows:
        answers = tuple(row.predicted[index] for index in shown if index < len(row.predicted))
        if answers not in said or row is chosen:
            said.add(answers)
            found.append(row)
    best = found[:_COMPARED]
    if chosen is not None and chosen not in best:
        best = [*best[: _COMPARED - 1], chosen]
    return best


def some(labels: Sequence[str], count: int) -> list[int]:
    """A few faces to show: the newest of each expression, then further ones; indices in order."""
    newest = list(range(len(labels)))[::-1]
    first = [index for index in newest if labels[index] not in labels[index + 1 :]]
    rest = [index for index in newest if index not in first]
    return sorted((first + rest)[:count])


def _own_scaling(draft: Draft, texts: Texts) -> Scaling:
    channels = 1 if draft.color == "gray" else 3
    (scale,) = _numbers(draft.scale, texts, 1)
    mean, std = (_numbers(text, texts, channels) for text in (draft.mean, draft.std))
    if scale <= 0:
        raise ValueError(texts("reading.scale"))
    if min(std) <= 0:
        raise ValueError(texts("reading.std"))
    return scale, mean, std


def _numbers(text: str, texts: Texts, most: int) -> tuple[float, ...]:
    """One number, or `most`; "1/255" is one, and so is "0,5"."""
    found = []
    for word in _words(text):
        above, _, below = word.partition("/")
        try:
            value = float(above) / (float(below) if below else 1.0)
        except (ValueError, ZeroDivisionError):
            value = float("nan")
        if not isfinite(value):
            raise ValueError(texts("reading.number", text=word))
        found.append(value)
    if len(found) not in (1, most):
        key = "reading.one_number" if most == 1 else "reading.count"
        raise ValueError(texts(key, text=text, count=most))
    return tuple(found)


def _words(text: str) -> list[str]:
    """The numbers of a list; a comma parts them where there are points, else it is the point."""
    parted = re.sub(r",", " " if "." in text else ".", re.sub(r"[;,]\s|;", " ", text + " "))
    return parted.split() or [""]


def _text(numbers: tuple[float, ...]) -> str:
    return " ".join(_one(number) for number in numbers)


def _one(number: float) -> str:
    """As short as it can be: 1/255 rather than 0.00392156862745098."""
    for above in (1, 2):
        below = above / number if number else 0.0
        if 1 < below < 1000 and abs(below - round(below, 1)) < 1e-9 and number < 0.02:
            return f"{above}/{round(below, 1):g}"
    return repr(number) if number % 1 else f"{number:g}"
