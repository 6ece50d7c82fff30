"""A closer look at single places, each brought to the size at which a face is easy to tell.

A face that is followed is looked for there, at a fraction of the cost of a search. And in photos
and films all but the surest faces get a second look. A face of 24 px is at the lower end of what a
network can tell, and enlarged it is as sure as any other; a letter or a badge looks like a face at
one size only. So the mean of both scores counts. In 360 pictures with held-out heads, at one
phantom in 50 pictures, 91 % of the faces of 20 to 40 px are found by it and 85 % by the first look
alone. The rule was chosen on these pictures; on 360 others it is 92 and 85 %, without a phantom.
"""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from fer_core import geometry
from fer_core.types import Face

#: A face is looked at in so many px, in a picture of so many times its side.
_FACE_PX, _AROUND = 64, 3
#: Scores from this on are believed at once.
_CERTAIN = 0.9
#: Of more places than this in one picture the best are looked at.
_MOST = 100
#: The face in the middle is the one that overlaps the first look's box by this IoU.
_SAME_IOU = 0.4


def look_again(
    look: Callable[[np.ndarray], list[Face]], image: np.ndarray, faces: list[Face]
) -> list[Face]:
    """The same faces, with the mean score of two looks, and where the surer look has them.

    Args:
        look: finds the faces of a picture as large as it is.
        image: uint8 (H, W, 3) BGR.
        faces: found in it.
    """
    open_to_doubt = sorted((f for f in faces if f.score < _CERTAIN), key=lambda f: -f.score)
    again = {id(face): _closer(look, image, face) for face in open_to_doubt[:_MOST]}
    return [again.get(id(face), face) for face in faces]


def _closer(look: Callable[[np.ndarray], list[Face]], image: np.ndarray, face: Face) -> Face:
    found = look_at(look, image, face.box_xyxy, _FACE_PX, _AROUND)
    second = found[0].score if found else 0.0
    surer = found[0] if second > face.score else face
    return replace(surer, score=(face.score + second) / 2)


def look_at(
    look: Callable[[np.ndarray], list[Face]],
    image: np.ndarray,
    box_xyxy: np.ndarray,
    face_px: int,
    around: float,
) -> list[Face]:
    """What a closer look sees at one place.

    Args:
        look: finds the faces of a picture as large as it is.
        image: uint8 (H, W, 3) BGR.
        box_xyxy: (4,) px, where a face is expected.
        face_px: in so many px its side is looked at,
        around: in a square of so many times its side.

    Returns:
        The faces at that place, and none beside it, in px of `image`; best score first.
    """
    part_xyxy = np.round(geometry.square(box_xyxy, (around - 1) / 2))
    part = geometry.crop(image, part_xyxy)
    side = round(face_px * around)
    scale = np.array([side, side], np.float32) / part.shape[1::-1]
    how = cv2.INTER_AREA if scale[0] < 1 else cv2.INTER_LINEAR
    h, w = image.shape[:2]
    found = []
    for face in look(cv2.resize(part, (side, side), interpolation=how)):  # best score first
        moved = face.box_xyxy / np.tile(scale, 2) + np.tile(part_xyxy[:2], 2)
        box = geometry.clip(moved, (w, h))
        if float(geometry.iou(box[None], box_xyxy[None])[0, 0]) > _SAME_IOU:
            points = face.landmarks
            points = None if points is None else points / scale + part_xyxy[:2]
            found.append(Face(box, face.score, points))
    return found
