"""Results as a film: H.264 with the times of its source, and with its sound."""

import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from fer_core.errors import OutputError
from fer_core.files import replacing
from fer_core.types import Frame, FrameResult
from fer_core.video import ffmpeg
from fer_core.video.closing import Closing
from fer_core.video.film import FilmSource
from fer_core.video.sinks import cannot_write
from fer_core.video.sound import Sound

#: A film is ended, and kept, before the disk is fuller than this.
MIN_FREE_BYTES = 20_000_000
#: A longer gap in the times of live frames is a seek or a lost camera and is left out.
MAX_GAP_S = 2.0
Render = Callable[[np.ndarray, FrameResult], np.ndarray]

#: Encoders of H.264, the best first; what FFmpeg brings along differs from wheel to wheel.
_H264 = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
_OPTIONS = {"libx264": {"preset": "veryfast", "crf": "20"}}
_CONTAINERS = (".mp4", ".m4v", ".mov", ".mkv", ".avi")
#: Units of time: 1/90000 s has room for 24, 25, 30000/1001 and 60 frames a second.
_TICKS = 90_000
#: FFmpeg's numbers for what players take colours for that are not declared: BT.709, limited range.
_BT709, _LIMITED = 1, 1


class VideoSink(Closing):
    """An MP4, MOV, MKV or AVI; it appears under its name once it is complete.

    Each frame is shown at its own `time_s`, the first at 0, until the next. In an AVI, which knows
    no times, that is to the nearest frame of its rate.

    Attributes:
        path: the file.
        frames: written so far.
        notes: one sentence for each thing that could not be as wished.

    Args:
        path: file to write; the suffix chooses the container.
        fps: about so many frames a second; the last one stands so long.
        wh: width and height in px; odd ones lose their last row or column, other sizes are fitted.
        render: draws the result on the picture; without it the picture is written as it is.
        max_gap_s: longer gaps between two frames are left out; `math.inf` keeps all.
        sound: a film whose frames these are, all from the first on; its sound is kept.

    Raises:
        OutputError: unknown suffix, no permission, or no encoder.
    """

    def __init__(
        self,
        path: str | Path,
        fps: float,
        wh: tuple[int, int],
        render: Render | None = None,
        *,
        max_gap_s: float = MAX_GAP_S,
        sound: FilmSource | None = None,
    ) -> None:
        self.path = Path(path)
        self.frames = 0
        self.notes: list[str] = []
        self._suffix = self.path.suffix.lower()
        self._wh = (max(2, wh[0] // 2 * 2), max(2, wh[1] // 2 * 2))
        self._render, self._max_gap_s = render, max_gap_s
        # A recording is closed by another thread than the one that writes.
        self._lock = threading.RLock()
        self._closed = False
        self._stack = ExitStack()
        if min(wh) < 1 or not 0 < fps < 1000:
            raise OutputError(
                f"{self.path} cannot be a video: its frames have no common size or no rate."
            )
        if self._suffix not in _CONTAINERS:
            known = ", ".join(_CONTAINERS)
            raise OutputError(f"{self.path} cannot be a video; let its name end in {known}.")
        rate = Fraction(fps).limit_denominator(1001)
        self._base = 1 / rate if self._suffix == ".avi" else Fraction(1, _TICKS)
        self._step = max(1, round(1 / rate / self._base))
        self._offset_s, self._last_s, self._last_pts = 0.0, 0.0, -self._step
        try:
            self._temporary = self._stack.enter_context(replacing(self.path))
        except OSError as error:
            raise OutputError(cannot_write(self.path, error)) from error
        self._sound: Sound | None = None
        self._container, self._stream = self._opened(rate, sound)

    # -- opening ----------------------------------------------------------------------------------

    def _opened(
        self, rate: Fraction, source: FilmSource | None
    ) -> tuple[OutputContainer, VideoStream]:
        """The container, begun; with sound if that is possible, as it is or else as AAC."""
        ffmpeg.hush()
        if source is not None and source.has_sound and self._suffix == ".avi":
            self.notes.append(f"{self.path} has no sound: an AVI cannot hold it here.")
        elif source is not None and source.has_sound:
            for copy in (True, False):
                try:
                    return self._begun(rate, Sound(source), copy)
                except ffmpeg.ERRORS:
                    self._forget_sound()
            self.notes.append(f"{self.path} has no sound: that of {source.name} cannot be read.")
        try:
            return self._begun(rate, None, copy=False)
        except ffmpeg.ERRORS as error:
            self._discard()
            raise OutputError(
                f"{self.path} cannot be written at {self._wh[0]} × {self._wh[1]} px and "
                f"{float(rate):g} frames a second; choose .avi as its ending."
            ) from error

    def _begun(
        self, rate: Fraction, sound: Sound | None, copy: bool
    ) -> tuple[OutputContainer, VideoStream]:
        self._sound = sound
        options = {"movflags": "+faststart"} if self._suffix in (".mp4", ".m4v", ".mov") else {}
        container = av.open(str(self._temporary.absolute()), "w", options=options)
        try:
            stream = self._add_pictures(container, rate)
            if sound is not None:
                sound.join(container, self._suffix, copy=copy)
            container.start_encoding()
        except BaseException:
            container.close()
            raise
        return container, stream

    def _add_pictures(self, container: OutputContainer, rate: Fraction) -> VideoStream:
        stream: VideoStream
        if self._suffix == ".avi":
            stream = container.add_stream("mjpeg", rate=rate, options={"qmin": "2", "qmax": "4"})
            stream.pix_fmt = "yuvj420p"
        else:
            name = next((name for name in _H264 if name in av.codecs_available), "mpeg4")
            added = container.add_stream(name, rate=rate, options=_OPTIONS.get(name, {}))
            assert isinstance(added, VideoStream)
            stream = added
            stream.pix_fmt = "yuv420p"
            stream.gop_size = max(1, round(2 * rate))  # a player finds its place within 2 s
            codec = stream.codec_context
            codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
            codec.color_range = _LIMITED
            if name == "mpeg4":
                stream.bit_rate = 8_000_000
                self.notes.append(
                    f"{self.path} is MPEG-4 Part 2: this installation of PyAV has no H.264."
                )
        stream.width, stream.height = self._wh
        if stream.codec_context.name != "mpeg4":
            stream.codec_context.time_base = self._base
        else:  # which counts no finer than 1/65535
            self._base = stream.codec_context.time_base = 1 / rate
            self._step, self._last_pts = 1, -1
        return stream

    def _forget_sound(self) -> None:
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    # -- writing ----------------------------------------------------------------------------------

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Adds a frame at its time.

        Raises:
            OutputError: the disk is full; what was written so far is kept by `close`.
        """
        image = self._render(frame.image, result) if self._render else frame.image
        with self._lock:
            self._add(image, self._pts_of(frame.time_s))

    def write_image(self, image: np.ndarray) -> None:
        """Adds one picture, uint8 (H, W, 3) BGR, after the one before.

        Raises:
            OutputError: the disk is full, or the sink is closed.
        """
        with self._lock:
            self._last_s += float(self._step * self._base)
            self._add(image, self._last_pts + self._step)

    def _pts_of(self, time_s: float) -> int:
        """When a frame is shown; a jump in the times of its source is left out."""
        leap = not 0 <= time_s - self._last_s <= self._max_gap_s
        if not self.frames or leap:
            self._offset_s = float((self._last_pts + self._step) * self._base) - time_s
        self._last_s = time_s
        return max(self._last_pts + 1, round((time_s + self._offset_s) / self._base))

    def _add(self, image: np.ndarray, pts: int) -> None:
        if self._closed:
            raise OutputError(f"{self.path} is already finished.")
        if self.frames % 30 == 0 and self._disk_is_full():
            raise OutputError(f"{self.path} cannot grow: the disk is full; free some space.")
        frame = VideoFrame.from_ndarray(self._fit(image), format="bgr24").reformat(
            format=self._stream.pix_fmt,
            dst_colorspace=None if self._suffix == ".avi" else Colorspace.ITU709,
        )
        frame.pts, frame.time_base, frame.duration = pts, self._base, self._step
        try:
            self._container.mux(self._stream.encode(frame))
            if self._sound is not None:
                self._sound.write_until(float(pts * self._base))
        except ffmpeg.ERRORS as error:
            raise OutputError(cannot_write(self.path, error)) from error
        self._last_pts = pts
        self.frames += 1

    def _disk_is_full(self) -> bool:
        try:
            return shutil.disk_usage(self.path.parent).free < MIN_FREE_BYTES
        except OSError:  # some network folders do not say
            return False

    def _fit(self, image: np.ndarray) -> np.ndarray:
        w, h = self._wh
        if image.shape[0] - h in (0, 1) and image.shape[1] - w in (0, 1):
            return np.ascontiguousarray(image[:h, :w])
        return cv2.resize(image, self._wh, interpolation=cv2.INTER_AREA)

    # -- closing ----------------------------------------------------------------------------------

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finishes the file; what is heard behind the last frame is kept if nothing failed."""
        with self._lock:
            if kind is None and not self._closed and self._sound is not None and self.frames:
                try:
                    self._sound.write_until(float("inf"))
                except ffmpeg.ERRORS:  # said by `close`, which meets it again
                    self._forget_sound()
        self.close()

    def close(self) -> None:
        """Finishes the file and gives it its name; without a frame there is no file.

        Raises:
            OutputError: the file did not become a readable video: the disk is full.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            whole = self._finish()
        if not self.frames:
            self._discard()
            return
        if not whole:
            self._discard()
            raise OutputError(f"{self.path} could not be written to its end; is the disk full?")
        try:
            self._stack.close()
        except OSError as error:
            raise OutputError(cannot_write(self.path, error)) from error

    def _finish(self) -> bool:
        """Whether the container could be ended and can be read."""
        try:
            self._container.mux(self._stream.encode(None))
            if self._sound is not None:
                self._sound.finish()
            self._container.close()
            with ffmpeg.open_path(self._temporary) as opened:
                return bool(opened.container.streams.video)
        except ffmpeg.ERRORS:
            return False
        finally:
            self._forget_sound()
            ffmpeg.log_lines()

    def _discard(self) -> None:
        self._closed = True
        self._temporary.unlink(missing_ok=True)
        self._stack.pop_all()
