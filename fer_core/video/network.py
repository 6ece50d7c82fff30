"""Films and cameras on the network, only ever opened because a person gave the address."""

import logging
import tempfile
import threading
import time
from typing import IO

from av.container import InputContainer

from fer_core.errors import SourceError, SourceLostError, SourceOpenError
from fer_core.types import Frame
from fer_core.video import ffmpeg
from fer_core.video.film import FilmSource, timeline_of
from fer_core.video.timeline import Timeline
from fer_core.video.urls import without_secrets

_log = logging.getLogger(__name__)
OPEN_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 5.0
#: Formats that cameras and stations send; a length, if they name one, means nothing.
_LIVE = frozenset(("mpjpeg", "rtsp", "rtp", "sdp"))
#: Up to this size the times of a film's frames are read over the network when one is sought.
_SCAN_LIMIT_BYTES = 32_000_000
#: A film that must be loaded before it can be read is not larger than this.
_LOAD_LIMIT_BYTES = 4_000_000_000


class UrlSource(FilmSource):
    """A network camera or a video on a server; a camera's frames come as they arrive.

    A film whose index stands at its end, on a server that cannot send parts, is first loaded into
    a temporary file.

    Args:
        url: http, https, rtsp or rtsps; user and password may stand in it and are never shown.

    Raises:
        SourceOpenError: it does not answer in time or is not a video.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loaded: IO[bytes] | None = None
        self._size, self._needs_all = 0, False
        self._begun = time.monotonic()
        self._live_next, self._live_s = 0, -1.0
        name = without_secrets(url)
        super().__init__(name, name)

    def connect(self) -> ffmpeg.Opened:
        """Opens the film, or opens it once more.

        Raises:
            SourceOpenError: it cannot be opened.
        """
        try:
            if self._loaded is not None:
                return ffmpeg.Opened(ffmpeg.open_stream(_Reader(self._loaded)))
            opened = ffmpeg.open_address(self._url, (OPEN_TIMEOUT_S, READ_TIMEOUT_S))
        except ffmpeg.ERRORS as error:
            _log.info("%s: %s", self.name, type(error).__name__)
            # Shorter than what FFmpeg looks at to find out what it is.
            self._needs_all = self._loaded is None and ffmpeg.is_end_of_unknown_length(error)
            raise SourceOpenError(self._not_a_film()) from error
        self._size = max(0, opened.container.size)
        self._needs_all = opened.container.format.name.startswith("mov,") and self._size > 0
        return opened

    def _open(self) -> None:
        try:
            super()._open()
        except SourceOpenError:
            if not self._needs_all or self._loaded is not None or self._closed.is_set():
                raise
            self._load()
            super()._open()

    def _load(self) -> None:
        """Copies the film into a temporary file, which goes with the source."""
        if self._size > _LOAD_LIMIT_BYTES:
            raise SourceOpenError(
                f"{self.name} must be loaded before it can be shown, and {self._size / 1e9:.0f} GB "
                "are too much for that; load it yourself and open the file."
            )
        timeouts_s = (OPEN_TIMEOUT_S, READ_TIMEOUT_S)
        copy = tempfile.TemporaryFile(prefix="mimik-")  # noqa: SIM115
        try:
            with ffmpeg.open_address(self._url, timeouts_s, format="data") as opened:
                container = opened.container
                for packet in container.demux(container.streams[0]):
                    copy.write(bytes(packet))
                    if copy.tell() > _LOAD_LIMIT_BYTES or self._closed.is_set():
                        raise SourceOpenError(f"{self.name} was not loaded to its end.")
        except ffmpeg.ERRORS as error:
            if not ffmpeg.is_end_of_unknown_length(error):
                copy.close()
                raise SourceOpenError(
                    f"{self.name} cannot be loaded to its end; check the network and the disk."
                ) from error
        except SourceError:
            copy.close()
            raise
        self._loaded = copy

    def _lives(self, container: InputContainer) -> bool:
        # A video on a server has a length or a size, and comes as fast as it loads: a film.
        if container.format.name.split(",")[0] in _LIVE or self._url.lower().startswith("rtsp"):
            return True
        return not container.duration and container.size <= 0

    def _not_a_film(self) -> str:
        return (
            f"{self.name} cannot be opened as a video; check the address, the password and "
            "the network."
        )

    def _is_end(self, error: Exception) -> bool:
        return ffmpeg.is_end_of_unknown_length(error)

    def _lost(self) -> str:
        return f"{self.name} stopped sending; check the network."

    def _read(self) -> Frame | None:
        if not self.is_live:
            return super()._read()
        shown = self._next_shown()
        if shown is None:
            if self._url.lower().startswith("rtsp") and not self._closed.is_set():
                raise SourceLostError(self._lost())
            return None
        time_s = time.monotonic() - self._begun
        self._live_s = max(time_s, self._live_s + 1e-4, 0.0)
        self._live_next += 1
        return Frame(self._upright.bgr(shown.frame), self._live_next - 1, self._live_s)

    def _seek(self, index: int) -> None:
        if self.is_live:
            raise SourceError(f"{self.name} is live and cannot be moved to another time.")
        super()._seek(index)

    def _scan(self) -> Timeline:
        if self.is_live or self._size <= 0 or self._size > _SCAN_LIMIT_BYTES:
            return Timeline((), ())
        try:
            return timeline_of(self.connect(), self.name)
        except SourceOpenError:
            return Timeline((), ())

    def _problems(self) -> list[str]:
        announced_s = self._announced_s or 0.0
        early = self._end_s is not None and self._end_s < 0.9 * announced_s
        if self.is_live or not early or not self._decoder.whole:
            return super()._problems()
        return [
            f"{self.name} stopped sending after {self._end_s:.1f} s of {announced_s:.1f} s; check "
            "the network."
        ]

    def _release(self) -> None:
        super()._release()
        if self._loaded is not None:
            self._loaded.close()


class _Reader:
    """A place of its own in a file that several read."""

    _lock = threading.Lock()

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0

    def read(self, size: int) -> bytes:
        """Up to so many bytes from here."""
        with self._lock:
            self._file.seek(self._at)
            data = self._file.read(size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to another place."""
        with self._lock:
            end = self._file.seek(0, 2)
        self._at = offset + (0, self._at, end)[whence]
        return self._at

    def tell(self) -> int:
        """The place."""
        return self._at
