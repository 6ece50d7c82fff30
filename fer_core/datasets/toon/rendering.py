"""Renders the cartoon data set: seeded pictures in FERG-DB's own folder form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.toon.canvas import SIZE_PX, Canvas, Color, View
from fer_core.datasets.toon.characters import Character
from fer_core.datasets.toon.face import Look, draw_head
from fer_core.datasets.toon.invented import CHARACTERS
from fer_core.datasets.toon.units import Units, sample_units
from fer_core.errors import DatasetError
from fer_core.expressions import HAPPINESS, LABEL_ORDERS

EXPRESSIONS = LABEL_ORDERS["fer2013"]
#: FERG-DB calls happiness joy.
_WORDS = {name: "joy" if name == HAPPINESS else name for name in EXPRESSIONS}

_VARIED = ("eye_w", "eye_h", "brow_thick", "brow_len", "nose_size", "mouth_w", "jaw", "ear_size")


def render(
    out_dir: str | Path,
    count: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Writes about `count` pictures, the same number for each character and expression.

    Args:
        out_dir: gets <character>/<character>_<expression>/*.png; it may exist.
        count: pictures in all; rounded up to a multiple of characters × expressions.
        seed: the same seed and count write the same pictures.
        progress: called with the number written and the number to write.

    Returns:
        How many pictures were written.

    Raises:
        DatasetError: count or seed is out of range, or the folder cannot be written.
    """
    if count < 1:
        raise DatasetError(f"count is {count}; give at least one picture to render.")
    if seed < 0:
        raise DatasetError(f"seed is {seed}; give a number from 0 up.")
    each = -(-count // (len(CHARACTERS) * len(EXPRESSIONS)))
    total, written = each * len(CHARACTERS) * len(EXPRESSIONS), 0
    for c, who in enumerate(CHARACTERS):
        for e, expression in enumerate(EXPRESSIONS):
            folder = Path(out_dir) / who.name / f"{who.name}_{_WORDS[expression]}"
            for number in range(each):
                image = picture(who, expression, np.random.default_rng((seed, c, e, number)))
                _write(folder / f"{folder.name}_{number + 1}.png", image)
                written += 1
                if progress is not None:
                    progress(written, total)
    return written


def picture(who: Character, expression: str, rng: np.random.Generator) -> np.ndarray:
    """One picture of a character: uint8 (256, 256, 3) BGR; expression, pose and style by `rng`."""
    return draw(who, sample_units(expression, rng), rng)


def draw(who: Character, units: Units, rng: np.random.Generator) -> np.ndarray:
    """One picture of a character with given action units; pose and style by `rng`."""
    who = _varied(who, rng)
    canvas = Canvas(_view(rng), *_line(rng))
    _background(canvas.image, rng)
    light = float(rng.choice((-1, 1)) * rng.uniform(0.3, 1))
    look = Look(
        gaze=(float(rng.normal(0, 0.3)), float(rng.normal(0, 0.2))),
        uneven=float(np.clip(rng.normal(0, 0.4), -1, 1)),
        light=light,
        shadow=float(rng.uniform(0, 1)),
    )
    draw_head(canvas, who, units, look)
    return _grade(canvas.finished(), light, rng)


def _varied(who: Character, rng: np.random.Generator) -> Character:
    """The same character drawn by another hand: proportions differ by some percent."""
    scale = dict(zip(_VARIED, rng.normal(1, 0.06, len(_VARIED)).clip(0.85, 1.15), strict=True))
    changes = {name: getattr(who, name) * float(factor) for name, factor in scale.items()}
    return replace(who, **changes)


def _view(rng: np.random.Generator) -> View:
    yaw, pitch, roll = rng.normal(0, (13, 6, 6)).clip((-28, -12, -14), (28, 12, 14))
    x, y = rng.uniform(-0.03, 0.03, 2)
    return View(
        float(np.radians(yaw)),
        float(np.radians(pitch)),
        float(np.radians(roll)),
        (0.5 + float(x), 0.51 + float(y)),
        float(rng.uniform(0.27, 0.34)),
    )


def _line(rng: np.random.Generator) -> tuple[float, Color | None]:
    """Line width in pixels (0: none) and its colour (None: a darker shade of each fill)."""
    style = rng.random()
    if style < 0.2:
        return 0.0, None
    width = float(rng.uniform(0.8, 2.2))
    return width, None if style < 0.6 else (35, 22, 28)


def _background(image: np.ndarray, rng: np.random.Generator) -> None:
    size = len(image)
    hue = np.array([[[rng.integers(180), rng.integers(20, 140), rng.integers(120, 245)]]], np.uint8)
    base = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float32)
    other = np.clip(base * rng.uniform(0.65, 1.2), 0, 255)
    ramp = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
    image[:] = np.rint(base + (other - base) * ramp).astype(np.uint8)
    pattern, ink = rng.random(), tuple(int(v) for v in np.clip(base * 0.88, 0, 255))
    if pattern < 0.25:
        for _ in range(int(rng.integers(3, 9))):
            x, y, r = (int(v) for v in rng.integers((0, 0, 20), (size, size, 90)))
            cv2.circle(image, (x, y), r, ink, -1, cv2.LINE_AA)
    elif pattern < 0.4:
        step = int(rng.integers(40, 90))
        for x in range(-size, size, step):
            cv2.line(image, (x, 0), (x + size, size), ink, step // 3, cv2.LINE_AA)


def _grade(image: np.ndarray, light: float, rng: np.random.Generator) -> np.ndarray:
    """Light from one side, colour cast, saturation, and a little grain."""
    ramp = np.linspace(-1, 1, SIZE_PX, dtype=np.float32)
    side = 1 + rng.uniform(0, 0.2) * light * ramp[None, :, None]
    cast = rng.uniform(0.92, 1.06, 3).astype(np.float32) * np.float32(rng.uniform(0.8, 1.1))
    lit = image.astype(np.float32) * side * cast
    grey = lit.mean(axis=2, keepdims=True)
    lit = grey + (lit - grey) * rng.uniform(0.7, 1.15)
    lit += rng.normal(0, rng.uniform(0, 3), lit.shape)
    return np.asarray(np.clip(np.rint(lit), 0, 255), np.uint8)


def _write(path: Path, image: np.ndarray) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    except OSError as error:
        raise DatasetError(f"{path} cannot be written: {error.strerror}.") from error
