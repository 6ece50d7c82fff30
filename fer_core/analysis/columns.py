"""A session as arrays: what timelines, curves and shares are made of."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fer_core.analysis import edits
from fer_core.analysis.edits import Edit
from fer_core.expressions import UNSURE
from fer_core.statistics import DEFAULT_FRAME_S, MAX_FRAME_S
from fer_core.tables import UNREADABLE

#: A person without a number, as a photo without tracking has.
NOBODY = -1


def _empty(dtype: type, *shape: int) -> np.ndarray:
    return np.empty((0, *shape), dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All frames and all faces, in the order of time; arrays of one kind have one length.

    Attributes:
        labels: of the probabilities.
        frame, time_s: int64, float64 (F,) of all frames, those without a face too.
        face_frame: int64 (N,) index of the frame of each face.
        person: int64 (N,), `NOBODY` where there is no number.
        probs, raw: float32 (N, K) smoothed, and as the model gave them; NaN where a face was not
            read in its frame.
        unsure: bool (N,).
        score, size_px: float32 (N,).
        clear: bool (N,): nothing makes the face hard to read.
        box_xyxy: float32 (N, 4) px.
    """

    labels: tuple[str, ...] = ()
    frame: np.ndarray = field(default_factory=lambda: _empty(np.int64))
    time_s: np.ndarray = field(default_factory=lambda: _empty(np.float64))
    face_frame: np.ndarray = field(default_factory=lambda: _empty(np.int64))
    person: np.ndarray = field(default_factory=lambda: _empty(np.int64))
    probs: np.ndarray = field(default_factory=lambda: _empty(np.float32, 0))
    raw: np.ndarray = field(default_factory=lambda: _empty(np.float32, 0))
    unsure: np.ndarray = field(default_factory=lambda: _empty(bool))
    score: np.ndarray = field(default_factory=lambda: _empty(np.float32))
    size_px: np.ndarray = field(default_factory=lambda: _empty(np.float32))
    clear: np.ndarray = field(default_factory=lambda: _empty(bool))
    box_xyxy: np.ndarray = field(default_factory=lambda: _empty(np.float32, 4))

    @property
    def numbers(self) -> np.ndarray:
        """Who there is: int64, rising."""
        found = np.unique(self.person)
        return found[found != NOBODY]

    @property
    def face_at(self) -> np.ndarray:
        """int64 (N,): place of each face's frame in `frame` and `time_s`."""
        return np.searchsorted(self.frame, self.face_frame)

    def shown(self) -> np.ndarray:
        """What each face shows: str (N,), one of `labels` or `UNSURE`."""
        if not len(self.person):
            return np.empty(0, object)
        labels = np.array([*self.labels, UNSURE], object)
        best = np.where(self.unsure, len(self.labels), self.probs.argmax(axis=1))
        shown: np.ndarray = labels[best]
        return shown

    def lasts_s(self, duration_s: float | None, *, live: bool) -> np.ndarray:
        """How long each frame stands, in seconds: until the next, the last one until the end.

        Args:
            duration_s: of the source, where it is known.
            live: a longer step than a second is a pause and counts as a usual frame.
        """
        times = self.time_s
        if not len(times):
            return np.empty(0)
        steps = np.maximum(np.diff(times), 0.0)
        usual = float(np.median(steps)) if len(steps) else DEFAULT_FRAME_S
        if live:
            steps = np.where(steps > MAX_FRAME_S, usual, steps)
        left = (duration_s or 0.0) - float(times[-1])
        last = left if not live and left > 0 and (not len(steps) or left <= 2 * usual) else usual
        return np.append(steps, last)

    def edited(self, changes: Sequence[Edit]) -> "Columns":
        """The same with persons as somebody has merged and split them."""
        if not changes:
            return self
        return replace(self, person=edits.resolved(changes, self.face_frame, self.person))

    def grown(self, connection: sqlite3.Connection, labels: tuple[str, ...]) -> "Columns":
        """With the frames that were committed since.

        Raises:
            sqlite3.Error, ValueError, TypeError: the file is damaged.
        """
        newest = int(self.frame[-1]) if len(self.frame) else -1
        heads = connection.execute(
            "SELECT frame, time_s FROM frames WHERE frame > ? AND status != ? ORDER BY frame",
            (newest, UNREADABLE),
        ).fetchall()
        if not heads:
            return self
        faces = connection.execute(
            "SELECT frame, person, probs, raw, unsure, score, size_px, hints, left, top, right, "
            "bottom FROM faces WHERE frame > ? AND frame <= ? ORDER BY frame, place",
            (newest, heads[-1][0]),
        ).fetchall()
        more = _of_rows(labels, heads, faces)
        if not len(self.frame):
            return more
        joined = {
            name: np.concatenate([getattr(self, name), getattr(more, name)])
            if getattr(self, name).shape[1:] == getattr(more, name).shape[1:]
            else getattr(more, name)  # until the first face nobody knew how many labels there are
            for name in Columns.__dataclass_fields__
            if name != "labels"
        }
        return Columns(labels, **joined)


def _of_rows(labels: tuple[str, ...], heads: list, faces: list) -> Columns:
    count = len(labels)
    nothing = np.full(count, np.nan, np.float32).tobytes()
    probs = b"".join(row[2] for row in faces)
    raw = b"".join(nothing if row[3] is None else row[3] for row in faces)
    return Columns(
        labels,
        np.array([row[0] for row in heads], np.int64),
        np.array([row[1] for row in heads], np.float64),
        np.array([row[0] for row in faces], np.int64),
        np.array([NOBODY if row[1] is None else row[1] for row in faces], np.int64),
        np.frombuffer(probs, "<f4").astype(np.float32).reshape(len(faces), count),
        np.frombuffer(raw, "<f4").astype(np.float32).reshape(len(faces), count),
        np.array([row[4] for row in faces], bool),
        np.array([row[5] for row in faces], np.float32),
        np.array([row[6] for row in faces], np.float32),
        np.array([not row[7] for row in faces], bool),
        np.array([row[8:12] for row in faces], np.float32).reshape(len(faces), 4),
    )
