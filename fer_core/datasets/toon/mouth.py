"""The mouth: lips, opening, teeth and tongue, moved by the action units of the lower face."""

from dataclasses import dataclass

import numpy as np

from fer_core.datasets.toon.canvas import Canvas, color, mix
from fer_core.datasets.toon.characters import Character
from fer_core.datasets.toon.units import Units

_INSIDE, _TEETH, _TONGUE = (45, 20, 75), (245, 250, 250), (110, 95, 215)
_DARK = (38, 24, 50)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Half width, heights of the corners and of both lips' middles, squareness 0..1."""

    width: float
    left_y: float
    right_y: float
    upper_y: float
    lower_y: float
    square: float
    skew: float

    def curve(self, middle_y: float) -> list[tuple[float, float]]:
        """From the left corner over the middle to the right one."""
        near = 0.76 + 0.2 * self.square
        left = self.left_y + near * (middle_y - self.left_y)
        right = self.right_y + near * (middle_y - self.right_y)
        w, s = self.width, 0.6 + 0.2 * self.square
        return [
            (-w, self.left_y),
            (-s * w, left - self.skew),
            (0, middle_y),
            (s * w, right + self.skew),
            (w, self.right_y),
        ]


def draw_mouth(canvas: Canvas, who: Character, au: Units, uneven: float) -> None:
    """The mouth as the action units have it; `uneven` lifts one corner a little."""
    shape = _shape(who, au, uneven)
    upper, lower = shape.curve(shape.upper_y), shape.curve(shape.lower_y)
    skin = color(who.skin)
    lip = color(who.lips) if who.lips else mix(skin, (80, 70, 190), 0.4)
    framed = bool(who.lips) or "beard" in who.extras
    thick = (0.1 if framed else 0.05) * (1 - 0.6 * min(max(au[23], au[24], 0.5 * au[20]), 1))
    if "moustache" in who.extras:
        _moustache(canvas, who, shape)
    if shape.lower_y - shape.upper_y > 0.05:
        hole = np.array([*upper, *reversed(lower[1:-1])])
        if framed:
            canvas.fill(_swollen(hole, thick), lip)
        canvas.fill(hole, _INSIDE)
        with canvas.clipped(hole):
            _inside(canvas, shape, au)
        canvas.stroke(np.array(upper), 0.04, mix(lip, _DARK, 0.6))
        canvas.stroke(np.array(lower), 0.04, mix(lip, _DARK, 0.6))
    else:
        if framed:
            full = [(x, y - 0.75 * thick * (1 - (x / shape.width) ** 2)) for x, y in upper]
            below = [(x, y + thick * (1 - (x / shape.width) ** 2)) for x, y in lower]
            canvas.fill(np.array([*full, *reversed(below[1:-1])]), lip)
        middle = np.array(upper) / 2 + np.array(lower) / 2
        canvas.stroke(middle, 0.06, mix(lip, _DARK, 0.65))
    if au[19] > 0.3:
        _tongue(canvas, shape, au[19])
    if au[24] > 0.4 or au[23] > 0.6:
        y = shape.lower_y + 0.14
        canvas.stroke(np.array([(-0.12, y), (0, y + 0.02), (0.12, y)]), 0.03, mix(skin, _DARK, 0.4))


def _shape(who: Character, au: Units, uneven: float) -> _Shape:
    y = who.mouth_y - 0.05 * au[17] - 0.05 * au[9]
    jaw = au[26] * (1 - 0.35 * min(au[12], 1))
    o_shape = au[26] * (1 - min(au[12], 1)) * (1 - min(au[20], 1))
    width = 1 + 0.32 * au[12] + 0.34 * au[20] - 0.24 * au[23] - 0.36 * o_shape
    width += 0.1 * au[22] - 0.12 * au[17] - 0.05 * au[24] + 0.14 * au[9]
    corner = y - (0.24 - 0.05 * au[25]) * au[12] + 0.18 * au[15] + 0.08 * au[20] + 0.05 * au[23]
    corner += 0.1 * au[10] + 0.06 * au[9] + 0.16 * jaw * (1 - min(au[12], 1))
    tilt = 0.07 * uneven * (0.4 + au[12] + au[15] + au[9])
    middle = y + 0.07 * au[12] - 0.12 * au[15] * (1 - 0.6 * au[9]) - 0.05 * au[17]
    gap = 0.16 * au[25] + 0.48 * jaw
    if au[12] > 0.3 and au[25] > 0.2:
        middle -= 0.07 * au[12]
        gap += 0.12 * au[12]
    upper = middle - 0.14 * max(au[10], 0.7 * au[9]) - 0.1 * au[22] - 0.08 * o_shape
    lower = middle + gap + 0.08 * au[22] * au[25]
    if gap < 0.05:
        upper = lower = (upper + lower) / 2
    else:
        lowest = who.length + 0.2 * au[26] - 0.13
        lower = max(min(lower, lowest), corner + 0.04 + 0.1 * au[19])
    square = min(0.9 * au[22] + 0.7 * au[20] * min(au[25] * 2, 1), 1)
    skew = 0.07 * au[9] * (1 if uneven >= 0 else -1) * (gap < 0.05)
    return _Shape(who.mouth_w * width, corner + tilt, corner - tilt, upper, lower, square, skew)


def _inside(canvas: Canvas, shape: _Shape, au: Units) -> None:
    """Tongue at the bottom, teeth at the top; both rows when they are bared."""
    gap = shape.lower_y - shape.upper_y
    if au[26] > 0.2 and au[22] < 0.2:
        canvas.ellipse((0, shape.lower_y + 0.02), (0.6 * shape.width, 0.4 * gap), _TONGUE)
    bared = au[22] > 0.2 or (au[20] > 0.2 and au[26] < 0.25)
    top = min(shape.upper_y, shape.left_y, shape.right_y) - 0.1
    if bared:
        box = np.array([(-1, top), (1, top), (1, shape.lower_y + 0.2), (-1, shape.lower_y + 0.2)])
        canvas.fill(box * [shape.width * 1.1, 1], _TEETH, outline=False, round_off=False)
        middle = np.array(shape.curve((shape.upper_y + shape.lower_y) / 2))
        canvas.stroke(middle, 0.025, (150, 140, 150))
        for x in (-0.6, -0.3, 0.0, 0.3, 0.6):
            line = np.array([(x * shape.width, top), (x * shape.width, shape.lower_y + 0.1)])
            canvas.stroke(line, 0.02, (190, 180, 185))
    elif au[12] > 0.3 or au[10] > 0.3 or au[20] > 0.3:
        upper = shape.curve(shape.upper_y + min(0.42 * gap, 0.13))
        edge = [(1.05 * shape.width, top), (-1.05 * shape.width, top)]
        band = np.array([*upper, *edge])
        canvas.fill(band, _TEETH, outline=False, round_off=False)


def _tongue(canvas: Canvas, shape: _Shape, out: float) -> None:
    y, w = (shape.upper_y + shape.lower_y) / 2 + 0.02, 0.42 * shape.width
    end = y + 0.16 + 0.2 * out
    points = np.array(
        [(-w, y), (0, y - 0.02), (w, y), (0.95 * w, end - 0.06), (0, end), (-0.95 * w, end - 0.06)]
    )
    canvas.fill(points, _TONGUE)
    canvas.stroke(np.array([(0, y + 0.05), (0, end - 0.1)]), 0.025, mix(_TONGUE, _DARK, 0.4))


def _moustache(canvas: Canvas, who: Character, shape: _Shape) -> None:
    y = min(shape.upper_y, (shape.left_y + shape.right_y) / 2 + 0.05) - 0.1
    half = [(0, y - 0.1), (0.2, y - 0.13), (0.42, y + 0.0), (0.58, y - 0.08), (0.42, y + 0.1)]
    points = np.array([*half, (0, y + 0.03), *[(-x, v) for x, v in reversed(half[1:])]])
    canvas.fill(points, color(who.hair_color))


def _swollen(points: np.ndarray, by: float) -> np.ndarray:
    center = points.mean(axis=0)
    span = np.abs(points - center).max(axis=0)
    return np.asarray((points - center) * (1 + by / np.maximum(span, 0.05) * [0.4, 1]) + center)
