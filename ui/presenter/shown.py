"""What the window shows, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass

NONE, CAMERA, IMAGE, VIDEO = "none", "camera", "image", "video"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a picker.

    Attributes:
        note: what else to know before choosing it; why, if it is not usable.
        figure: a number to compare it by, such as how often it is right.
        terms: what has to be known before using it, such as a licence.
        tip: all about it.
        own: the person brought it and may take it away again.
        action: no thing to choose but something to do, such as adding one.
    """

    key: str
    title: str
    note: str = ""
    usable: bool = True
    tip: str = ""
    figure: str = ""
    terms: str = ""
    own: bool = False
    action: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button: what it reads and what it does."""

    label: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """The bar over the picture; what alarms, offers a button or goes on stays until it is closed.

    Attributes:
        busy: something is going on; a bar moves.
        brief: it goes away by itself although it offers a button.
    """

    text: str
    alarm: bool = False
    action: Action | None = None
    busy: bool = False
    brief: bool = False

    @property
    def passing(self) -> bool:
        """Whether it goes away by itself."""
        return self.brief or not (self.alarm or self.action or self.busy)


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in the middle while there is no picture.

    Attributes:
        drop: draw it as a place to drop files on.
    """

    icon: str
    title: str
    text: str = ""
    actions: tuple[Action, ...] = ()
    drop: bool = False


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One line in the list of faces."""

    key: int
    title: str
    reading: str
    percent: str
    color: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One expression of the chosen face; `share` is 0..1."""

    label: str
    share: float
    color: str
    leads: bool


@dataclass(frozen=True, slots=True)
class FaceDetail:
    """The chosen face: headline, hints, and all classes in fixed order."""

    title: str
    headline: str
    percent: str
    color: str
    hint: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a band, seconds, in the colour of what the face showed."""

    start_s: float
    end_s: float
    color: str


@dataclass(frozen=True, slots=True)
class Band:
    """One face on the timeline."""

    title: str
    spans: tuple[Span, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The last minute; `end_s` is its right edge."""

    bands: tuple[Band, ...]
    end_s: float
    length_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Transport:
    """The row under the picture: a video's, or a folder of pictures'.

    Attributes:
        share: position 0..1 in a video, or None for pictures.
        step: share of the video that an arrow key moves.
    """

    text: str
    share: float | None = None
    playing: bool = False
    back: bool = True
    forward: bool = True
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class CaptureShown:
    """The page that takes the person's own face.

    Attributes:
        label: the expression that is asked for.
        taken: how many faces of each expression there are, in the order of the buttons.
        count: 3, 2, 1 before the picture is taken; else 0.
        status: a sentence; `good` and `bad` say how it ends.
        live: there is a picture to take a face from.
    """

    label: str
    taken: tuple[tuple[str, int], ...]
    count: int
    status: str
    good: bool
    bad: bool
    live: bool


def hex_color(rgb: tuple[int, int, int]) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)
