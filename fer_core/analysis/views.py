"""What a person sees of a session: who was there, what they showed, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.analysis.columns import Columns
from fer_core.analysis.edits import Marker
from fer_core.expressions import NEUTRAL, UNSURE, in_order
from fer_core.statistics import Span

#: Whoever is unseen for longer than this has left: a shorter gap is a missed face.
_AWAY_S = 1.0
#: A stretch that is shorter than this is no event of its own.
_BRIEF_S = 0.3
ENTERS, LEAVES, CHANGE, PEAK, MARKER = "enters", "leaves", "change", "peak", "marker"


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody who was seen.

    Attributes:
        number: as boxes and tables have it.
        name: that somebody gave; empty without.
        first_s, last_s: when they were seen first and last.
        seconds: how long they were seen in all.
        frames: in how many frames.
        shares: expression, or `UNSURE` → 0..1 of that time, in the usual order; sums to 1.
        peaks: expression → (highest probability, when).
        thumbnail: index of the frame in which they are seen best,
        box_xyxy: and where in it: float32 (4,) px.
    """

    number: int
    name: str
    first_s: float
    last_s: float
    seconds: float
    frames: int
    shares: Mapping[str, float]
    peaks: Mapping[str, tuple[float, float]]
    thumbnail: int
    box_xyxy: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A probability over time.

    Attributes:
        time_s: float64 (N,), rising.
        value: float32 (N,), 0..1; NaN between two stretches in which the person was seen.
    """

    time_s: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        kind: enters, leaves, change (to another expression), peak (the strongest moment of a
            stretch of one expression) or marker.
        time_s, frame: when.
        person: who; None for a marker.
        label: what they showed then, or the note of a marker.
        probability: of a peak, 0..1.
    """

    kind: str
    time_s: float
    frame: int
    person: int | None = None
    label: str = ""
    probability: float | None = None


def persons(columns: Columns, lasts_s: np.ndarray, names: Mapping[int, str]) -> list[Person]:
    """Everybody, in the order of their numbers."""
    return [
        _person(columns, lasts_s, number, names.get(number, ""))
        for number in columns.numbers.tolist()
    ]


def bands(columns: Columns, lasts_s: np.ndarray, person: int) -> tuple[Span, ...]:
    """What a person showed, as stretches of one expression; a missed face makes no gap."""
    _, at, labels = _of(columns, person)
    return tuple(
        Span(float(columns.time_s[at[a]]), float(columns.time_s[at[b - 1]] + held), labels[a])
        for a, b, held in _stretches(columns, lasts_s, at, labels)
    )


def curve(
    columns: Columns, person: int, label: str, max_points: int, *, raw: bool = False
) -> Curve:
    """One probability over time; see `Session.curve`.

    Raises:
        ValueError: there is no such label.
    """
    if label not in columns.labels and columns.labels:
        raise ValueError(f"there is no label {label!r}; there are {', '.join(columns.labels)}")
    mine, at, _ = _of(columns, person)
    if not len(at):
        return Curve(np.empty(0), np.empty(0, np.float32))
    values = (columns.raw if raw else columns.probs)[mine, columns.labels.index(label)]
    times = columns.time_s[at]
    # A gap of frames in which the person is not seen breaks the line.
    breaks = np.flatnonzero(np.diff(at) > 1) + 1
    times = np.insert(times, breaks, columns.time_s[at[breaks - 1] + 1])
    values = np.insert(values, breaks, np.nan)
    return Curve(*_thinned(times, values, max_points))


def events(columns: Columns, lasts_s: np.ndarray, markers: Sequence[Marker]) -> list[Event]:
    """What happened, in the order of time."""
    found = [
        Event(MARKER, marker.time_s, _frame_at(columns, marker.time_s), None, marker.note)
        for marker in markers
    ]
    for person in columns.numbers.tolist():
        found += _events_of(columns, lasts_s, person)
    return sorted(found, key=lambda event: (event.time_s, event.person or 0))


def _person(columns: Columns, lasts_s: np.ndarray, number: int, name: str) -> Person:
    mine, at, labels = _of(columns, number)
    seconds = lasts_s[at]
    total = float(seconds.sum())
    each = {label: float(seconds[labels == label].sum()) for label in set(labels.tolist())}
    unsure = each.pop(UNSURE, None)
    ordered = {label: each[label] for label in in_order(sorted(each))}
    ordered |= {} if unsure is None else {UNSURE: unsure}
    strongest = columns.probs[mine].argmax(axis=0)
    peaks = {
        label: (float(columns.probs[mine[k], index]), float(columns.time_s[at[k]]))
        for index, (label, k) in enumerate(zip(columns.labels, strongest, strict=True))
    }
    worth = columns.size_px[mine] * columns.score[mine] * (0.3 + columns.clear[mine])
    best = mine[int(worth.argmax())]
    return Person(
        number,
        name,
        float(columns.time_s[at[0]]),
        float(columns.time_s[at[-1]] + lasts_s[at[-1]]),
        total,
        len(np.unique(at)),
        {label: value / total if total else 0.0 for label, value in ordered.items()},
        peaks,
        int(columns.face_frame[best]),
        columns.box_xyxy[best].copy(),
    )


def _of(columns: Columns, person: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The faces of a person: their places, those of their frames, and what they show."""
    mine = np.flatnonzero(columns.person == person)
    return mine, columns.face_at[mine], columns.shown()[mine]


def _stretches(
    columns: Columns, lasts_s: np.ndarray, at: np.ndarray, labels: np.ndarray
) -> list[tuple[int, int, float]]:
    """First and behind-last face of each stretch of one label, and how long its last frame holds.

    A frame or two in which a face was missed do not end a stretch, more than `_AWAY_S` do.
    """
    if not len(at):
        return []
    gap_s = columns.time_s[at[1:]] - columns.time_s[at[:-1]] - lasts_s[at[:-1]]
    ends = np.flatnonzero((labels[1:] != labels[:-1]) | (gap_s > _AWAY_S)) + 1
    starts = [0, *ends.tolist()]
    found = []
    for a, b in zip(starts, [*ends.tolist(), len(at)], strict=True):
        found.append((a, b, float(lasts_s[at[b - 1]])))
    return found


def _events_of(columns: Columns, lasts_s: np.ndarray, person: int) -> list[Event]:
    mine, at, labels = _of(columns, person)
    found: list[Event] = []
    before: str | None = None
    end_s = -np.inf

    def event(kind: str, k: int, label: str, probability: float | None = None) -> Event:
        frame = int(columns.frame[at[k]])
        return Event(kind, float(columns.time_s[at[k]]), frame, person, label, probability)

    for a, b, held_s in _stretches(columns, lasts_s, at, labels):
        label, start_s = str(labels[a]), float(columns.time_s[at[a]])
        last_s = float(columns.time_s[at[b - 1]]) + held_s
        if start_s - end_s > _AWAY_S:
            if before is not None:
                found.append(event(LEAVES, a - 1, before))
            found.append(event(ENTERS, a, label))
            before = label
        end_s = last_s
        if last_s - start_s < _BRIEF_S:
            continue
        if label not in (before, UNSURE):
            found.append(event(CHANGE, a, label))
            before = label
        if label not in (NEUTRAL, UNSURE):
            values = columns.probs[mine[a:b], columns.labels.index(label)]
            top = int(values.argmax())
            found.append(event(PEAK, a + top, label, float(values[top])))
    if before is not None:
        found.append(event(LEAVES, len(at) - 1, before))
    return found


def _frame_at(columns: Columns, time_s: float) -> int:
    place = int(np.searchsorted(columns.time_s, time_s + 1e-6, side="right")) - 1
    return int(columns.frame[max(place, 0)]) if len(columns.frame) else 0


def _thinned(
    times: np.ndarray, values: np.ndarray, max_points: int
) -> tuple[np.ndarray, np.ndarray]:
    """At most so many points: of each part the lowest and the highest, in their order.

    A part that has a gap keeps it.
    """
    if len(times) <= max(max_points, 3):
        return times, values
    parts = np.array_split(np.arange(len(times)), max((max_points - 1) // 3, 1))
    kept: list[int] = []
    for part in parts:
        piece = values[part]
        gaps = part[np.isnan(piece)][:1].tolist()
        if len(gaps) and np.isnan(piece).all():
            kept += gaps
            continue
        kept += sorted({int(part[np.nanargmin(piece)]), int(part[np.nanargmax(piece)]), *gaps})
    kept = sorted({*kept, len(times) - 1})
    return times[kept], values[kept]
