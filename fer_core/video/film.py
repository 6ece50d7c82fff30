"""What films have in common, whether they lie on the disk or come from the network."""

import logging
from abc import abstractmethod
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.types import Frame
from fer_core.video import ffmpeg
from fer_core.video.base import VideoSource
from fer_core.video.decoder import Decoder, scan
from fer_core.video.timeline import Timeline, peak_rate, sane_count, sane_fps
from fer_core.video.upright import Upright

_log = logging.getLogger(__name__)
#: Up to this many frames forward, decoding on is as fast as jumping.
_NEAR = 32
#: Decoded frames that are kept, so that stepping back need not decode again.
_KEPT_BYTES = 64_000_000
_KEPT_FRAMES = 64
#: A frame that stands longer than this is a gap, of which a person is told.
MAX_STAND_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    index: int
    time_s: float
    pts: int | None
    frame: VideoFrame


class FilmSource(VideoSource):
    """Frames of a film by PyAV: exact times, upright, deinterlaced, found again by their index.

    Attributes:
        has_sound: the film has sound that a copy of it may keep.
    """

    has_sound = False

    def __init__(self, name: str, shown_name: str) -> None:
        super().__init__(name)
        #: What messages call it: the whole path of a file.
        self.shown_name = shown_name
        self._times: Timeline | None = None
        self._end_s: float | None = None
        self._gaps: list[tuple[float, float]] = []
        self._told: list[str] = []
        self._open()

    # -- what a person is told --------------------------------------------------------------------

    @property
    def problems(self) -> list[str]:
        """One sentence for each thing that is wrong with the film as far as it was read."""
        with self._lock:
            return self._told if self._released else self._problems()

    @property
    def notes(self) -> list[str]:
        """One sentence for each thing that is as it should be and may surprise."""
        if not self._gaps:
            return []
        at_s, longest_s = max(self._gaps, key=lambda gap: gap[1])
        more = f", the longest of {len(self._gaps)} such gaps" if len(self._gaps) > 1 else ""
        return [
            f"{self.name} has no picture for {longest_s:.0f} s after {at_s:.1f} s{more}; the frame "
            "before counts as standing that long."
        ]

    @property
    def duration_s(self) -> float | None:
        """Length in seconds: the announced one, or the true one once the film was read."""
        if self.is_live:
            return None
        if self._end_s is None and self._announced_s is None and self._times:
            return float((self._times.pts[-1] - self._start) * self._base) + self._step_s
        return self._end_s if self._end_s is not None else self._announced_s

    @property
    def start_s(self) -> float:
        """When the first frame is shown, by the film's own clock; sound may begin elsewhere."""
        return float(self._start * self._base)

    @property
    def peak_fps(self) -> float | None:
        """Frames a second where they come quickest: a copy at this rate has room for each."""
        with self._lock:
            times = self._timeline().pts
            return peak_rate([float(pts * self._base) for pts in times], self.fps)

    def index_at(self, time_s: float) -> int:
        """The index of the frame that is shown at a time, from the film's own times."""
        with self._lock:
            times = self._timeline()
            if len(times):
                return times.index_at(self._start + int((time_s + 1e-6) / self._base))
        return super().index_at(time_s)

    @abstractmethod
    def connect(self) -> ffmpeg.Opened:
        """Opens the film, and opens it once more for whoever wants its sound.

        Raises:
            SourceOpenError: it cannot be opened.
        """

    # -- opening ----------------------------------------------------------------------------------

    def _lives(self, container: InputContainer) -> bool:
        """Whether frames come at their own pace and are lost if nobody takes them."""
        return False

    @abstractmethod
    def _not_a_film(self) -> str:
        """The sentence for what holds no picture that can be decoded."""

    def _open(self) -> None:
        self._opened = self.connect()
        self._container = self._opened.container
        try:
            self._begin(ffmpeg.film_of(self._container, self.shown_name))
        except ffmpeg.ERRORS as error:
            self._let_go()
            _log.info("%s: %s", self.name, error)
            raise SourceOpenError(self._not_a_film()) from error
        except SourceOpenError:
            self._let_go()
            raise

    def _begin(self, stream: VideoStream) -> None:
        self._stream = stream
        self._base = stream.time_base or Fraction(1, 1000)
        self.has_sound = bool(self._container.streams.audio)
        self.is_live = self._lives(self._container)
        self._decoder = Decoder(self._container, stream, live=self.is_live)
        # The first picture tells whether there is one at all, its true size and how it was held.
        first = self._decoder.next()
        if first is None:
            raise SourceOpenError(self._not_a_film())
        self._upright = Upright(first.frame, stream.sample_aspect_ratio)
        self.size_wh = self._upright.wh
        self._start = first.pts or 0
        self._announced_s = _announced_s(self._container, stream)
        self.fps = _rate(stream)
        count = stream.frames or (self._announced_s or 0.0) * (self.fps or 0.0)
        self.frame_count = sane_count(round(count))
        # Frames that were decoded and not taken yet, and those that were taken.
        self._ahead: deque[_Shown] = deque([_Shown(0, 0.0, first.pts, first.frame)])
        self._behind: deque[_Shown] = deque()
        self._decoded, self._last_s = 1, 0.0
        self._beyond = False
        self._step_s = 1 / (self.fps or 25.0)
        self._stands_s = float(first.duration * self._base) or self._step_s

    def _reopen(self) -> None:
        self._let_go()
        try:
            self._open()
        except SourceOpenError as error:
            raise SourceLostError(f"{self.name} can no longer be read.") from error

    def _let_go(self) -> None:
        decoder = getattr(self, "_decoder", None)
        if decoder is not None:
            decoder.close()
        self._opened.close()

    # -- reading ----------------------------------------------------------------------------------

    def _read(self) -> Frame | None:
        shown = None if self._beyond else self._next_shown()
        if shown is None:
            return None
        return Frame(self._upright.bgr(shown.frame), shown.index, shown.time_s)

    def _next_shown(self) -> _Shown | None:
        shown = self._ahead.popleft() if self._ahead else self._decode()
        if shown is not None:
            self._keep(shown)
        return shown

    def _keep(self, shown: _Shown) -> None:
        if self.is_live:
            return
        self._behind.append(shown)
        each = max(1, sum(plane.buffer_size for plane in shown.frame.planes))
        most = max(1, min(_KEPT_FRAMES, _KEPT_BYTES // each))
        while len(self._behind) > most:
            self._behind.popleft()

    def _decode(self) -> _Shown | None:
        """The next frame that can be decoded; None at the end."""
        errors = self._decoder.errors
        try:
            picture = self._decoder.next()
        except ffmpeg.ERRORS as error:
            if self._closed.is_set() or self._is_end(error):
                picture = None
            else:
                raise SourceLostError(self._lost()) from error
        if picture is None:
            self._note_end()
            return None
        index, time_s = self._decoded, self._time_s(picture.pts)
        # A frame behind damage, or behind a jump, has the index that belongs to its time.
        times = self._timeline() if self._decoder.errors > errors else self._times
        if times is not None and len(times) and picture.pts is not None:
            if (
                not self._decoder.errors
                and self._decoder.whole
                and not times.has(index, picture.pts)
            ):
                times = self._times = Timeline((), ())  # more packets than frames
            else:
                index = max(index, times.index_at(picture.pts))
        if self._decoder.whole and index and time_s - self._last_s > MAX_STAND_S:
            self._gaps.append((self._last_s, time_s - self._last_s))
        self._stands_s = float(picture.duration * self._base) or self._step_s
        self._decoded, self._last_s = index + 1, time_s
        return _Shown(index, time_s, picture.pts, picture.frame)

    def _time_s(self, pts: int | None) -> float:
        """Seconds since the first frame; a time that does not rise is replaced by the next due."""
        time_s = -1.0 if pts is None else float((pts - self._start) * self._base)
        if time_s <= self._last_s:
            time_s = max(self._decoded * self._step_s, self._last_s + self._step_s / 100)
        return max(0.0, time_s)

    def _note_end(self) -> None:
        stands_s = self._stands_s if 0 < self._stands_s < MAX_STAND_S else self._step_s
        self._end_s = self._last_s + stands_s

    def _is_end(self, error: Exception) -> bool:
        """Whether the film ends where reading it failed."""
        return False

    def _lost(self) -> str:
        return f"{self.name} can no longer be read."

    def _problems(self) -> list[str]:
        return []

    # -- moving -----------------------------------------------------------------------------------

    def _seek(self, index: int) -> None:
        self._beyond = False
        if self._rewound(index):
            return
        times = self._timeline()
        if len(times) and index >= len(times):
            self._beyond = True
            return
        key = times.key_index(index) if len(times) else 0
        near = self._decoded <= index and (index - self._decoded <= _NEAR or key <= self._decoded)
        if not near and not self._jumped(index, times):
            self._reopen()
        self._skip_to(index)

    def _rewound(self, index: int) -> bool:
        """Whether the frame is one of those kept; it comes next then."""
        while self._ahead and self._ahead[0].index < index:
            self._keep(self._ahead.popleft())
        if self._ahead and self._behind and self._behind[0].index <= index:
            pass
        elif not self._ahead and self._behind and self._behind[-1].index < index:
            return False
        while self._behind and (not self._ahead or self._ahead[0].index > index):
            self._ahead.appendleft(self._behind.pop())
        return bool(self._ahead) and self._ahead[0].index == index

    def _skip_to(self, index: int) -> None:
        while not self._ahead or self._ahead[0].index < index:
            if self._ahead:
                self._keep(self._ahead.popleft())
            if not self._ahead:
                shown = self._decode()
                if shown is None:
                    return
                self._ahead.append(shown)

    def _jumped(self, index: int, times: Timeline) -> bool:
        """Whether decoding goes on shortly before a frame, whose index is then known exactly."""
        if not index:
            return False
        if not len(times):
            return self._jumped_by_time(index)
        # A deinterlaced frame is only the same if the one before it was seen.
        begin = max(0, index - 1) if self._decoder.deinterlaces else index
        for key in times.keys_before(begin):
            if self._landed(key, times.pts[begin]) and self._ahead[0].pts in (key, times.pts[0]):
                return True
            if self._ahead and (self._ahead[0].pts or 0) <= times.pts[begin]:
                return True
        return False

    def _landed(self, pts: int, before: int) -> bool:
        """Whether a jump led to a frame at this time or earlier than another."""
        self._ahead.clear()
        self._behind.clear()
        self._decoded, self._last_s = 0, -1.0
        try:
            self._decoder.seek(pts)
        except ffmpeg.ERRORS:
            return False
        shown = self._decode()
        if shown is None or shown.pts is None or shown.pts > before:
            return False
        self._ahead.append(shown)
        return True

    def _jumped_by_time(self, index: int) -> bool:
        """Jumps where the times of the frames are not known: the rate gives the index."""
        if not self._announced_s or not self.fps:
            return False
        target = self._start + int(index / self.fps / self._base)
        if not self._landed(target, target):
            return False
        first = self._ahead.pop()
        behind_s = index / self.fps - first.time_s
        self._decoded = max(0, index - round(behind_s * self.fps))
        self._ahead.append(_Shown(self._decoded, first.time_s, first.pts, first.frame))
        self._decoded += 1
        return True

    def _timeline(self) -> Timeline:
        """The times of all frames; empty where they cannot be known without decoding."""
        if self._times is None:
            times = self._scan()
            # Where two packets make a frame, as of some interlaced films, it counts them.
            seen = [s for s in (*self._behind, *self._ahead) if s.pts is not None]
            right = all(times.has(s.index, s.pts) for s in seen)
            self._times = times if right or self._decoder.errors else Timeline((), ())
        return self._times

    @abstractmethod
    def _scan(self) -> Timeline: ...

    def _release(self) -> None:
        self._told = self._problems()  # later there is nothing left to ask
        self._ahead.clear()
        self._behind.clear()
        self._let_go()


def timeline_of(opened: ffmpeg.Opened, name: str) -> Timeline:
    """Reads the times of all frames and closes the film."""
    with opened:
        return Timeline.of(scan(opened.container, ffmpeg.film_of(opened.container, name)))


def _announced_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        length_s = float(stream.duration * stream.time_base)
    else:
        length_s = (container.duration or 0) / 1e6
    if container.format.name == "avi" and (fps := _rate(stream)):
        # Of a part of a file the length is what is left; its header still counts the frames.
        length_s = max(length_s, stream.frames / fps)
    return length_s if 0 < length_s < 1e9 else None


def _rate(stream: VideoStream) -> float | None:
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    return next((fps for rate in rates if rate and (fps := sane_fps(rate)) is not None), None)
