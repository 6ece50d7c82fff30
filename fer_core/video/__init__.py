"""Frames in (cameras, files, pictures, streams) and results out (video, CSV, JSON Lines).

Importing it loads neither OpenCV nor Pillow: names are looked up on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer_core.video.base import VideoSource
    from fer_core.video.cameras import CameraInfo, list_cameras
    from fer_core.video.film_sink import VideoSink
    from fer_core.video.images import decode_image, decode_photo, read_image, read_photo
    from fer_core.video.sinks import CsvSink, JsonLinesSink
    from fer_core.video.source import open_source

__all__ = [
    "CameraInfo",
    "CsvSink",
    "JsonLinesSink",
    "VideoSink",
    "VideoSource",
    "decode_image",
    "decode_photo",
    "list_cameras",
    "open_source",
    "read_image",
    "read_photo",
]

_HOME = {
    "CameraInfo": "cameras",
    "CsvSink": "sinks",
    "JsonLinesSink": "sinks",
    "VideoSink": "film_sink",
    "VideoSource": "base",
    "decode_image": "images",
    "decode_photo": "images",
    "list_cameras": "cameras",
    "open_source": "source",
    "read_image": "images",
    "read_photo": "images",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fer_core.video' has no attribute {name!r}")
    return getattr(import_module(f"fer_core.video.{_HOME[name]}"), name)
