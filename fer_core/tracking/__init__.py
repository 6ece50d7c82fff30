"""Following faces through a stream: numbers that stay, calm boxes, calm probabilities."""

from fer_core.tracking.smoothing import ProbabilitySmoother
from fer_core.tracking.tracker import FaceTracker

__all__ = ["FaceTracker", "ProbabilitySmoother"]
