"""What the window shows, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass

NONE, CAMERA, IMAGE, VIDEO = "none", "camera", "image", "video"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a picker; one that is not usable says why in `note`."""

    key: str
    title: str
    note: str = ""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """A button: what it reads and what it does."""

    label: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """The bar over the picture; an alarm stays until it is closed."""

    text: str
    alarm: bool = False
    action: Action | None = None


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
    """A stretch of a band, seconds, in the colour of what the face showed; empty for not sure."""

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
    """

    text: str
    share: float | None = None
    playing: bool = False
    back: bool = True
    forward: bool = True


def hex_color(rgb: tuple[int, int, int]) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)
