"""Pictures to measure a face finder on: people who stand apart, of one size and one turn.

Milder than what is learnt from: nobody is covered or cut by the border, and the light is that of a
room or a street. A row of the table differs from another in one thing only.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fer_core import geometry
from fer_core.datasets.drawn import jpeg, paste, places
from fer_core.datasets.drawn.compose import Drawing
from fer_core.datasets.drawn.library import Library

Random = np.random.Generator
SIZE_WH = (640, 480)
_MOST_PEOPLE = 4
#: Pictures a row of the table, to choose a threshold on and to measure with it.
PICTURES = 200


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the table.

    Attributes:
        name: what a reader sees.
        sides_px: smallest and largest side of the boxes.
        turn_deg: least and most that heads lean to one side or the other.
    """

    name: str
    sides_px: tuple[float, float]
    turn_deg: tuple[float, float]


QUESTIONS = (
    Question("upright, at least 40 px", (40, 220), (0, 15)),
    Question("upright, at least 20 px", (20, 220), (0, 15)),
    Question("upright, 20 to 40 px", (20, 40), (0, 15)),
    Question("turned by 30°", (40, 150), (25, 35)),
    Question("turned by 45°", (40, 150), (40, 50)),
    Question("turned by 60°", (40, 150), (55, 65)),
)


def halves(library: Library) -> tuple[Library, Library]:
    """Heads and scenes to choose a threshold on, and others to measure with it."""
    choosing, measuring = (Library(library.heads[i::2], library.scenes[i::2]) for i in (0, 1))
    return choosing, measuring


def draw(library: Library, question: Question, seed: int) -> Drawing:
    """One picture of 640×480, the same one for the same seed.

    The faces and doubtful places that the scene itself has are `unsure`: nobody asks for them.
    """
    rng = np.random.default_rng([0xE3A, seed])
    scene = library.scenes[int(rng.integers(len(library.scenes)))]
    canvas, known, unsure = places.part(rng, scene, SIZE_WH, whole=True)
    faces: list[np.ndarray] = []
    taken = [_around(face, 1.0) for face in known]
    for _ in range(int(rng.integers(1, _MOST_PEOPLE + 1))):
        side = float(np.exp(rng.uniform(*np.log(question.sides_px))))
        at = _free_place(rng, side, taken)
        if at is not None:
            faces.append(_lay(rng, library, canvas, at, side, question.turn_deg))
            taken.append(_around(faces[-1], 1.5))
    own = [_around(face, 1.0) for face in known]
    return Drawing(
        _photographed(rng, canvas),
        np.array(faces, np.float32).reshape(-1, 13),
        np.concatenate([np.array(own, np.float32).reshape(-1, 4), unsure]),
    )


def _around(face: np.ndarray, times: float) -> np.ndarray:
    half = face[2] * times / 2
    return np.concatenate([face[:2] - half, face[:2] + half]).astype(np.float32)


def _free_place(rng: Random, side: float, taken: list[np.ndarray]) -> np.ndarray | None:
    others = np.array(taken, np.float32).reshape(-1, 4)
    for _ in range(30):
        at = rng.uniform(side * 0.7, np.array(SIZE_WH) - side * 0.7)
        if not geometry.intersection(_around(np.array([*at, side]), 1.5)[None], others).any():
            return at
    return None


def _lay(
    rng: Random,
    library: Library,
    canvas: np.ndarray,
    at: np.ndarray,
    side: float,
    turn_deg: tuple[float, float],
) -> np.ndarray:
    head = library.heads[int(rng.integers(len(library.heads)))]
    pixels = head.pixels().astype(np.float32)
    mean = pixels.mean()
    pixels = (pixels - mean) * rng.uniform(0.75, 1.1) + mean + rng.normal(0, 15)
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    turn = float(rng.choice([-1, 1]) * rng.uniform(*turn_deg))
    flip = bool(rng.random() < 0.5)
    m = paste.matrix(head.face[:2], at, side / float(head.face[2]), turn, 1.0, flip)
    paste.lay(canvas, pixels, paste.whole_mask(pixels.shape), m)
    return paste.carry(head.face, m)


def _photographed(rng: Random, canvas: np.ndarray) -> np.ndarray:
    """A little blur, noise and compression."""
    canvas = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.3, 0.9)))
    noise = rng.normal(0, rng.uniform(0, 5), canvas.shape)
    canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    return jpeg.decode(jpeg.encode(canvas, int(rng.integers(60, 95))))
