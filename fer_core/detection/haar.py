"""Faces by Haar cascades (Viola and Jones 2001): OpenCV's own, or any cascade file.

A cascade alone either misses faces or sees them in gravel. So it works in two steps: a scan over a
reduced picture proposes places with little doubt, then each place is looked at again at a fixed
face size, and all windows that fire there are counted. True faces fire many windows of two
independently trained cascades, phantoms few.
"""

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fer_core import geometry
from fer_core.errors import DetectorError
from fer_core.types import Face, check_bgr

#: Side in px that a face is brought to before its windows are counted.
_LOOK_PX = 40
#: The look covers this many face sides.
_LOOK_SPAN = 1.8
#: A place is a face from this score on: in a picture alone, and where a face was a moment ago.
_SURE, _KNOWN = 0.8, 0.3
#: Logistic model of "is a face" over log(1 + windows) of a cascade, fitted on 250 faces and 190
#: phantoms: gain and offset for one cascade, and for the mean of two.
_GAIN, _OFFSET = 3.57, -4.21


class Cascade:
    """One cascade file; safe to keep for long, not for two threads at a time."""

    def __init__(self, path: str | Path) -> None:
        """Opens a cascade.

        Args:
            path: a cascade XML, Haar or LBP; blanks and accents in it are fine on every system.

        Raises:
            DetectorError: it is missing or not a cascade.
        """
        self.path = Path(path)
        self._classifier = _open_cascade(self.path)
        self.window_px: int = max(self._classifier.getOriginalWindowSize())

    def scan(self, grey: np.ndarray, step: float) -> np.ndarray:
        """Places that may be faces, (N, 4) x, y, w, h; overlapping finds are one."""
        return self._run(grey, step, 1, None, None)

    def windows(self, grey: np.ndarray, smallest_px: float, largest_px: float) -> np.ndarray:
        """Every window that fires, (N, 4) x, y, w, h."""
        return self._run(grey, 1.1, 0, (round(smallest_px),) * 2, (round(largest_px),) * 2)

    def _run(
        self,
        grey: np.ndarray,
        step: float,
        neighbours: int,
        smallest_wh: tuple[int, int] | None,
        largest_wh: tuple[int, int] | None,
    ) -> np.ndarray:
        found = self._classifier.detectMultiScale(
            grey, step, neighbours, 0, smallest_wh, largest_wh
        )
        return np.asarray(found, np.float32).reshape(-1, 4)


class HaarDetector:
    """Faces by one or two cascades.

    Attributes:
        name: as `create_detector` knows it.
        sure: see `StreamDetector`.
        seeker: the cascade that proposes.
        judges: the cascades whose windows are counted.
    """

    def __init__(
        self, name: str, seeker: Cascade, *others: Cascade, mirrored: bool = False
    ) -> None:
        """Makes a detector.

        Args:
            name: as `create_detector` knows it.
            seeker: proposes, and counts.
            others: count too.
            mirrored: look at the mirrored picture as well (a profile cascade knows one side only).
        """
        self.name = name
        self.sure = _SURE
        self.seeker = seeker
        self.judges = (seeker, *others)
        self._mirrored = mirrored

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        return self._detect(image, longest_px=1280, step=1.1, proposals=200)

    def detect_fast(self, image: np.ndarray) -> list[Face]:
        """The larger faces of a picture, quickly; see `StreamDetector`."""
        return self._detect(image, longest_px=400, step=1.2, proposals=16)

    def detect_near(self, image: np.ndarray, box_xyxy: np.ndarray) -> Face | None:
        """The face about where the box is; see `StreamDetector`."""
        face = self._look(image, np.asarray(box_xyxy, np.float32))
        return face if face is not None and face.score >= _KNOWN else None

    def _detect(
        self, image: np.ndarray, longest_px: int, step: float, proposals: int
    ) -> list[Face]:
        check_bgr(image, "image")
        grey, scale = reduced_grey(image, longest_px)
        if min(grey.shape) < self.seeker.window_px:
            return []
        places = self.seeker.scan(grey, step)
        if self._mirrored:
            other = self.seeker.scan(cv2.flip(grey, 1), step)
            other[:, 0] = grey.shape[1] - other[:, 0] - other[:, 2]
            places = np.concatenate([places, other])
        places[:, 2:] += places[:, :2]
        places = places[np.argsort(-geometry.area(places))][:proposals]
        faces = [self._look(image, box) for box in places / scale]
        return best_apart([face for face in faces if face is not None and face.score >= _SURE])

    def _look(self, image: np.ndarray, box_xyxy: np.ndarray) -> Face | None:
        """Counts the windows around a box and takes their mean as the face."""
        h, w = image.shape[:2]
        around = geometry.square(box_xyxy, (_LOOK_SPAN - 1) / 2)
        side = float(around[2] - around[0])
        if side < _LOOK_SPAN * 8 or not geometry.area(geometry.clip(around, (w, h))):
            return None
        pixels = round(_LOOK_PX * _LOOK_SPAN)
        grey = cv2.resize(
            geometry.crop(image, around), (pixels, pixels), interpolation=cv2.INTER_AREA
        )
        grey = cv2.cvtColor(grey, cv2.COLOR_BGR2GRAY)
        windows, score = self._count(grey)
        if self._mirrored:
            turned, turned_score = self._count(cv2.flip(grey, 1))
            if turned_score > score:
                turned[:, 0] = pixels - turned[:, 0] - turned[:, 2]
                windows, score = turned, turned_score
        if not len(windows):
            return None
        x, y, ww, hh = windows.mean(axis=0) * (side / pixels)
        box = np.array([x, y, x + ww, y + hh], np.float32) + np.tile(np.round(around[:2]), 2)
        return Face(geometry.clip(box, (w, h)), score)

    def _count(self, grey: np.ndarray) -> tuple[np.ndarray, float]:
        """Windows that fire about the middle of a look, and how sure that makes us, 0..1."""
        middle, logs, found = grey.shape[0] / 2, 0.0, []
        for cascade in self.judges:
            windows = cascade.windows(grey, _LOOK_PX * 0.65, _LOOK_PX * 1.55)
            off = np.abs(windows[:, :2] + windows[:, 2:] / 2 - middle).max(axis=1, initial=0)
            windows = windows[off < _LOOK_PX * 0.35] if len(windows) else windows
            logs += math.log1p(len(windows))
            found.append(windows)
        score = 1 / (1 + math.exp(-(_GAIN * logs / len(self.judges) + _OFFSET)))
        return np.concatenate(found), score


def reduced_grey(image: np.ndarray, longest_px: int) -> tuple[np.ndarray, float]:
    """The grey picture, reduced so that its longer side is at most `longest_px`.

    Returns:
        uint8 (h, w), and its size as a share of the original's, 0..1.
    """
    h, w = image.shape[:2]
    scale = min(1.0, longest_px / max(h, w))
    if scale < 1:
        size = (max(1, round(w * scale)), max(1, round(h * scale)))
        if h * w > 4_000_000:  # colour first would copy a huge picture
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), scale
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return cv2.resize(grey, size, interpolation=cv2.INTER_AREA), scale
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 1.0


def best_apart(faces: list[Face]) -> list[Face]:
    """Best score first, without those that overlap a better one or lie inside it."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.score):
        box = face.box_xyxy[None]
        rest = np.array([k.box_xyxy for k in kept], np.float32).reshape(-1, 4)
        smaller = np.minimum(geometry.area(box), geometry.area(rest))
        if (geometry.intersection(box, rest)[0] <= 0.3 * smaller).all():
            kept.append(face)
    return kept


def _open_cascade(path: Path) -> "cv2.CascadeClassifier":
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise DetectorError(
            f"The cascade {path} cannot be opened ({reason}); choose another file."
        ) from error
    refused = DetectorError(f"{path} is not a cascade of OpenCV; choose a cascade XML file.")
    if "<opencv_storage" not in text[:100_000] or "<cascade" not in text:
        raise refused
    try:
        with _opencv_quiet():
            storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
            classifier = cv2.CascadeClassifier()
            opened = classifier.read(storage.getFirstTopLevelNode()) and not classifier.empty()
            storage.release()
            if opened:  # some faults show only when it is used
                classifier.detectMultiScale(np.zeros((80, 80), np.uint8))
    except (cv2.error, SystemError, ValueError):
        raise refused from None
    if not opened:
        raise refused
    return classifier


@contextlib.contextmanager
def _opencv_quiet() -> Iterator[None]:
    """OpenCV writes its complaints about a broken file on stderr; the caller raises instead."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
