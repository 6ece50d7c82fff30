"""Eyes, brows and what lies around them, moved by the action units of the upper face."""

import numpy as np

from fer_core.datasets.toon.canvas import DARK, WHITE, Canvas, Color, color, mix
from fer_core.datasets.toon.characters import Character
from fer_core.datasets.toon.units import Units

_SIDES = (-1, 1)


def draw_eye(
    canvas: Canvas, who: Character, skin: Color, au: Units, gaze: tuple[float, float], side: int
) -> None:
    """Sclera between the lids, iris and pupil inside it, lid line and lashes on it."""
    up, low, slant = _lids(who, au)
    w, x0, y0 = who.eye_w, who.eye_x, who.eye_y

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        # Listed for the right eye from its inner (−1) to its outer (1) corner.
        return np.array([((x0 + x * w) * side, y0 + y) for x, y in points])

    upper = [(-1, 0.02), (-0.6, -up * (0.8 + slant)), (0, -up), (0.6, -up * (0.8 - slant)), (1, 0)]
    lower = [(0.6, low * 0.8), (0, low), (-0.6, low * 0.8)]
    shape = at([*upper, *lower])
    canvas.fill(shape, WHITE, outline=False)
    with canvas.clipped(shape):
        r = 0.66 * min(who.eye_h, 1.15 * w)
        center = (side * x0 + 0.3 * w * gaze[0], y0 + 0.25 * who.eye_h * gaze[1])
        iris = color(who.iris)
        canvas.ellipse(center, (r, r), mix(iris, DARK, 0.45))
        canvas.ellipse(center, (0.86 * r, 0.86 * r), iris)
        pupil = r * (0.52 - 0.14 * min(au[5], 1))
        canvas.ellipse(center, (pupil, pupil), DARK)
        glint = (center[0] - 0.35 * r, center[1] - 0.38 * r)
        canvas.ellipse(glint, (0.24 * r, 0.24 * r), WHITE)
        shadow = [(x, y + 0.05) for x, y in upper]
        canvas.stroke(at(shadow), 0.05, mix(WHITE, (150, 110, 120), 0.45))
    ink = mix(DARK, color(who.skin), 0.1)
    canvas.stroke(at(upper), 0.065, ink)
    canvas.stroke(at([(1, 0), *lower, (-1, 0.02)]), 0.025, mix(skin, DARK, 0.55))
    if "lashes" in who.extras:
        for x, y in ((0.62, -up * (0.8 - slant)), (0.98, -0.01)):
            canvas.stroke(at([(x, y), (x + 0.2, y - 0.04), (x + 0.36, y - 0.12)]), 0.045, ink)
    if max(au[6], 0.8 * au[12]) > 0.5 and "wrinkles" in who.extras:
        canvas.stroke(at([(1.2, 0.0), (1.5, -0.05)]), 0.025, mix(skin, DARK, 0.45))


def _lids(who: Character, au: Units) -> tuple[float, float, float]:
    """Heights of the upper and lower lid, and the upper lid's slant, positive: inner end up."""
    h = who.eye_h
    open_up = 1 + 0.38 * au[5] - 0.3 * au[7] - 0.38 * au[9] - 0.22 * au[6] - 0.9 * au[43]
    open_up -= 0.2 * au[4] * (1 - min(au[5], 1)) * (1 - min(au[1], 1))
    sad = min(au[1], 1) * (1 - min(au[2], 1)) * (1 - 0.7 * min(au[5], 1))
    open_up -= 0.22 * sad
    open_low = 1 + 0.12 * au[5] - 0.6 * au[6] - 0.42 * au[7] - 0.5 * au[9]
    slant = 0.3 * sad - 0.35 * au[4] * (1 - min(au[1], 1)) - 0.15 * au[9]
    return h * max(open_up, 0.12), 0.8 * h * max(open_low, 0.1), float(slant)


def draw_brow(canvas: Canvas, who: Character, au: Units, uneven: float, side: int) -> None:
    """AU1 lifts the inner end, AU2 the outer, AU4 (and AU9) lower and pull together."""
    lone4 = (au[4] + 0.75 * au[9]) * (1 - 0.85 * min(au[1], 1))
    together = 0.08 * max(au[4], 0.6 * au[9])
    tilt = 1 + 0.18 * uneven * side
    base = who.eye_y - who.eye_h - 0.14
    ends = np.array(
        [
            (who.eye_x - who.brow_len - together, 0.02 + tilt * (0.23 * lone4 - 0.22 * au[1])),
            (who.eye_x + 0.04, tilt * (0.12 * lone4 - 0.12 * au[1] - 0.17 * au[2]) - 0.05),
            (who.eye_x + who.brow_len, tilt * (-0.05 * lone4 - 0.22 * au[2]) + 0.05),
        ]
    )
    ends[2, 1] += 0.13 * au[1] * (1 - min(au[2], 1))
    t = np.linspace(0, 1, 7)[:, None]
    middle = 2 * ends[1] - ends[[0, 2]].mean(axis=0)
    curve = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * middle + t**2 * ends[2] + [0, base]
    half = who.brow_thick / 2 * np.array([0.8, 1, 1, 0.9, 0.75, 0.5, 0.2])[:, None] * [0, 1]
    shape = np.vstack([curve - half, (curve + half)[::-1]])
    canvas.fill(shape * [side, 1], color(who.brow_color or who.hair_color), round_off=False)


def draw_frown(canvas: Canvas, who: Character, skin: Color, au: Units) -> None:
    """Upright folds between the brows (AU4), and level ones above them (AU1 with AU2)."""
    ink = mix(skin, DARK, 0.35)
    y = who.eye_y - who.eye_h - 0.06
    if au[4] > 0.4:
        for side in _SIDES:
            line = np.array([(0.06, y - 0.06), (0.05, y), (0.07, y + 0.07)]) * [side, 1]
            canvas.stroke(line, 0.024 * min(au[4], 1), ink)
    if min(au[1], au[2]) > 0.45 and who.hair in ("bald", "tuft", "short", "flat", "bun"):
        for rise in (0.36, 0.46):
            arc = np.array([(-0.3, y - rise + 0.03), (0, y - rise), (0.3, y - rise + 0.03)])
            canvas.stroke(arc, 0.022, ink)


def draw_glasses(canvas: Canvas, who: Character) -> None:
    """Round glasses, a little before the face."""
    frame, r = (60, 40, 130), (1.45 * who.eye_w, 1.5 * who.eye_h)
    angle = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * r
    for side in _SIDES:
        canvas.stroke(np.add(ring, (side * who.eye_x, who.eye_y)), 0.045, frame, depth=0.95)
        temple = np.array([(who.eye_x + r[0], who.eye_y), (who.cheek, who.eye_y - 0.03)])
        canvas.stroke(temple * [side, 1], 0.04, frame, depth=0.3)
    gap = who.eye_x - r[0]
    bridge = [(-gap, who.eye_y), (0, who.eye_y - 0.05), (gap, who.eye_y)]
    canvas.stroke(np.array(bridge), 0.045, frame, depth=0.95)
