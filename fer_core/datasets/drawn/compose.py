"""Drawing a picture together: a place, and heads in it whose boxes are known."""

from dataclasses import dataclass

import numpy as np

from fer_core.datasets.drawn import heads, paste, places, things
from fer_core.datasets.drawn.library import Library

Random = np.random.Generator
#: Sides of pasted faces, px of the canvas.
_SMALLEST, _LARGEST = 8.0, 280.0
#: A face of which less than this share is seen is left out of the loss.
_SEEN = 0.45


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture to learn from.

    Attributes:
        pixels: uint8 (H, W), grey.
        faces: float32 (N, 13): centre x, y and side of each box, landmarks x, y; landmarks that
            nobody knows are NaN.
        unsure: float32 (M, 4): places to leave out of the loss.
    """

    pixels: np.ndarray
    faces: np.ndarray
    unsure: np.ndarray

    @property
    def boxes_xyxy(self) -> np.ndarray:
        """float32 (N, 4): the faces' boxes."""
        half = self.faces[:, 2:3] / 2
        return np.concatenate([self.faces[:, :2] - half, self.faces[:, :2] + half], axis=1)


def compose(rng: Random, library: Library, size: tuple[int, int]) -> Drawing:
    """Draws one picture of the given width and height."""
    canvas, known, unsure = places.ground(rng, library.scenes, size)
    faces = [np.concatenate([f, np.full(10, np.nan, np.float32)]) for f in known]
    under = [0] * len(faces)  # the first of the covers that lies above each face
    covers = []
    for _ in range(int(rng.choice(4, p=[0.6, 0.2, 0.12, 0.08]))):
        covers.append(_lay_no_face(rng, library, canvas))
    for _ in range(int(rng.choice(4, p=[0.55, 0.2, 0.15, 0.1]))):
        covers += _lay_things(rng, canvas)
    for at, side in _seats(rng, size):
        face = _lay_head(rng, library, canvas, at, side)
        faces.append(face)
        covers.append(_corners(face))
        under.append(len(covers))
    kept, left_out = [], list(unsure)
    for face, first in zip(faces, under, strict=True):
        box = _corners(face)
        seen = seen_share(box, covers[first:], size)
        inside = (face[:2] > 0).all() and (face[:2] < size).all()
        if seen >= _SEEN and inside and face[2] >= _SMALLEST * 0.8:
            kept.append(face)
        elif seen > 0.1:
            left_out.append(box)
    return Drawing(
        places.camera(rng, canvas),
        np.array(kept, np.float32).reshape(-1, 13),
        np.array(left_out, np.float32).reshape(-1, 4),
    )


def _seats(rng: Random, size: tuple[int, int]) -> list[tuple[np.ndarray, float]]:
    """Where heads go, and how large they are: nobody, a few, or a row of people."""
    wh = np.array(size, np.float32)
    if rng.random() < 0.16:
        side = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(60))))
        step = side * rng.uniform(0.85, 1.6)
        start, count = rng.uniform(0, 0.4, 2) * wh, int(rng.integers(3, 13))
        across = max(1, int((wh[0] - start[0]) / step))
        offsets = [np.array([i % across, i // across]) * step for i in range(count)]
        jitter = rng.normal(0, side * 0.12, (count, 2))
        sides = side * np.exp(rng.normal(0, 0.12, count))
        seats = [(start + o + j, float(s)) for o, j, s in zip(offsets, jitter, sides, strict=True)]
        return [seat for seat in seats if (seat[0] < wh).all() and (seat[0] > 0).all()]
    count = int(rng.choice(6, p=[0.14, 0.32, 0.22, 0.15, 0.1, 0.07]))
    sides = np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST), count))
    return [(rng.uniform(0.02, 0.98, 2) * wh, float(side)) for side in np.sort(sides)]


def _turn(rng: Random) -> float:
    chance = rng.random()
    if chance < 0.5:
        return float(rng.normal(0, 9))
    return float(rng.uniform(-45, 45) if chance < 0.83 else rng.uniform(-80, 80))


def _lay_head(
    rng: Random, library: Library, canvas: np.ndarray, at: np.ndarray, side: float
) -> np.ndarray:
    head = library.heads[int(rng.integers(len(library.heads)))]
    pixels = head.pixels()
    if rng.random() < 0.22:
        other = library.heads[int(rng.integers(len(library.heads)))].pixels()
        heads.cover(rng, pixels, head.face, other)
    h, w = canvas.shape
    x, y = int(np.clip(at[0], 0, w - 1)), int(np.clip(at[1], 0, h - 1))
    reach = int(side / 2) + 2
    around = canvas[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
    pixels = heads.light(rng, pixels, float(around.mean()))
    mask = paste.soft_mask(rng, pixels.shape, head.face)
    m = paste.matrix(
        head.face[:2],
        at,
        side / float(head.face[2]),
        _turn(rng),
        float(np.exp(rng.normal(0, 0.08))),
        bool(rng.random() < 0.5),
    )
    paste.lay(canvas, pixels, mask, m)
    return paste.carry(head.face, m)


def _lay_no_face(rng: Random, library: Library, canvas: np.ndarray) -> np.ndarray:
    """Lays on something that only looks like a face; gives its box."""
    head = library.heads[int(rng.integers(len(library.heads)))]
    pixels = heads.no_face(rng, head.pixels(), head.face)
    h, w = canvas.shape
    at = rng.uniform(0, 1, 2) * (w, h)
    side = float(np.exp(rng.uniform(np.log(14), np.log(200))))
    pixels = heads.light(rng, pixels, 128.0)
    center = np.array(pixels.shape[::-1], np.float32) / 2
    m = paste.matrix(center, at, side / max(pixels.shape), rng.uniform(-180, 180), 1.0, False)
    paste.lay(canvas, pixels, paste.soft_mask(rng, pixels.shape, None), m)
    return np.concatenate([at - side / 2, at + side / 2]).astype(np.float32)


def _lay_things(rng: Random, canvas: np.ndarray) -> list[np.ndarray]:
    """Lays on one thing, or a line of copies of it; gives their boxes."""
    pixels, mask = things.thing(rng)
    if rng.random() < 0.4:
        pixels = heads.light(rng, pixels, 128.0)
    h, w = canvas.shape
    at = rng.uniform(0, 1, 2) * (w, h)
    high = float(np.exp(rng.uniform(np.log(8), np.log(160))))
    scale, turn = high / min(pixels.shape), float(rng.normal(0, 12))
    if rng.random() < 0.15:
        turn = float(rng.uniform(-180, 180))
    center = np.array(pixels.shape[::-1], np.float32) / 2
    wh = np.array(pixels.shape[::-1]) * scale
    boxes = []
    for number in range(1 if rng.random() < 0.7 else int(rng.integers(2, 5))):
        here = at + number * np.array([0.0, wh[1] * 1.1])
        paste.lay(canvas, pixels, mask, paste.matrix(center, here, scale, turn, 1.0, False))
        boxes.append(np.concatenate([here - wh / 2, here + wh / 2]).astype(np.float32))
    return boxes


def _corners(face: np.ndarray) -> np.ndarray:
    half = face[2] * 0.5
    return np.concatenate([face[:2] - half, face[:2] + half]).astype(np.float32)


def seen_share(box: np.ndarray, covers: list[np.ndarray], size: tuple[int, int]) -> float:
    """The share of a box that lies in the picture and under no cover, by 100 points in it."""
    steps = (np.arange(10, dtype=np.float32) + 0.5) / 10
    x, y = np.meshgrid(*(box[i] + steps * (box[i + 2] - box[i]) for i in (0, 1)))
    seen = (x > 0) & (y > 0) & (x < size[0]) & (y < size[1])
    for left, top, right, low in covers:
        seen &= ~((x > left) & (x < right) & (y > top) & (y < low))
    return float(seen.mean())
