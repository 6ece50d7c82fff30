"""Which detectors there are, and making one by name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from fer_core import paths
from fer_core.config import DEFAULT_DETECTOR
from fer_core.detection.base import FaceDetector
from fer_core.detection.cascade import Cascade
from fer_core.detection.finder.detector import FinderDetector
from fer_core.detection.finder.spec import SPEC_NAME, FinderSpec
from fer_core.detection.haar import HaarDetector
from fer_core.detection.yunet import YUNET_FILE, YunetDetector, yunet_path
from fer_core.errors import DetectorError

_TITLES = {
    "haarcascade_frontalface_default.xml": "Haar cascade: frontal face, OpenCV's first",
    "haarcascade_frontalface_alt.xml": "Haar cascade: frontal face, alternative 1",
    "haarcascade_frontalface_alt2.xml": "Haar cascade: frontal face, alternative 2",
    "haarcascade_frontalface_alt_tree.xml": "Haar cascade: frontal face, alternative tree",
    "haarcascade_profileface.xml": "Haar cascade: face in profile, left and right",
}
#: The one that is used where the default one is broken: it comes with OpenCV.
INSTEAD = "haar"
USED_INSTEAD = f"The detector {INSTEAD} is used instead."
#: The one that finds most at few phantoms, of those that OpenCV brings.
_FRONTAL = "haarcascade_frontalface_alt.xml"
#: How many windows of a cascade make a face, where more or fewer are needed than of others: chosen
#: on 200 scenes, so that there are about as few phantoms with each on these same scenes. Nobody has
#: measured these three cascades on others.
_WINDOWS = {
    "haarcascade_frontalface_alt2.xml": 6,
    "haarcascade_frontalface_default.xml": 12,
    "haarcascade_frontalface_alt_tree.xml": 3,
}


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """One line of a detector picker.

    Attributes:
        name: for `create_detector`.
        title: for a person.
        available: whether it can be used now.
        note: one sentence, empty where there is nothing to say.
        license: of its weights, where they are ours; empty elsewhere.
    """

    name: str
    title: str
    available: bool
    note: str = ""
    license: str = ""


def available_detectors() -> list[DetectorInfo]:
    """Our own, YuNet, Haar, OpenCV's other face cascades, the person's own networks."""
    finder = paths.bundled_detectors_dir() / "finder"
    there = (finder / SPEC_NAME).is_file()
    gone = "" if there else "Its files are missing; install Mimik again."
    here = yunet_path().is_file()
    hint = "" if here else "Download it (230 kB, from the OpenCV Zoo) to find small faces too."
    cascades = [
        DetectorInfo(f"haar:{file}", title, True)
        for file, title in _TITLES.items()
        if (_cascade_dir() / file).is_file()
    ]
    return [
        DetectorInfo("finder", "Finder, our own network (default)", there, gone, _license(finder)),
        DetectorInfo("yunet", "YuNet, also small and turned faces", here, hint),
        DetectorInfo("haar", "Haar, frontal faces", bool(cascades)),
        *cascades,
        *_own_networks(),
    ]


def create_detector(name: str | Path = DEFAULT_DETECTOR) -> FaceDetector:
    """Makes a detector.

    Args:
        name: "finder", "yunet", "haar", "haar:FILE" with a file of OpenCV's, or the path of a
            cascade XML, of an SSD network (OpenVINO .xml, .onnx; see `ssd`), or of the folder of
            a finder that somebody trained.

    Raises:
        DetectorError: no such detector, or its file is missing or broken.
    """
    text = str(name)
    if text == "finder":
        return FinderDetector()
    if text == "haar":
        return HaarDetector(text, Cascade(_cascade_dir() / _FRONTAL))
    if text == "yunet":
        return YunetDetector()
    if text.startswith("haar:"):
        file = text.removeprefix("haar:")
        if not re.fullmatch(r"haarcascade_\w+\.xml", file) or not (_cascade_dir() / file).is_file():
            raise DetectorError(
                f"OpenCV has no cascade {file!r}; choose a detector from the list, or a file."
            )
        return _haar(text, _cascade_dir() / file)
    if (Path(text) / SPEC_NAME).is_file():
        return FinderDetector(text)
    if text.lower().endswith(".onnx") or _is_network(Path(text)):
        from fer_core.detection.ssd import SsdDetector  # brings OpenVINO along

        return SsdDetector(text)
    if text.lower().endswith(".xml"):
        return _haar(text, Path(text))
    raise DetectorError(
        f"There is no detector {text!r}; use finder, yunet, haar, haar:FILE.xml, or the path of a "
        "cascade, of an SSD network (.xml, .onnx) or of the folder of a trained finder."
    )


def usual_detector(say: Callable[[str], None] = lambda text: None) -> FaceDetector:
    """The detector where nobody chose one: the default, or Haar where its files are broken.

    Args:
        say: gets what is broken, and then what is used instead.

    Raises:
        DetectorError: Haar cannot be used either.
    """
    try:
        return create_detector(DEFAULT_DETECTOR)
    except DetectorError as error:
        detector = create_detector(INSTEAD)
        say(str(error))
        say(USED_INSTEAD)
        return detector


def _license(folder: Path) -> str:
    try:
        return FinderSpec.read(folder).license
    except DetectorError:  # said when it is chosen
        return ""


def _is_network(path: Path) -> bool:
    """Whether an .xml is one of OpenVINO's: its first element is a net."""
    try:
        if path.suffix.lower() != ".xml" or not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            return b"<net " in file.read(2000)
    except OSError:
        return False


def _own_networks() -> list[DetectorInfo]:
    """SSD networks that the person has put into the folder of detectors."""
    folder = paths.detectors_dir()
    files = sorted(folder.glob("*.xml")) + sorted(folder.glob("*.onnx"))
    networks = [
        f for f in files if f.name != YUNET_FILE and (f.suffix == ".onnx" or _is_network(f))
    ]
    return [DetectorInfo(str(file), f"Network: {file.stem}", True) for file in networks]


def _cascade_dir() -> Path:
    return Path(getattr(getattr(cv2, "data", None), "haarcascades", ""))


def _haar(name: str, path: Path) -> HaarDetector:
    windows = _WINDOWS.get(path.name, 5)
    return HaarDetector(name, Cascade(path), windows=windows, mirrored="profile" in path.name)
