"""What a wrong answer of a cell costs."""

from typing import Any

from keras import ops

#: Weights of box and landmarks beside the score.
_BOX, _MARKS = 2.0, 1.0


def finder_loss(wanted: Any, said: Any) -> Any:
    """Score, box and landmarks together, a number for the whole batch.

    The score is trained by the quality focal loss (Li et al. 2020,
    https://arxiv.org/abs/2006.04388): a cell is to say half of one, and the rest by how well its
    own box lies. Boxes cost 1 - GIoU (Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630),
    landmarks their mean distance in sides of the box, a smooth L1.

    Args:
        wanted: float32 (B, N, 16), see `targets.targets`.
        said: float32 (B, N, 14), see `grid.decode`.
    """
    wanted, said = ops.cast(wanted, "float32"), ops.cast(said, "float32")
    yes = ops.cast(wanted[..., 0] > 0, "float32")
    counted = ops.cast(wanted[..., 0] >= 0, "float32")
    weight = wanted[..., 15]
    overlap, distance = _squares(wanted[..., 1:4], said[..., 1:4])
    quality = yes * (0.5 + 0.5 * ops.stop_gradient(overlap))
    score = ops.sigmoid(said[..., 0])
    cross = ops.relu(said[..., 0]) - said[..., 0] * quality
    cross += ops.log1p(ops.exp(-ops.abs(said[..., 0])))
    focus = ops.square(ops.stop_gradient(ops.abs(quality - score)))
    share = yes * weight + (1 - yes)
    whole = ops.maximum(ops.sum(weight), 1.0)
    side = ops.exp(wanted[..., 3:4])
    off = ops.abs(said[..., 4:14] - wanted[..., 4:14]) / side
    smooth = ops.where(off < 0.05, 10 * off * off, off - 0.025)
    marks = ops.mean(smooth, axis=-1) * wanted[..., 14]
    of_score = ops.sum(cross * focus * counted * share)
    of_box = ops.sum(weight * (1 - distance))
    of_marks = ops.sum(weight * marks)
    return (of_score + _BOX * of_box + _MARKS * of_marks * 5) / whole


def _squares(a: Any, b: Any) -> tuple[Any, Any]:
    """IoU and GIoU of squares given as centre in strides and log of a side of four strides."""
    side_a, side_b = 4 * ops.exp(a[..., 2]), 4 * ops.exp(ops.clip(b[..., 2], -5.0, 5.0))
    apart = ops.abs(a[..., :2] - b[..., :2])
    half = ((side_a + side_b) / 2)[..., None]
    smaller = ops.minimum(side_a, side_b)[..., None]
    shared = ops.prod(ops.clip(half - apart, 0.0, smaller), axis=-1)
    around = ops.prod(ops.maximum(half + apart, ops.maximum(side_a, side_b)[..., None]), axis=-1)
    union = side_a**2 + side_b**2 - shared
    overlap = shared / ops.maximum(union, 1e-6)
    return overlap, overlap - (around - union) / ops.maximum(around, 1e-6)
