"""Finding faces."""

from fer_core.detection.base import FaceDetector, StreamDetector
from fer_core.detection.catalog import DetectorInfo, available_detectors, create_detector
from fer_core.detection.yunet import download_yunet

__all__ = [
    "DetectorInfo",
    "FaceDetector",
    "StreamDetector",
    "available_detectors",
    "create_detector",
    "download_yunet",
]
