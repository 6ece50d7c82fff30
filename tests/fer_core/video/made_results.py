"""Frames with results, and writing them into a sink."""

import numpy as np
import synthetic_media as media

from fer_core.types import Face, FaceResult, Frame, FrameResult, Prediction, Quality
from fer_core.video import sinks


def make_frame(index: int, time_s: float | None = None) -> Frame:
    return Frame(media.numbered(index), index, index / media.FPS if time_s is None else time_s)


def make_result(frame: Frame, faces: int = 1) -> FrameResult:
    prediction = Prediction(np.array([0.75, 0.25]), ("happiness", "anger"))
    face = FaceResult(
        Face(np.array([1, 2, 30, 40.5]), 0.9, track_id=4),
        prediction,
        Quality(29, 100, ("too_small", "blurred")),
    )
    return FrameResult(frame.index, frame.time_s, frame.wh, (face,) * faces, "Modell ü")


def write(sink: sinks.Sink, frames: list[Frame], faces: int = 1) -> None:
    for frame in frames:
        sink.write(frame, make_result(frame, faces))
