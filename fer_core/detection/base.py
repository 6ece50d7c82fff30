"""What a face detector is, and the one box that all of them give.

A box is the square that FER2013 cuts out of a face: from the forehead to the chin and from temple
to temple, which is also what OpenCV's frontal Haar cascades give. A detector that frames faces
differently converts its boxes to this form, so that a model sees the same crop whichever detector
found the face, and a crop with margin 0 looks like what the models were trained on.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from fer_core import geometry
from fer_core.types import Face


class FaceDetector(Protocol):
    """Finds the faces of one picture; knows nothing of streams."""

    name: str

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces.

        Args:
            image: uint8 (H, W, 3) BGR, any size from 1×1; never changed.

        Returns:
            Faces in px of `image`, boxes clipped to it, best score first; no face is an empty list.
        """


@runtime_checkable
class StreamDetector(FaceDetector, Protocol):
    """A detector that also has two quick ways for the frames of a stream.

    Attributes:
        parts: a quick search, which may miss small faces, can be spread over so many frames.
        fine_parts: so many more complete it: together they find what `detect` does.
    """

    parts: int
    fine_parts: int

    def detect_fast(self, image: np.ndarray, known_xyxy: np.ndarray, part: int) -> list[Face]:
        """One part of a search: a few ms.

        Args:
            image: as for `detect`.
            known_xyxy: float32 (N, 4) px; faces there are known and may be left out.
            part: which faces to look for, by their size or place: 0 to `parts` - 1 are the quick
                search, the next `fine_parts` the small faces.
        """

    def detect_near(self, image: np.ndarray, box_xyxy: np.ndarray, known: bool) -> Face | None:
        """The face that lies about where `box_xyxy` is, or None.

        Args:
            image: as for `detect`.
            box_xyxy: float32 (4,) px; nothing is looked at but its neighbourhood.
            known: a face was there a moment ago, and less is enough to believe in it.
        """


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


def shifted(face: Face, by_px: Sequence[float] | np.ndarray) -> Face:
    """The face, moved to the right and down by so many px."""
    by = np.asarray(by_px, np.float32)
    landmarks = None if face.landmarks is None else face.landmarks + by
    return Face(face.box_xyxy + np.tile(by, 2), face.score, landmarks)
