"""One frame in, all its faces with their expressions out."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from fer_core import geometry
from fer_core.config import DEFAULT_DETECTOR, DEFAULT_MODEL
from fer_core.detection.base import FaceDetector
from fer_core.expressions import UNSURE_BELOW
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.quality import assess
from fer_core.tracking import FaceTracker, ProbabilitySmoother
from fer_core.turns import Turns
from fer_core.types import Face, FaceResult, Frame, FrameResult, Prediction, Quality


class FaceClassifier(Protocol):
    """What a pipeline needs of a classifier."""

    @property
    def name(self) -> str:
        """The model's name, for results."""

    @property
    def spec(self) -> ModelSpec:
        """How faces are cropped for it."""

    def predict(self, crops: list[np.ndarray]) -> Sequence[Prediction]:
        """One prediction a crop; crops are uint8 (H, W, 3) BGR."""


class FerPipeline:
    """Detect, follow, read those whose turn it is, smooth: one frame of a stream after the other.

    It is made for a live picture; `thorough` is for files.

    `classifier` and `detector` may be set by any thread while another one is in `process`; the
    next frame uses the new one. `process` itself takes one frame at a time.
    """

    def __init__(
        self,
        classifier: FaceClassifier,
        detector: FaceDetector,
        *,
        smoothing_s: float = 0.3,
        unsure_below: float = UNSURE_BELOW,
        thorough: bool = False,
        lanes: int = 1,
    ) -> None:
        """Makes a pipeline.

        Args:
            classifier: predicts from face crops.
            detector: finds faces.
            smoothing_s: time constant of the smoothing of probabilities; 0 is off.
            unsure_below: a face whose highest probability, smoothed, is lower is "not sure", 0..1;
                may be set later, too.
            thorough: for files, where no camera waits: every frame is searched, for small faces
                too, and every face is read in every frame.
            lanes: so many frames may be worked on at a time by `find` and `read`.
        """
        self.lanes = lanes
        self.unsure_below = unsure_below
        self._busy = threading.Lock()
        self._classifier = classifier
        self._detector = detector
        self._tracker = FaceTracker(detector, thorough=thorough)
        self._turns = Turns()
        self._smoother = ProbabilitySmoother(smoothing_s)
        self._read_by: FaceClassifier | None = None
        self._known: dict[int | None, Prediction] = {}
        self._last: tuple[tuple[int, int], float] | None = None

    @property
    def classifier(self) -> FaceClassifier:
        """The classifier of the next frame."""
        return self._classifier

    @classifier.setter
    def classifier(self, classifier: FaceClassifier) -> None:
        self._classifier = classifier

    @property
    def detector(self) -> FaceDetector:
        """The detector of the next frame."""
        return self._detector

    @detector.setter
    def detector(self, detector: FaceDetector) -> None:
        self._detector = detector

    @property
    def smoothing_s(self) -> float:
        """Time constant of the smoothing of probabilities, seconds; 0 is off."""
        return self._smoother.smoothing_s

    @smoothing_s.setter
    def smoothing_s(self, value: float) -> None:
        self._smoother.smoothing_s = value

    @property
    def thorough(self) -> bool:
        """Whether every frame is searched for small faces too, and every face read in it."""
        return self._tracker.thorough

    @thorough.setter
    def thorough(self, value: bool) -> None:
        self._tracker.thorough = value

    def reset(self) -> None:
        """Forgets the tracks: a new stream begins with the next frame."""
        with self._busy:
            self._last = None

    def process(self, frame: Frame) -> FrameResult:
        """Reads one still picture, or the next frame of a stream.

        A stream begins with index 0, another picture size, or a time before the last frame's.
        """
        with self._busy:
            start = perf_counter()
            followed = self.follow(frame)
            tracked = perf_counter()
            read = self.read(followed)
            classified = perf_counter()
            detect_ms = self._tracker.detect_ms
            timings = {
                "detect": detect_ms,
                "track": (tracked - start) * 1e3 - detect_ms,
                "classify": (classified - tracked) * 1e3,
            }
            result = self.end(followed, read)
            timings["total"] = (perf_counter() - start) * 1e3
        return replace(result, timings_ms=timings)

    # The steps of a frame, for whoever has several frames of a file on their way at once
    # (`analysis.flow`): `find` and `read` may run in any thread and order, `follow` and `end` take
    # one frame after the other.

    def find(self, frame: Frame) -> list[Face]:
        """All that may be a face, of one frame alone."""
        return self._tracker.search(frame.image)

    def follow(self, frame: Frame, found: list[Face] | None = None) -> "Followed":
        """Who that is, and which of them are to be read.

        Args:
            frame: the next one.
            found: what `find` gave; None searches as the stream needs it.
        """
        detector, classifier = self._detector, self._classifier
        if detector is not self._tracker.detector:
            self._tracker.use(detector)
        last, self._last = self._last, (frame.wh, frame.time_s)
        begins = frame.index == 0 or last is None or last[0] != frame.wh or frame.time_s < last[1]
        if begins:
            self._tracker.reset()
        if begins or classifier is not self._read_by:
            self._turns.reset()
        self._read_by = None  # a failure on the way means that all are read anew
        faces = self._tracker.update(frame, found)
        unseen, everyone = self._tracker.missed, self.thorough
        turn = self._turns.due(faces, frame.time_s, unseen=unseen, everyone=everyone)
        self._read_by = classifier
        return Followed(frame, classifier, faces, turn, begins)

    def read(self, followed: "Followed") -> "Read":
        """What the faces show whose turn it is, and how well all can be read."""
        frame, classifier = followed.frame, followed.classifier
        crops = [face_crop(frame.image, followed.faces[i], classifier.spec) for i in followed.turn]
        try:
            predictions = classifier.predict(crops) if crops else ()
        except BaseException:
            self._read_by = None
            raise
        return Read(
            dict(zip(followed.turn, predictions, strict=True)),
            [assess(frame.image, face) for face in followed.faces],
        )

    def end(self, followed: "Followed", read: "Read") -> FrameResult:
        """The result of a frame, smoothed; faces that were not read show what they did before."""
        frame, unsure_below = followed.frame, self.unsure_below
        if followed.begins:
            self._smoother.reset()
        known, results = self._known, []
        for index, (face, quality) in enumerate(zip(followed.faces, read.qualities, strict=True)):
            raw = read.predictions.get(index)
            if raw is None:
                prediction = known[face.track_id]
            else:
                prediction = self._smoother.update(face.track_id, raw, frame.time_s)
            results.append(FaceResult(face, prediction, quality, unsure_below, raw))
        self._known = {result.face.track_id: result.prediction for result in results}
        name = followed.classifier.name
        found = FrameResult(frame.index, frame.time_s, frame.wh, tuple(results), name)
        return found.resized(frame.picture_wh)

    def run(self, source: Iterable[Frame]) -> Iterator[FrameResult]:
        """The result of every frame of a source, one at a time; a file is read thoroughly.

        Args:
            source: frames of one stream; or pictures that have nothing to do with each other, where
                it has an attribute `is_stills` that is true. It is live where it has an attribute
                `is_live` that is true.
        """
        before = self.thorough
        self.thorough = before or not getattr(source, "is_live", False)
        try:
            for frame in source:
                if getattr(source, "is_stills", False):
                    self.reset()
                yield self.process(frame)
        finally:
            self.thorough = before


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A frame whose faces have their numbers.

    Attributes:
        frame: the frame.
        classifier: reads it.
        faces: of it.
        turn: indices of those that are to be read.
        begins: a stream begins with it.
    """

    frame: Frame
    classifier: FaceClassifier
    faces: list[Face]
    turn: list[int]
    begins: bool


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What the faces of a frame show.

    Attributes:
        predictions: by the index of the face.
        qualities: of each face.
    """

    predictions: dict[int, Prediction]
    qualities: list[Quality]


def glance(
    frame: Frame,
    classifier: FaceClassifier,
    detector: FaceDetector,
    unsure_below: float = UNSURE_BELOW,
) -> FrameResult:
    """Reads a still picture by one look at the whole of it, several times as quick as a pipeline.

    A pipeline looks again at small and doubtful faces; here they may be missed. Nobody is followed,
    so faces have no `track_id`.
    """
    start = perf_counter()
    faces = detector.detect(frame.image)
    found = perf_counter()
    crops = [face_crop(frame.image, face, classifier.spec) for face in faces]
    predictions = classifier.predict(crops) if crops else ()
    results = tuple(
        FaceResult(face, read, assess(frame.image, face), unsure_below, read)
        for face, read in zip(faces, predictions, strict=True)
    )
    end = perf_counter()
    timings = {"detect": (found - start) * 1e3, "classify": (end - found) * 1e3}
    timings["total"] = (end - start) * 1e3
    result = FrameResult(frame.index, frame.time_s, frame.wh, results, classifier.name, timings)
    return result.resized(frame.picture_wh)


def face_crop(image: np.ndarray, face: Face, spec: ModelSpec) -> np.ndarray:
    """The part of the picture that a model looks at.

    Args:
        image: uint8 (H, W, 3) BGR.
        face: found in it.
        spec: says how much around the box, and whether the eyes are to lie level.

    Returns:
        uint8 (S, S, 3) BGR.
    """
    return crop_for(image, face, spec.input)


def crop_for(image: np.ndarray, face: Face, input_spec: InputSpec) -> np.ndarray:
    """Like `face_crop`, by the input alone, of a network that is still to be trained."""
    box = geometry.square(face.box_xyxy, input_spec.crop_margin)
    if input_spec.align and face.landmarks is not None:
        side = max(1, min(round(float(box[2] - box[0])), 512))
        return geometry.align_crop(image, face.landmarks, box, side)
    return geometry.crop(image, box)


def load_pipeline(
    model: str = DEFAULT_MODEL,
    detector: str = DEFAULT_DETECTOR,
    *,
    lanes: int | None = None,
    **options: Any,
) -> FerPipeline:
    """A pipeline from names.

    Args:
        model: name in the registry, or the path of a model file or folder.
        detector: as `create_detector` takes it.
        lanes: for files: so many frames are worked on at a time, each by one core; see
            `analysis.analyse`. None has all cores work on one frame.
        options: of `FerPipeline`.

    Raises:
        ModelError: the model cannot be used.
        DetectorError: the detector cannot be used.
    """
    from fer_core import load_classifier
    from fer_core.detection import create_detector
    from fer_core.detection.finder.detector import FinderDetector

    with ThreadPoolExecutor(1) as beside:  # two networks are compiled, a third of a second each
        loading = beside.submit(load_classifier, model)
        finds = create_detector(detector)
        if lanes is not None and isinstance(finds, FinderDetector):
            finds.use_lanes(lanes)
        finds.detect(np.zeros((48, 64, 3), np.uint8))  # its first search compiles
        classifier = loading.result()
    if lanes is not None:
        classifier.engine.use_lanes(lanes)
    return FerPipeline(classifier, finds, lanes=lanes or 1, **options)
