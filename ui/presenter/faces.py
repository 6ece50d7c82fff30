"""Results in the words and colours of the person."""

from typing import TYPE_CHECKING

from fer_core.expressions import COLORS_RGB, EXPRESSIONS, UNSURE, display_name
from ui.presenter.shown import Bar, FaceDetail, FaceRow, hex_color
from ui.texts import Texts

if TYPE_CHECKING:
    from fer_core.types import FaceResult, FrameResult

#: Colour of a face whose expression is under the threshold.
UNSURE_COLOR = "#8b93a3"


def face_key(face: "FaceResult", index: int) -> int:
    """The number by which a face is chosen: its track, else its place in the result."""
    track = face.face.track_id
    return index if track is None else track


def face_title(key: int, texts: Texts) -> str:
    """What a person reads for that number: the first face is Face 1."""
    return texts("face.title", number=key + 1)


def rows(result: "FrameResult", texts: Texts, unsure_below: float) -> tuple[FaceRow, ...]:
    """The list of faces, in the order of their numbers."""
    found = []
    for index, face in enumerate(result.faces):
        key = face_key(face, index)
        label, percent, color = _reading(face, texts, unsure_below)
        found.append(FaceRow(key, face_title(key, texts), f"{label} {percent}", color))
    return tuple(sorted(found, key=lambda row: row.key))


def detail(
    result: "FrameResult", chosen: int, texts: Texts, unsure_below: float
) -> FaceDetail | None:
    """The chosen face, or None if it is not in this result."""
    for index, face in enumerate(result.faces):
        if face_key(face, index) == chosen:
            break
    else:
        return None
    label, percent, color = _reading(face, texts, unsure_below)
    hints = ", ".join(display_name(hint, texts.language) for hint in face.quality.hints)
    return FaceDetail(face_title(chosen, texts), label, percent, color, hints, _bars(face, texts))


def _reading(face: "FaceResult", texts: Texts, unsure_below: float) -> tuple[str, str, str]:
    prediction = face.prediction
    percent = f"{100 * prediction.confidence:.0f} %"
    if prediction.confidence < unsure_below:
        return display_name(UNSURE, texts.language), percent, UNSURE_COLOR
    color = hex_color(COLORS_RGB[prediction.label])
    return display_name(prediction.label, texts.language), percent, color


def _bars(face: "FaceResult", texts: Texts) -> tuple[Bar, ...]:
    probs = dict(zip(face.prediction.labels, face.prediction.probs.tolist(), strict=True))
    return tuple(
        Bar(
            display_name(name, texts.language),
            probs[name],
            hex_color(COLORS_RGB[name]),
            name == face.prediction.label,
        )
        for name in EXPRESSIONS
        if name in probs
    )
