"""What a face detector is, and the one box that all of them give.

A box is squarish and reaches from the forehead to the chin and from temple to temple, as OpenCV's
frontal Haar cascades frame a face: the crops that expression models were trained on (FER2013) look
like that. A detector that frames faces differently converts its boxes to this form, so that a model
sees the same crop whichever detector found the face.
"""

from typing import Protocol, runtime_checkable

import numpy as np

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
        sure: the score from which on a place is a face without anything else known of it.
    """

    sure: float

    def detect_fast(self, image: np.ndarray) -> list[Face]:
        """As `detect`, on a smaller picture: a few ms, and small faces may be missed."""

    def detect_near(self, image: np.ndarray, box_xyxy: np.ndarray) -> Face | None:
        """The face that lies about where `box_xyxy` is, or None.

        Looks only around the box, and with less doubt than `detect`: a face was there a moment
        ago. The score tells how sure it is.
        """
