"""Where one shot of a film ends and the next begins."""

import cv2
import numpy as np

from fer_core import geometry

_SIDE_PX = 24
#: A cut: so different two frames are, mean over grey levels 0..255, and so little alike. A lamp
#: that is switched on makes a large difference and leaves the picture alike.
_DIFFERENT, _ALIKE = 30.0, 0.75
#: So little alike no two frames of one shot are, unless hardly anything is to be seen in them.
_FOREIGN, _FOREIGN_DIFFERENT = 0.25, 12.0

#: A deviation of fewer grey levels is a picture with nothing in it.
_FLAT = 1.0


class CutDetector:
    """Compares each frame with the one before it, on a thumbnail."""

    def __init__(self) -> None:
        self._before: np.ndarray | None = None

    def is_cut(self, image: np.ndarray) -> bool:
        """Whether a frame begins a shot; the first one does.

        Args:
            image: uint8 (H, W, 3) BGR.
        """
        small = cv2.cvtColor(geometry.thumbnail(image, _SIDE_PX), cv2.COLOR_BGR2GRAY)
        now = small.astype(np.float32)
        before, self._before = self._before, now
        if before is None:
            return True
        different = float(np.abs(now - before).mean())
        alike = _correlation(now, before)
        return (different > _DIFFERENT and alike < _ALIKE) or (
            different > _FOREIGN_DIFFERENT and alike < _FOREIGN
        )


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """-1..1; a picture with nothing in it is like another such, and like no other."""
    a, b = a - a.mean(), b - b.mean()
    spread_a, spread_b = float(a.std()), float(b.std())
    if min(spread_a, spread_b) < _FLAT:
        return 1.0 if max(spread_a, spread_b) < _FLAT else 0.0
    return float((a * b).mean()) / (spread_a * spread_b)
