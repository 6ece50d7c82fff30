"""A file that stands in for a camera."""

import time

from fer_core.types import Frame
from fer_core.video.base import VideoSource


class RealtimeSource(VideoSource):
    """Delivers another source at its own rate and drops, as a camera does, what comes too late.

    Args:
        source: a file; closed together with this one.
        loop: start again at the end; index and time go on rising.
    """

    is_live = True

    def __init__(self, source: VideoSource, *, loop: bool = False) -> None:
        super().__init__(source.name)
        self._source = source
        self._loop = loop
        self.fps, self.size_wh = source.fps, source.size_wh
        self.frame_count = None if loop else source.frame_count
        self.is_stills = source.is_stills
        #: Frames that nobody fetched in time.
        self.dropped = 0
        self._start: float | None = None
        self._base_index, self._base_s = 0, 0.0
        self._last: tuple[int, float] = (-1, 0.0)

    def _read(self) -> Frame | None:
        step_s = 1 / (self._source.fps or 25.0)
        skipped = 0
        while (frame := self._next_frame()) is not None:
            now = time.monotonic()
            if self._start is None:
                self._start = now - frame.time_s
            late_s = now - self._start - frame.time_s
            if late_s <= step_s:
                return None if late_s < 0 and self._closed.wait(-late_s) else frame
            if skipped * step_s >= 1:  # decoding itself is too slow: go on from here
                self._start = now - frame.time_s
                return frame
            skipped += 1
            self.dropped += 1
        return None

    def _next_frame(self) -> Frame | None:
        frame = self._source.read()
        if frame is None and self._loop and self._last[0] >= 0:
            step_s = 1 / (self._source.fps or 25.0)
            self._base_index, self._base_s = self._last[0] + 1, self._last[1] + step_s
            self._source.seek(0)
            frame = self._source.read()
        if frame is None:
            return None
        self._last = (frame.index + self._base_index, frame.time_s + self._base_s)
        return Frame(frame.image, *self._last)

    def _release(self) -> None:
        self._source.close()
