"""What the core says of a teaching, and what the dialog shows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TeachReady:
    """A model can be taught; `counts`: the faces there are for it already."""

    parent: str
    labels: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """Faces of a class were taken; `counts`: all there are now."""

    label: str
    counts: Mapping[str, int]
    found: int
    left_out: int = 0
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class TeachStep:
    """How far the teaching is, 0..1."""

    share: float


@dataclass(frozen=True, slots=True)
class Taught:
    """A model was taught and added.

    Attributes:
        right: class → faces that were read right while they were held out, and all of it.
        folds: parts in which they were held out.
        accuracy, before: shares of all of them, 0..1; `before` is its parent's, where it knows
            the classes.
        few: classes with fewer than ten faces.
    """

    name: str
    parent: str
    right: Mapping[str, tuple[int, int]]
    folds: int
    accuracy: float
    before: float | None
    few: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeachFailed:
    """Something cannot be done; an empty message: the person broke it off."""

    message: str


@dataclass(frozen=True, slots=True)
class TeachRow:
    """A class in the list: its name for a person, and what stands behind it."""

    label: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class TeachShown:
    """The dialog.

    Attributes:
        title: which model is taught.
        rows: the classes. chosen: the one that is shown next, or empty.
        count: 3, 2, 1 before the first picture; else 0.
        status: a sentence, or several; `bad`: something is wrong, `good`: it is done.
        live: there is a picture to take faces from.
        taking: faces are being taken. share: how far the teaching is; None while there is none.
        ready: it can be taught now. faces: there are some to keep.
    """

    title: str
    rows: tuple[TeachRow, ...]
    chosen: str
    count: int
    status: str
    bad: bool
    good: bool
    live: bool
    taking: bool
    share: float | None
    ready: bool
    faces: bool
