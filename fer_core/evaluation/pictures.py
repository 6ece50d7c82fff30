"""Figures for notebooks: rows of pictures, bars of class counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BAR = "#0072b2"


def picture_grid(
    pictures: Sequence[np.ndarray], titles: Sequence[object] = (), *, columns: int = 8
) -> "Figure":
    """Pictures in rows, each under its title.

    Args:
        pictures: (H, W) or (H, W, 1) grey, or (H, W, 3) BGR, 0..255. What is grey and not uint8,
            such as a map of activations, is shown from its least to its greatest value.
        titles: one a picture, or none.
    """
    from matplotlib.figure import Figure

    rows = -(-max(len(pictures), 1) // columns)
    lines = max((str(title).count("\n") + 1 for title in titles), default=0)
    figure = Figure((1.25 * columns, (1.2 + 0.15 * lines) * rows), dpi=75, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for index, (axes, picture) in enumerate(zip(grid, pictures, strict=False)):
        if picture.ndim == 3 and picture.shape[2] == 3:
            axes.imshow(np.clip(picture[..., ::-1], 0, 255).astype(np.uint8))
        else:
            bounds = (0, 255) if picture.dtype == np.uint8 else (None, None)
            axes.imshow(picture.squeeze(), cmap="gray", vmin=bounds[0], vmax=bounds[1])
        if titles:
            axes.set_title(str(titles[index]), fontsize=8)
    return figure


def class_counts(labels: Sequence[str], counts: np.ndarray) -> "Figure":
    """A bar a class, with the number of its pictures and their share.

    Args:
        counts: int (K,).
    """
    from matplotlib.figure import Figure

    figure = Figure((1.0 + 0.95 * len(labels), 2.3), dpi=75, layout="constrained")
    axes = figure.subplots()
    total = max(int(counts.sum()), 1)
    texts = [f"{int(count):,}\n{count / total:.0%}" for count in counts]
    axes.bar_label(axes.bar(labels, counts, color=_BAR), texts, fontsize=8)
    axes.margins(y=0.35)
    axes.set_ylabel("pictures")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
