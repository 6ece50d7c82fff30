"""What a face detector is, and the one box that all of them give.

A box is the square that FER2013 cuts out of a face: from the forehead to the chin and from temple
to temple, which is also what OpenCV's frontal Haar cascades give. A detector that frames faces
differently converts its boxes to this form, so that a model sees the same crop whichever detector
found the face, and a crop with margin 0 looks like what the models were trained on.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from fer_core import geometry
from fer_core.types import Face

#: Two boxes are one face when they have more than this in common, as a share of the smaller one.
_COMMON = 0.5


class FaceDetector(Protocol):
    """Finds the faces of one picture; knows nothing of streams.

    It may have an attribute `reach`, see `Reach`; one without is taken to see all of any picture.
    """

    name: str

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces that it is sure of, in one full search.

        Args:
            image: uint8 (H, W, 3) BGR, any size from 1×1; never changed.

        Returns:
            Faces in px of `image`, boxes clipped to it, best score first; no face is an empty list.
        """


@runtime_checkable
class DoubtingDetector(FaceDetector, Protocol):
    """A detector that also says where there might be a face.

    Attributes:
        sure: `detect` gives the faces with this score and better ones.
    """

    sure: float

    def candidates(self, image: np.ndarray) -> list[Face]:
        """As `detect`, with the doubtful faces: they may keep alive what is a face already."""


@runtime_checkable
class CloseDetector(DoubtingDetector, Protocol):
    """A detector that can also look at a large picture as it is: a photo then has fewer tiles.

    Attributes:
        tile_px: longest side of what it looks at closely.
        sure_twice: a face that was looked at twice is sure from this mean score on.
    """

    tile_px: int
    sure_twice: float

    def closely(self, image: np.ndarray) -> list[Face]:
        """As `candidates`, without bringing the picture down; its large faces may be missed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How large a picture a detector looks at, and how small a face it still finds there.

    Attributes:
        side_px: `detect` brings the longest side of a larger picture down to this.
        smallest_px: side of the smallest face that it finds in a picture of that size or less.
        most_px: a larger picture is not searched at its full size, but brought down to so many px.
    """

    side_px: int
    smallest_px: float
    most_px: float = float("inf")

    def scale(self, image: np.ndarray) -> float:
        """How much smaller `detect` looks at a picture, at most 1."""
        return min(1.0, self.side_px / max(image.shape[:2]))


def best_apart(faces: list[Face]) -> list[Face]:
    """Best score first, without those that overlap a better one or lie inside it."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.score):
        box = face.box_xyxy[None]
        rest = np.array([k.box_xyxy for k in kept], np.float32).reshape(-1, 4)
        smaller = np.minimum(geometry.area(box), geometry.area(rest))
        if (geometry.intersection(box, rest)[0] <= _COMMON * smaller).all():
            kept.append(face)
    return kept
