"""The pace of a source in the window: a file's own times, pause, step and seek."""

import threading
import time
from collections.abc import Callable

from fer_core.types import Frame
from fer_core.video.base import VideoSource

#: A file that is later than this goes on from where it is and does not hurry.
_LATE_S = 0.25
#: A gap in the film is shown no longer than this: nobody watches a still for an hour.
_LONGEST_WAIT_S = 5.0
#: Frame, and whether a new stretch begins with it: the start, a seek, a camera that came back.
Show = Callable[[Frame, bool], None]


class Player:
    """Reads a source in one thread and hands out frames when they are due; others give commands.

    Args:
        show: takes each frame, in the thread of `play`.
        ended: told at the end of a file, which can still be moved back.
    """

    def __init__(self, show: Show, ended: Callable[[], None]) -> None:
        self._show = show
        self._ended = ended
        self._last: Frame | None = None
        self._start: float | None = None
        # Guards the commands; notified when one comes in.
        self._control = threading.Condition()
        self._stopped = False
        self._paused = False
        self._at_end = False
        self._steps = 0
        self._seek_s: float | None = None

    @property
    def paused(self) -> bool:
        """Whether a file is halted."""
        return self._paused

    def pause(self) -> None:
        """Halts a file; a live source goes on."""
        with self._control:
            self._paused = True
            self._control.notify_all()

    def resume(self) -> None:
        """Goes on; at the end, from the start."""
        with self._control:
            self._paused = False
            if self._at_end:
                self._seek_s = 0.0
            self._control.notify_all()

    def seek(self, seconds: float) -> None:
        """Shows the frame at this time next, paused or not."""
        with self._control:
            self._seek_s = max(0.0, seconds)
            self._control.notify_all()

    def step(self) -> None:
        """Pauses and shows the next frame."""
        with self._control:
            self._paused = True
            self._steps += 1
            self._control.notify_all()

    def stop(self) -> None:
        """Has `play` return soon."""
        with self._control:
            self._stopped = True
            self._control.notify_all()

    def play(self, source: VideoSource) -> None:
        """Plays until `stop`; a live source until it ends.

        Raises:
            SourceError: the source failed.
        """
        if source.is_live:
            self._play_live(source)
        else:
            self._play_file(source)

    def _play_live(self, source: VideoSource) -> None:
        # A camera that was lost and came back counts from 0 again: go on from the last frame.
        index_base = self._last.index + 1 if self._last else 0
        gap_s = 0.0
        if self._last is not None:
            gap_s = self._last.time_s + max(0.001, time.monotonic() - (self._start or 0.0))
        new = True
        while not self._stopped and (frame := source.read()) is not None:
            if index_base:
                frame = Frame(frame.image, frame.index + index_base, frame.time_s + gap_s)
            self._last, self._start = frame, time.monotonic()
            self._show(frame, new or source.is_stills)
            new = False

    def _play_file(self, source: VideoSource) -> None:
        new = True
        self._start = None
        while self._wait_for_go():
            sought = self._take_seek()
            frame = source.read() if sought is None else _read_at(source, sought)
            if frame is None:
                self._note_end()
                continue
            if sought is not None:
                new, self._start = True, None
            if self._wait_until_due(frame):
                self._show(frame, new or source.is_stills)
                new = False

    def _wait_for_go(self) -> bool:
        """Waits while paused or at the end, until there is something to show; False to stop."""
        with self._control:
            while not self._stopped:
                if self._seek_s is not None:
                    return True
                if not self._at_end and (self._steps or not self._paused):
                    if self._steps:
                        self._steps -= 1
                    return True
                self._start = None
                self._control.wait()
            return False

    def _take_seek(self) -> float | None:
        with self._control:
            seek_s, self._seek_s = self._seek_s, None
            if seek_s is not None:
                self._at_end, self._steps = False, 0
            return seek_s

    def _note_end(self) -> None:
        with self._control:
            self._at_end, self._steps = True, 0
        self._ended()

    def _wait_until_due(self, frame: Frame) -> bool:
        """Waits for the frame's time; False if a command makes the frame pointless."""
        with self._control:
            now = time.monotonic()
            if self._start is None or now - self._start - frame.time_s > _LATE_S:
                self._start = now - frame.time_s
            self._start -= max(0.0, self._start + frame.time_s - now - _LONGEST_WAIT_S)
            due = self._start + frame.time_s
            while not self._stopped and self._seek_s is None:
                left_s = due - time.monotonic()
                if left_s <= 0 or self._paused:
                    return True
                self._control.wait(left_s)
            return False


def _read_at(source: VideoSource, seconds: float) -> Frame | None:
    """The frame at a time; behind the last one, the last."""
    source.seek(source.index_at(seconds))
    frame = source.read()
    if frame is None:  # the file ends before it says; now it knows
        source.seek(source.index_at(seconds))
        frame = source.read()
    return frame
