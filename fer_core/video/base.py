"""What every source of frames is."""

import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence

from fer_core.errors import SourceError
from fer_core.types import Frame
from fer_core.video.closing import Closing

#: How long `close` waits for a read that is under way; after that the reader itself cleans up.
CLOSE_WAIT_S = 2.0


class VideoSource(Closing):
    """Frames one after the other; a context manager and an iterable of `Frame`.

    `read`, `seek` and `close` may be called from different threads. A frame belongs to whoever gets
    it: its pixels are never written again.

    Attributes:
        name: what to show for it; never holds a password.
        is_live: frames come at their own pace and are lost if nobody takes them.
        is_stills: the frames are independent pictures: reset the pipeline before each.
        fps: frames a second, or None where that is unknown or means nothing.
        frame_count: as announced; files are known to end earlier. None if unknown.
        size_wh: width and height of the frames in px; (0, 0) where each has its own.
    """

    is_live: bool = False
    is_stills: bool = False
    fps: float | None = None
    frame_count: int | None = None
    size_wh: tuple[int, int] = (0, 0)

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._released = False

    def read(self) -> Frame | None:
        """The next frame; None at the end and after `close`.

        Raises:
            SourceLostError: it stopped delivering before its end.
        """
        with self._lock:
            try:
                return None if self._closed.is_set() else self._read()
            finally:
                self._release_if_closed()

    def seek(self, index: int) -> None:
        """Has `read` go on with the frame of this index; behind the end, `read` gives None.

        Raises:
            SourceError: a live source cannot be moved.
            SourceLostError: the file can no longer be read.
        """
        with self._lock:
            try:
                if not self._closed.is_set():
                    self._seek(max(0, index))
            finally:
                self._release_if_closed()

    def index_at(self, time_s: float) -> int:
        """The index of the frame that is shown at a time."""
        return max(0, int(time_s * (self.fps or 1.0) + 1e-6))

    @property
    def duration_s(self) -> float | None:
        """Length in seconds as announced, or None."""
        if self.is_live or not self.frame_count:
            return None
        return self.frame_count / (self.fps or 1.0)

    @property
    def problems(self) -> Sequence[str]:
        """One sentence for each thing that is wrong with what was read so far."""
        return ()

    @property
    def notes(self) -> Sequence[str]:
        """One sentence for each thing that is as it should be and may surprise."""
        return ()

    def close(self) -> None:
        """Lets go of the device or file; may be called twice and while another thread reads."""
        self._closed.set()
        if self._lock.acquire(timeout=CLOSE_WAIT_S):
            try:
                self._release_if_closed()
            finally:
                self._lock.release()

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            yield frame

    def _release_if_closed(self) -> None:
        if self._closed.is_set() and not self._released:
            self._released = True
            self._release()

    @abstractmethod
    def _read(self) -> Frame | None:
        """As `read`; the lock is held and the source is open."""

    def _seek(self, index: int) -> None:
        raise SourceError(f"{self.name} is live and cannot be moved to another time.")

    def _release(self) -> None:
        """Frees what is held; called once, with the lock held."""
        return
