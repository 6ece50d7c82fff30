"""One analysis, kept: what is in its file, views of it, and what a person changes about it."""

import sqlite3
from pathlib import Path

from fer_core.analysis import edits, schema, views
from fer_core.analysis.columns import Columns
from fer_core.analysis.edits import Edit, Marker
from fer_core.analysis.kept import SessionFile
from fer_core.errors import SessionError
from fer_core.statistics import Span
from fer_core.types import Frame, FrameResult


class Session(SessionFile):
    """A file with one analysis; `Session.create` and `Session.open` make one.

    It may be used from several threads; another `Session` of the same file sees what was committed,
    half a second later at most. Whoever reads it gets persons as they were edited: merged, split.

    Attributes:
        path: the file.
        origin: what was analysed.
        conditions: how.
        labels: of the probabilities; empty until there is a face.
        newest: index of the newest frame, -1 without one.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(path, connection)
        self._columns = Columns()

    def write(self, frame: Frame, result: FrameResult) -> None:
        """As `add`: a session is a sink."""
        self.add(result)

    # -- views ------------------------------------------------------------------------------------

    def columns(self) -> Columns:
        """Everything that views need as arrays, persons as they were edited; kept and continued."""
        with self._lock, schema.reading(self.path):
            self._columns = self._columns.grown(self._connection, self.labels)
            return self._columns.edited(self._known_edits())

    def persons(self) -> list[views.Person]:
        """Who was seen, in the order of their numbers; of photos nobody is known again."""
        if self.origin.kind == "photos":
            return []
        columns = self.columns()
        lasts_s = columns.lasts_s(self.duration_s, live=self.origin.kind == "live")
        return views.persons(columns, lasts_s, self.names())

    def names(self) -> dict[int, str]:
        """Number → name of those persons that somebody has named."""
        return edits.names_of(self._known_edits())

    def bands(self, person: int) -> tuple[Span, ...]:
        """What a person showed, as stretches of one expression, with gaps where nobody saw them."""
        columns = self.columns()
        lasts_s = columns.lasts_s(self.duration_s, live=self.origin.kind == "live")
        return views.bands(columns, lasts_s, person)

    def curve(
        self, person: int, label: str, max_points: int = 2000, *, raw: bool = False
    ) -> views.Curve:
        """The probability of one expression over time; NaN where the person was not seen.

        Args:
            person: number.
            label: one of `labels`.
            max_points: more are brought together so that lows and peaks stay.
            raw: as the model gave it for each frame, not smoothed.
        """
        return views.curve(self.columns(), person, label, max_points, raw=raw)

    def events(self) -> list[views.Event]:
        """What happened, in the order of time: who came and went, changes, peaks, markers."""
        columns = self.columns()
        lasts_s = columns.lasts_s(self.duration_s, live=self.origin.kind == "live")
        return views.events(columns, lasts_s, self.markers())

    # -- edits ------------------------------------------------------------------------------------

    def markers(self) -> list[Marker]:
        """Moments that somebody marked, in the order of time."""
        query = "SELECT id, time_s, note FROM markers ORDER BY time_s, id"
        found = self._read(lambda: self._connection.execute(query).fetchall())
        return [Marker(int(id_), float(time_s), str(note)) for id_, time_s, note in found]

    def mark(self, time_s: float, note: str = "") -> Marker:
        """Marks a moment; OutputError where it cannot be kept."""
        cursor = self._change("INSERT INTO markers (time_s, note) VALUES (?, ?)", (time_s, note))
        return Marker(int(cursor.lastrowid or 0), time_s, note)

    def change_marker(self, id_: int, note: str) -> None:
        """Gives a marker another note."""
        self._change("UPDATE markers SET note = ? WHERE id = ?", (note, id_))

    def unmark(self, id_: int) -> None:
        """Removes a marker."""
        self._change("DELETE FROM markers WHERE id = ?", (id_,))

    def name(self, person: int, name: str) -> None:
        """Calls a person by a name; an empty one takes it away."""
        self._edit(Edit(edits.NAME, person, name=name.strip()))

    def merge(self, person: int, into: int) -> None:
        """Says that two numbers are one person; `person` is called `into` from now on.

        Raises:
            SessionError: there are no such persons, or they are one already.
        """
        there = set(self.columns().numbers.tolist())
        if person == into or not {person, into} <= there:
            raise SessionError(f"Person {person} cannot be merged into person {into}: choose two.")
        self._edit(Edit(edits.MERGE, person, into))

    def split(self, person: int, frame: int) -> int:
        """Says that a number is somebody else from a frame on; gives the new number.

        Raises:
            SessionError: the person is not seen both before that frame and from it on, or the
                session still grows, whose new faces might get the same number.
        """
        if not self.is_complete:
            raise SessionError("A person can be split once the film is analysed to its end.")
        columns = self.columns()
        at = columns.face_frame[columns.person == person]
        if not (at < frame).any() or not (at >= frame).any():
            raise SessionError(
                f"Person {person} cannot be split at frame {frame}: they are not seen both before "
                "and after it."
            )
        new = self._unused_number()
        self._edit(Edit(edits.SPLIT, person, new, frame))
        return new

    def undo(self) -> bool:
        """Takes the last name, merge or split back; False if there is none."""
        with self._lock:
            cursor = self._change("DELETE FROM edits WHERE id = (SELECT max(id) FROM edits)", ())
            self._edits = None
            return cursor.rowcount > 0

    def has_edits(self) -> bool:
        """Whether somebody has put work into it that would be lost with the file."""
        return bool(self._known_edits() or self.markers())

    def take_over(self, older: "Session") -> None:
        """Copies markers from another session of the same source, and persons if they are the same.

        Raises:
            OutputError: it cannot be written.
        """
        for marker in older.markers():
            self.mark(marker.time_s, marker.note)
        if self.conditions.finds_like(older.conditions):
            for edit in older._known_edits():
                self._edit(edit)

    def _edit(self, edit: Edit) -> None:
        with self._lock:
            self._change(
                "INSERT INTO edits (kind, person, other, frame, name) VALUES (?, ?, ?, ?, ?)",
                (edit.kind, edit.person, edit.other, edit.frame, edit.name),
            )
            self._edits = None

    def _unused_number(self) -> int:
        """Higher than every number that a face or an edit has."""
        with self._lock, schema.reading(self.path):
            highest = self._connection.execute(
                "SELECT max(coalesce((SELECT max(person) FROM faces), 0), "
                "coalesce((SELECT max(other) FROM edits), 0))"
            ).fetchone()[0]
        return int(highest) + 1
