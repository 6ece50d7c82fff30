"""Faces by Haar cascades (Viola and Jones 2001): OpenCV's own, or any cascade file.

A cascade alone either misses faces or sees them in gravel. So it works in two steps: a scan over a
reduced picture proposes places with little doubt, then each place is looked at again at a fixed
face size, and all windows that fire there are counted. True faces fire many windows of two
independently trained cascades, phantoms few.
"""

import math
from collections.abc import Callable, Iterable

import cv2
import numpy as np

from fer_core import geometry
from fer_core.detection.base import best_apart
from fer_core.detection.cascade import Cascade
from fer_core.types import Face, check_bgr

#: Side in px that a face is brought to before its windows are counted.
_LOOK_PX = 40
#: The look covers this many face sides.
_LOOK_SPAN = 1.8
#: Logistic model of "is a face" over the mean of log(1 + windows) of the cascades, fitted on 250
#: faces and 95 phantoms: gain and offset.
_GAIN, _OFFSET = 3.57, -4.21
#: The same over its logit, the eyes and the mouth found, fitted on 200 faces and 719 phantoms.
_WINDOWS_GAIN, _EYES_GAIN, _MOUTH_GAIN, _OFFSET_ALL = 0.59, 2.24, 1.36, -3.45
#: A place is a face from this score on, by windows, eyes and mouth: in a picture, and in a stream,
#: where a phantom would stay; by windows alone where there is no cascade for eyes and mouth; and by
#: windows alone where a face was known a moment ago.
_FACE, _NEW, _SURE, _KNOWN = 0.45, 0.65, 0.8, 0.3
#: Judging a place costs up to 6 ms: so many new ones at most in a part of a quick search.
_MOST_NEW = 2
#: A picture is reduced to so many px, and for a quick search to this longest side.
_QUICK, _QUICK_SIDE, _FULL = 100_000, 400, 600_000
#: Factor from one size of windows to the next in each of them.
_QUICK_STEP, _FULL_STEP = 1.2, 1.1
#: The parts of a quick search, of about equal cost: from one size of windows to another.
_BANDS = ((0, 0), (1, 1), (2, 3), (4, 4), (5, 5), (6, 7), (8, 99))
#: The parts of a full one with the sizes that are too small for the quick one, whose picture is
#: up to 3.2 = 1.1 ** 12.2 times smaller (in panoramas more: there a stream leaves some out).
_FINE_REACH = 3.2
_FINE_BANDS = ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 12))
#: Side of the picture in which eyes and mouth are looked for, in px, where the eyes end there and
#: where the mouth begins.
_PARTS_PX, _EYES_END, _MOUTH_BEGIN = 80, 52, 40
#: Heads that lie on the shoulder are looked for this far turned, in degrees.
_TILTS = (25.0, -25.0)
#: The mean window that fires is larger than a FER2013 crop of the same face (median of 390).
_SIDE = 0.935
_SPAN_PX = round(_LOOK_PX * _LOOK_SPAN)
_AS_IS = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
_MIRRORED = np.array([[-1, 0, _SPAN_PX - 1], [0, 1, 0]], np.float64)


class HaarDetector:
    """Faces by Haar cascades, with places proposed by one and judged by others.

    Attributes:
        name: as `create_detector` knows it.
        parts, fine_parts: see `StreamDetector`.
    """

    parts = len(_BANDS)
    fine_parts = len(_FINE_BANDS)

    def __init__(
        self,
        name: str,
        seeker: Cascade,
        judges: tuple[Cascade, ...] = (),
        *,
        features: tuple[Cascade, Cascade] | None = None,
        mirrored: bool = False,
    ) -> None:
        """Makes a detector.

        Args:
            name: as `create_detector` knows it.
            seeker: the cascade that proposes.
            judges: the cascades whose windows are counted; none: those of the seeker.
            features: cascades for an eye and a mouth, which have a say on a face that is new.
            mirrored: look at the mirrored picture as well (a profile cascade knows one side only).
        """
        self.name = name
        self._seeker = seeker
        self._judges = judges or (seeker,)
        self._features = features
        self._views = (_AS_IS, _MIRRORED) if mirrored else (_AS_IS,)
        self._tilted = tuple(_turn(angle) for angle in _TILTS)

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        check_bgr(image, "image")
        scale = _scale(image, _FULL)
        places = self._places(image, scale, lambda grey: self._seeker.scan(grey, _FULL_STEP))
        return self._judged(image, places, _FACE)

    def detect_fast(self, image: np.ndarray, known_xyxy: np.ndarray, part: int) -> list[Face]:
        """The new faces of some sizes, quickly; see `StreamDetector`."""
        check_bgr(image, "image")
        scale, step = min(_scale(image, _QUICK), _QUICK_SIDE / max(image.shape[:2])), _QUICK_STEP
        band = (*_BANDS, *_FINE_BANDS)[part]
        if part >= self.parts:
            quick, step = scale, _FULL_STEP
            scale = min(_scale(image, _FULL), _FINE_REACH * quick)
            if step ** band[0] >= scale / quick:  # the quick search sees faces of this size
                return []
        places = self._places(image, scale, lambda grey: self._seeker.scan(grey, step, *band))
        if len(places) and len(known_xyxy):
            shared = geometry.intersection(places, known_xyxy)
            places = places[(shared < 0.3 * geometry.area(places)[:, None]).all(axis=1)]
        return self._judged(image, places[:_MOST_NEW], _NEW)

    def detect_near(self, image: np.ndarray, box_xyxy: np.ndarray, known: bool) -> Face | None:
        """The face about where the box is, its head tilted or not; see `StreamDetector`."""
        box = np.asarray(box_xyxy, np.float32)
        if not known:
            return next(iter(self._judged(image, box[None], _NEW)), None)
        face = self._look(image, box, self._views)
        if face is None or face.score < _KNOWN:
            face = self._look(image, box, self._tilted)
        return face if face is not None and face.score >= _KNOWN else None

    def _places(
        self, image: np.ndarray, scale: float, scan: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Where the reduced picture may show faces: boxes (N, 4) px of `image`, largest first."""
        grey = _reduced_grey(image, scale)
        window_px = self._seeker.window_px
        if min(grey.shape) < window_px:
            return np.empty((0, 4), np.float32)
        # A face that the picture's edge cuts off still fires where the edge is drawn on.
        pad = window_px // 2
        grey = cv2.copyMakeBorder(grey, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        places = scan(grey)
        if len(self._views) > 1:
            other = scan(cv2.flip(grey, 1))
            other[:, 0] = grey.shape[1] - other[:, 0] - other[:, 2]
            places = np.concatenate([places, other])
        places[:, 2:] += places[:, :2]
        return (places[np.argsort(-geometry.area(places))] - pad) / np.float32(scale)

    def _judged(self, image: np.ndarray, places: np.ndarray, least: float) -> list[Face]:
        """The places that are faces, best score first, each once."""
        faces = []
        for box in places:
            face = self._look(image, box, self._views)
            if face is not None and face.score >= _KNOWN:
                faces.append(self._with_features(image, face))
        least = _SURE if self._features is None else least
        faces = best_apart([face for face in faces if face.score >= least])
        return [face for face in faces if not any(_on_chest(face, other) for other in faces)]

    def _look(
        self, image: np.ndarray, box_xyxy: np.ndarray, views: Iterable[np.ndarray]
    ) -> Face | None:
        """Counts the windows around a box and takes their mean as the face."""
        h, w = image.shape[:2]
        around = geometry.square(box_xyxy, (_LOOK_SPAN - 1) / 2)
        side = float(around[2] - around[0])
        if side < _LOOK_SPAN * 8 or not geometry.area(geometry.clip(around, (w, h))):
            return None
        grey = _grey(image, around, _SPAN_PX)
        windows, score = np.empty((0, 4), np.float32), 0.0
        for view in views:
            seen = grey if view is _AS_IS else cv2.warpAffine(grey, view, (_SPAN_PX, _SPAN_PX))
            found, sure = self._count(seen)
            if sure > score and len(found):
                windows, score = _turned_back(found, view), sure
        if not len(windows):
            return None
        x, y, size = windows.mean(axis=0)[:3] * (side / _SPAN_PX)
        center = np.array([x, y], np.float32) + np.round(around[:2])
        half = size * _SIDE / 2
        box = geometry.clip(np.concatenate([center - half, center + half]), (w, h))
        return Face(box, score) if geometry.area(box) > 0 else None

    def _count(self, grey: np.ndarray) -> tuple[np.ndarray, float]:
        """Windows that fire about the middle of a look, and how sure that makes us, 0..1."""
        logs, found = 0.0, []
        for cascade in self._judges:
            windows = cascade.windows(grey, _LOOK_PX * 0.65, _LOOK_PX * 1.55)
            off = np.abs(windows[:, :2] + windows[:, 2:] / 2 - grey.shape[0] / 2)
            windows = windows[(off < _LOOK_PX * 0.35).all(axis=1)]
            logs += math.log1p(len(windows))
            found.append(windows)
        return np.concatenate(found), _logistic(_GAIN * logs / len(self._judges) + _OFFSET)

    def _with_features(self, image: np.ndarray, face: Face) -> Face:
        """The face with a score that counts its eyes and its mouth, too."""
        if self._features is None:
            return face
        eye, mouth = self._features
        grey = _grey(image, face.box_xyxy, _PARTS_PX)
        windows = eye.windows(grey[:_EYES_END], _PARTS_PX * 0.25, _PARTS_PX * 0.45)
        left = int((windows[:, 0] + windows[:, 2] / 2 < _PARTS_PX / 2).sum())
        eyes = sum(min(math.log1p(n), 1.5) for n in (left, len(windows) - left))
        smiles = len(mouth.windows(grey[_MOUTH_BEGIN:], _PARTS_PX * 0.3, _PARTS_PX * 0.75))
        odds = (
            _WINDOWS_GAIN * math.log(face.score / max(1 - face.score, 5e-4))
            + _EYES_GAIN * eyes
            + _MOUTH_GAIN * min(math.log1p(smiles), 3.0)
            + _OFFSET_ALL
        )
        return Face(face.box_xyxy, _logistic(odds))


def _on_chest(face: Face, other: Face) -> bool:
    """Whether a face is only a collar, a tie or a print below another, larger and surer one."""
    size, unit = max(face.wh_px), max(other.wh_px)
    offset = (face.box_xyxy[:2] + face.box_xyxy[2:] - other.box_xyxy[:2] - other.box_xyxy[2:]) / 2
    right, down = (offset / unit).tolist()
    below = abs(right) < 0.75 and 0.5 < down < 2.0
    return below and size < 0.7 * unit and face.score < other.score


def _turn(degrees: float) -> np.ndarray:
    """The view of a look that is turned about its middle."""
    view: np.ndarray = cv2.getRotationMatrix2D((_SPAN_PX / 2, _SPAN_PX / 2), degrees, 1.0)
    return view


def _turned_back(windows: np.ndarray, view: np.ndarray) -> np.ndarray:
    """x, y, w, h in a view → centre x, centre y, side in the look itself."""
    centers = windows[:, :2] + windows[:, 2:] / 2
    back = cv2.invertAffineTransform(view)
    return np.column_stack([centers @ back[:, :2].T + back[:, 2], windows[:, 2:].max(axis=1)])


def _grey(image: np.ndarray, box_xyxy: np.ndarray, size_px: int) -> np.ndarray:
    """The square around a box, grey and resized."""
    crop = geometry.thumbnail(geometry.crop(image, geometry.square(box_xyxy)), size_px)
    grey: np.ndarray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return grey


def _scale(image: np.ndarray, most_px: int) -> float:
    h, w = image.shape[:2]
    return min(1.0, math.sqrt(most_px / (h * w)))


def _reduced_grey(image: np.ndarray, scale: float) -> np.ndarray:
    h, w = image.shape[:2]
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    if h * w > 4_000_000:  # making it grey first would copy a huge picture
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey: np.ndarray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(odds, 50.0))))
