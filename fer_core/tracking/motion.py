"""Where a face will be: a Kalman filter with constant velocity (Kalman 1960).

Lengths are taken in sides of the face, so that one set of constants fits every size, and time in
seconds, so that it fits every frame rate. The centre has a place and a velocity in both
directions, the size has none: a face that comes closer does so slowly.
"""

import numpy as np

#: What a detector's box is off by from frame to frame, in sides of the face.
_JITTER = 0.03
#: How much a head's velocity changes, in sides a second a second, and its size, in sides a second.
_PUSH, _GROWTH = 8.0, 0.5
#: How fast a face may be when it is first seen, in sides a second.
_FIRST_SPEED = 3.0
#: A jump of this many sides is no jitter: it is taken as it is.
_JUMP = 0.15


class Motion:
    """Place, velocity and size of one face.

    Attributes:
        center_px: (2,) x, y.
        wh_px: (2,) width, height.
        velocity: (2,) px a second.
        share: how much of the last measured step was believed, 0..1.
    """

    def __init__(self, box_xyxy: np.ndarray) -> None:
        box = np.asarray(box_xyxy, np.float64)
        self.center_px: np.ndarray = (box[:2] + box[2:]) / 2
        self.wh_px: np.ndarray = box[2:] - box[:2]
        self.velocity = np.zeros(2)
        self.share = 1.0
        # Covariance of place and velocity, and variance of the size, in sides.
        self._spread = np.diag([_JITTER**2, _FIRST_SPEED**2])
        self._size_spread = _JITTER**2

    @property
    def box_xyxy(self) -> np.ndarray:
        """float32 (4,) px; it may reach outside the picture."""
        half = self.wh_px / 2
        return np.concatenate([self.center_px - half, self.center_px + half]).astype(np.float32)

    @property
    def side_px(self) -> float:
        """The longer side."""
        return max(float(self.wh_px.max()), 1.0)

    def predict(self, passed_s: float) -> None:
        """Moves on to a later time."""
        step = np.array([[1.0, passed_s], [0.0, 1.0]])
        push = np.array([passed_s**2 / 2, passed_s]) * _PUSH
        self.center_px = self.center_px + self.velocity * passed_s
        self._spread = step @ self._spread @ step.T + np.outer(push, push)
        self._size_spread += (_GROWTH * passed_s) ** 2

    def rest(self) -> None:
        """Forgets the velocity: nobody knows what happened meanwhile."""
        self.velocity = np.zeros(2)
        self._spread = np.diag([_JUMP**2, _FIRST_SPEED**2])

    def correct(self, box_xyxy: np.ndarray) -> None:
        """Takes in where the face was found at the time that was predicted to."""
        box = np.asarray(box_xyxy, np.float64)
        off = (box[:2] + box[2:]) / 2 - self.center_px
        grown = box[2:] - box[:2] - self.wh_px
        gain = self._spread[:, 0] / (self._spread[0, 0] + _JITTER**2)
        size_gain = self._size_spread / (self._size_spread + _JITTER**2)
        jump = float(max(np.abs(off).max(), np.abs(grown).max())) / self.side_px
        if jump > _JUMP:
            gain, size_gain = np.array([1.0, gain[1]]), 1.0
        self.center_px = self.center_px + gain[0] * off
        self.velocity = self.velocity + gain[1] * off
        self.wh_px = self.wh_px + size_gain * grown
        self._spread = self._spread - np.outer(gain, self._spread[0])
        self._spread[0, 0] = max(self._spread[0, 0], _JITTER**2 / 100)
        self._size_spread *= 1 - min(size_gain, 0.99)
        self.share = float(gain[0])
