"""Hair and what stands in for it, in a layer behind the head and one in front of it."""

import numpy as np

from fer_core.datasets.toon.canvas import Canvas, Color, color, mix
from fer_core.datasets.toon.characters import Character

_BACK, _FRONT = -0.25, 0.15


def mirrored(half: list[tuple[float, float]]) -> np.ndarray:
    """A closed shape from its right half, listed from top to bottom."""
    left = [(-x, y) for x, y in reversed(half) if x]
    return np.array([*half, *left], np.float64)


def draw_back(canvas: Canvas, who: Character) -> None:
    """What lies behind the face."""
    ink, w = color(who.hair_color), who.temple
    dark = mix(ink, (20, 10, 15), 0.25)
    if who.hair == "curls":
        for x, y, r in ((0.85, -0.75, 0.55), (1.05, -0.2, 0.42), (0.45, -1.15, 0.5)):
            for side in (-1, 1):
                canvas.ellipse((side * x, y), (r, r), dark, depth=_BACK, outline=True)
        canvas.ellipse((0, -1.0), (0.75, 0.6), dark, depth=_BACK)
    elif who.hair == "bob":
        half = [(0, -1.32), (0.8, -1.1), (1.18, -0.4), (1.25, 0.4), (1.1, 0.82), (0.5, 0.7)]
        canvas.fill(mirrored([*half, (0, 0.6)]), dark, depth=_BACK)
    elif who.hair == "long":
        half = [(0, -1.3), (0.75, -1.12), (1.1, -0.4), (1.16, 0.5), (1.2, 1.5), (0.7, 1.75)]
        canvas.fill(mirrored([*half, (0, 1.6)]), dark, depth=_BACK)
    elif who.hair == "bun":
        canvas.ellipse((0, -1.42), (0.44, 0.38), ink, depth=_BACK, outline=True)
        canvas.fill(mirrored([(0, -1.25), (w, -0.9), (1.06, -0.1), (0, 0.1)]), dark, depth=_BACK)
    elif who.hair == "scarf":
        half = [(0, -1.36), (0.85, -1.1), (1.16, -0.2), (1.08, 0.75), (0.9, 1.35), (0, 1.5)]
        canvas.fill(mirrored(half), ink, depth=_BACK)
    elif who.hair == "sweep":
        canvas.fill(mirrored([(0, -1.2), (w, -0.9), (0.98, -0.1), (0, 0.0)]), dark, depth=_BACK)


def draw_front(canvas: Canvas, who: Character) -> None:
    """What lies on the forehead."""
    ink = color(who.hair_color)
    shape = _FRONTS.get(who.hair)
    if who.hair == "curls":
        for x, y in ((-0.78, -0.72), (0.78, -0.72), (-0.42, -0.95), (0.42, -0.95), (0, -1.02)):
            canvas.ellipse((x, y), (0.32, 0.27), ink, depth=_FRONT, outline=True)
        canvas.ellipse((0, -1.05), (0.7, 0.25), ink, depth=_FRONT)
    elif shape is not None:
        points = shape * [who.temple / 0.9, 1]
        canvas.fill(points, ink, depth=_FRONT, round_off=who.hair not in ("spiky", "flat"))
        _shine(canvas, who, ink)


def _shine(canvas: Canvas, who: Character, ink: Color) -> None:
    if who.hair in ("bob", "long", "sweep", "short", "bun"):
        arc = np.array([(-0.5, -0.88), (-0.28, -1.0), (0.0, -1.05)])
        canvas.stroke(arc, 0.07, mix(ink, (255, 255, 255), 0.28), depth=_FRONT)


_FRONTS: dict[str, np.ndarray] = {
    "short": np.array(
        [(-0.96, -0.2), (-1.0, -0.75), (-0.6, -1.2), (0.1, -1.3), (0.75, -1.15), (1.0, -0.7),
         (0.96, -0.2), (0.82, -0.55), (0.5, -0.84), (-0.1, -0.8), (-0.6, -0.82), (-0.84, -0.5)]
    ),
    "bob": np.array(
        [(-1.08, 0.1), (-1.1, -0.6), (-0.7, -1.2), (0, -1.35), (0.7, -1.2), (1.1, -0.6),
         (1.08, 0.1), (0.92, -0.3), (0.7, -0.66), (0.25, -0.72), (-0.2, -0.71), (-0.65, -0.66),
         (-0.92, -0.3)]
    ),
    "tuft": np.array(
        [(-0.16, -1.0), (-0.22, -1.35), (-0.42, -1.55), (-0.05, -1.45), (0.06, -1.68),
         (0.16, -1.42), (0.42, -1.48), (0.2, -1.25), (0.16, -1.0)]
    ),
    "bun": np.array(
        [(-1.02, -0.2), (-0.98, -0.75), (-0.55, -1.18), (0, -1.26), (0.55, -1.18), (0.98, -0.75),
         (1.02, -0.2), (0.84, -0.55), (0.42, -0.82), (0, -0.94), (-0.42, -0.82), (-0.84, -0.55)]
    ),
    "spiky": np.array(
        [(-0.98, -0.25), (-1.2, -0.7), (-0.95, -0.8), (-1.02, -1.25), (-0.62, -1.12),
         (-0.5, -1.55), (-0.16, -1.22), (0.15, -1.6), (0.35, -1.2), (0.8, -1.45), (0.78, -1.02),
         (1.2, -0.95), (0.98, -0.62), (1.02, -0.25), (0.8, -0.6), (0.5, -0.64), (0.3, -0.88),
         (0.0, -0.66), (-0.25, -0.88), (-0.5, -0.64), (-0.75, -0.76)]
    ),
    "long": np.array(
        [(-1.02, 0.5), (-1.06, -0.5), (-0.66, -1.16), (0, -1.32), (0.66, -1.16), (1.06, -0.5),
         (1.02, 0.5), (0.88, -0.15), (0.6, -0.62), (0.06, -0.98), (-0.5, -0.66), (-0.86, -0.15)]
    ),
    "flat": np.array(
        [(-0.92, -0.3), (-0.98, -0.9), (-0.9, -1.5), (0.9, -1.5), (0.98, -0.9), (0.92, -0.3),
         (0.82, -0.62), (0.6, -0.88), (-0.6, -0.88), (-0.82, -0.62)]
    ),
    "sweep": np.array(
        [(-0.98, -0.1), (-1.02, -0.7), (-0.5, -1.25), (0.2, -1.45), (0.9, -1.2), (1.22, -0.6),
         (1.2, 0.15), (1.02, 0.3), (0.95, -0.2), (0.6, -0.62), (0.0, -0.84), (-0.5, -0.86),
         (-0.84, -0.5)]
    ),
    "fur": np.array(
        [(-0.3, -0.95), (-0.4, -1.2), (-0.12, -1.12), (0, -1.4), (0.12, -1.12), (0.4, -1.2),
         (0.3, -0.95), (0, -0.72)]
    ),
    "scarf": np.array(
        [(0, 1.6), (-0.6, 1.5), (-1.02, 0.9), (-1.12, 0.0), (-0.95, -0.85), (-0.5, -1.24),
         (0, -1.36), (0.5, -1.24), (0.95, -0.85), (1.12, 0.0), (1.02, 0.9), (0.6, 1.5), (0, 1.6),
         (0, 1.26), (0.5, 1.12), (0.84, 0.6), (0.9, -0.1), (0.76, -0.66), (0.4, -0.9), (0, -0.96),
         (-0.4, -0.9), (-0.76, -0.66), (-0.9, -0.1), (-0.84, 0.6), (-0.5, 1.12), (0, 1.26)]
    ),
}  # fmt: skip
