"""How many faces a detector finds, and how often it sees one where nobody is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fer_core import geometry
from fer_core.types import Face

#: A face is found when the IoU of its box and one that the detector gives is above this.
_FOUND_IOU = 0.4
#: A box is no phantom if it overlaps a face by this IoU, or lies in an unsure place by this share.
_NEAR_IOU, _INSIDE = 0.3, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What a detector did with the faces of some pictures.

    Attributes:
        found: float32 (N,), one number a face: the score with which it was found, 0 if it was not.
        phantoms: float32 (M,), scores of boxes where nobody is.
        pictures: how many pictures there were.
    """

    found: np.ndarray
    phantoms: np.ndarray
    pictures: int

    def recall(self, threshold: float) -> float:
        """Share of faces found with at least this score, 0..1; NaN where there were none."""
        return float((self.found >= max(threshold, 1e-9)).mean()) if len(self.found) else np.nan

    def phantoms_per_picture(self, threshold: float) -> float:
        """Boxes with at least this score where nobody is, for one picture."""
        return float((self.phantoms >= threshold).sum()) / max(self.pictures, 1)

    @classmethod
    def joined(cls, parts: Iterable["Matches"]) -> "Matches":
        """All of several."""
        parts = list(parts)
        return cls(
            np.concatenate([p.found for p in parts] or [np.empty(0, np.float32)]),
            np.concatenate([p.phantoms for p in parts] or [np.empty(0, np.float32)]),
            sum(p.pictures for p in parts),
        )


def match(
    found_xyxy: np.ndarray, scores: np.ndarray, faces_xyxy: np.ndarray, unsure_xyxy: np.ndarray
) -> Matches:
    """Compares the boxes of one picture with its faces.

    Args:
        found_xyxy: float32 (D, 4), what the detector gave.
        scores: float32 (D,).
        faces_xyxy: float32 (N, 4), who is there.
        unsure_xyxy: float32 (U, 4), places that are neither asked for nor counted against it.
    """
    found = np.zeros(len(faces_xyxy), np.float32)
    explained = np.zeros(len(found_xyxy), bool)
    if len(found_xyxy) and len(faces_xyxy):
        overlap = geometry.iou(faces_xyxy, found_xyxy)
        best = overlap.argmax(axis=1)
        hit = overlap.max(axis=1) > _FOUND_IOU
        found[hit] = scores[best[hit]]
        explained |= (overlap > _NEAR_IOU).any(axis=0)
    if len(found_xyxy) and len(unsure_xyxy):
        shared = geometry.intersection(found_xyxy, unsure_xyxy)
        inside = shared / np.maximum(geometry.area(found_xyxy), 1e-6)[:, None] > _INSIDE
        explained |= (inside | (geometry.iou(found_xyxy, unsure_xyxy) > _INSIDE)).any(axis=1)
    return Matches(found, np.asarray(scores, np.float32)[~explained], 1)


def compare(given: Sequence[Face], faces_xyxy: np.ndarray, unsure_xyxy: np.ndarray) -> Matches:
    """As `match`, of what a detector gave."""
    boxes = np.array([face.box_xyxy for face in given], np.float32).reshape(-1, 4)
    scores = np.array([face.score for face in given], np.float32)
    return match(boxes, scores, faces_xyxy, unsure_xyxy)


def threshold_for(matches: Sequence[Matches], phantoms_per_picture: float) -> float:
    """The lowest score at which there are no more phantoms than that."""
    whole = Matches.joined(matches)
    allowed = int(phantoms_per_picture * whole.pictures)
    scores = np.sort(whole.phantoms)[::-1]
    return float(np.nextafter(scores[allowed], np.float32(2))) if len(scores) > allowed else 0.0
