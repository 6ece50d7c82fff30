"""Which detectors there are, and making one by name."""

import re
from dataclasses import dataclass
from pathlib import Path

import cv2

from fer_core.detection.base import FaceDetector
from fer_core.detection.cascade import Cascade
from fer_core.detection.haar import HaarDetector
from fer_core.detection.yunet import YunetDetector, yunet_path
from fer_core.errors import DetectorError

_TITLES = {
    "haarcascade_frontalface_default.xml": "Haar cascade: frontal face, OpenCV's first",
    "haarcascade_frontalface_alt.xml": "Haar cascade: frontal face, alternative 1",
    "haarcascade_frontalface_alt2.xml": "Haar cascade: frontal face, alternative 2",
    "haarcascade_frontalface_alt_tree.xml": "Haar cascade: frontal face, alternative tree",
    "haarcascade_profileface.xml": "Haar cascade: face in profile, left and right",
}


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """One line of a detector picker.

    Attributes:
        name: for `create_detector`.
        title: for a person.
        available: whether it can be used now.
        note: one sentence, empty where there is nothing to say.
    """

    name: str
    title: str
    available: bool
    note: str = ""


def available_detectors() -> list[DetectorInfo]:
    """Haar first, then YuNet, then every face cascade that came with OpenCV."""
    here = yunet_path().is_file()
    hint = "" if here else "Download it (230 kB, from the OpenCV Zoo) to find small faces too."
    cascades = [
        DetectorInfo(f"haar:{file}", title, True)
        for file, title in _TITLES.items()
        if (_cascade_dir() / file).is_file()
    ]
    return [
        DetectorInfo("haar", "Haar, frontal faces (default)", bool(cascades)),
        DetectorInfo("yunet", "YuNet, also small and turned faces", here, hint),
        *cascades,
    ]


def create_detector(name: str | Path = "haar") -> FaceDetector:
    """Makes a detector.

    Args:
        name: "haar", "yunet", "haar:FILE" with a file of OpenCV's, or the path of a cascade XML.

    Raises:
        DetectorError: no such detector, or its file is missing or broken.
    """
    text = str(name)
    if text == "haar":
        return _frontal(text, "haarcascade_frontalface_alt2.xml")
    if text == "yunet":
        return YunetDetector()
    if text.startswith("haar:"):
        file = text.removeprefix("haar:")
        if not re.fullmatch(r"haarcascade_\w+\.xml", file) or not (_cascade_dir() / file).is_file():
            raise DetectorError(
                f"OpenCV has no cascade {file!r}; choose a detector from the list, or a file."
            )
        if "frontalface" in file:
            return _frontal(text, file)
        return HaarDetector(text, Cascade(_cascade_dir() / file), mirrored="profile" in file)
    if text.lower().endswith(".xml"):
        return HaarDetector(text, Cascade(text), mirrored="profile" in Path(text).name)
    raise DetectorError(
        f"There is no detector {text!r}; use haar, yunet, haar:FILE.xml or the path of a cascade."
    )


def _cascade_dir() -> Path:
    return Path(getattr(getattr(cv2, "data", None), "haarcascades", ""))


def _frontal(name: str, seeker: str) -> HaarDetector:
    """Two cascades that were trained apart and agree on a face are seldom both wrong."""
    alt2, alt, eye, mouth = (
        Cascade(_cascade_dir() / f"haarcascade_{kind}.xml")
        for kind in ("frontalface_alt2", "frontalface_alt", "eye_tree_eyeglasses", "smile")
    )
    return HaarDetector(name, Cascade(_cascade_dir() / seeker), (alt2, alt), features=(eye, mouth))
