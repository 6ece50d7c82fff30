"""Results of frames as rows of a session, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fer_core.types import (
    FACE,
    NO_FACE,
    Face,
    FaceResult,
    FrameResult,
    HeadPose,
    Prediction,
    Quality,
)

#: Columns of `faces`, in the order of `face_rows`.
FACE_COLUMNS = (
    *("frame", "place", "person", "left", "top", "right", "bottom", "score", "landmarks", "raw"),
    *("probs", "unsure", "size_px", "brightness", "hints", "yaw", "pitch", "roll"),
)
_FLOAT = np.dtype("<f4")


def frame_row(result: FrameResult, picture: str | None) -> tuple[Any, ...]:
    """Of `frames`."""
    w, h = result.image_wh
    status = FACE if result.faces else NO_FACE
    return result.frame_index, float(result.time_s), w, h, status, picture


def face_rows(result: FrameResult) -> list[tuple[Any, ...]]:
    """Of `faces`, in the order of `FACE_COLUMNS`."""
    return [_row(result.frame_index, place, face) for place, face in enumerate(result.faces)]


def _row(frame: int, place: int, result: FaceResult) -> tuple[Any, ...]:
    face, quality = result.face, result.quality
    head = quality.head
    return (
        *(frame, place, face.track_id, *face.box_xyxy.tolist(), float(face.score)),
        *(_blob(face.landmarks), _blob(None if result.raw is None else result.raw.probs)),
        *(_blob(result.prediction.probs), int(result.unsure)),
        *(float(quality.size_px), float(quality.brightness), " ".join(quality.hints)),
        *((None,) * 3 if head is None else (head.yaw_deg, head.pitch_deg, head.roll_deg)),
    )


def face_result(row: Sequence[Any], labels: tuple[str, ...], unsure_below: float) -> FaceResult:
    """Back from a row in the order of `FACE_COLUMNS`.

    Raises:
        ValueError, TypeError: the row is damaged.
    """
    _, _, person, left, top, right, bottom, score, landmarks, raw, probs = row[:11]
    _, size_px, brightness, hints, yaw, pitch, roll = row[11:]
    points = None if landmarks is None else numbers(landmarks, 10).reshape(5, 2)
    head = None if yaw is None else HeadPose(yaw, pitch, roll)
    return FaceResult(
        Face(np.array([left, top, right, bottom], np.float32), float(score), points, person),
        Prediction(numbers(probs, len(labels)), labels),
        Quality(float(size_px), float(brightness), tuple(hints.split()), head),
        unsure_below,
        None if raw is None else Prediction(numbers(raw, len(labels)), labels),
    )


def numbers(blob: bytes, count: int) -> np.ndarray:
    """float32 (count,).

    Raises:
        ValueError, TypeError: there are more or fewer.
    """
    found = np.frombuffer(blob, _FLOAT)
    if found.shape != (count,):
        raise ValueError(f"{found.size} numbers where {count} are expected")
    return found.astype(np.float32)


def _blob(values: np.ndarray | None) -> bytes | None:
    return None if values is None else np.asarray(values, _FLOAT).tobytes()
