"""Video files: exact seeking, the frames' own times, calm ends."""

import math
import time
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.capture import grab_image, has_clean_name, open_capture
from fer_core.video.images import check_file

#: A disk that answers slower than this counts as gone.
_TIMEOUT_MS = 15_000
_TIMEOUTS = (
    *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS),
    *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS),
)
#: How text files begin that only name other files or addresses.
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"v=0")
#: Up to this size the times of all frames are read on the first seek; it takes about 1 s a GB.
SCAN_LIMIT_BYTES = 4_000_000_000
#: Up to this many frames forward, decoding on is as fast as jumping.
_NEAR = 32
#: No more frames a second are taken for the rate of a film by its times alone.
_MAX_PEAK_FPS = 60.0
#: So many frames in a row that cannot be decoded are damage; more are the end.
_DAMAGED = 64


class FileSource(VideoSource):
    """A video file or an animated GIF.

    Args:
        path: the file.

    Raises:
        SourceOpenError: it is missing, empty, not a video, or holds no picture.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = check_file(path, "video")
        if not has_clean_name(self.path):
            raise SourceOpenError(f"{self.path} has a name that is not UTF-8; rename it.")
        _refuse_playlists(self.path)
        super().__init__(self.path.name)
        self._target = str(self.path)
        self._times_s: list[float] | None = None
        self._open()

    def index_at(self, time_s: float) -> int:
        """The index of the frame that is shown at a time, from the file's own times."""
        with self._lock:
            times = self._timeline()
        return max(0, bisect_right(times, time_s + 1e-6) - 1) if times else super().index_at(time_s)

    @property
    def duration_s(self) -> float | None:
        """Length in seconds: the announced one, or the one of the file's own times once known."""
        if self._times_s:
            return self._times_s[-1] + 1 / (self.fps or 25.0)
        return super().duration_s

    @property
    def peak_fps(self) -> float | None:
        """Frames a second where they come quickest: a film at this rate has room for each.

        That is `fps`, unless the rate varies, as in the files of phones and screen recorders.
        """
        with self._lock:
            steps = np.diff(self._timeline())
        if not len(steps):
            return self.fps
        # A tenth may be quicker, by chance or by mistake; and times in whole ms are evened out.
        quick = steps[steps < 1.5 * np.percentile(steps, 10, method="lower")]
        peak, fps = min(1 / float(np.mean(quick)), _MAX_PEAK_FPS), self.fps or 0.0
        return peak if peak > 1.005 * fps else fps

    def _open(self) -> None:
        capture = open_capture(self._target, cv2.CAP_FFMPEG, _TIMEOUTS)
        # The first picture tells whether there is one at all (an audio file has none) and its
        # true size, after the rotation that a phone writes into the file.
        first = grab_image(capture) if capture is not None else None
        if capture is None or first is None:
            if capture is not None:
                capture.release()
            raise SourceOpenError(
                f"{self.path} is not a video that can be opened, or it is damaged; "
                "choose another file, such as MP4, MOV, AVI, MKV or WebM."
            )
        self._capture = capture
        self.frame_count = sane_count(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        stored_wh = (first.shape[1], first.shape[0])
        self.size_wh = _shown_size(capture, stored_wh)
        self._stretched = self.size_wh != stored_wh
        self._start_ms = self._position_ms()
        self.fps = sane_fps(capture.get(cv2.CAP_PROP_FPS)) or self._mean_rate()
        self._pending: np.ndarray | None = first
        self._next = 0
        self._last_s = -1.0

    def _read(self) -> Frame | None:
        image = self._pending if self._pending is not None else self._past_damage(grab_image)
        self._pending = None
        if image is None:
            return None
        if self._stretched:
            image = cv2.resize(image, self.size_wh)
        index, time_s = self._next, self._time_s()
        self._next, self._last_s = index + 1, time_s
        return Frame(image, index, time_s)

    def _past_damage(self, decode: Callable[["cv2.VideoCapture"], Any]) -> Any:
        """What the next frame that can be decoded gives; None at the end of the file.

        A frame behind damage gets the index that belongs to its time.
        """
        got, failed = _persist(decode, self._capture)
        if got is None:
            self._learn_end()
        elif failed and (times := self._timeline()):
            due = bisect_right(times, self._own_time_s() + 1e-4) - 1
            self._next = max(self._next, due)
        return got

    def _own_time_s(self) -> float:
        """What the file says about the time of the frame just decoded."""
        return (self._position_ms() - self._start_ms) / 1000

    def _time_s(self) -> float:
        """Time of the frame just decoded; a time that does not rise is replaced by the next due."""
        time_s = self._own_time_s()
        step_s = 1 / (self.fps or 25.0)
        if self._next and not self._last_s < time_s < self._last_s + 3600:
            time_s = max(self._next * step_s, self._last_s + step_s / 100)
        return max(0.0, time_s)

    def _position_ms(self) -> float:
        position = float(self._capture.get(cv2.CAP_PROP_POS_MSEC))
        return position if math.isfinite(position) else 0.0

    def _seek(self, index: int) -> None:
        if self._next <= index <= self._next + _NEAR:
            self._skip_to(index)
            return
        times = self._timeline()
        if 0 < index < len(times) and self._jump(index, times):
            return
        self._reopen()
        if times and index >= len(times):
            index = min(index, len(times) + _NEAR)  # behind the end: nothing to decode further
        self._skip_to(index)

    def _skip_to(self, index: int) -> None:
        while self._next < index:
            if self._pending is not None:
                self._pending = None
            elif self._past_damage(_grab) is None:
                return
            elif self._next >= index:  # the frame itself is damaged: this is the next whole one
                _, self._pending = self._capture.retrieve()
                return
            self._last_s = self._time_s()
            self._next += 1

    def _jump(self, index: int, times: list[float]) -> bool:
        """Jumps before a frame and decodes up to it; False if it could not be met exactly.

        OpenCV turns times into frame numbers by the mean rate, which is wrong for the files of
        phones: so aim ahead of the frame, and let its own time tell when it is reached.
        """
        target_s, step_s = times[index], 1 / (self.fps or 25.0)
        for ahead in (2, 50, 400):
            start_s = times[index] - ahead * step_s
            if start_s <= 0:
                return False
            self._capture.set(cv2.CAP_PROP_POS_MSEC, start_s * 1000 + self._start_ms)
            while _persist(_grab, self._capture)[0]:
                now_s = self._own_time_s()
                if now_s > target_s + 1e-4:
                    break
                if now_s > target_s - 1e-4:
                    _, self._pending = self._capture.retrieve()
                    self._next, self._last_s = index, times[index - 1]
                    return True
        return False

    def _learn_end(self) -> None:
        """The last packets of a file may hold no picture: its times end where the pictures do."""
        if self._times_s and 0 < self._next < len(self._times_s):
            self._times_s = self._times_s[: self._next]

    def _reopen(self) -> None:
        self._capture.release()
        try:
            self._open()
        except SourceOpenError as error:
            raise SourceLostError(f"{self.path} can no longer be read.") from error

    def _timeline(self) -> list[float]:
        """The times of all frames in seconds, read from the packets without decoding a picture."""
        if self._times_s is None:
            self._times_s = self._scan()
        return self._times_s

    def _mean_rate(self) -> float | None:
        """Frames a second by the file's own times, where it announces none that can be true."""
        times = self._timeline()
        return sane_fps((len(times) - 1) / (times[-1] - times[0])) if len(times) > 1 else None

    def _scan(self) -> list[float]:
        if self.path.stat().st_size > SCAN_LIMIT_BYTES:
            return []
        packets = open_capture(self._target, cv2.CAP_FFMPEG, (cv2.CAP_PROP_FORMAT, -1))
        if packets is None:
            return []
        times, failed = [], 0
        while failed <= _DAMAGED:
            failed += 1
            if packets.grab():
                times.append((packets.get(cv2.CAP_PROP_POS_MSEC) - self._start_ms) / 1000)
                failed = 0
        packets.release()
        times = sorted(t for t in times if t > -1e-6)
        rising = all(a < b for a, b in pairwise(times))
        return times if rising else []

    def _release(self) -> None:
        self._capture.release()
        self._pending = None


def _grab(capture: "cv2.VideoCapture") -> bool | None:
    """True if a further frame was decoded, else None."""
    return capture.grab() or None


def _persist(
    decode: Callable[["cv2.VideoCapture"], Any], capture: "cv2.VideoCapture"
) -> tuple[Any, int]:
    """What `decode` gives and how often it gave None before; (None, …) where that is the end."""
    until = time.monotonic() + _TIMEOUT_MS / 1000
    for failed in range(_DAMAGED + 1):
        if failed and time.monotonic() > until:  # it is the disk that does not answer
            break
        got = decode(capture)
        if got is not None:
            return got, failed
    return None, failed


def _shown_size(capture: "cv2.VideoCapture", wh: tuple[int, int]) -> tuple[int, int]:
    """Width and height with square pixels; those of DVDs and of some camcorders are oblong."""
    above, below = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    ratio = above / below if above > 0 and below > 0 else 1.0
    if not 0.3 < ratio < 3 or abs(ratio - 1) < 0.01:  # nothing to do, or nothing that can be true
        return wh
    if capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90:  # the picture lies on its side
        return wh[0], max(1, round(wh[1] * ratio))
    return max(1, round(wh[0] * ratio)), wh[1]


def _refuse_playlists(path: Path) -> None:
    """A file must not lead to other files or into the network, nor keep FFmpeg waiting for them."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16).lstrip(b"\xef\xbb\xbf")
    except OSError as error:
        raise SourceOpenError(f"{path} cannot be read; choose another video.") from error
    if head.startswith(_PLAYLISTS):
        raise SourceOpenError(
            f"{path} is a playlist; choose the video itself, or give its address."
        )


def sane_fps(fps: float) -> float | None:
    """Frames a second if a video can have that many; files also say 0, NaN and 1000."""
    return float(fps) if math.isfinite(fps) and 0.01 <= fps <= 480 else None


def sane_count(count: float) -> int | None:
    """A number of frames if it can be one; streams also say huge negative numbers."""
    return int(count) if math.isfinite(count) and 0 < count < 1e9 else None
