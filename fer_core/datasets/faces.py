"""Data sets whose pictures show more than a face: the faces are found and cut out as the app does.

A model that is given whole portraits reads them far worse than in the app: JAFFE's are read right
in 38.5 % as they are and in 49.8 % cut (measured with mimik-48).
"""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from fer_core import geometry
from fer_core.datasets.base import Dataset, Images, Split
from fer_core.datasets.tree import ReadWhenAsked
from fer_core.detection.base import FaceDetector
from fer_core.types import Face

FACES = ("auto", "as-is", "cut")
#: Data sets whose pictures are handed out as faces already.
_CUT_ALREADY = ("fer2013", "ferplus", "rafdb", "affectnet", "toon", "ferg")
#: Pictures with a shorter side than this have nothing around the face to cut away.
_LEAST_PX = 64
#: Pictures looked at to decide, and the share of the shorter side under which a face is small.
_SAMPLE, _SMALL = 24, 0.8

#: Picture and face → crop, as the app makes it for one model.
Crop = Callable[[np.ndarray, Face], np.ndarray]


class CutFaces(ReadWhenAsked):
    """Pictures of which the largest face is cut out when they are asked for.

    Where none is found, the picture is given as it is, and counted.

    Attributes:
        without_face: how many of the pictures seen so far had none.
    """

    def __init__(self, images: Images, detector: FaceDetector, crop: Crop) -> None:
        self.images, self.detector, self.crop = images, detector, crop
        self._without: set[int] = set()

    @property
    def without_face(self) -> int:
        """Pictures, of those that were asked for, in which no face was found."""
        return len(self._without)

    def __len__(self) -> int:
        return len(self.images)

    def _read(self, index: int) -> np.ndarray:
        image = _colored(self.images[index])
        face = largest_face(self.detector, image)
        if face is None:
            self._without.add(int(index))
            return image
        return self.crop(image, face)


class WithFaces:
    """A data set whose faces are found where that is needed.

    Args:
        mode: auto: cut where a sample shows that the faces are much smaller than the pictures;
            as-is: never; cut: always.
    """

    def __init__(self, dataset: Dataset, mode: str, detector: FaceDetector, crop: Crop) -> None:
        self.dataset, self.detector, self.crop = dataset, detector, crop
        self.name, self.labels = dataset.name, dataset.labels
        self.problems: tuple[str, ...] = tuple(getattr(dataset, "problems", ()))
        self.cuts = mode == "cut" or (mode == "auto" and shows_more_than_faces(dataset, detector))
        self._cut: list[CutFaces] = []

    def splits(self) -> tuple[str, ...]:
        """Those of the data set."""
        return self.dataset.splits()

    def load(self, split: str) -> Split:
        """The split, its faces cut out as they are read."""
        return self.cut(self.dataset.load(split))

    def cut(self, split: Split) -> Split:
        """The same pictures with their faces cut out as they are read, where that is needed."""
        if not self.cuts:
            return split
        self._cut.append(CutFaces(split.images, self.detector, self.crop))
        return replace(split, images=self._cut[-1])

    @property
    def without_face(self) -> int:
        """Pictures read so far in which no face was found."""
        return sum(images.without_face for images in self._cut)


def shows_more_than_faces(dataset: Dataset, detector: FaceDetector) -> bool:
    """Whether most of a sample's pictures have a face that is much smaller than they are."""
    if dataset.name.startswith(_CUT_ALREADY):
        return False
    split = dataset.load(dataset.splits()[0])
    chosen = np.unique(np.linspace(0, len(split) - 1, min(_SAMPLE, len(split))).astype(int))
    small = 0
    for index in chosen:
        image = _colored(split.images[int(index)])
        side = min(image.shape[:2])
        face = largest_face(detector, image) if side >= _LEAST_PX else None
        if face is not None:
            left, top, right, bottom = face.box_xyxy
            small += bool(max(right - left, bottom - top) < _SMALL * side)
    return small > len(chosen) / 2


def largest_face(detector: FaceDetector, image: np.ndarray) -> Face | None:
    """The face with the largest box, or None."""
    faces = detector.detect(image)
    return max(faces, key=lambda face: float(geometry.area(face.box_xyxy)), default=None)


def _colored(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
