"""Results in the words and colours of the person."""

from typing import TYPE_CHECKING

from fer_core.expressions import UNSURE_RGB, color_rgb, display_name, in_order
from fer_core.texts import Texts
from ui.presenter.shown import Bar, FaceDetail, FaceRow, hex_color

if TYPE_CHECKING:
    from fer_core.types import FaceResult, FrameResult

#: Bars of a face; of a model with more classes the most probable ones are shown.
_MOST_BARS = 12


def color_of(face: "FaceResult") -> str:
    """`#rrggbb` of what a face shows."""
    return hex_color(UNSURE_RGB if face.unsure else color_rgb(face.shows))


def face_title(number: int, texts: Texts) -> str:
    """What a person reads for a face's number."""
    return texts("face.title", number=number)


def rows(result: "FrameResult", texts: Texts) -> tuple[FaceRow, ...]:
    """The list of faces, in the order of their numbers."""
    found = []
    for number, face in result.numbered:
        label, percent = _reading(face, texts)
        row = FaceRow(number, face_title(number, texts), label, percent, color_of(face))
        found.append(row)
    return tuple(found)


def detail(result: "FrameResult", chosen: int, texts: Texts) -> FaceDetail | None:
    """The chosen face, or None if it is not in this result."""
    face = dict(result.numbered).get(chosen)
    if face is None:
        return None
    label, percent = _reading(face, texts)
    color = color_of(face)
    hints = face.quality.said(texts.language)
    return FaceDetail(face_title(chosen, texts), label, percent, color, hints, _bars(face, texts))


def _reading(face: "FaceResult", texts: Texts) -> tuple[str, str]:
    """Word and number; "not sure 40 %" would read as 40 % of doubt, and the bars say the rest."""
    percent = "" if face.unsure else f"{100 * face.prediction.confidence:.0f} %"
    return display_name(face.shows, texts.language), percent


def _bars(face: "FaceResult", texts: Texts) -> tuple[Bar, ...]:
    probs = dict(face.prediction.top(_MOST_BARS))
    return tuple(
        Bar(
            display_name(name, texts.language),
            probs[name],
            hex_color(color_rgb(name)),
            name == face.shows,
        )
        for name in in_order(face.prediction.labels)
        if name in probs
    )
