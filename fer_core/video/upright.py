"""From the frames that a film stores to the pictures that a person is meant to see."""

import struct
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

#: Pixels more oblong than this are a mistake in the file.
_MOST_OBLONG = 3.0
_Turn = tuple[int, int, int, int]
#: Rows of a display matrix (x' = a·x + c·y, y' = b·x + d·y, as a, b, c, d) that turn by a quarter.
_ROTATIONS: dict[_Turn, int] = {
    (0, 1, -1, 0): cv2.ROTATE_90_CLOCKWISE,
    (-1, 0, 0, -1): cv2.ROTATE_180,
    (0, -1, 1, 0): cv2.ROTATE_90_COUNTERCLOCKWISE,
}
_MIRRORS: dict[_Turn, int] = {(-1, 0, 0, 1): 1, (1, 0, 0, -1): 0}
_STRAIGHT: _Turn = (1, 0, 0, 1)


class Upright:
    """Makes every frame of a film a picture of one size: square pixels, upright, 8 bit.

    Attributes:
        wh: width and height of the pictures in px.

    Args:
        first: a decoded frame; it says the size and how the film was held.
        pixel_ratio: width to height of a stored pixel, or None.
    """

    def __init__(self, first: VideoFrame, pixel_ratio: Fraction | None) -> None:
        self._reformatter = VideoReformatter()
        self._turn = _turn_of(first)
        ratio = float(pixel_ratio) if pixel_ratio else 1.0
        w, h = first.width, first.height
        # One hundredth is nothing to a person; more than `_MOST_OBLONG` cannot be true.
        if 1 / _MOST_OBLONG < ratio < _MOST_OBLONG and abs(ratio - 1) >= 0.01:
            w = max(1, round(w * ratio))
        self._stored_wh = (w, h)
        self.wh = (h, w) if self._turn[0] == 0 else (w, h)

    def bgr(self, frame: VideoFrame) -> np.ndarray:
        """uint8 (H, W, 3) BGR in memory of its own."""
        w, h = self._stored_wh
        picture = self._reformatter.reformat(frame, width=w, height=h, format="bgr24", threads=1)
        image = picture.to_ndarray()
        if picture is frame:
            image = image.copy()
        return _turned(image, self._turn)


def _turn_of(frame: VideoFrame) -> _Turn:
    """The quarter turn and mirroring nearest to the frame's display matrix."""
    found: Any = frame.side_data  # declared as a dictionary by text, which it is not
    data = found.get(Type.DISPLAYMATRIX)
    raw = b"" if data is None else bytes(data)
    if len(raw) < 36:
        return _STRAIGHT
    a, b, _, c, d, *_ = struct.unpack("=9i", raw[:36])
    upright = abs(a) + abs(d) >= abs(b) + abs(c)
    return (_sign(a), 0, 0, _sign(d)) if upright else (0, _sign(b), _sign(c), 0)


def _sign(value: int) -> int:
    return -1 if value < 0 else 1


def _turned(image: np.ndarray, turn: _Turn) -> np.ndarray:
    if turn == _STRAIGHT:
        return image
    if turn in _ROTATIONS:
        return cv2.rotate(image, _ROTATIONS[turn])
    if turn in _MIRRORS:
        return cv2.flip(image, _MIRRORS[turn])
    flipped = cv2.transpose(image)
    return flipped if turn == (0, 1, 1, 0) else cv2.rotate(flipped, cv2.ROTATE_180)
