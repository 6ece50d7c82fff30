"""Heads for the finder out of any data set of faces, marked by a detector that knows landmarks."""

import csv
import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.drawn import jpeg
from fer_core.datasets.drawn.library import COLUMNS, square_to_box
from fer_core.detection.base import FaceDetector
from fer_core.files import replacing
from fer_core.geometry import crop

#: Width added on every side before a detector looks, as a share: it wants to see more than a face.
_AROUND = 0.3
#: Side that the picture is brought to for the detector, in px.
_SIDE = 256


def mark(
    pictures: Sequence[np.ndarray],
    detector: FaceDetector,
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Writes photos.tar and boxes.csv with the head of every picture in which one face is found.

    Args:
        pictures: uint8 (H, W) or (H, W, 3) BGR, one face each.
        detector: one that gives landmarks, such as YuNet.
        out: folder; made if missing.
        progress: called with the pictures so far and in all.

    Returns:
        How many heads were written.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    with replacing(out / "photos.tar") as path, tarfile.open(path, "w") as archive:
        for number, picture in enumerate(pictures):
            progress(number + 1, len(pictures))
            face = _one_face(picture, detector)
            if face is None:
                continue
            name = f"heads/{number:05}.jpg"
            grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            data = jpeg.encode(grey)
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
            rows.append([name, 0, *(round(float(v), 1) for v in face[:-1]), round(face[-1], 3)])
    with replacing(out / "boxes.csv") as path, path.open("w", newline="", encoding="utf-8") as to:
        writer = csv.writer(to)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)


def _one_face(picture: np.ndarray, detector: FaceDetector) -> list[float] | None:
    """Left, top, width, height, five landmarks and score of the only face, in px; None if not."""
    image = picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    h, w = image.shape[:2]
    more = np.array([w, h]) * _AROUND
    wide = np.ascontiguousarray(
        crop(image, np.array([-more[0], -more[1], w + more[0], h + more[1]]))
    )
    scale = _SIDE / max(wide.shape[:2])
    large = cv2.resize(wide, None, fx=scale, fy=scale)
    faces = detector.detect(large)
    if len(faces) != 1 or faces[0].landmarks is None:
        return None
    marks = np.concatenate([faces[0].box_xyxy.reshape(2, 2), faces[0].landmarks])
    marks = marks / scale - np.round(more)
    box, points = marks[:2], marks[2:]
    middle, side = box.mean(axis=0), float(np.sqrt(np.prod(box[1] - box[0])))
    return [*square_to_box(middle, side), *points.ravel().tolist(), float(faces[0].score)]
