"""The small types that every part speaks; they know numpy and the names of expressions.

`Frame` → detector → `Face` → classifier → `Prediction` → `FaceResult`, `FrameResult`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from fer_core.expressions import UNSURE, UNSURE_BELOW, display_name

#: Version of `FrameResult.to_dict()`; a change that breaks readers raises it.
RESULT_SCHEMA = 1
#: Status of a frame or a face: read; not read in this frame, so that it shows what it did before;
#: nobody there.
FACE, HELD, NO_FACE = "face", "held", "no face"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        image: uint8 (H, W, 3) BGR.
        index: counts from 0 at the start of the source; 0 also starts a new stream in a pipeline.
        time_s: seconds since the start of the source.
        full_wh: width and height in px of the person's picture, where `image` is a reduced copy of
            it; results are in px of that one.
    """

    image: np.ndarray
    index: int
    time_s: float
    full_wh: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        check_bgr(self.image, "Frame.image")
        if self.index < 0:
            raise ValueError(f"Frame.index is {self.index}; expected 0 or more")

    @property
    def wh(self) -> tuple[int, int]:
        """Width and height of `image` in px."""
        return self.image.shape[1], self.image.shape[0]

    @property
    def picture_wh(self) -> tuple[int, int]:
        """Width and height of the person's picture in px."""
        return self.full_wh or self.wh


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Where a face is.

    Attributes:
        box_xyxy: float32 (4,) px in the frame: left, top, right, bottom.
        score: the detector's own confidence, 0..1.
        landmarks: float32 (5, 2) px or None: the picture's left eye, right eye, nose tip, left and
            right corner of the mouth ("left" as seen in the picture).
        track_id: the same number for the same face of a stream, counted from 1, or None. It is the
            number that a person reads: the window's "Face 2" has the track_id 2 in every file.
    """

    box_xyxy: np.ndarray
    score: float
    landmarks: np.ndarray | None = None
    track_id: int | None = None

    def __post_init__(self) -> None:
        box = np.asarray(self.box_xyxy, np.float32)
        if box.shape != (4,):
            raise ValueError(f"Face.box_xyxy has shape {box.shape}; expected (4,)")
        object.__setattr__(self, "box_xyxy", box)
        if self.landmarks is not None:
            points = np.asarray(self.landmarks, np.float32)
            if points.shape != (5, 2):
                raise ValueError(f"Face.landmarks has shape {points.shape}; expected (5, 2)")
            object.__setattr__(self, "landmarks", points)

    @property
    def wh_px(self) -> tuple[float, float]:
        """Width and height of the box in px."""
        x0, y0, x1, y1 = self.box_xyxy.tolist()
        return x1 - x0, y1 - y0


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a face expresses.

    Attributes:
        probs: float32 (K,), 0..1, sums to 1.
        labels: K classes: canonical expression names, or a model's own words.
    """

    probs: np.ndarray
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        probs = np.asarray(self.probs, np.float32)
        if probs.shape != (len(self.labels),):
            raise ValueError(
                f"Prediction.probs has shape {probs.shape}; expected ({len(self.labels)},)"
            )
        object.__setattr__(self, "probs", probs)

    @property
    def label(self) -> str:
        """The most probable expression."""
        return self.labels[int(self.probs.argmax())]

    @property
    def confidence(self) -> float:
        """Its probability, 0..1."""
        return float(self.probs.max())

    def top(self, k: int) -> tuple[tuple[str, float], ...]:
        """The k most probable expressions with their probabilities, highest first."""
        order = np.argsort(-self.probs, kind="stable")[:k]
        return tuple((self.labels[i], float(self.probs[i])) for i in order)


@dataclass(frozen=True, slots=True)
class HeadPose:
    """How a head is turned, in degrees, as far as five landmarks tell; 0 looks at the camera.

    Attributes:
        yaw_deg: to the picture's right, -90..90.
        pitch_deg: downwards, -90..90; roughly, since noses differ.
        roll_deg: clockwise in the picture, -180..180.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be read.

    Attributes:
        size_px: shorter side of the box.
        brightness: mean grey level of the face, 0..255.
        hints: any of turned_away, looking_down, looking_up, tilted, too_dark, too_bright,
            too_small, blurred; empty is good.
        head: None where the detector gives no landmarks.
    """

    size_px: float
    brightness: float
    hints: tuple[str, ...] = ()
    head: HeadPose | None = None

    def said(self, language: str = "en") -> str:
        """The hints as a person reads them, with degrees: "turned away (35°), too dark"."""
        degrees = {} if self.head is None else {"turned_away": self.head.yaw_deg}
        if self.head is not None:
            degrees |= dict.fromkeys(("looking_down", "looking_up"), self.head.pitch_deg)
            degrees["tilted"] = self.head.roll_deg
        return ", ".join(
            display_name(hint, language)
            + (f" ({abs(degrees[hint]):.0f}°)" if hint in degrees else "")
            for hint in self.hints
        )


@dataclass(frozen=True, slots=True, eq=False)
class FaceResult:
    """One face of a frame with its prediction, and whether that is sure enough to be named.

    That decision is made here and nowhere else: picture, panel, timeline, statistics, tables and
    JSON read `unsure` or `shows`.

    Attributes:
        prediction: in a stream the smoothed one.
        unsure_below: the threshold, 0..1; set by the pipeline.
        raw: as the model gave it for this frame alone, before smoothing; None where the face was
            not read in this frame.
    """

    face: Face
    prediction: Prediction
    quality: Quality
    unsure_below: float = UNSURE_BELOW
    raw: Prediction | None = None

    @property
    def unsure(self) -> bool:
        """Whether the highest probability, with four decimals as files have it, is too low."""
        return round(self.prediction.confidence, 4) < self.unsure_below

    @property
    def shows(self) -> str:
        """What a person is told: the most probable expression, or `UNSURE`."""
        return UNSURE if self.unsure else self.prediction.label

    @property
    def status(self) -> str:
        """`FACE`, or `HELD` where the face was not read in this frame and shows what it did."""
        return HELD if self.raw is None else FACE

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; `label` is the most probable expression, also where `unsure` is true."""
        p, points = self.prediction, self.face.landmarks
        return {
            "status": self.status,
            "box_xyxy": [round(v, 1) for v in self.face.box_xyxy.tolist()],
            "score": round(float(self.face.score), 4),
            "track_id": self.face.track_id,
            "label": p.label,
            "confidence": round(p.confidence, 4),
            "unsure": self.unsure,
            "probs": _by_label(p),
            "raw_probs": None if self.raw is None else _by_label(self.raw),
            "landmarks": None if points is None else np.round(points.astype(float), 1).tolist(),
            "hints": list(self.quality.hints),
            "head": None
            if self.quality.head is None
            else {name: round(value, 1) for name, value in asdict(self.quality.head).items()},
        }


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """All faces of one frame; no face is an empty tuple, never an error.

    Attributes:
        frame_index, time_s: those of the frame.
        image_wh: width and height in px of the person's picture; a frame of a very large one holds
            a reduced copy.
        faces: left to right is not promised; `numbered` tells who is who.
        model: name of the model that predicted.
        timings_ms: milliseconds a step: detect, track, classify, total.
    """

    frame_index: int
    time_s: float
    image_wh: tuple[int, int]
    faces: tuple[FaceResult, ...]
    model: str
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def numbered(self) -> tuple[tuple[int, FaceResult], ...]:
        """The faces with the numbers that a person reads, lowest first.

        That is the `track_id`, or without one the place in `faces`; both are counted from 1.
        """
        tracks = [face.face.track_id for face in self.faces]
        numbers = [place if track is None else track for place, track in enumerate(tracks, 1)]
        return tuple(sorted(zip(numbers, self.faces, strict=True), key=lambda pair: pair[0]))

    def resized(self, wh: tuple[int, int]) -> "FrameResult":
        """The same result in px of a copy of the picture of another size."""
        if wh == self.image_wh:
            return self
        scale = np.divide(wh, self.image_wh).astype(np.float32)
        faces = tuple(replace(face, face=_scaled(face.face, scale)) for face in self.faces)
        return replace(self, image_wh=wh, faces=faces)

    def judged(self, unsure_below: float) -> "FrameResult":
        """The same result under another threshold, 0..1."""
        faces = tuple(replace(face, unsure_below=unsure_below) for face in self.faces)
        return replace(self, faces=faces)

    def to_dict(self, source: str | None = None) -> dict[str, Any]:
        """One schema for command line, web page and files.

        Args:
            source: path or name that the frame came from.
        """
        return {
            "schema": RESULT_SCHEMA,
            "source": source,
            "frame_index": self.frame_index,
            "time_s": round(self.time_s, 4),
            "image_wh": list(self.image_wh),
            "model": self.model,
            "status": FACE if self.faces else NO_FACE,
            "faces": [face.to_dict() for face in self.faces],
            "timings_ms": {name: round(value, 3) for name, value in self.timings_ms.items()},
        }


def _by_label(prediction: Prediction) -> dict[str, float]:
    pairs = zip(prediction.labels, prediction.probs.tolist(), strict=True)
    return {name: round(value, 4) for name, value in pairs}


def _scaled(face: Face, scale: np.ndarray) -> Face:
    landmarks = None if face.landmarks is None else face.landmarks * scale
    return replace(face, box_xyxy=face.box_xyxy * np.tile(scale, 2), landmarks=landmarks)


def check_bgr(image: np.ndarray, what: str) -> None:
    """Checks for uint8 (H, W, 3).

    Raises:
        ValueError: with expected and actual dtype or shape.
    """
    if image.dtype != np.uint8:
        raise ValueError(f"{what} has dtype {image.dtype}; expected uint8")
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(f"{what} has shape {image.shape}; expected (H, W, 3) BGR")
