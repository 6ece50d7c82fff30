"""The file of a session as objects: what was analysed and how, every frame and every face."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from fer_core import leftovers
from fer_core.analysis import edits, rows, schema
from fer_core.analysis.about import Conditions, Origin
from fer_core.analysis.edits import Edit
from fer_core.tables import UNREADABLE
from fer_core.types import FrameResult
from fer_core.video.closing import Closing

#: Rows wait so long for the next commit: what a killed process loses at most.
_COMMIT_S = 0.5
GROWING, COMPLETE = "growing", "complete"
#: Frames that are read at a time.
_CHUNK = 500
_T = TypeVar("_T")


class SessionFile(Closing):
    """A file with one analysis, and what is being added to it; `Session` is what others use.

    Attributes:
        path: the file.
        origin: what was analysed.
        conditions: how.
        labels: of the probabilities; empty until there is a face.
        newest: index of the newest frame, -1 without one.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._closed = False
        self._pending: list[tuple[FrameResult, str | None]] = []
        self._committed_s = time.monotonic()
        self._edits: list[Edit] | None = None
        with schema.reading(path):
            self.origin = Origin.from_dict(self._about("origin"))
            self.conditions = Conditions.from_dict(self._about("conditions"))
            self.labels = _labels(self._about("labels"))
            (newest,) = connection.execute("SELECT max(frame) FROM frames").fetchone()
        self.newest = -1 if newest is None else int(newest)

    @classmethod
    def create(cls, path: str | Path, origin: Origin, conditions: Conditions) -> Self:
        """A new file, to be filled by `add` and ended by `finish`.

        Raises:
            OutputError: there is a file of that name, or none can be made.
        """
        path = Path(path)
        connection = schema.create(path)
        about: dict[str, Any] = {
            "origin": origin.to_dict(),
            "conditions": conditions.to_dict(),
            "labels": [],
            "state": GROWING,
            "problems": [],
            "duration_s": None,
            "writer": leftovers.named("mimik"),
        }
        with schema.writing(path), connection:
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO about VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in about.items()],
            )
        return cls(path, connection)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """A file that is there, whole or still growing.

        Raises:
            SessionError: it is missing, damaged, something else, or of a newer version.
        """
        path = Path(path)
        connection = schema.connect(path)
        try:
            return cls(path, connection)
        except BaseException:
            connection.close()
            raise

    # -- what is in it ----------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether the source was analysed to its end."""
        return self._read(lambda: self._about("state")) == COMPLETE

    @property
    def is_being_written(self) -> bool:
        """Whether it grows, in this process or in another one that still runs."""
        state, writer = self._read(lambda: (self._about("state"), self._about("writer")))
        return state == GROWING and not leftovers.is_of_dead_process(str(writer))

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each thing that was wrong with the source."""
        return tuple(str(text) for text in self._read(lambda: self._about("problems")))

    @property
    def duration_s(self) -> float | None:
        """Length of the source: the true one where it was read to its end, else as announced."""
        known = self._read(lambda: self._about("duration_s"))
        return self.origin.duration_s if known is None else float(known)

    @property
    def frame_count(self) -> int:
        """Frames so far."""
        with self._lock:
            (count,) = self._read(
                lambda: self._connection.execute("SELECT count(*) FROM frames").fetchone()
            )
            return int(count) + len(self._pending)

    def frame(self, index: int) -> FrameResult | None:
        """The result of one frame, by its index; None where it was not analysed yet."""
        with self._lock:
            for result, _ in self._pending:
                if result.frame_index == index:
                    return self._edited(result)
        return next(self.frames(index, index + 1), None)

    def at(self, time_s: float) -> FrameResult | None:
        """The result of the frame that is shown at a time; None where it was not analysed yet."""
        with self._lock:
            before = [r for r, _ in self._pending if r.time_s <= time_s + 1e-6]
            if before:
                return self._edited(before[-1])
            found = self._read(
                lambda: self._connection.execute(
                    "SELECT frame FROM frames WHERE time_s <= ? ORDER BY time_s DESC LIMIT 1",
                    (time_s + 1e-6,),
                ).fetchone()
            )
        return None if found is None else self.frame(int(found[0]))

    def frames(self, start: int = 0, end: int | None = None) -> Iterator[FrameResult]:
        """The results of the frames with an index from `start` to before `end`, in their order."""
        while True:
            some = self._chunk(start, end)
            yield from some
            if len(some) < _CHUNK:
                return
            start = some[-1].frame_index + 1

    def pictures(self) -> dict[int, str]:
        """Of photos: index → path, those that could not be read too."""
        query = "SELECT frame, picture FROM frames WHERE picture IS NOT NULL"
        return dict(self._read(lambda: self._connection.execute(query).fetchall()))

    def unreadable(self) -> dict[int, str]:
        """Of photos: index → why it could not be read."""
        query = "SELECT frame, problem FROM frames WHERE status = ? ORDER BY frame"
        return dict(self._read(lambda: self._connection.execute(query, (UNREADABLE,)).fetchall()))

    # -- writing ----------------------------------------------------------------------------------

    def add(self, result: FrameResult, picture: str | None = None) -> None:
        """Keeps the result of the next frame; it is committed within half a second of others.

        Args:
            result: with a higher index than the one before.
            picture: of photos, the path.

        Raises:
            OutputError: it cannot be written; what was committed stays.
            ValueError: the index is not higher, or the labels are others than before.
        """
        with self._lock:
            self._check_next(result)
            self.newest = result.frame_index
            self._pending.append((result, picture))
            if time.monotonic() - self._committed_s >= _COMMIT_S:
                self.commit()

    def add_unreadable(self, index: int, picture: str, problem: str) -> None:
        """Keeps that a photo could not be read, and why."""
        with self._lock:
            self.commit()
            self._change(
                "INSERT INTO frames VALUES (?, ?, 0, 0, ?, ?, ?)",
                (index, float(index), UNREADABLE, picture, problem),
            )
            self.newest = max(self.newest, index)

    def commit(self) -> None:
        """Writes what was added so far.

        Raises:
            OutputError: it cannot be written.
        """
        with self._lock:
            pending = self._pending
            if not pending:
                return
            marks = ", ".join("?" * len(rows.FACE_COLUMNS))
            with schema.writing(self.path), self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(
                    "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, NULL)",
                    [rows.frame_row(result, picture) for result, picture in pending],
                )
                self._connection.executemany(
                    f"INSERT INTO faces VALUES ({marks})",
                    [row for result, _ in pending for row in rows.face_rows(result)],
                )
            self._pending = []
            self._committed_s = time.monotonic()

    def finish(self, problems: Sequence[str] = (), duration_s: float | None = None) -> None:
        """Says that the source was analysed to its end.

        Args:
            problems: one sentence for each thing that was wrong with it.
            duration_s: its true length, where it is known now.

        Raises:
            OutputError: it cannot be written.
        """
        with self._lock:
            self.commit()
            with schema.writing(self.path), self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._set_about("problems", list(problems))
                self._set_about("duration_s", duration_s)
                self._set_about("state", COMPLETE)

    def close(self) -> None:
        """Writes what was added so far and lets go of the file; may be called twice.

        Raises:
            OutputError: it cannot be written.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                self.commit()
            finally:
                self._connection.close()

    # -- inside -----------------------------------------------------------------------------------

    def _chunk(self, start: int, end: int | None) -> list[FrameResult]:
        """The next committed frames, then those that wait."""
        with self._lock:
            first = self._pending[0][0].frame_index if self._pending else None
            stored = first is None or start < first
            found = self._read(lambda: self._stored(start, end)) if stored else []
            for result, _ in self._pending:
                inside = start <= result.frame_index and (end is None or result.frame_index < end)
                if inside and len(found) < _CHUNK:
                    found.append(self._edited(result))
            return found

    def _stored(self, start: int, end: int | None) -> list[FrameResult]:
        last = 1 << 62 if end is None else end
        query = (
            "SELECT frame, time_s, width, height FROM frames WHERE frame >= ? AND frame < ? AND "
            "status != ? ORDER BY frame LIMIT ?"
        )
        heads = self._connection.execute(query, (start, last, UNREADABLE, _CHUNK)).fetchall()
        if not heads:
            return []
        faces: dict[int, list[Any]] = {}
        query = (
            f"SELECT {', '.join(rows.FACE_COLUMNS)} FROM faces WHERE frame >= ? AND frame <= ? "
            "ORDER BY frame, place"
        )
        self._refresh_labels()
        for row in self._connection.execute(query, (heads[0][0], heads[-1][0])):
            face = rows.face_result(row, self.labels, self.conditions.unsure_below)
            faces.setdefault(row[0], []).append(face)
        return [
            self._edited(
                FrameResult(
                    int(index),
                    float(time_s),
                    (int(w), int(h)),
                    tuple(faces.get(index, ())),
                    self.conditions.model,
                )
            )
            for index, time_s, w, h in heads
        ]

    def _edited(self, result: FrameResult) -> FrameResult:
        return edits.edited(result, self._known_edits())

    def _known_edits(self) -> list[Edit]:
        with self._lock:
            if self._edits is None:
                query = "SELECT kind, person, other, frame, name FROM edits ORDER BY id"
                found = self._read(lambda: self._connection.execute(query).fetchall())
                self._edits = [Edit(*row) for row in found]
            return self._edits

    def _check_next(self, result: FrameResult) -> None:
        if result.frame_index <= self.newest:
            raise ValueError(f"frame {result.frame_index} comes after frame {self.newest}")
        for face in result.faces:
            if not self.labels:
                self.labels = face.prediction.labels
                with schema.writing(self.path), self._connection:
                    self._connection.execute("BEGIN IMMEDIATE")
                    self._set_about("labels", list(self.labels))
            if face.prediction.labels != self.labels:
                raise ValueError(f"a face has labels {face.prediction.labels}, not {self.labels}")

    def _refresh_labels(self) -> None:
        """Another process may have seen the first face meanwhile."""
        if not self.labels:
            self.labels = _labels(self._about("labels"))

    def _about(self, key: str) -> Any:
        row = self._connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return json.loads(row[0])

    def _set_about(self, key: str, value: Any) -> None:
        self._connection.execute("REPLACE INTO about VALUES (?, ?)", (key, json.dumps(value)))

    def _read(self, query: Callable[[], _T]) -> _T:
        with self._lock, schema.reading(self.path):
            return query()

    def _change(self, query: str, values: Sequence[object]) -> sqlite3.Cursor:
        with self._lock, schema.writing(self.path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            return self._connection.execute(query, values)


def _labels(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(label, str) for label in found):
        raise TypeError("the labels are no texts")
    return tuple(found)
