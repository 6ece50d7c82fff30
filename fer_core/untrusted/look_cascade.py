"""What `cascades` has a child process do: write a cascade anew and let OpenCV run it."""

from pathlib import Path

import cv2
import numpy as np

from fer_core import paths
from fer_core.errors import DetectorError
from fer_core.untrusted.cascade_files import rewrite

#: Sides of the pictures that it is run on, in px; a cascade that accepts everything takes longest.
_SIDES = (80, 320)


def look(path: str, target: str) -> None:
    """Writes the cascade at `path` to `target` if it can be run.

    Raises:
        DetectorError: it is none, or it fails.
    """
    text = rewrite(Path(path))
    storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    classifier = cv2.CascadeClassifier()
    try:
        opened = classifier.read(storage.getFirstTopLevelNode()) and not classifier.empty()
        for picture in _pictures() if opened else ():
            classifier.detectMultiScale2(picture, 1.1, 1)
    except (cv2.error, SystemError):
        opened = False
    if not opened:
        raise DetectorError(
            f"{path} is not a cascade of OpenCV, or a damaged one; choose a cascade XML file."
        )
    Path(target).write_text(text, encoding="ascii", newline="\n")


def _pictures() -> list[np.ndarray]:
    """Black, noise, and a face."""
    noise = np.random.default_rng(0).integers(0, 256, (_SIDES[1],) * 2, np.uint8)
    data = np.fromfile(paths.resources_dir() / "Samples" / "portrait.jpg", np.uint8)
    portrait = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert portrait is not None
    return [np.zeros((_SIDES[0],) * 2, np.uint8), noise, cv2.resize(portrait, (_SIDES[1],) * 2)]
