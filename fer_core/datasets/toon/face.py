"""Draws one head: proportions from the character, everything that moves from the action units."""

from dataclasses import dataclass

import numpy as np

from fer_core.datasets.toon import eyes, hair
from fer_core.datasets.toon.canvas import DARK, WHITE, Canvas, Color, color, mix
from fer_core.datasets.toon.characters import Character
from fer_core.datasets.toon.mouth import draw_mouth
from fer_core.datasets.toon.units import Units

_SIDES = (-1, 1)


@dataclass(frozen=True, slots=True)
class Look:
    """What varies from picture to picture beside the expression.

    Attributes:
        gaze: where the eyes look, −1 to 1 to the picture's right and down.
        uneven: left-right imbalance of brows and mouth, −1 to 1.
        light: −1 to 1, the side that the light comes from.
        shadow: strength of the drawn shadow, 0 to 1.
    """

    gaze: tuple[float, float] = (0.0, 0.0)
    uneven: float = 0.0
    light: float = -0.5
    shadow: float = 0.5


def draw_head(canvas: Canvas, who: Character, units: Units, look: Look) -> None:
    """The whole character, back to front."""
    au = {unit: 0.0 for unit in range(1, 50)} | dict(units)
    skin = color(who.skin)
    hair.draw_back(canvas, who)
    _body(canvas, who, skin)
    _ears(canvas, who, skin)
    outline = face_outline(who, au)
    canvas.fill(outline, skin, depth="edge")
    with canvas.clipped(outline, depth="edge"):
        _shade(canvas, outline, skin, look)
        _cheeks(canvas, who, skin, au)
        if "beard" in who.extras:
            _beard(canvas, who, au)
        if "muzzle" in who.extras:
            canvas.ellipse((0, 0.6), (0.52, 0.36), mix(skin, WHITE, 0.7))
    draw_mouth(canvas, who, au, look.uneven)
    _nose(canvas, who, skin, au)
    hair.draw_front(canvas, who)
    for side in _SIDES:
        eyes.draw_eye(canvas, who, skin, au, look.gaze, side)
    if "glasses" in who.extras:
        eyes.draw_glasses(canvas, who)
    for side in _SIDES:
        eyes.draw_brow(canvas, who, au, look.uneven, side)
    eyes.draw_frown(canvas, who, skin, au)


def face_outline(who: Character, au: Units) -> np.ndarray:
    """The face's edge; the jaw drops with AU26."""
    drop = 0.2 * au[26]
    bottom = who.length + drop
    return hair.mirrored(
        [
            (0, -1.16),
            (0.55, -1.08),
            (who.temple, -0.6),
            (who.cheek, 0.05),
            (who.jaw, 0.6 * who.length + 0.5 * drop),
            (who.chin, 0.93 * bottom),
            (0, bottom),
        ]
    )


def _body(canvas: Canvas, who: Character, skin: Color) -> None:
    neck = mix(skin, DARK, 0.2)
    canvas.fill(hair.mirrored([(0, 0.5), (0.36, 0.5), (0.4, 1.6), (0, 1.7)]), neck, depth=-0.3)
    shoulders = [(0, 1.35), (0.5, 1.38), (1.3, 1.62), (1.75, 2.3), (1.8, 3.2), (0, 3.2)]
    canvas.fill(hair.mirrored(shoulders), color(who.top), depth=-0.3)


def _ears(canvas: Canvas, who: Character, skin: Color) -> None:
    inner, s = mix(skin, (70, 60, 200), 0.25), who.ear_size
    for side in _SIDES:
        edge = side * who.cheek
        if who.ears == "human":
            canvas.ellipse((edge, 0.08), (0.17 * s, 0.24 * s), skin, depth=-0.1, outline=True)
            canvas.ellipse((edge, 0.1), (0.09 * s, 0.14 * s), inner, depth=-0.1)
        elif who.ears == "elf":
            tip = np.array([(0, -0.25), (0.62 * s, -0.45), (0.34 * s, 0.1), (0, 0.3)])
            canvas.fill(np.add(tip, (0, 0.05)) * [side, 1] + [edge * 0.95, 0], skin, depth=-0.1)
        elif who.ears == "cat":
            for scale, ink in ((1.0, skin), (0.55, inner)):
                tri = np.array([(0.25, -0.95), (0.82, -1.62), (1.02, -0.5)])
                tri = (tri - tri.mean(axis=0)) * scale + tri.mean(axis=0)
                canvas.fill(tri * [side, 1], ink, depth=-0.05, round_off=False)
        if "earrings" in who.extras:
            canvas.ellipse((edge, 0.42), (0.07, 0.09), (60, 190, 240), depth=-0.1, outline=True)
        if "horns" in who.extras:
            horn = np.array([(0.3, -1.05), (0.5, -1.5), (0.82, -1.68), (0.78, -1.3), (0.64, -0.9)])
            canvas.fill(horn * [side, 1], (190, 215, 230), depth=0.0)


def _shade(canvas: Canvas, outline: np.ndarray, skin: Color, look: Look) -> None:
    """A crescent of shadow on the side away from the light."""
    canvas.fill(outline, mix(skin, (90, 40, 60), 0.28 * look.shadow), depth="edge", outline=False)
    lit = outline * [0.97, 0.98] + [0.16 * look.light, -0.05]
    canvas.fill(lit, skin, depth="edge", outline=False)


def _cheeks(canvas: Canvas, who: Character, skin: Color, au: Units) -> None:
    """Blush, freckles, and the folds that raised cheeks and a wrinkled nose make."""
    fold = mix(skin, DARK, 0.4)
    for side in _SIDES:
        lift = 0.08 * au[6]
        if "blush" in who.extras or au[6] > 0.5:
            rosy = mix(skin, (100, 90, 235), 0.3)
            canvas.ellipse((side * 0.58, 0.42 - lift), (0.19, 0.12), rosy)
        if "freckles" in who.extras:
            for x, y in ((0.45, 0.38), (0.57, 0.44), (0.67, 0.36)):
                canvas.ellipse((side * x, y - lift), (0.025, 0.022), mix(skin, (30, 60, 130), 0.5))
        if "wrinkles" in who.extras:
            x = who.eye_x + who.eye_w
            canvas.stroke(np.array([(x + 0.05, 0.08), (x + 0.16, 0.12)]) * [side, 1], 0.02, fold)
        nasolabial = max(au[9], 0.8 * au[10], 0.75 * au[12])
        if nasolabial > 0.3:
            end = who.mouth_w + 0.2 + 0.08 * au[12]
            y = who.mouth_y - 0.1 - 0.12 * au[12]
            line = np.array([(0.2, 0.32 - 0.04 * au[9]), (0.6 * end + 0.08, 0.4), (end, y)])
            canvas.stroke(line * [side, 1], 0.025 * min(nasolabial, 1), fold)
        if au[6] > 0.35:
            under = np.array([(-0.75, 0.18), (0, 0.3), (0.8, 0.12)]) * [who.eye_w, 1]
            arc = np.add(under, (who.eye_x, who.eye_y + 0.62 * who.eye_h - 0.1)) * [side, 1]
            canvas.stroke(arc, 0.03, fold)
    if "mole" in who.extras:
        canvas.ellipse((0.42, 0.48), (0.035, 0.035), DARK)
    if au[17] > 0.25:
        y = who.length - 0.2
        canvas.stroke(np.array([(-0.14, y), (0, y - 0.06), (0.14, y)]), 0.03, fold)


def _beard(canvas: Canvas, who: Character, au: Units) -> None:
    drop = 0.2 * au[26]
    bottom = who.length + drop + 0.15
    half = [(0, 0.5), (0.3, 0.48), (0.56, 0.62), (0.84, 0.3), (1.1, 0.1), (1.1, 0.8)]
    canvas.fill(hair.mirrored([*half, (0.6, bottom), (0, bottom)]), color(who.hair_color))


def _nose(canvas: Canvas, who: Character, skin: Color, au: Units) -> None:
    """The nose, short and lifted with wrinkles beside it under AU9."""
    ink, s = canvas.line_color(mix(skin, DARK, 0.15)), who.nose_size
    shade = mix(skin, (80, 60, 170), 0.22)
    base, bridge = 0.36 - 0.07 * au[9], who.eye_y + 0.08
    if who.nose == "button":
        canvas.ellipse((0, base), (0.11 * s, 0.085 * s), shade, depth=1.1)
        canvas.stroke(np.array([(-0.08, 0.05), (0, 0.09), (0.08, 0.05)]) * s + [0, base], 0.03, ink)
    elif who.nose == "round":
        canvas.ellipse((0, base), (0.17 * s, 0.14 * s), shade, depth=1.15, outline=True)
    elif who.nose == "long":
        line = np.array([(0.05, bridge), (0.1 * s, 0.12), (0.17 * s, base), (0.0, base + 0.1 * s)])
        canvas.stroke(np.vstack([line, [(-0.1 * s, base + 0.05)]]), 0.035, ink, depth=1.1)
    elif who.nose == "wide":
        canvas.ellipse((0, base), (0.13 * s, 0.11 * s), shade, depth=1.12)
        for side in _SIDES:
            wing = np.array([(0.15, -0.1), (0.25, 0.0), (0.17, 0.08), (0.08, 0.05)]) * s
            canvas.stroke(wing * [side, 1] + [0, base], 0.032, ink, depth=1.0)
    elif who.nose == "snout":
        pink = (120, 110, 215)
        canvas.fill(
            np.array(
                [(-0.15, base - 0.07), (0, base - 0.1), (0.15, base - 0.07), (0, base + 0.09)]
            ),
            pink,
            depth=1.15,
        )
    else:
        for side in _SIDES:
            canvas.ellipse((side * 0.07, base), (0.03, 0.045), ink)
    if "whiskers" in who.extras:
        for side in _SIDES:
            for y, end in ((0.4, 0.3), (0.47, 0.5)):
                line = np.array([(0.5, y), (0.85, (y + end) / 2), (1.25, end)]) * [side, 1]
                canvas.stroke(line, 0.02, WHITE, depth=0.3)
    if au[9] > 0.25:
        for y in (-0.2, -0.11, -0.02):
            for side in _SIDES:
                line = np.array([(0.05, y + 0.02), (0.1, y), (0.15, y + 0.05)]) * [side, 1]
                canvas.stroke(np.add(line, (0, base - 0.05)), 0.028 * min(au[9], 1), ink, depth=1.0)
