"""From a drawn picture to what every cell of the network should say."""

import numpy as np

from fer_core.datasets.drawn.compose import Drawing
from fer_core.detection.finder import grid

#: Sides of the faces that each map answers for, in px; beyond a quarter more it says no.
_SIDES = {8: (0.0, 48.0), 16: (36.0, 120.0), 32: (90.0, 1e6)}
#: Cells whose centre is so near to a face's say yes; those a little farther may say anything.
_YES, _MAYBE = 0.2, 0.36
#: Numbers a target: yes 1, no 0, anything -1; then centre, side and landmarks; then whether the
#: landmarks are known, and the cell's weight: less where many speak of one face.
WIDTH = 16


def targets(drawing: Drawing, at: np.ndarray) -> np.ndarray:
    """What the cells of one picture should say.

    Args:
        at: float32 (N, 3), the cells of a picture of its size.

    Returns:
        float32 (N, 16).
    """
    wanted = np.zeros((len(at), WIDTH), np.float32)
    x, y, stride = at.T
    for left, top, right, low in drawing.unsure:
        wanted[(x > left) & (x < right) & (y > top) & (y < low), 0] = -1
    order = np.argsort(-drawing.faces[:, 2])  # small faces in front of large ones
    for face in drawing.faces[order]:
        side = float(face[2])
        away = np.maximum(np.abs(x - face[0]), np.abs(y - face[1]))
        for step, (least, most) in _SIDES.items():
            here = stride == step
            near = here & (away < _MAYBE * side) & (wanted[:, 0] == 0)
            if not least / 1.25 <= side <= most * 1.25:
                continue
            wanted[near, 0] = -1
            if not least <= side <= most:
                continue
            yes = here & (away <= max(_YES * side, step * 0.5))
            marks = np.nan_to_num(face)[None].repeat(int(yes.sum()), 0)
            wanted[yes, 0] = 1
            wanted[yes, 1:14] = grid.encode(marks, at[yes])
            wanted[yes, 14] = not np.isnan(face[3])
            wanted[yes, 15] = 1 / np.sqrt(yes.sum())
    return wanted
