"""A cascade file of OpenCV, opened with care: any path, any content, no noise."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fer_core.errors import DetectorError


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

    def scan(self, grey: np.ndarray, step: float, first: int = 0, last: int = 99) -> np.ndarray:
        """Places that may be faces, (N, 4) x, y, w, h; a single window makes a place.

        Args:
            grey: uint8 (H, W).
            step: factor from one size to the next.
            first: smallest size to look for; 0 is the window's own.
            last: largest one.
        """
        smallest, largest = (self.window_px * step**k for k in (first - 0.5, last + 0.5))
        windows = self._run(grey, step, smallest, min(largest, max(grey.shape)))
        # Groups of one are dropped by OpenCV, so each window is put in twice.
        grouped, _ = cv2.groupRectangles(np.tile(windows.astype(int), (2, 1)).tolist(), 1, 0.2)
        return np.asarray(grouped, np.float32).reshape(-1, 4)

    def windows(self, grey: np.ndarray, smallest_px: float, largest_px: float) -> np.ndarray:
        """Every window that fires, (N, 4) x, y, w, h."""
        return self._run(grey, 1.1, smallest_px, largest_px)

    def _run(
        self, grey: np.ndarray, step: float, smallest_px: float, largest_px: float
    ) -> np.ndarray:
        sizes = ((round(smallest_px),) * 2, (round(largest_px),) * 2)
        found = self._classifier.detectMultiScale(grey, step, 0, 0, *sizes)
        return np.asarray(found, np.float32).reshape(-1, 4)


def _open_cascade(path: Path) -> "cv2.CascadeClassifier":
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise DetectorError(
            f"The cascade {path} cannot be opened ({reason}); choose another file."
        ) from error
    refused = DetectorError(f"{path} is not a cascade of OpenCV; choose a cascade XML file.")
    if "<opencv_storage" not in text[:100_000] or "<cascade" not in text:
        raise refused
    try:
        with _opencv_quiet():
            storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
            classifier = cv2.CascadeClassifier()
            opened = classifier.read(storage.getFirstTopLevelNode()) and not classifier.empty()
            storage.release()
            if opened:  # some faults show only when it is used
                classifier.detectMultiScale(np.zeros((80, 80), np.uint8))
    except (cv2.error, SystemError, ValueError):
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
