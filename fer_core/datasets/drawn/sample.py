"""A tiny library out of the portrait that ships with the app, to try everything on without data."""

import csv
import io
import tarfile
from pathlib import Path

import cv2
import numpy as np

from fer_core import paths
from fer_core.datasets.drawn import jpeg, places
from fer_core.datasets.drawn.library import COLUMNS

#: Where the head is in the portrait, px.
_HEAD_XYXY = (145, 50, 305, 210)
#: In px of `head()`: left, top, width, height of the face in YuNet's manner, and its landmarks.
BOX = (34.0, 18.0, 60.0, 84.0)
MARKS = (46.0, 41.0, 82.0, 42.0, 63.0, 59.0, 48.0, 73.0, 77.0, 74.0)


def head() -> np.ndarray:
    """uint8 (128, 128), grey: the portrait's head."""
    data = (paths.resources_dir() / "Samples" / "portrait.jpg").read_bytes()
    x0, y0, x1, y1 = _HEAD_XYXY
    cut = jpeg.decode(data)[y0:y1, x0:x1]
    return cv2.resize(cut, (128, 128), interpolation=cv2.INTER_AREA)


def write(folder: Path, heads: int = 24, scenes: int = 24) -> Path:
    """Writes photos.tar and boxes.csv: one head under many numbers, and places that are drawn.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    with tarfile.open(folder / "photos.tar", "w") as archive:
        for number in range(heads):
            _add(archive, f"heads/{number:05}.jpg", head())
        for number in range(scenes):
            _add(archive, f"scenes/{number:04}.jpg", places.drawn(rng, (480, 320)))
    with (folder / "boxes.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows([f"heads/{n:05}.jpg", 0, *BOX, *MARKS, 0.93] for n in range(heads))
    return folder


def _add(archive: tarfile.TarFile, name: str, picture: np.ndarray) -> None:
    data = jpeg.encode(picture)
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
