"""Draws the icons of the window: `python Resources/Icons/draw.py` writes them beside this file.

Each is a grey mask (PGM) on a 24×24 grid, tinted with the theme's colours when the window starts,
so that one drawing serves light and dark, hover and disabled.
"""

# ruff: noqa: D103  (an icon is named after what it shows)

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parent
SIZES = (20, 30, 40)
BIG_SIZES = (56, 112)  # for the message in the middle of the empty window
OVERSAMPLING = 8
LINE = 1.8
Point = tuple[float, float]


class Pen:
    """Draws in units of the 24×24 grid."""

    def __init__(self, size: int) -> None:
        side = size * OVERSAMPLING
        self._scale = side / 24
        self.image = Image.new("L", (side, side), 0)
        self._draw = ImageDraw.Draw(self.image)

    def _at(self, *points: Point) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def line(self, *points: Point, width: float = LINE, ink: int = 255) -> None:
        """A polyline with round ends and corners."""
        placed = self._at(*points)
        self._draw.line(placed, fill=ink, width=round(width * self._scale))
        r = width * self._scale / 2
        for x, y in placed:
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)

    def box(self, x0: float, y0: float, x1: float, y1: float, radius: float, fill: bool = False):
        """A rounded rectangle, drawn on the middle of its line."""
        h = LINE / 2
        (a, b) = self._at((x0 - h, y0 - h), (x1 + h, y1 + h))
        width = 0 if fill else round(LINE * self._scale)
        self._draw.rounded_rectangle(
            (*a, *b), (radius + h) * self._scale, 255 if fill else None, 255, width
        )

    def circle(self, x: float, y: float, r: float, fill: bool = False, ink: int = 255) -> None:
        """A ring, or a disc."""
        h = 0 if fill else LINE / 2
        (a, b) = self._at((x - r - h, y - r - h), (x + r + h, y + r + h))
        width = 0 if fill else round(LINE * self._scale)
        self._draw.ellipse((*a, *b), ink if fill else None, ink, width)

    def arc(self, x: float, y: float, r: float, start: float, end: float) -> None:
        """Part of a ring, degrees clockwise from three o'clock."""
        steps = [math.radians(start + (end - start) * i / 24) for i in range(25)]
        self.line(*((x + r * math.cos(a), y + r * math.sin(a)) for a in steps))

    def shape(self, *points: Point) -> None:
        """A filled polygon with softly rounded corners."""
        self._draw.polygon(self._at(*points), fill=255)
        self.line(*points, points[0], width=1.2)


def camera(pen: Pen) -> None:
    pen.circle(12, 10.5, 7.2)
    pen.circle(12, 10.5, 2.6)
    pen.line((8.2, 21), (15.8, 21))


def image(pen: Pen) -> None:
    pen.box(3.5, 4.5, 20.5, 19.5, 2.4)
    pen.circle(8.6, 9.4, 1.5, fill=True)
    pen.line((4.2, 17.4), (9.2, 13), (12.4, 15.8), (16, 11.6), (20, 15.8))


def video(pen: Pen) -> None:
    pen.box(3, 5.5, 15, 18.5, 2.6)
    pen.line((15.4, 10.6), (20.8, 7.4), (20.8, 16.6), (15.4, 13.4))


def snapshot(pen: Pen) -> None:
    pen.line(
        (3.2, 8.8), (3.2, 18.6), (20.8, 18.6), (20.8, 7.6), (16.6, 7.6), (15, 4.8), (9, 4.8),
        (7.4, 7.6), (3.2, 7.6), (3.2, 9),
    )  # fmt: skip
    pen.circle(12, 12.8, 3.1)


def record(pen: Pen) -> None:
    pen.circle(12, 12, 8)
    pen.circle(12, 12, 4.4, fill=True)


def stop(pen: Pen) -> None:
    pen.circle(12, 12, 8)
    pen.box(9.6, 9.6, 14.4, 14.4, 0.6, fill=True)


def settings(pen: Pen) -> None:
    for y, x in ((6, 15.5), (12, 8.5), (18, 14)):
        pen.line((3.5, y), (x - 2.6, y))
        pen.line((x + 2.6, y), (20.5, y))
        pen.circle(x, y, 2)


def statistics(pen: Pen) -> None:
    pen.line((4, 20), (20, 20))
    for x, y in ((6.5, 13), (12, 5.5), (17.5, 9.5)):
        pen.line((x, 16.2), (x, y), width=3)


def menu(pen: Pen) -> None:
    for y in (6.5, 12, 17.5):
        pen.line((4, y), (20, y))


def play(pen: Pen) -> None:
    pen.shape((8, 5.2), (19, 12), (8, 18.8))


def pause(pen: Pen) -> None:
    pen.line((8.5, 6), (8.5, 18), width=3.2)
    pen.line((15.5, 6), (15.5, 18), width=3.2)


def previous(pen: Pen) -> None:
    pen.line((14.5, 6), (8.5, 12), (14.5, 18), width=2.2)


def following(pen: Pen) -> None:
    pen.line((9.5, 6), (15.5, 12), (9.5, 18), width=2.2)


def step(pen: Pen) -> None:
    pen.shape((5.5, 6), (14, 12), (5.5, 18))
    pen.line((17.8, 6), (17.8, 18), width=2.4)


def close(pen: Pen) -> None:
    pen.line((6.5, 6.5), (17.5, 17.5))
    pen.line((17.5, 6.5), (6.5, 17.5))


def warning(pen: Pen) -> None:
    pen.line((12, 4), (21, 19.6), (3, 19.6), (12, 4))
    pen.line((12, 10), (12, 14))
    pen.circle(12, 16.8, 1.1, fill=True)


def info(pen: Pen) -> None:
    pen.circle(12, 12, 8.6)
    pen.line((12, 11.4), (12, 16))
    pen.circle(12, 8, 1.1, fill=True)


def chevron(pen: Pen) -> None:
    pen.line((7, 9.8), (12, 14.6), (17, 9.8))


def check(pen: Pen) -> None:
    pen.line((5.5, 12.4), (10, 17), (18.5, 7.4), width=2.6)


def none(pen: Pen) -> None:
    """As wide as an icon, for entries of a menu without one."""


def smile(pen: Pen) -> None:
    pen.circle(12, 12, 9)
    pen.circle(8.9, 9.9, 1.25, fill=True)
    pen.circle(15.1, 9.9, 1.25, fill=True)
    pen.arc(12, 12.4, 4.6, 20, 160)


def looking(pen: Pen) -> None:
    for x0, x1 in ((3.2, 7.6), (20.8, 16.4)):
        for y0, y1 in ((3.2, 7.6), (20.8, 16.4)):
            pen.line((x1, y0), (x0, y0), (x0, y1))
    pen.circle(9.2, 10, 1.15, fill=True)
    pen.circle(14.8, 10, 1.15, fill=True)
    pen.line((9.2, 15.4), (14.8, 15.4))


ICONS: tuple[Callable[[Pen], None], ...] = (
    camera, image, video, snapshot, record, stop, settings, statistics, menu, play, pause, previous,
    following, step, close, warning, info, chevron, check, none, smile, looking,
)  # fmt: skip


BIG = (camera, image, warning, looking)


def app_icon(size: int) -> Image.Image:
    """The icon of the window and the task bar."""
    side = size * OVERSAMPLING
    ground = Image.new("RGBA", (side, side))
    ImageDraw.Draw(ground).rounded_rectangle(
        (0, 0, side - 1, side - 1), side * 0.23, fill=(58, 91, 217)
    )
    face = Pen(size)
    smile(face)
    inner = face.image.resize((int(side * 0.8),) * 2)
    at = ((side - inner.width) // 2,) * 2
    ground.paste((255, 255, 255), (*at, at[0] + inner.width, at[1] + inner.height), inner)
    return ground.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Writes every icon in every size."""
    for draw in ICONS:
        for size in SIZES + (BIG_SIZES if draw in BIG else ()):
            pen = Pen(size)
            draw(pen)
            mask = pen.image.resize((size, size), Image.Resampling.LANCZOS)
            header = f"P5 {size} {size} 255\n".encode()
            (HERE / f"{draw.__name__}-{size}.pgm").write_bytes(header + mask.tobytes())
    for size in (32, 64, 128, 256):
        app_icon(size).save(HERE / f"mimik-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
