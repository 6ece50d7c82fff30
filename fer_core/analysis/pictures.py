"""Sessions as pictures: the timeline of a film, contact sheets of photos."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from fer_core.analysis.session import Session
from fer_core.analysis.views import Person
from fer_core.errors import OutputError, SourceError
from fer_core.expressions import UNSURE, color_rgb, display_name, in_order
from fer_core.files import replacing, write_bytes
from fer_core.names import plain
from fer_core.overlay import annotate, text_sprite
from fer_core.types import FrameResult
from fer_core.video.images import read_photo
from fer_core.video.sinks import cannot_write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Persons that a timeline shows, those that were seen longest.
_LANES = 12
#: Points of a curve, more than the picture has px across.
_POINTS = 3000
#: A sheet has so many photos across and down; px of each, and of the line with its name.
_ACROSS, _DOWN, _SIDE_PX, _LINE_PX = 6, 5, 320, 22
#: Of labels; a face with no room for words has its number.
_TEXT_PX = 11
_GROUND, _EMPTY = 245, 225


def write_timeline(session: Session, paths: Sequence[Path], *, language: str = "en") -> None:
    """Draws who was seen when and with which expression; the suffix of a file says of which kind.

    Each person has a lane: a band of what they showed, and above it the probability of each
    expression over time.

    Raises:
        OutputError: a file cannot be written.
    """
    from matplotlib import rc_context

    figure = _figure(session, language)
    for path in paths:
        try:  # with a salt of our own the same session gives the same file
            with rc_context({"svg.hashsalt": "mimik"}), replacing(path) as temporary:
                figure.savefig(temporary, format=path.suffix[1:], metadata=_dateless(path))
        except OSError as error:
            raise OutputError(cannot_write(path, error)) from error


def write_sheets(session: Session, folder: Path, stem: str) -> list[Path]:
    """Draws all photos of a session, small, with their boxes and names, on sheets of 30.

    A photo that can no longer be read has an empty place.

    Returns:
        The files, `STEM-1.jpg` and on.

    Raises:
        OutputError: a file cannot be written.
    """
    names = session.pictures()
    made: list[Path] = []
    tiles: list[np.ndarray] = []
    for place, (index, name) in enumerate(sorted(names.items()), start=1):
        tiles.append(_tile(name, session.frame(index)))
        if len(tiles) == _ACROSS * _DOWN or place == len(names):
            made.append(folder / f"{stem}-{len(made) + 1}.jpg")
            _write_sheet(made[-1], tiles)
            tiles = []
    return made


def _figure(session: Session, language: str) -> Any:
    from matplotlib.figure import Figure

    found = sorted(session.persons(), key=lambda person: -person.seconds)
    shown = sorted(found[:_LANES], key=lambda person: person.number)
    figure = Figure(figsize=(14, 1.6 + 1.5 * max(1, len(shown))), dpi=110, layout="constrained")
    lanes = figure.subplots(max(1, len(shown)), 1, sharex=True, squeeze=False)[:, 0]
    end_s = session.duration_s or (session.columns().time_s[-1:].tolist() or [1.0])[0]
    for axes, person in zip(lanes, shown, strict=False):
        _draw_lane(axes, session, person, language)
    if not shown:
        lanes[0].text(0.5, 0.5, "no face", transform=lanes[0].transAxes, ha="center")
        lanes[0].set_yticks([])
    lanes[-1].set_xlim(0, max(end_s, 1e-3))
    lanes[-1].xaxis.set_major_formatter(_clock)
    more = len(found) - len(shown)
    figure.suptitle(
        plain(session.origin.name).replace("$", r"\$") + (f", {more} more persons" if more else "")
    )
    labels = in_order(session.labels)
    handles = [_patch(label, language) for label in (*labels, UNSURE)]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return figure


def _draw_lane(axes: "Axes", session: Session, person: Person, language: str) -> None:
    for span in session.bands(person.number):
        axes.axvspan(span.start_s, span.end_s, 0, 0.16, color=_rgb(span.label), lw=0)
    for label in in_order(session.labels):
        curve = session.curve(person.number, label, _POINTS)
        axes.plot(curve.time_s, 0.2 + 0.8 * curve.value, color=_rgb(label), lw=1.1)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0.2, 0.6, 1.0], ["0", "50 %", "100 %"])
    name = plain(person.name).replace("$", r"\$") or f"{person.number}"
    axes.set_ylabel(name, rotation=0, ha="right", va="center")
    axes.grid(axis="x", color="0.9", lw=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _clock(seconds: float, place: int) -> str:
    """A time on the axis: 0:05, 1:02:03; fractions where the film is short."""
    whole, part = divmod(round(max(seconds, 0.0), 2), 1)
    hours, rest = divmod(int(whole), 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return text + (f"{part:.2f}"[1:].rstrip("0") if part else "")


def _patch(label: str, language: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(color=_rgb(label), label=display_name(label, language).replace("$", r"\$"))


def _rgb(label: str) -> tuple[float, ...]:
    return tuple(channel / 255 for channel in color_rgb(label))


def _dateless(path: Path) -> dict[str, Any]:
    """The same session gives the same file on any day."""
    return {"Date": None} if path.suffix.lower() == ".svg" else {"Software": "Mimik"}


def _tile(name: str, result: FrameResult | None) -> np.ndarray:
    tile = np.full((_SIDE_PX + _LINE_PX, _SIDE_PX, 3), _GROUND, np.uint8)
    image = _small(name)
    if image is None:
        tile[:_SIDE_PX] = _EMPTY
    else:
        drawn = image if result is None else annotate(image, result, text_px=_TEXT_PX, numbers=True)
        h, w = drawn.shape[:2]
        top, left = (_SIDE_PX - h) // 2, (_SIDE_PX - w) // 2
        tile[top : top + h, left : left + w] = drawn
    line = text_sprite(_short(plain(Path(name).name)), 12, (_GROUND,) * 3)[:_LINE_PX, :_SIDE_PX]
    tile[_SIDE_PX : _SIDE_PX + line.shape[0], : line.shape[1]] = line
    return tile


def _small(name: str) -> np.ndarray | None:
    try:
        image = read_photo(name).image
    except SourceError:
        return None
    scale = min(1.0, _SIDE_PX / max(image.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in image.shape[1::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:24]}…{name[-15:]}"


def _write_sheet(path: Path, tiles: list[np.ndarray]) -> None:
    across = min(_ACROSS, len(tiles))
    down = math.ceil(len(tiles) / across)
    h, w = tiles[0].shape[:2]
    sheet = np.full((down * h, across * w, 3), _GROUND, np.uint8)
    for place, tile in enumerate(tiles):
        y, x = place // across * h, place % across * w
        sheet[y : y + h, x : x + w] = tile
    ok, data = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert ok, "a sheet is always a picture that can be encoded"
    try:
        write_bytes(path, data.tobytes())
    except OSError as error:
        raise OutputError(cannot_write(path, error)) from error
