"""What the finder's numbers mean: cells, and the face that each of them may speak of.

The network halves a picture three, four and five times and says fourteen numbers for every cell of
the three maps: the logit that a face is there, where its box is, and where its five landmarks are.
Training writes its targets with the same functions that the app reads answers with.
"""

import functools

import numpy as np

#: Side of a cell of each map, in px of the network's picture.
STRIDES = (8, 16, 32)
#: Numbers a cell: logit, centre (2), log of the side, landmarks (10).
CHANNELS = 14
#: A box has about this many cells' side; sides and landmarks are counted in it.
_UNIT = 4.0
#: exp() of more is no side of a face.
_MAX_LOG = 5.0


@functools.lru_cache(maxsize=8)
def cells(width: int, height: int) -> np.ndarray:
    """The cells of all maps of a picture, row by row, finest map first.

    Args:
        width, height: px, multiples of the largest stride.

    Returns:
        float32 (N, 3): x and y of each cell's centre in px, and its stride; not to be written to.
    """
    maps = []
    for stride in STRIDES:
        x = (np.arange(width // stride, dtype=np.float32) + 0.5) * stride
        y = (np.arange(height // stride, dtype=np.float32) + 0.5) * stride
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        maps.append(np.column_stack([grid, np.full(len(grid), stride, np.float32)]))
    at = np.concatenate(maps)
    at.flags.writeable = False  # it is kept for the next picture of that size
    return at


def encode(faces: np.ndarray, at: np.ndarray) -> np.ndarray:
    """What cells should say about faces; the opposite of `decode`.

    Args:
        faces: float32 (N, 13): centre x, y and side of the box, landmarks x, y five times, in px.
        at: float32 (N, 3), the cell of each.

    Returns:
        float32 (N, 13), without the logit.
    """
    x_y, stride = at[:, :2], at[:, 2:3]
    middle = (faces[:, :2] - x_y) / stride
    side = np.log(faces[:, 2:3] / (stride * _UNIT))
    points = (faces[:, 3:].reshape(-1, 5, 2) - x_y[:, None]) / (stride * _UNIT)[:, None]
    return np.concatenate([middle, side, points.reshape(-1, 10)], axis=1)


def decode(answers: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Faces out of a network's numbers.

    Args:
        answers: float32 (N, 14), as the network gives them.
        at: float32 (N, 3), the cell of each.

    Returns:
        Scores float32 (N,) 0..1; boxes float32 (N, 4) left, top, right, bottom, and landmarks
        float32 (N, 5, 2), both in px of the network's picture.
    """
    x_y, stride = at[:, :2], at[:, 2:3]
    scores = 1 / (1 + np.exp(-np.clip(answers[:, 0], -30, 30)))
    middle = x_y + answers[:, 1:3] * stride
    half = np.exp(np.clip(answers[:, 3:4], -_MAX_LOG, _MAX_LOG)) * stride * _UNIT / 2
    points = x_y[:, None] + answers[:, 4:].reshape(-1, 5, 2) * (stride * _UNIT)[:, None]
    return scores, np.concatenate([middle - half, middle + half], axis=1), points
