"""What a person changes about a session: markers, names, merged and split persons.

The rows that were analysed are never changed. An edit is a row of its own, they are applied in
their order whenever something is read, and the last one can be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_core.types import FrameResult

MERGE, SPLIT, NAME = "merge", "split", "name"


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that somebody marked."""

    id: int
    time_s: float
    note: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    Attributes:
        kind: merge (`person` becomes `other`), split (from `frame` on `person` becomes `other`),
            or name (`person` is called `name`).
    """

    kind: str
    person: int
    other: int | None = None
    frame: int | None = None
    name: str | None = None


def resolved(edits: Sequence[Edit], frames: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Who the faces are after all edits.

    Args:
        edits: in the order in which they were made.
        frames: int64 (N,) index of the frame of each face.
        persons: int64 (N,) as they were numbered by the analysis.

    Returns:
        int64 (N,).
    """
    found = persons.copy()
    for edit in edits:
        if edit.kind == MERGE:
            found[found == edit.person] = edit.other
        elif edit.kind == SPLIT:
            found[(found == edit.person) & (frames >= (edit.frame or 0))] = edit.other
    return found


def edited(result: FrameResult, edits: Sequence[Edit]) -> FrameResult:
    """A result with the faces' numbers after all edits."""
    if not any(edit.kind in (MERGE, SPLIT) for edit in edits) or not result.faces:
        return result
    numbers = [face.face.track_id for face in result.faces]
    before = np.array([-1 if number is None else number for number in numbers], np.int64)
    after = resolved(edits, np.full(len(before), result.frame_index), before).tolist()
    faces = tuple(
        face if number is None else replace(face, face=replace(face.face, track_id=now))
        for face, number, now in zip(result.faces, numbers, after, strict=True)
    )
    return replace(result, faces=faces)


def names_of(edits: Sequence[Edit]) -> dict[int, str]:
    """Number → name, of those that have one; a merged person leaves its name to one without."""
    names: dict[int, str] = {}
    for edit in edits:
        if edit.kind == NAME and edit.name:
            names[edit.person] = edit.name
        elif edit.kind == NAME:
            names.pop(edit.person, None)
        elif edit.kind == MERGE and edit.other is not None and edit.person in names:
            names.setdefault(edit.other, names.pop(edit.person))
    return names
