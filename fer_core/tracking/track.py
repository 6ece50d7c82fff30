"""One face that is followed."""

import numpy as np

from fer_core.tracking.motion import Motion
from fer_core.types import Face


class Track:
    """One face, from its first box on.

    Attributes:
        motion: where it is, and where it is going.
        number: what it is called by; None until it is confirmed.
        seen_s: when the detector saw it last.
        hits: how often it did.
        misses: searches since then.
    """

    def __init__(self, face: Face, time_s: float) -> None:
        self.motion = Motion(face.box_xyxy)
        self.number: int | None = None
        self.seen_s, self.hits, self.misses = time_s, 1, 0
        self._score = face.score
        self._landmarks = self._relative(face, face.box_xyxy)

    def hit(self, face: Face, time_s: float) -> None:
        """Takes in what the detector has found."""
        self.motion.correct(face.box_xyxy)
        self.seen_s, self.hits, self.misses = time_s, self.hits + 1, 0
        self._score = face.score
        now = self._relative(face, face.box_xyxy)
        if now is not None and self._landmarks is not None:
            now = self._landmarks + self.motion.share * (now - self._landmarks)
        self._landmarks = now

    def face(self) -> Face:
        """The face where it should be now; its box may reach outside the picture."""
        motion, landmarks = self.motion, self._landmarks
        if landmarks is not None:
            landmarks = motion.center_px + landmarks * motion.side_px
        return Face(motion.box_xyxy, self._score, landmarks)

    @staticmethod
    def _relative(face: Face, box_xyxy: np.ndarray) -> np.ndarray | None:
        """Landmarks from the centre of the box, in its sides."""
        if face.landmarks is None:
            return None
        side = max(float((box_xyxy[2:] - box_xyxy[:2]).max()), 1.0)
        relative: np.ndarray = (face.landmarks - (box_xyxy[:2] + box_xyxy[2:]) / 2) / side
        return relative
