"""A frame and its result → the picture that the window shows."""

from dataclasses import replace

import cv2
import numpy as np

from fer_core.overlay import annotate
from fer_core.types import FaceResult, Frame, FrameResult
from ui.presenter.core import Look, Picture

#: A tiny picture is not blown up further than this.
_MAX_ENLARGEMENT = 8.0


def draw(frame: Frame, result: FrameResult | None, look: Look, caption: str | None) -> Picture:
    """Fits a frame into the room and draws boxes and labels at that size, so that they are crisp.

    Args:
        frame: what the source gave.
        result: of this frame or a slightly older one.
        caption: a line for the corner.
    """
    wh = fitted(frame.wh, look.size_wh)
    shrinks = wh[0] < frame.wh[0]
    image = cv2.resize(
        frame.image, wh, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    if look.mirror:
        image = cv2.flip(image, 1)
    shown = None
    if result is not None:
        shown = placed(result, wh, look.mirror)
        image = annotate(
            image,
            shown,
            language=look.language,
            caption=caption,
            selected=look.selected,
        )
    pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).tobytes()
    ppm = b"P6 %d %d 255\n" % wh + pixels
    return Picture(ppm, wh, shown, frame.picture_wh, frame.wh)


def shrunk(picture: Picture, room_wh: tuple[int, int]) -> bytes:
    """A drawn picture once more, in a smaller room, as a P6 file."""
    w, h = picture.wh
    image = np.frombuffer(picture.ppm, np.uint8)[-w * h * 3 :].reshape(h, w, 3)
    wh = fitted(picture.wh, room_wh)
    small = cv2.resize(image, wh, interpolation=cv2.INTER_AREA)
    return b"P6 %d %d 255\n" % wh + small.tobytes()


def fitted(wh: tuple[int, int], room_wh: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same shape that the room takes, at least 1×1 px."""
    scale = min(room_wh[0] / wh[0], room_wh[1] / wh[1], _MAX_ENLARGEMENT)
    return max(round(wh[0] * scale), 1), max(round(wh[1] * scale), 1)


def placed(result: FrameResult, wh: tuple[int, int], mirror: bool) -> FrameResult:
    """The same result in px of a resized, perhaps mirrored picture."""
    fitting = result.resized(wh)
    if not mirror:
        return fitting
    return replace(fitting, faces=tuple(_mirrored(face, wh[0]) for face in fitting.faces))


def _mirrored(face: FaceResult, width_px: int) -> FaceResult:
    box = face.face.box_xyxy.copy()
    box[[0, 2]] = width_px - box[[2, 0]]
    return replace(face, face=replace(face.face, box_xyxy=box, landmarks=None))
