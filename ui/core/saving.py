"""Snapshots, face crops and recordings, under names that are free."""

from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from fer_core import geometry
from fer_core.errors import OutputError
from fer_core.files import write_bytes
from fer_core.overlay import annotate
from fer_core.types import Frame, FrameResult
from fer_core.video.sinks import CsvSink, VideoSink
from ui.core.stage import Present
from ui.presenter.core import Look

#: Share of the box's longer side around a saved face.
_FACE_MARGIN = 0.15


def save_snapshot(folder: str, present: Present, look: Look) -> tuple[str, ...]:
    """Writes the picture as it is, and with its overlay if it has a result.

    Raises:
        OutputError: nothing was kept; the sentence says why.
    """
    stem = free_stem(folder)
    images = {f"{stem}.png": present.frame.image}
    if present.result is not None:
        images[f"{stem}-overlay.png"] = _annotated(present.frame.image, present.result, look)
    return _write_all(images)


def save_faces(folder: str, frame: Frame, result: FrameResult) -> tuple[str, ...]:
    """Writes each face, named after what it shows.

    Raises:
        OutputError: nothing was kept; the sentence says why.
    """
    stem = free_stem(folder)
    images = {}
    for number, face in result.resized(frame.wh).numbered:
        box = geometry.square(face.face.box_xyxy, _FACE_MARGIN)
        name = f"{stem}-face{number}-{face.shows}.png"
        images[name] = geometry.crop(frame.image, box)
    return _write_all(images)


def free_stem(folder: str) -> str:
    """Path without suffix under which the folder holds nothing: date, time, number."""
    stem = f"mimik-{datetime.now():%Y%m%d-%H%M%S}"
    for number in range(1, 10_000):
        name = f"{stem}-{number:03d}"
        if not any(Path(folder).glob(f"{name}*")):
            return str(Path(folder) / name)
    raise OutputError(f"{folder} is full of snapshots of this second; try again.")


class Recorder:
    """An annotated video and a table of results; takes frames as a sink does.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: str, fps: float, wh: tuple[int, int], look: Look) -> None:
        stem = free_stem(folder)
        self._video = VideoSink(
            f"{stem}.mp4",
            fps,
            wh,
            lambda image, result: _annotated(image, result, look),
            may_drop=True,
        )
        try:
            self._table = CsvSink(f"{stem}.csv", Path(stem).name)
        except OutputError:
            self._video.close()
            raise

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Takes one frame."""
        self._video.write(frame, result)
        self._table.write(frame, result)

    def close(self) -> tuple[str, ...]:
        """Finishes both files and gives their paths."""
        self._table.close()
        self._video.close()
        return str(self._video.path), str(self._table.path)


def _annotated(image: np.ndarray, result: FrameResult, look: Look) -> np.ndarray:
    return annotate(image, result, language=look.language)


def _write_all(images: dict[str, np.ndarray]) -> tuple[str, ...]:
    written: list[Path] = []
    try:
        for name, image in images.items():
            data = cv2.imencode(".png", image)[1].tobytes()
            write_bytes(name, data)
            written.append(Path(name))
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError(
            f"The picture cannot be saved in {Path(name).parent}: {reason}; choose another folder "
            "in the settings."
        ) from error
    return tuple(str(path) for path in written)
