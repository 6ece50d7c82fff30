"""Where results go: a video, a CSV table, JSON Lines. Each is a context manager.

CSV has one row a face a frame and these columns, whatever the model:

    source, frame_index, time_s, track_id (counted from 1), left, top, right, bottom (px), score,
    label, confidence, unsure (true or false), one probability column an expression (empty where the
    model does not know it), hints, model

`label` is the most probable expression even where `unsure` is true.

Names that begin as a formula does are neutralised, see `names.csv_line`.

JSON Lines has one `FrameResult.to_dict()` a line. Both are flushed with every frame: a crash leaves
the rows so far.
"""

import json
import shutil
import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Protocol

import cv2
import numpy as np

from fer_core.errors import OutputError
from fer_core.expressions import EXPRESSIONS
from fer_core.files import replacing
from fer_core.names import csv_line, plain_json
from fer_core.types import FaceResult, Frame, FrameResult
from fer_core.video.capture import has_clean_name, hush, open_capture
from fer_core.video.closing import Closing

CSV_COLUMNS = (
    *("source", "frame_index", "time_s", "track_id", "left", "top", "right", "bottom", "score"),
    *("label", "confidence", "unsure", *EXPRESSIONS, "hints", "model"),
)
_CODECS = {".mp4": ("mp4v", "avc1"), ".m4v": ("mp4v", "avc1"), ".mov": ("mp4v", "avc1")}
_CODECS |= {".mkv": ("mp4v", "MJPG"), ".avi": ("MJPG", "XVID")}
#: A video is ended, and kept, before the disk is fuller than this.
MIN_FREE_BYTES = 20_000_000
#: A longer gap in the times of live frames is a seek or a lost camera and is not filled.
MAX_GAP_S = 2.0
Render = Callable[[np.ndarray, FrameResult], np.ndarray]


class Sink(Protocol):
    """Takes every frame with its result."""

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Adds one frame.

        Raises:
            OutputError: it cannot be written.
        """

    def close(self) -> None:
        """Finishes the file; may be called twice.

        Raises:
            OutputError: it cannot be finished.
        """


class VideoSink(Closing):
    """An MP4, MOV, MKV or AVI at a constant rate; it appears under its name once it is complete.

    Frames are placed by their `time_s`: each stands until the next; only with `may_drop` is one
    left out.

    Args:
        path: file to write; the suffix chooses the container.
        fps: frames a second.
        wh: width and height in px; odd ones lose their last row or column, other sizes are fitted.
        render: draws the result on the picture; without it the picture is written as it is.
        max_gap_s: longer gaps between two frames are left out; `math.inf` keeps all.
        may_drop: leave out frames that come faster than `fps`, so that they keep their times.

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
        may_drop: bool = False,
    ) -> None:
        self.path = Path(path)
        # Some encoders count with integers up to 65535, which is 65.535.
        self.fps = round(fps, 2 if fps > 65 else 3)
        self.frames = 0
        self._wh = (max(2, wh[0] // 2 * 2), max(2, wh[1] // 2 * 2))
        self._render = render
        self._max_gap_s, self._may_drop = max_gap_s, may_drop
        self._standing: np.ndarray | None = None
        self._base: tuple[int, float] | None = None
        self._last_s = 0.0
        self._stack = ExitStack()
        # A recording is closed by another thread than the one that writes.
        self._lock = threading.RLock()
        self._closed = False
        if min(wh) < 1:
            raise OutputError(f"{self.path} cannot be a video: its frames have no common size.")
        codecs = _CODECS.get(self.path.suffix.lower())
        if codecs is None:
            known = ", ".join(_CODECS)
            raise OutputError(f"{self.path} cannot be a video; let its name end in {known}.")
        if not has_clean_name(self.path.parent):
            raise OutputError(f"{self.path.parent} has a name that is not UTF-8; rename it.")
        try:
            self._temporary = self._stack.enter_context(replacing(self.path))
        except OSError as error:
            raise OutputError(_cannot_write(self.path, error)) from error
        self._writer = self._open_writer(codecs)

    def _open_writer(self, codecs: tuple[str, ...]) -> "cv2.VideoWriter":
        hush()
        for codec in codecs:
            code = cv2.VideoWriter.fourcc(*codec)
            writer = cv2.VideoWriter(str(self._temporary), cv2.CAP_FFMPEG, code, self.fps, self._wh)
            if writer.isOpened():
                return writer
            writer.release()
        self._discard()
        raise OutputError(
            f"{self.path} cannot be written at {self._wh[0]} × {self._wh[1]} px and {self.fps:g} "
            "frames a second; choose .avi as its ending."
        )

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Adds a frame; the one before it stands until then.

        Raises:
            OutputError: the disk is full; what was written so far is kept by `close`.
        """
        image = self._fit(self._render(frame.image, result) if self._render else frame.image)
        with self._lock:
            missing = self._missing(frame.time_s)
            for _ in range(missing):
                self.write_image(image if self._standing is None else self._standing)
            if missing >= 0 or not self._may_drop:
                self.write_image(image)
            self._standing = image

    def _missing(self, time_s: float) -> int:
        """How many frames there are too few for the next one to come at its time; or too many."""
        if self._base is None or not 0 <= time_s - self._last_s <= self._max_gap_s:
            self._base = (self.frames, time_s)
        self._last_s = time_s
        due = self._base[0] + round((time_s - self._base[1]) * self.fps)
        return due - self.frames

    def write_image(self, image: np.ndarray) -> None:
        """Adds one picture, uint8 (H, W, 3) BGR, whatever its time.

        Raises:
            OutputError: the disk is full, or the sink is closed.
        """
        with self._lock:
            if self._closed:
                raise OutputError(f"{self.path} is already finished.")
            if self.frames % 30 == 0 and self._disk_is_full():
                raise OutputError(f"{self.path} cannot grow: the disk is full; free some space.")
            self._writer.write(self._fit(image))
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

    def close(self) -> None:
        """Finishes the file and gives it its name; without a frame there is no file.

        Raises:
            OutputError: the file did not become a readable video: the disk is full.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._writer.release()
        if self.frames == 0:
            self._discard()
            return
        check = open_capture(str(self._temporary.absolute()), cv2.CAP_FFMPEG)
        whole = check is not None and check.get(cv2.CAP_PROP_FRAME_COUNT) >= self.frames - 1
        if check is not None:
            check.release()
        if not whole:
            self._discard()
            raise OutputError(f"{self.path} could not be written to its end; is the disk full?")
        try:
            self._stack.close()
        except OSError as error:
            raise OutputError(_cannot_write(self.path, error)) from error

    def _discard(self) -> None:
        self._closed = True
        self._temporary.unlink(missing_ok=True)
        self._stack.pop_all()


class _Lines(Closing):
    """A UTF-8 text file that grows with every frame; what is not UTF-8 in a name is escaped.

    Args:
        path: file to write; an older one is replaced.
        source: what the frames came from; with a list, `frame_index` chooses from it.
    """

    def __init__(self, path: str | Path, source: str | Sequence[str] | None = None) -> None:
        self.path = Path(path)
        self._source = source
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = self.path.open(
                "w", encoding="utf-8", newline="", errors="backslashreplace"
            )
        except OSError as error:
            raise OutputError(_cannot_write(self.path, error)) from error

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Adds the lines of one frame.

        Raises:
            OutputError: they cannot be written, or the sink is closed.
        """
        with self._lock:
            if self._file.closed:
                raise OutputError(f"{self.path} is already finished.")
            try:
                self._write(result)
                self._file.flush()
            except OSError as error:
                raise OutputError(_cannot_write(self.path, error)) from error

    def close(self) -> None:
        """Finishes the file; may be called twice.

        Raises:
            OutputError: the last lines cannot be written.
        """
        try:
            with self._lock:
                self._file.close()
        except OSError as error:
            raise OutputError(_cannot_write(self.path, error)) from error

    def _source_of(self, result: FrameResult) -> str | None:
        if self._source is None or isinstance(self._source, str):
            return self._source
        return self._source[result.frame_index]

    @abstractmethod
    def _write(self, result: FrameResult) -> None: ...


class CsvSink(_Lines):
    """One row a face a frame, columns `CSV_COLUMNS`; the header stands there even without a face.

    Args:
        path: file to write; an older one is replaced.
        source: what the frames came from; with a list, `frame_index` chooses from it.

    Raises:
        OutputError: the file cannot be made.
    """

    def __init__(self, path: str | Path, source: str | Sequence[str] | None = None) -> None:
        super().__init__(path, source)
        try:
            self._file.write(csv_line(CSV_COLUMNS))
            self._file.flush()
        except OSError as error:
            with suppress(OSError):
                self._file.close()
            raise OutputError(_cannot_write(self.path, error)) from error

    def _write(self, result: FrameResult) -> None:
        for face in result.faces:
            row = _columns(face) | {
                "source": self._source_of(result),
                "frame_index": result.frame_index,
                "time_s": round(result.time_s, 4),
                "model": result.model,
            }
            self._file.write(csv_line(row.get(name) for name in CSV_COLUMNS))


class JsonLinesSink(_Lines):
    """One `FrameResult.to_dict()` a line, frames without a face too.

    Args:
        path: file to write; an older one is replaced.
        source: what the frames came from; with a list, `frame_index` chooses from it.

    Raises:
        OutputError: the file cannot be made.
    """

    def _write(self, result: FrameResult) -> None:
        line = json.dumps(result.to_dict(self._source_of(result)), ensure_ascii=False)
        self._file.write(plain_json(line) + "\n")


def _columns(face: FaceResult) -> dict[str, object]:
    row = face.to_dict()
    left, top, right, bottom = row.pop("box_xyxy")
    row |= {"left": left, "top": top, "right": right, "bottom": bottom}
    row |= {name: p for name, p in row.pop("probs").items() if name in EXPRESSIONS}
    del row["head"]  # the hints say what matters of it
    row["unsure"] = str(row["unsure"]).lower()
    row["hints"] = " ".join(row["hints"])
    return row


def _cannot_write(path: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"{path} cannot be written: {reason}; choose another place or free some space."
