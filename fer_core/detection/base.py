"""What a face detector is."""

from typing import Protocol

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
