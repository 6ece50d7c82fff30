"""The one place that opens a camera with `cv2.VideoCapture`, quietly."""

import os
from typing import Any

import cv2

# Read by OpenCV when it first opens a video: its and FFmpeg's own lines on stderr mean nothing to
# a person, who gets a message of ours instead. Set beforehand, the variables win.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")


def hush() -> None:
    """Keeps OpenCV's own messages off stderr, unless `OPENCV_LOG_LEVEL` asks for them."""
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def open_capture(
    what: int | str, backend: int, options: tuple[int, ...] = ()
) -> "cv2.VideoCapture | None":
    """An open capture, or None if OpenCV cannot open it.

    Args:
        what: camera index.
        backend: one of `cv2.CAP_*`.
        options: pairs of `cv2.CAP_PROP_*` and value.
    """
    hush()
    try:
        capture = cv2.VideoCapture(what, backend, list(options))
    except cv2.error:
        return None
    if capture.isOpened():
        return capture
    capture.release()
    return None


def grab_image(capture: "cv2.VideoCapture") -> Any:
    """The next picture, uint8 (H, W, 3) BGR in memory of its own, or None."""
    try:
        ok, image = capture.read()
    except cv2.error:
        return None
    if not ok or image is None or image.size == 0:
        return None
    return image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
