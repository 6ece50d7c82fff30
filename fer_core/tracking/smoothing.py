"""Calm probabilities."""

import math

from fer_core.types import Prediction

#: Faces that are remembered; far more than are ever in view.
_FACES = 256


class ProbabilitySmoother:
    """Averages each face's probabilities over the last moments, by time and not by frames."""

    def __init__(self, smoothing_s: float) -> None:
        """Makes a smoother.

        Args:
            smoothing_s: time constant in seconds; 0 leaves predictions as they are.
        """
        self.smoothing_s = smoothing_s
        self._last: dict[int, tuple[Prediction, float]] = {}

    def reset(self) -> None:
        """Forgets all faces."""
        self._last.clear()

    def update(self, track_id: int | None, prediction: Prediction, time_s: float) -> Prediction:
        """The smoothed prediction of one face at one time; starts anew when labels change."""
        if track_id is None or self.smoothing_s <= 0:
            return prediction
        last = self._last.pop(track_id, None)
        if last is not None and last[0].labels == prediction.labels and time_s > last[1]:
            keep = math.exp(-(time_s - last[1]) / self.smoothing_s)
            probs = keep * last[0].probs + (1 - keep) * prediction.probs
            prediction = Prediction(probs / probs.sum(), prediction.labels)
        self._last[track_id] = (prediction, time_s)
        if len(self._last) > _FACES:  # the one that was read longest ago
            del self._last[next(iter(self._last))]
        return prediction
