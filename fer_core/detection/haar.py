"""Faces by Haar cascades (Viola and Jones 2001): OpenCV's own, or any cascade file."""

import math

import cv2
import numpy as np

from fer_core import geometry
from fer_core.detection.base import Reach, best_apart
from fer_core.detection.cascade import Cascade
from fer_core.types import Face, check_bgr

#: Longest side of a picture in one look, and the most px of a photo in all: the time that a cascade
#: takes grows with the pixels.
_SIDE_PX, _MOST_PX = 640, 4_000_000
#: Factor from one size of windows to the next.
_STEP = 1.1
#: A place may be a face where half as many windows fire as on a face that is sure.
_DOUBTFUL = 0.5
#: A face has to be so much larger than the smallest window for enough of them to fire.
_EASY = 1.3
#: A group of windows is larger than a FER2013 crop of the same face (median of 390).
_SHARE = 0.935


class HaarDetector:
    """Faces by one cascade; a profile cascade looks at the mirrored picture as well.

    Attributes:
        name: as `create_detector` knows it.
        reach, sure: see `Reach`, `DoubtingDetector`.
    """

    sure = 0.5

    def __init__(
        self, name: str, cascade: Cascade, *, windows: int = 5, mirrored: bool = False
    ) -> None:
        """Makes a detector.

        Args:
            name: as `create_detector` knows it.
            cascade: says where faces are.
            windows: a place is a face where so many of them fire.
            mirrored: look at the mirrored picture as well (a profile cascade knows one side only).
        """
        self.name = name
        self.reach = Reach(_SIDE_PX, cascade.window_px * _SHARE * _EASY, _MOST_PX)
        self._cascade = cascade
        self._windows = windows
        self._mirrored = mirrored

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        """The doubtful ones too; see `DoubtingDetector`."""
        check_bgr(image, "image")
        scale = self.reach.scale(image)
        grey = _reduced_grey(image, scale)
        # A face that the picture's edge cuts off still fires where the edge is drawn on.
        pad = self._cascade.window_px // 2
        grey = cv2.copyMakeBorder(grey, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
        boxes, counts = self._groups(grey)
        if self._mirrored:
            other, more = self._groups(cv2.flip(grey, 1))
            other[:, [0, 2]] = grey.shape[1] - other[:, [2, 0]]
            boxes, counts = np.concatenate([boxes, other]), np.concatenate([counts, more])
        h, w = image.shape[:2]
        faces = []
        for box, count in zip((boxes - pad) / np.float32(scale), counts.tolist(), strict=True):
            clipped = geometry.clip(geometry.square(box, (_SHARE - 1) / 2), (w, h))
            if geometry.area(clipped) > 0:
                faces.append(Face(clipped, count / (count + self._windows)))
        return best_apart(faces)

    def _groups(self, grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        least = max(2, math.ceil(self._windows * _DOUBTFUL))
        return self._cascade.groups(grey, _STEP, least)


def _reduced_grey(image: np.ndarray, scale: float) -> np.ndarray:
    h, w = image.shape[:2]
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    if h * w > 4_000_000:  # making it grey first would copy a huge picture
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey: np.ndarray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
