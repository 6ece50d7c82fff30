"""Where results go: a CSV table, JSON Lines; `film_sink` has films. Each is a context manager.

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
import threading
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from fer_core.errors import OutputError
from fer_core.expressions import EXPRESSIONS
from fer_core.names import csv_line, plain_json
from fer_core.types import FaceResult, Frame, FrameResult
from fer_core.video.closing import Closing

CSV_COLUMNS = (
    *("source", "frame_index", "time_s", "track_id", "left", "top", "right", "bottom", "score"),
    *("label", "confidence", "unsure", *EXPRESSIONS, "hints", "model"),
)


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
            raise OutputError(cannot_write(self.path, error)) from error

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
                raise OutputError(cannot_write(self.path, error)) from error

    def close(self) -> None:
        """Finishes the file; may be called twice.

        Raises:
            OutputError: the last lines cannot be written.
        """
        try:
            with self._lock:
                self._file.close()
        except OSError as error:
            raise OutputError(cannot_write(self.path, error)) from error

    def _source_of(self, result: FrameResult) -> str | None:
        if self._source is None or isinstance(self._source, str):
            return self._source
        return self._source[result.frame_index]

    @abstractmethod
    def _write(self, result: FrameResult) -> None: ...


class CsvSink(_Lines):
    """One row a face a frame, columns `CSV_COLUMNS`; the header stands there even without a face.

    Classes of a model's own get columns behind those of the expressions; which ones is told by the
    first face.

    Args:
        path: file to write; an older one is replaced.
        source: what the frames came from; with a list, `frame_index` chooses from it.

    Raises:
        OutputError: the file cannot be made.
    """

    def __init__(self, path: str | Path, source: str | Sequence[str] | None = None) -> None:
        super().__init__(path, source)
        self._columns: tuple[str, ...] = ()
        try:
            self._file.write(csv_line(CSV_COLUMNS))
            self._file.flush()
        except OSError as error:
            with suppress(OSError):
                self._file.close()
            raise OutputError(cannot_write(self.path, error)) from error

    def _write(self, result: FrameResult) -> None:
        for face in result.faces:
            if not self._columns:
                self._columns = _header(face)
                if self._columns != CSV_COLUMNS:
                    self._file.seek(0)
                    self._file.truncate()
                    self._file.write(csv_line(self._columns))
            row = _columns(face) | {
                "source": self._source_of(result),
                "frame_index": result.frame_index,
                "time_s": round(result.time_s, 4),
                "model": result.model,
            }
            self._file.write(csv_line(row.get(name) for name in self._columns))


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


def _header(face: FaceResult) -> tuple[str, ...]:
    own = tuple(_column(name) for name in face.prediction.labels if name not in EXPRESSIONS)
    place = CSV_COLUMNS.index(EXPRESSIONS[-1]) + 1
    return (*CSV_COLUMNS[:place], *own, *CSV_COLUMNS[place:])


def _column(name: str) -> str:
    """Of a class: its name, unless a column is called so already."""
    return f"class {name}" if name in CSV_COLUMNS and name not in EXPRESSIONS else name


def _columns(face: FaceResult) -> dict[str, object]:
    row = face.to_dict()
    left, top, right, bottom = row.pop("box_xyxy")
    row |= {"left": left, "top": top, "right": right, "bottom": bottom}
    row |= {_column(name): p for name, p in row.pop("probs").items()}
    del row["head"]  # the hints say what matters of it
    row["unsure"] = str(row["unsure"]).lower()
    row["hints"] = " ".join(row["hints"])
    return row


def cannot_write(path: Path, error: Exception) -> str:
    """The sentence for a file that the system does not let us write."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return f"{path} cannot be written: {reason}; choose another place or free some space."
