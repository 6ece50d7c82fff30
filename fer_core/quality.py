"""How well a face can be read: hints for the person in front of the camera."""

import cv2
import numpy as np

from fer_core import geometry
from fer_core.types import Face, Quality

#: A face smaller than FER2013's 48 px crops has less detail than the models were trained on.
_SMALL_PX = 40.0
#: Mean grey level of the middle of the face, 0..255.
_DARK, _BRIGHT = 50.0, 215.0
#: Variance of the Laplacian over the variance of the grey, on a crop of 64 px: sharp faces have
#: more than 0.1 whatever the light.
_BLUR = 0.02
#: Distance of the nose from the line between the middle of the eyes and the middle of the mouth, in
#: distances between the eyes; a head turned by about 30 degrees.
_TURNED = 0.28
_LOOK_PX = 64


def assess(image: np.ndarray, face: Face) -> Quality:
    """Size, light, sharpness and direction of one face.

    Args:
        image: uint8 (H, W, 3) BGR that the face was found in.
        face: its box, and its landmarks where the detector gives them.
    """
    size_px = min(face.wh_px)
    crop = geometry.crop(image, geometry.square(face.box_xyxy, -0.1))
    grey = cv2.cvtColor(geometry.thumbnail(crop, _LOOK_PX), cv2.COLOR_BGR2GRAY)
    brightness = float(grey.mean())
    hints = []
    if face.landmarks is not None and _turn(face.landmarks) > _TURNED:
        hints.append("turned_away")
    if brightness < _DARK:
        hints.append("too_dark")
    elif brightness > _BRIGHT:
        hints.append("too_bright")
    if size_px < _SMALL_PX:
        hints.append("too_small")
    elif _sharpness(grey) < _BLUR:
        hints.append("blurred")
    return Quality(size_px, brightness, tuple(hints))


def _sharpness(grey: np.ndarray) -> float:
    variance = float(grey.var())
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) / max(variance, 25.0)


def _turn(landmarks: np.ndarray) -> float:
    """How far the nose lies off the middle of the face, in distances between the eyes."""
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks
    eyes, mouth = (left_eye + right_eye) / 2, (left_mouth + right_mouth) / 2
    axis = mouth - eyes
    length = float(np.hypot(*axis))
    apart = float(np.hypot(*(right_eye - left_eye)))
    if length < 1e-3:
        return 0.0
    off = abs(float(axis[0] * (nose[1] - eyes[1]) - axis[1] * (nose[0] - eyes[0]))) / length
    return off / max(apart, length / 2, 1e-3)
