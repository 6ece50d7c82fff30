"""One row a face and frame: what CSV and Parquet have in common, and what their columns are.

docs/output.md describes each column. A frame without a face has a row, too, in which the columns of
faces are empty.
"""

from collections.abc import Iterable, Mapping, Sequence

from fer_core.expressions import EXPRESSIONS
from fer_core.types import FACE, HELD, NO_FACE, FaceResult, FrameResult

#: What a row is about: a face, one that was not read in this frame and shows what it did before,
#: a frame without one, a picture that could not be read.
UNREADABLE = "cannot be read"
STATUSES = (FACE, HELD, NO_FACE, UNREADABLE)

_POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
LANDMARKS = tuple(f"{point}_{axis}" for point in _POINTS for axis in "xy")
_HEAD = (
    *("source", "frame_index", "time_s", "status", "track_id", "name", "left", "top", "right"),
    *("bottom", "score", "label", "confidence", "unsure"),
)
_TAIL = (
    *("hints", "yaw_deg", "pitch_deg", "roll_deg", "size_px", "brightness", *LANDMARKS),
    *("image_width", "image_height", "model"),
)
_NAMES = frozenset((*_HEAD, *_TAIL))


def columns(labels: Iterable[str] = ()) -> tuple[str, ...]:
    """All columns, in their order, of results with these labels.

    The expressions have columns whatever the model, classes of its own come behind them.
    """
    classes = (*EXPRESSIONS, *(name for name in labels if name not in EXPRESSIONS))
    names = [column(name) for name in classes]
    return (*_HEAD, *names, *_TAIL, *(f"raw_{name}" for name in names))


def column(name: str) -> str:
    """Of a class: its name, unless a column is called so already."""
    taken = name in _NAMES or name.startswith("raw_")
    return f"class {name}" if taken and name not in EXPRESSIONS else name


def rows_of(
    result: FrameResult, source: str | None, names: Mapping[int, str] | None = None
) -> list[dict[str, object]]:
    """The rows of a frame, each by the names of its columns; what is empty is left out or None.

    Args:
        result: of one frame.
        source: path or name that it came from.
        names: what persons are called, by their numbers.
    """
    frame: dict[str, object] = {
        "source": source,
        "frame_index": result.frame_index,
        "time_s": round(result.time_s, 4),
        "status": NO_FACE,
        "image_width": result.image_wh[0],
        "image_height": result.image_wh[1],
        "model": result.model,
    }
    if not result.faces:
        return [frame]
    return [frame | _face(face, names or {}) for face in result.faces]


def unreadable_row(source: str, index: int, model: str) -> dict[str, object]:
    """The row of a picture that could not be read."""
    return {
        "source": source,
        "frame_index": index,
        "time_s": float(index),
        "status": UNREADABLE,
        "model": model,
    }


def _face(result: FaceResult, names: Mapping[int, str]) -> dict[str, object]:
    face, prediction, head = result.face, result.prediction, result.quality.head
    left, top, right, bottom = (round(value, 1) for value in face.box_xyxy.tolist())
    row: dict[str, object] = {
        "status": result.status,
        "track_id": face.track_id,
        "name": names.get(face.track_id or 0) or None,
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
        "score": round(float(face.score), 4),
        "label": prediction.label,
        "confidence": round(prediction.confidence, 4),
        "unsure": result.unsure,
        "hints": " ".join(result.quality.hints),
        "size_px": round(result.quality.size_px, 1),
        "brightness": round(result.quality.brightness, 1),
    }
    if head is not None:
        row["yaw_deg"] = round(head.yaw_deg, 1)
        row["pitch_deg"] = round(head.pitch_deg, 1)
        row["roll_deg"] = round(head.roll_deg, 1)
    if face.landmarks is not None:
        row.update(zip(LANDMARKS, _rounded(face.landmarks.ravel().tolist(), 1), strict=True))
    classes = [column(name) for name in prediction.labels]
    row.update(zip(classes, _rounded(prediction.probs.tolist(), 4), strict=True))
    if result.raw is not None:
        raw = [f"raw_{name}" for name in classes]
        row.update(zip(raw, _rounded(result.raw.probs.tolist(), 4), strict=True))
    return row


def _rounded(values: Sequence[float], digits: int) -> list[float]:
    return [round(value, digits) for value in values]
