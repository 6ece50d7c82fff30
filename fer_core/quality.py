"""How well a face can be read: hints for the person in front of the camera."""

import math

import cv2
import numpy as np

from fer_core import geometry
from fer_core.types import Face, HeadPose, Quality

#: A face smaller than FER2013's 48 px crops has less detail than the models were trained on.
_SMALL_PX = 40.0
#: Mean grey level of the middle of the face, 0..255.
_DARK, _BRIGHT = 50.0, 215.0
#: Variance of the Laplacian over the variance of the grey, on a crop of 64 px: sharp faces have
#: more than 0.1 whatever the light.
_BLUR = 0.02
#: How far the tip of a nose stands out, in distances between the eyes, and where between eyes and
#: mouth it lies on a head that looks at the camera (median of 12,000 heads of press photos).
_NOSE_OUT, _NOSE_DOWN = 0.485, 0.549
#: A head turned by more than this is hard to read, in degrees: to a side (one press photo in 20),
#: up or down (fewer than one in 100), and on its shoulder.
_TURNED, _NODDED, _TILTED = 30.0, 18.0, 25.0
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
    head = None if face.landmarks is None else head_pose(face.landmarks)
    if head is not None:
        hints += _direction(head)
    if brightness < _DARK:
        hints.append("too_dark")
    elif brightness > _BRIGHT:
        hints.append("too_bright")
    if size_px < _SMALL_PX:
        hints.append("too_small")
    elif _sharpness(grey) < _BLUR:
        hints.append("blurred")
    return Quality(size_px, brightness, tuple(hints), head)


def _sharpness(grey: np.ndarray) -> float:
    variance = float(grey.var())
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) / max(variance, 25.0)


def head_pose(landmarks: np.ndarray) -> HeadPose | None:
    """How a head is turned, by where its nose lies between eyes and mouth.

    Args:
        landmarks: float32 (5, 2) px as `Face.landmarks`.

    Returns:
        None where the points lie so close together that they tell nothing.
    """
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks.astype(np.float64)
    across, middle = right_eye - left_eye, (left_eye + right_eye) / 2
    down = (left_mouth + right_mouth) / 2 - middle
    apart, length = float(np.hypot(*across)), float(np.hypot(*down))
    if min(apart, length) < 1e-3:
        return None
    to_nose = nose - middle
    aside = float(down[1] * to_nose[0] - down[0] * to_nose[1]) / length
    along = float(down @ to_nose) / length**2 - _NOSE_DOWN
    return HeadPose(
        yaw_deg=math.degrees(math.atan2(aside, _NOSE_OUT * apart)),
        pitch_deg=math.degrees(math.atan(along / _NOSE_OUT)),
        roll_deg=math.degrees(math.atan2(across[1], across[0])),
    )


def _direction(head: HeadPose) -> list[str]:
    hints = []
    if abs(head.yaw_deg) > _TURNED:
        hints.append("turned_away")
    elif abs(head.pitch_deg) > _NODDED:  # of a face in profile the points tell little about it
        hints.append("looking_down" if head.pitch_deg > 0 else "looking_up")
    if abs(head.roll_deg) > _TILTED:
        hints.append("tilted")
    return hints
