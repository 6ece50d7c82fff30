"""Moving pictures with a known number of faces, made from the bundled portrait."""

from collections.abc import Iterator
from math import cos, pi, sin
from pathlib import Path

import cv2
import numpy as np

from fer_core import paths
from fer_core.types import Frame

FPS = 30.0
#: Frames until the movement begins again.
PERIOD = 120
#: Centre of the face in the portrait, and the side of a square around the head, px of 512.
_FACE_XY, _HEAD_PX = (225.0, 115.0), 190.0


def portrait_path() -> Path:
    """The bundled portrait, in the public domain."""
    return paths.resources_dir() / "Samples" / "portrait.jpg"


def one_face(wh: tuple[int, int], count: int, start: int = 0) -> Iterator[Frame]:
    """A head that wanders over the picture, comes nearer and goes back.

    Args:
        wh: width and height of the frames, px.
        count: number of frames.
        start: index of the first.
    """
    w, h = wh
    source = _portrait()
    ground = _ground(source, wh)
    for index in range(start, start + count):
        phase = 2 * pi * index / PERIOD
        head = h * (0.38 + 0.08 * sin(phase))
        center = (w * (0.5 + 0.18 * cos(phase)), h * (0.42 + 0.08 * sin(2 * phase)))
        image = ground.copy()
        _paste(image, source, head, center)
        yield Frame(image, index, index / FPS)


def ten_faces(wh: tuple[int, int], count: int) -> Iterator[Frame]:
    """Two rows of five heads, each swaying on its own place; every second one is mirrored."""
    w, h = wh
    sources = (_portrait(), np.ascontiguousarray(_portrait()[:, ::-1]))
    ground = _ground(sources[0], wh)
    for index in range(count):
        image = ground.copy()
        for place in range(10):
            column, row = place % 5, place // 5
            phase = 2 * pi * (index / PERIOD + place / 10)
            center = (
                w * (column + 0.5) / 5 + 0.01 * w * cos(phase),
                h * (row + 0.5) / 2 + 0.02 * h * sin(phase),
            )
            mirrored = place % 2
            _paste_head(image, sources[mirrored], min(0.4 * h, 0.16 * w), center, bool(mirrored))
        yield Frame(image, index, index / FPS)


def head() -> np.ndarray:
    """The head alone, as a detector would cut it out: uint8 (190, 190, 3) BGR."""
    half = round(_HEAD_PX / 2)
    x, y = (round(v) for v in _FACE_XY)
    return _portrait()[y - half : y + half, x - half : x + half]


def write_clip(path: Path, wh: tuple[int, int], count: int) -> None:
    """Writes `one_face` as a Motion-JPEG file, which every OpenCV can write and read."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, wh)
    try:
        for frame in one_face(wh, count):
            writer.write(frame.image)
    finally:
        writer.release()


def _portrait() -> np.ndarray:
    image = cv2.imdecode(np.fromfile(portrait_path(), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image)


def _ground(source: np.ndarray, wh: tuple[int, int]) -> np.ndarray:
    """What lies behind the heads: the space suit, much enlarged; a plain ground is too easy."""
    return cv2.resize(source[260:], wh, interpolation=cv2.INTER_LINEAR)


def _paste(
    image: np.ndarray, source: np.ndarray, head_px: float, center: tuple[float, float]
) -> None:
    """The whole portrait, so that the head gets the wanted size and place."""
    zoom = head_px / _HEAD_PX
    shift = np.array(center) - zoom * np.array(_FACE_XY)
    matrix = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
    size = (image.shape[1], image.shape[0])
    cv2.warpAffine(
        source, matrix, size, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def _paste_head(
    image: np.ndarray,
    source: np.ndarray,
    head_px: float,
    center: tuple[float, float],
    mirrored: bool,
) -> None:
    """Only the head, as a square tile."""
    x = source.shape[1] - _FACE_XY[0] if mirrored else _FACE_XY[0]
    half = _HEAD_PX / 2
    top = max(round(_FACE_XY[1] - half), 0)
    head = source[top : top + round(_HEAD_PX), round(x - half) : round(x + half)]
    side = round(head_px)
    left, upper = round(center[0] - side / 2), round(center[1] - side / 2)
    image[upper : upper + side, left : left + side] = cv2.resize(
        head, (side, side), interpolation=cv2.INTER_LINEAR
    )
