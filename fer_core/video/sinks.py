"""Where results go: a CSV table, JSON Lines; `film_sink` has films. Each is a context manager.

CSV has one row a face a frame, frames without a face too, in the columns of `tables.columns`:
docs/output.md describes them. Names that begin as a formula does are neutralised, see
`names.csv_line`.

JSON Lines has one `FrameResult.to_dict()` a line. Both are flushed with every frame: a crash leaves
the rows so far.
"""

import json
import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from fer_core import tables
from fer_core.errors import OutputError
from fer_core.names import csv_line, plain_json
from fer_core.types import Frame, FrameResult
from fer_core.video.closing import Closing


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
    """One row a face a frame, columns as `tables.columns`; the header stands there at once.

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
        self._columns = tables.columns()
        #: Frames until the first face, which tells the columns; None behind it.
        self._before: list[FrameResult] | None = []
        try:
            self._file.write(csv_line(self._columns))
            self._file.flush()
        except OSError as error:
            with suppress(OSError):
                self._file.close()
            raise OutputError(cannot_write(self.path, error)) from error

    def _write(self, result: FrameResult) -> None:
        if self._before is not None and result.faces:
            columns = tables.columns(result.faces[0].prediction.labels)
            if columns != self._columns:
                self._begin_again(columns, self._before)
            self._before = None
        elif self._before is not None:
            self._before.append(result)
        self._write_rows(result)

    def _begin_again(self, columns: tuple[str, ...], before: list[FrameResult]) -> None:
        self._columns = columns
        self._file.seek(0)
        self._file.truncate()
        self._file.write(csv_line(columns))
        for result in before:
            self._write_rows(result)

    def _write_rows(self, result: FrameResult) -> None:
        for row in tables.rows_of(result, self._source_of(result)):
            self._file.write(csv_row(row, self._columns))


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


def csv_row(row: Mapping[str, object], columns: Sequence[str]) -> str:
    """A line of a table; true and false in small letters, as JSON has them."""
    cells = (row.get(name) for name in columns)
    return csv_line(str(cell).lower() if isinstance(cell, bool) else cell for cell in cells)


def cannot_write(path: Path, error: Exception) -> str:
    """The sentence for a file that the system does not let us write."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return f"{path} cannot be written: {reason}; choose another place or free some space."
