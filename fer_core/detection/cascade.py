"""A cascade file of OpenCV, opened with care: any path, any content, no noise."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fer_core.errors import DetectorError
from fer_core.untrusted import cascades


class Cascade:
    """One cascade file; safe to keep for long, not for two threads at a time."""

    def __init__(self, path: str | Path) -> None:
        """Opens a cascade.

        Args:
            path: a cascade XML, Haar or LBP; blanks and accents in it are fine on every system.

        Raises:
            DetectorError: it is missing or not a cascade.
        """
        self.path = Path(path)
        self._classifier = _open_cascade(self.path)
        self.window_px: int = max(self._classifier.getOriginalWindowSize())

    def groups(self, grey: np.ndarray, step: float, least: int) -> tuple[np.ndarray, np.ndarray]:
        """Places where windows fire that lie on each other.

        Args:
            grey: uint8 (H, W), of any size.
            step: factor from one size of windows to the next.
            least: fewer windows than this make no place; 2 or more.

        Returns:
            float32 (N, 4) left, top, right, bottom in px, and how many windows each is made of.
        """
        if min(grey.shape) < self.window_px:
            return np.empty((0, 4), np.float32), np.empty(0, np.int64)
        found, counts = self._classifier.detectMultiScale2(grey, step, least - 1)
        boxes = np.asarray(found, np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return boxes, np.asarray(counts, np.int64).reshape(-1)


def _open_cascade(path: Path) -> "cv2.CascadeClassifier":
    """OpenCV's own files are read as they are, all others as the gate has written them anew."""
    own = path.parent == Path(getattr(getattr(cv2, "data", None), "haarcascades", ""))
    refused = DetectorError(f"{path} is not a cascade of OpenCV; choose a cascade XML file.")
    try:
        text = path.read_text(encoding="utf-8") if own else cascades.checked(path)
        with _opencv_quiet():
            storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
            classifier = cv2.CascadeClassifier()
            opened = classifier.read(storage.getFirstTopLevelNode()) and not classifier.empty()
            storage.release()
    except (cv2.error, SystemError, ValueError, OSError):
        raise refused from None
    if not opened:
        raise refused
    return classifier


@contextlib.contextmanager
def _opencv_quiet() -> Iterator[None]:
    """OpenCV writes its complaints about a broken file on stderr; the caller raises instead."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
