"""A frame and its result → the picture that the window shows."""

from dataclasses import replace

import cv2
import numpy as np

from fer_core.overlay import annotate
from fer_core.types import FaceResult, Frame, FrameResult
from ui.presenter.core import Look, Picture

#: A tiny picture is not blown up further than this.
_MAX_ENLARGEMENT = 8.0
#: A frame whose 99th percentile lies under this, of 255, shows nothing: a cap, a shutter, no light.
_BLACK_BELOW = 16
_BLACK_STEP = 8


def draw(frame: Frame, result: FrameResult | None, look: Look) -> Picture:
    """Fits a frame into the room and draws boxes and labels at that size, so that they are crisp.

    Args:
        frame: what the source gave.
        result: of this frame or a slightly older one.
    """
    image = cv2.flip(frame.image, 1) if look.mirror else frame.image
    full_wh = fitted(frame.wh, look.size_wh, look.zoom)
    wh, left_top = visible(full_wh, look.size_wh, look.center)
    if wh != full_wh:
        image = _cut(image, full_wh, wh, left_top)
    shrinks = full_wh[0] < frame.wh[0]
    image = cv2.resize(image, wh, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    shown = None
    if result is not None:
        shown = placed(result, full_wh, look.mirror, left_top, wh)
        image = annotate(
            image,
            replace(shown, faces=tuple(f for f in shown.faces if _in_sight(f, wh))),
            language=look.language,
            caption=look.caption or None,
            selected=look.selected,
            text_px=look.text_px,
            numbers=len(shown.faces) > 1,
        )
    pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).tobytes()
    ppm = b"P6 %d %d 255\n" % wh + pixels
    (w, h), (full_w, full_h), (left, top) = wh, full_wh, left_top
    part = (left / full_w, top / full_h, (left + w) / full_w, (top + h) / full_h)
    return Picture(ppm, wh, shown, frame.picture_wh, frame.wh, is_black(frame.image), part)


def shrunk(picture: Picture, room_wh: tuple[int, int]) -> bytes:
    """A drawn picture once more, in a smaller room, as a P6 file."""
    w, h = picture.wh
    image = np.frombuffer(picture.ppm, np.uint8)[-w * h * 3 :].reshape(h, w, 3)
    wh = fitted(picture.wh, room_wh)
    small = cv2.resize(image, wh, interpolation=cv2.INTER_AREA)
    return b"P6 %d %d 255\n" % wh + small.tobytes()


def fitted(wh: tuple[int, int], room_wh: tuple[int, int], zoom: float = 1.0) -> tuple[int, int]:
    """The largest size of the same shape that the room takes, times `zoom`, at least 1×1 px."""
    scale = min(room_wh[0] / wh[0], room_wh[1] / wh[1], _MAX_ENLARGEMENT) * zoom
    return max(round(wh[0] * scale), 1), max(round(wh[1] * scale), 1)


def visible(
    full_wh: tuple[int, int], room_wh: tuple[int, int], center: tuple[float, float]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The part of an enlarged picture that the room takes.

    Args:
        full_wh: size of all of the picture, px. room_wh: of the room, px.
        center: what shall stand in the middle, shares 0..1; edges of the picture stay outside.

    Returns:
        Width and height of the part; its left upper corner in the picture, px.
    """
    w, h = (min(full, max(room, 1)) for full, room in zip(full_wh, room_wh, strict=True))
    left, top = (
        round(min(max(at * full - part / 2, 0), full - part))
        for at, full, part in zip(center, full_wh, (w, h), strict=True)
    )
    return (w, h), (left, top)


def placed(
    result: FrameResult,
    full_wh: tuple[int, int],
    mirror: bool,
    left_top: tuple[int, int] = (0, 0),
    wh: tuple[int, int] | None = None,
) -> FrameResult:
    """The same result in px of a resized, perhaps mirrored picture, or of a part of it."""
    fitting = result.resized(full_wh)
    faces = fitting.faces
    if mirror:
        faces = tuple(_mirrored(face, full_wh[0]) for face in faces)
    if left_top != (0, 0):
        faces = tuple(_moved(face, left_top) for face in faces)
    return replace(fitting, faces=faces, image_wh=wh or full_wh)


def is_black(image: np.ndarray) -> bool:
    """Whether a picture (H, W, 3) shows nothing but black."""
    return bool(np.percentile(image[::_BLACK_STEP, ::_BLACK_STEP], 99) < _BLACK_BELOW)


def _cut(
    image: np.ndarray, full_wh: tuple[int, int], wh: tuple[int, int], left_top: tuple[int, int]
) -> np.ndarray:
    """The part of a frame that is seen; at least one pixel of it."""
    step_x, step_y = image.shape[1] / full_wh[0], image.shape[0] / full_wh[1]
    x0, y0 = int(left_top[0] * step_x), int(left_top[1] * step_y)
    x1, y1 = round((left_top[0] + wh[0]) * step_x), round((left_top[1] + wh[1]) * step_y)
    return np.ascontiguousarray(image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])


def _in_sight(face: FaceResult, wh: tuple[int, int]) -> bool:
    x0, y0, x1, y1 = face.face.box_xyxy.tolist()
    return bool(x1 > 0 and y1 > 0 and x0 < wh[0] and y0 < wh[1])


def _mirrored(face: FaceResult, width_px: int) -> FaceResult:
    box = face.face.box_xyxy.copy()
    box[[0, 2]] = width_px - box[[2, 0]]
    return replace(face, face=replace(face.face, box_xyxy=box, landmarks=None))


def _moved(face: FaceResult, by: tuple[int, int]) -> FaceResult:
    box = (face.face.box_xyxy - np.tile(by, 2)).astype(np.float32)
    return replace(face, face=replace(face.face, box_xyxy=box, landmarks=None))
