"""When the frames of a film are shown, by the film's own numbers."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

#: No more frames a second are taken for the rate of a film by its times alone.
_MAX_PEAK_FPS = 60.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The times of all frames, in the film's own units and in the order in which they are shown.

    Attributes:
        pts: rising.
        keys: those of them at which decoding can begin; rising.
    """

    pts: Sequence[int]
    keys: Sequence[int]

    @classmethod
    def of(cls, shown: Iterable[tuple[int, bool]]) -> "Timeline":
        """Sorts the times of packets, each with whether decoding can begin there.

        It is empty where two have one time, unless the rate is even and the times of the others
        tell what they must be: some MPEG programme streams are like that.
        """
        found = sorted(shown)
        known = dict(found)
        times: Sequence[int] = list(known)
        if len(known) < len(found):
            step = min(b - a for a, b in pairwise(times)) if len(times) > 1 else 0
            times = range(times[0], times[-1] + 1, step) if step else ()
            if len(times) != len(found) or not all(pts in times for pts in known):
                return cls((), ())
        return cls(times, [pts for pts, key in known.items() if key])

    def __len__(self) -> int:
        return len(self.pts)

    def index_at(self, pts: int) -> int:
        """The index of the frame that is shown at a time; 0 before the first."""
        return max(0, bisect_right(self.pts, pts) - 1)

    def has(self, index: int, pts: int | None) -> bool:
        """Whether the frame of an index is shown at a time."""
        return index < len(self.pts) and self.pts[index] == pts

    def keys_before(self, index: int) -> list[int]:
        """Where decoding may begin to reach a frame: the nearest place, then earlier ones."""
        at = bisect_right(self.keys, self.pts[index])
        return [self.keys[at - back] for back in (1, 2, 4, 16) if at >= back]

    def key_index(self, index: int) -> int:
        """The index of the frame at which decoding begins to reach a frame; 0 if unknown."""
        keys = self.keys_before(index)
        return self.index_at(keys[0]) if keys else 0


def peak_rate(times_s: Sequence[float], fps: float | None) -> float | None:
    """Frames a second where they come quickest, or `fps` unless the rate varies.

    Args:
        times_s: of all frames, rising.
        fps: what the film announces.
    """
    steps = np.diff(np.asarray(times_s, float))
    if not len(steps):
        return fps
    # A tenth may be quicker, by chance or by mistake; and times in whole ms are evened out.
    quick = steps[steps < 1.5 * np.percentile(steps, 10, method="lower")]
    peak = min(1 / float(np.mean(quick)), _MAX_PEAK_FPS) if len(quick) else 0.0
    return peak if peak > 1.005 * (fps or 0.0) else fps


def sane_fps(fps: object) -> float | None:
    """Frames a second if a film can have that many; files also say 0, NaN and 1000."""
    value = float(fps) if isinstance(fps, int | float) or hasattr(fps, "__float__") else 0.0
    return value if math.isfinite(value) and 0.01 <= value <= 480 else None


def sane_count(count: float) -> int | None:
    """A number of frames if it can be one; streams also say huge negative numbers."""
    return int(count) if math.isfinite(count) and 0 < count < 1e9 else None
