"""Finding faces."""

from fer_core.detection.base import DoubtingDetector, FaceDetector, Reach
from fer_core.detection.catalog import (
    DetectorInfo,
    available_detectors,
    create_detector,
    usual_detector,
)
from fer_core.detection.search import find_faces
from fer_core.detection.yunet import download_yunet

__all__ = [
    "DetectorInfo",
    "DoubtingDetector",
    "FaceDetector",
    "Reach",
    "available_detectors",
    "create_detector",
    "download_yunet",
    "find_faces",
    "usual_detector",
]
