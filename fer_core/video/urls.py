"""Streams from the network, only ever opened because a person gave the address."""

import time
from urllib.parse import urlsplit, urlunsplit

import cv2

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.capture import grab_image, open_capture
from fer_core.video.files import sane_count, sane_fps

SCHEMES = ("http", "https", "rtsp", "rtsps")
OPEN_TIMEOUT_MS = 8000
READ_TIMEOUT_MS = 5000


class UrlSource(VideoSource):
    """A network camera or a video on a server; frames come as they arrive.

    Args:
        url: http, https, rtsp or rtsps; user and password may stand in it and are never shown.

    Raises:
        SourceOpenError: it does not answer in time or is not a video.
    """

    is_live = True

    def __init__(self, url: str) -> None:
        super().__init__(without_secrets(url))
        options = (
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS),
        )
        capture = open_capture(url, cv2.CAP_FFMPEG, options)
        if capture is None:
            raise SourceOpenError(
                f"{self.name} cannot be opened as a video; check the address, the password and "
                "the network."
            )
        self._capture = capture
        self.fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))
        self.frame_count = sane_count(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.size_wh = (
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        # A video on a server has a length and comes as fast as it loads: that is a file.
        self.is_live = self.frame_count is None or url.lower().startswith("rtsp")
        self._start = time.monotonic()
        self._next = 0
        self._last_s = -1.0

    def _read(self) -> Frame | None:
        image = grab_image(self._capture)
        if image is None:
            almost_all = 0 if self.frame_count is None else 0.9 * self.frame_count
            if not self._closed.is_set() and (self.is_live or self._next < almost_all):
                raise SourceLostError(f"{self.name} stopped sending; check the network.")
            return None
        if self.is_live:
            time_s = time.monotonic() - self._start
        else:
            time_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
        self._last_s = max(time_s, self._last_s + 1e-4, 0.0)
        self._next += 1
        return Frame(image, self._next - 1, self._last_s)

    def _seek(self, index: int) -> None:
        if self.is_live:
            super()._seek(index)
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        self._next, self._last_s = index, -1.0

    def _release(self) -> None:
        self._capture.release()


def is_url(what: str) -> bool:
    """Whether a text is an address of the network."""
    return "://" in what


def without_secrets(url: str) -> str:
    """The address without user, password, query and fragment, for messages and titles."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        netloc = f"{host}:{parts.port}" if parts.port else host
        return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
    except ValueError:
        return "The address"
