"""Grey pictures to JPEG and back."""

import cv2
import numpy as np

from fer_core.errors import DatasetError


def encode(pixels: np.ndarray, quality: int = 92) -> bytes:
    """A JPEG of uint8 (H, W); quality 1 to 100."""
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def decode(data: bytes) -> np.ndarray:
    """uint8 (H, W), grey.

    Raises:
        DatasetError: it is no picture.
    """
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise DatasetError("A head or scene is no picture that can be read; fetch the file again.")
    return pixels
