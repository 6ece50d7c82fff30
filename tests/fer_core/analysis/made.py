"""Results and sessions made by hand, for the tests of analyses."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_core.analysis import Conditions, Origin, Session
from fer_core.expressions import EXPRESSIONS
from fer_core.types import Face, FaceResult, FrameResult, HeadPose, Prediction, Quality

LABELS = EXPRESSIONS[:7]
FPS = 25.0


def make_face(
    person: int | None = 1,
    label: str = "happiness",
    probability: float = 0.8,
    *,
    left: float = 10.0,
    unsure_below: float = 0.45,
    read: bool = True,
) -> FaceResult:
    """A face of 40 px; the other labels share what is left of the probability."""
    probs = np.full(len(LABELS), (1 - probability) / (len(LABELS) - 1), np.float32)
    probs[LABELS.index(label)] = probability
    prediction = Prediction(probs, LABELS)
    marks = np.arange(10, dtype=np.float32).reshape(5, 2) + np.float32(left)
    face = Face(np.array([left, 20, left + 40, 60], np.float32), 0.9, marks, person)
    quality = Quality(40.0, 120.0, ("tilted",), HeadPose(1.0, -2.0, 30.0))
    raw = Prediction(np.roll(probs, 1), LABELS) if read else None
    return FaceResult(face, prediction, quality, unsure_below, raw)


def make_result(
    index: int, faces: Sequence[FaceResult] = (), time_s: float | None = None
) -> FrameResult:
    """A frame of 320×240 px."""
    at_s = index / FPS if time_s is None else time_s
    return FrameResult(index, at_s, (320, 240), tuple(faces), "fake")


def make_session(
    folder: Path, results: Sequence[FrameResult] = (), *, kind: str = "film", finish: bool = True
) -> Session:
    """A session of these results."""
    origin = Origin("clip.mp4", kind, sha256="0" * 64, duration_s=len(results) / FPS)
    session = Session.create(folder / "clip.mimik", origin, Conditions("fake", unsure_below=0.45))
    for result in results:
        session.add(result)
    if finish:
        session.finish(duration_s=len(results) / FPS)
    return session
