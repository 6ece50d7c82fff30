"""The live picture: capture and analysis run apart, and the newest of both is always at hand.

capture thread → `LatestSlot` → inference thread → the state that the window polls. Nothing here
waits for the analysis: the picture moves at the source's rate whatever the model costs.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from fer_core.errors import FerError
from fer_core.playback import Player
from fer_core.types import Frame, FrameResult
from fer_core.video.base import VideoSource

_log = logging.getLogger(__name__)
T = TypeVar("T")
#: Waiting times between attempts to get a lost camera back, in seconds; the last one repeats.
BACKOFF_S = (0.5, 1.0, 2.0, 5.0)
#: `stop` waits this long for the threads; a device that hangs longer is left behind.
_JOIN_S = 5.0
#: Called in the inference thread with every analysed frame.
Observer = Callable[[Frame, FrameResult], None]


class Analyser(Protocol):
    """What a session needs of a pipeline."""

    def process(self, frame: Frame) -> FrameResult:
        """Analyses one frame."""

    def reset(self) -> None:
        """A new stream begins."""


class LatestSlot(Generic[T]):
    """Holds the newest value: putting never waits, taking waits for one that is new."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._closed = False
        #: Values that a newer one replaced before they were taken.
        self.replaced = 0

    def put(self, value: T) -> None:
        """Makes this the newest value."""
        with self._changed:
            self.replaced += self._value is not None
            self._value = value
            self._changed.notify_all()

    def take(self, timeout_s: float | None = None) -> T | None:
        """The newest value that nobody has taken; None after the timeout or `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._value is not None or self._closed, timeout_s)
            value, self._value = self._value, None
            return None if self._closed else value

    def close(self) -> None:
        """Wakes whoever waits; from now on `take` gives None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


@dataclass(frozen=True, slots=True, eq=False)
class StreamState:
    """What the window shows.

    Attributes:
        frame: the newest frame, or None before the first.
        result: the newest result of the same stretch of the stream, or None; its `frame_index`
            may be older than the frame's.
        status: starting, running, reconnecting, ended or failed.
        message: one sentence for the person, or empty.
        fps: frames captured a second, smoothed. analysed_fps: frames analysed a second.
        source_fps: frames a second of a file as it says itself, or None.
        latency_ms: from a frame's capture to its result.
        dropped: frames that were shown and not analysed.
        position_s: time of the newest frame. duration_s: length of the file, or None.
        paused: a file is paused.
        can_seek: the source is a file.
    """

    frame: Frame | None = None
    result: FrameResult | None = None
    status: str = "starting"
    message: str = ""
    fps: float = 0.0
    analysed_fps: float = 0.0
    source_fps: float | None = None
    latency_ms: float = 0.0
    dropped: int = 0
    position_s: float = 0.0
    duration_s: float | None = None
    paused: bool = False
    can_seek: bool = False

    @property
    def position(self) -> float:
        """The position as a share of the whole, 0..1; 0 where the length is unknown."""
        return min(1.0, self.position_s / self.duration_s) if self.duration_s else 0.0


class RateMeter:
    """Events a second, smoothed over about a second."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._gap_s = 0.0

    def tick(self, now: float) -> None:
        """Counts one event at a time in seconds."""
        if self._last is not None:
            gap = max(now - self._last, 1e-6)
            weight = min(1.0, max(gap, 0.1)) if self._gap_s else 1.0
            self._gap_s += weight * (gap - self._gap_s)
        self._last = now

    def pause(self) -> None:
        """The time until the next event does not count."""
        self._last = None

    def rate(self, now: float) -> float:
        """Events a second; it falls while none come, and is 0 while paused."""
        if not self._gap_s or self._last is None:
            return 0.0
        silent_s = now - self._last
        return 1.0 / (silent_s if silent_s > 3 * self._gap_s else self._gap_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    frame: Frame
    #: Counts the stretches: a seek or a camera that came back begins a new one.
    stretch: int
    captured: float


class StreamSession:
    """Shows and analyses a source until it is stopped. All methods may be called from any thread.

    Live sources set their own pace; files are played at their own times and can be paused and
    moved. At its end a file waits, to be moved back, until `stop`.

    Args:
        open_source: opens the source; called in the capture thread, again after a loss.
        pipeline: analyses frames; only called in the inference thread.
        reconnect: try to open a source again that stopped delivering (cameras).
    """

    def __init__(
        self, open_source: Callable[[], VideoSource], pipeline: Analyser, *, reconnect: bool = False
    ) -> None:
        self._open_source = open_source
        self._pipeline = pipeline
        self._reconnect = reconnect
        self._slot: LatestSlot[_Item] = LatestSlot()
        self._player = Player(self._show, self._ended)
        self._stopped = threading.Event()
        # Guards all that follows.
        self._state = threading.Lock()
        self._observers: list[Observer] = []
        self._source: VideoSource | None = None
        self._item: _Item | None = None
        self._result: tuple[int, FrameResult] | None = None
        self._status = "starting"
        self._messages = {"capture": "", "inference": "", "observer": ""}
        self._captured, self._analysed = RateMeter(), RateMeter()
        self._latency_ms = 0.0
        self._stretch = 0
        self._threads = [
            threading.Thread(target=self._capture, name="mimik-capture", daemon=True),
            threading.Thread(target=self._infer, name="mimik-inference", daemon=True),
        ]

    def start(self) -> None:
        """Starts both threads and returns at once; a session is started once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends both threads, waiting a few seconds at most; may be called twice."""
        self._stopped.set()
        self._player.stop()
        self._slot.close()
        with self._state:
            source = self._source
        if source is not None:
            source.close()
        deadline = time.monotonic() + _JOIN_S
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def snapshot(self) -> StreamState:
        """The newest of everything; never waits for the source or the model."""
        now = time.monotonic()
        with self._state:
            item, source = self._item, self._source
            result = self._result
            fresh = result is not None and item is not None and result[0] == item.stretch
            return StreamState(
                frame=item.frame if item else None,
                result=result[1] if result and fresh else None,
                status=self._status,
                message=next((text for text in self._messages.values() if text), ""),
                fps=self._captured.rate(now),
                analysed_fps=self._analysed.rate(now),
                source_fps=source.fps if source and not source.is_live else None,
                latency_ms=self._latency_ms,
                dropped=self._slot.replaced,
                position_s=item.frame.time_s if item else 0.0,
                duration_s=source.duration_s if source else None,
                paused=self._player.paused,
                can_seek=source is not None and not source.is_live,
            )

    def pause(self) -> None:
        """Halts a file; a live source goes on."""
        self._player.pause()

    def resume(self) -> None:
        """Goes on playing a file; at its end, from the start."""
        self._player.resume()

    def seek(self, seconds: float) -> None:
        """Moves a file; while paused, the frame there is shown and analysed."""
        self._player.seek(seconds)

    def step(self) -> None:
        """Pauses a file and shows its next frame."""
        self._player.step()

    def add_observer(self, observer: Observer) -> None:
        """Has every analysed frame handed to `observer`, in the inference thread; none is left out.

        An observer that raises is removed and the person is told; the session goes on.
        """
        with self._state:
            self._observers = [*self._observers, observer]
            self._messages["observer"] = ""

    def remove_observer(self, observer: Observer) -> bool:
        """Stops that; a call that is under way still ends. False if it was not there."""
        with self._state:
            known = observer in self._observers
            self._observers = [other for other in self._observers if other != observer]
        return known

    # The capture thread.

    def _capture(self) -> None:
        attempt = 0
        while not self._stopped.is_set():
            before = self._item
            try:
                with closing(self._open_source()) as source:
                    with self._state:
                        self._source = source
                    self._player.play(source)
                self._ended()
                return
            except Exception as error:
                attempt = 0 if self._item is not before else attempt
                if not self._shall_retry(error, attempt):
                    return
                attempt += 1

    def _shall_retry(self, error: Exception, attempt: int) -> bool:
        """Tells the person; waits and gives True if the source shall be opened again."""
        if self._stopped.is_set():
            self._ended()
            return False
        message = _sentence(error, "The picture source stopped with an error; open it again.")
        # What never worked is not waited for: the person should choose something else.
        again = self._reconnect and self._item is not None
        with self._state:
            self._status = "reconnecting" if again else "failed"
            self._messages["capture"] = message
            self._captured.pause()
        return again and not self._stopped.wait(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])

    def _show(self, frame: Frame, new_stretch: bool) -> None:
        now = time.monotonic()
        with self._state:
            self._stretch += new_stretch
            item = self._item = _Item(frame, self._stretch, now)
            self._status, self._messages["capture"] = "running", ""
            self._captured.tick(now)
        self._slot.put(item)

    def _ended(self) -> None:
        with self._state:
            source = self._source
        # What was read to its end may have been cut off or damaged: only now it is known.
        problem = next(iter(source.problems), "") if source is not None else ""
        with self._state:
            self._status, self._messages["capture"] = "ended", problem
            self._captured.pause()

    # The inference thread.

    def _infer(self) -> None:
        stretch = -1
        while (item := self._slot.take()) is not None:
            try:
                if item.stretch != stretch:
                    self._pipeline.reset()
                    stretch = item.stretch
                result = self._pipeline.process(item.frame)
            except Exception as error:
                self._report("inference", error, "The model failed on this picture; try another.")
                continue
            now = time.monotonic()
            with self._state:
                self._result = (item.stretch, result)
                self._messages["inference"] = ""
                self._latency_ms = (now - item.captured) * 1000
                self._analysed.tick(now)
                observers = self._observers
            for observer in observers:
                self._tell(observer, item.frame, result)

    def _tell(self, observer: Observer, frame: Frame, result: FrameResult) -> None:
        try:
            observer(frame, result)
        except Exception as error:
            # One that was removed meanwhile, and closed, has nothing to complain about.
            if self.remove_observer(observer):
                self._report("observer", error, "The recording stopped with an error.")

    def _report(self, part: str, error: Exception, generic: str) -> None:
        # The same failure may come with every frame: it is logged when it begins.
        with self._state:
            log = self._messages[part] != generic
            self._messages[part] = _sentence(error, generic, log=log)


def _sentence(error: Exception, generic: str, *, log: bool = True) -> str:
    """What to tell the person; an error that is not ours is logged with its traceback."""
    if isinstance(error, FerError):
        return str(error)
    if log:
        _log.error("%s", generic, exc_info=error)
    return generic
