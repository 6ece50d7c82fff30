"""What is known of a film that is being analysed, or was, as plain values."""

from dataclasses import dataclass, field

#: A stretch of a lane: start and end in seconds, what was shown, its colour.
Stretch = tuple[float, float, str, str]
#: A curve: the label, its colour, and (time in seconds, 0..1 or None where nobody was seen).
CurvePoints = tuple[str, str, tuple[tuple[float, float | None], ...]]


@dataclass(frozen=True, slots=True)
class FilmEvent:
    """A moment to go to.

    Attributes:
        kind: enters, leaves, change, peak or marker.
        person: number; None for a marker.
        label: what was shown, or the note of a marker.
    """

    kind: str
    time_s: float
    person: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class FilmPerson:
    """Somebody who was seen in a film.

    Attributes:
        name: that somebody gave; empty without.
        seconds: how long they were seen.
        stretches: what they showed, with gaps where nobody saw them.
        curves: of each expression; empty for those beyond the first few.
    """

    number: int
    name: str
    seconds: float
    stretches: tuple[Stretch, ...]
    curves: tuple[CurvePoints, ...] = ()


@dataclass(frozen=True, slots=True)
class FilmData:
    """All of it so far.

    Attributes:
        duration_s: of the film. done_s: analysed up to here.
        complete: analysed to its end.
        events: in the order of time.
    """

    duration_s: float
    done_s: float
    complete: bool
    people: tuple[FilmPerson, ...] = ()
    events: tuple[FilmEvent, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class FilmShown:
    """The timeline of a film as it is now.

    Attributes:
        data: compared by identity, since it is large.
        titles: what to call each person, by number.
        chosen: number of the person whose curves are shown.
        position_s: of the picture that is shown.
        note: how far the analysis is; empty at its end.
    """

    data: FilmData
    titles: tuple[tuple[int, str], ...]
    chosen: int | None
    position_s: float
    note: str = ""
