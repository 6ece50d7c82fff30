"""Which of the faces just found is which of those that are followed."""

import numpy as np

#: The same face lies within this many sides of where it was expected, and within so many more for
#: each second that it has not been seen; its size has changed by less than this factor.
_NEAR, _NEAR_A_SECOND, _NEAR_AT_MOST, _GROWN = 0.6, 1.0, 1.5, 1.8
#: Of two tracks that a face may continue it is rather the one that it fits in size, and the one
#: that was seen last: costs in sides, for a factor of e in size and for a second.
_SIZE_COST, _UNSEEN_COST = 0.5, 0.5


def assign(
    expected_xyxy: np.ndarray, unseen_s: np.ndarray, found_xyxy: np.ndarray
) -> list[tuple[int, int]]:
    """Pairs faces that are followed with faces that were found, at the lowest cost in all.

    Args:
        expected_xyxy: float32 (N, 4) px, where the faces that are followed should be now.
        unseen_s: (N,) how long ago each of them was seen.
        found_xyxy: float32 (M, 4) px.

    Returns:
        (index of a followed face, index of a found one); each at most once, in the order of the
        followed ones. What cannot be the same face is in no pair.
    """
    if not len(expected_xyxy) or not len(found_xyxy):
        return []
    center_a, side_a = _center(expected_xyxy), _side(expected_xyxy)
    center_b, side_b = _center(found_xyxy), _side(found_xyxy)
    larger = np.maximum(side_a[:, None], side_b[None])
    apart = np.hypot(*(center_a[:, None] - center_b[None]).transpose(2, 0, 1)) / larger
    grown = np.abs(np.log(side_a[:, None] / side_b[None]))
    near = np.minimum(_NEAR + _NEAR_A_SECOND * unseen_s, _NEAR_AT_MOST)
    possible = (apart < near[:, None]) & (grown < np.log(_GROWN))
    cost = apart + _SIZE_COST * grown + _UNSEEN_COST * unseen_s[:, None]
    if (possible.sum(axis=0) <= 1).all() and (possible.sum(axis=1) <= 1).all():
        rows, columns = np.nonzero(possible)  # nothing to decide
    else:
        # Takes a third of a second to import, so it is, where there is something to decide.
        from scipy.optimize import linear_sum_assignment

        # No pair at all costs more than any possible one, so that as many as possible are made.
        rows, columns = linear_sum_assignment(np.where(possible, cost, 1e3))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if possible[row, column]]


def _center(boxes_xyxy: np.ndarray) -> np.ndarray:
    center: np.ndarray = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2
    return center


def _side(boxes_xyxy: np.ndarray) -> np.ndarray:
    side: np.ndarray = np.maximum((boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]).max(axis=1), 1e-3)
    return side
