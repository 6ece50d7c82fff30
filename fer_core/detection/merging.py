"""Many boxes of one face → one: their mean, weighted by score (weighted NMS, Zhou et al. 2017)."""

import numpy as np

from fer_core import geometry
from fer_core.types import Face

#: Boxes that overlap by this IoU are one face, and their mean is taken; one that has more than that
#: share of the smaller in common with a better one goes.
_SAME_IOU, _COMMON = 0.4, 0.5


def merged(faces: list[Face]) -> list[Face]:
    """One face for all boxes of it, best score first."""
    if len(faces) < 2:
        return list(faces)
    unknown = np.full((5, 2), np.nan, np.float32)
    return merged_boxes(
        np.array([face.score for face in faces]),
        np.array([face.box_xyxy for face in faces], np.float32),
        np.array([unknown if f.landmarks is None else f.landmarks for f in faces], np.float32),
    )


def merged_boxes(scores: np.ndarray, boxes: np.ndarray, points: np.ndarray) -> list[Face]:
    """As `merged`, of what a network says: hundreds of boxes for a few faces.

    Args:
        scores: float (N,) 0..1.
        boxes: float32 (N, 4) left, top, right, bottom in px.
        points: float32 (N, 5, 2) px, NaN where they are not known.
    """
    areas, scores = geometry.area(boxes), scores.astype(float)  # a mean of borders stays on it
    order = np.argsort(-scores, kind="stable")
    scores, boxes, points, areas = scores[order], boxes[order], points[order], areas[order]
    shared = geometry.intersection(boxes, boxes)
    one = shared > _SAME_IOU * (areas[:, None] + areas[None] - shared)
    np.fill_diagonal(one, True)  # also where an area is next to nothing
    covered = one | (shared > _COMMON * np.minimum(areas[:, None], areas[None]))
    left, faces = np.ones(len(scores), bool), []
    for index in range(len(scores)):
        if left[index]:
            same = left & one[index]
            faces.append(_mean(scores[same], boxes[same], points[same]))
            left &= ~covered[index]
    return faces


def _mean(scores: np.ndarray, boxes: np.ndarray, points: np.ndarray) -> Face:
    """One face of the boxes of one, best first."""
    weights = np.maximum(scores, 1e-6)
    known = ~np.isnan(points[:, 0, 0])
    marks = weights[known] / max(weights[known].sum(), 1e-6)
    landmarks = np.tensordot(marks, points[known], 1) if known.any() else None
    return Face(weights / weights.sum() @ boxes, float(scores[0]), landmarks)
