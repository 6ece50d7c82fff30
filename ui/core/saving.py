"""Snapshots, face crops and recordings, under names that are free."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from fer_core import geometry
from fer_core.errors import OutputError
from fer_core.files import give_back, reserve, write_bytes
from fer_core.overlay import annotate
from fer_core.types import Frame, FrameResult
from fer_core.video.film_sink import VideoSink
from fer_core.video.sinks import CsvSink
from ui.core.stage import Present
from ui.presenter.core import Look

#: Share of the box's longer side around a saved face.
_FACE_MARGIN = 0.15


def save_snapshot(folder: str, present: Present, look: Look) -> tuple[str, ...]:
    """Writes the picture as it is, and with its overlay if it has a result.

    Raises:
        OutputError: nothing was kept; the sentence says why.
    """
    pictures = {".png": present.frame.image}
    if present.result is not None:
        pictures["-overlay.png"] = annotated(present, look)
    return _write_all(folder, pictures)


def save_faces(folder: str, frame: Frame, result: FrameResult) -> tuple[str, ...]:
    """Writes each face, named after what it shows.

    Raises:
        OutputError: nothing was kept; the sentence says why.
    """
    pictures = {}
    for number, face in result.resized(frame.wh).numbered:
        box = geometry.square(face.face.box_xyxy, _FACE_MARGIN)
        pictures[f"-face{number}-{face.shows}.png"] = geometry.crop(frame.image, box)
    return _write_all(folder, pictures)


def _free_names(folder: Path, endings: Sequence[str]) -> Iterator[Sequence[Path]]:
    """Groups of names with these endings of which the folder holds nothing: date, time, number."""
    stem = f"mimik-{datetime.now():%Y%m%d-%H%M%S}"
    for number in range(1, 10_000):
        name = f"{stem}-{number:03d}"
        if not any(folder.glob(f"{name}*")):
            yield [folder / f"{name}{ending}" for ending in endings]


class Recorder:
    """An annotated video and a table of results; takes frames as a sink does.

    What comes after `close` is no part of the recording any more and is left out: the thread that
    writes learns later than the one that closes.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: str, fps: float, wh: tuple[int, int], look: Look) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._paths = reserve(_free_names(Path(folder), (".mp4", ".csv")))
        video, table = self._paths
        self._stack = ExitStack()
        self._stack.callback(give_back, self._paths)
        try:
            self._table = self._stack.enter_context(CsvSink(table, table.stem))
            self._video = self._stack.enter_context(
                VideoSink(video, fps, wh, lambda image, result: _annotated(image, result, look))
            )
        except OutputError:
            self._stack.close()
            table.unlink(missing_ok=True)
            raise

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Takes one frame.

        Raises:
            OutputError: it cannot be written; close the recorder.
        """
        with self._lock:
            if not self._closed:
                self._video.write(frame, result)
                self._table.write(frame, result)

    def close(self) -> tuple[str, ...]:
        """Finishes both files.

        Returns:
            Their paths; none, and no files, if no frame came.

        Raises:
            OutputError: they cannot be finished.
        """
        with self._lock:
            self._closed = True
        self._stack.close()
        if self._video.frames:
            return tuple(str(path) for path in self._paths)
        self._paths[1].unlink(missing_ok=True)
        return ()


def annotated(present: Present, look: Look) -> np.ndarray:
    """The picture with its overlay, uint8 (H, W, 3) BGR; as it is, where it was not read."""
    if present.result is None:
        return present.frame.image
    return _annotated(present.frame.image, present.result, look)


def _annotated(image: np.ndarray, result: FrameResult, look: Look) -> np.ndarray:
    return annotate(image, result, language=look.language)


def _write_all(folder: str, pictures: dict[str, np.ndarray]) -> tuple[str, ...]:
    """Writes pictures under one free name with several endings: all, or none."""
    paths = reserve(_free_names(Path(folder), list(pictures)))
    try:
        for path, image in zip(paths, pictures.values(), strict=True):
            write_bytes(path, cv2.imencode(".png", image)[1].tobytes())
    except OSError as error:
        for path in paths:
            path.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError(
            f"The picture cannot be saved in {folder}: {reason}; choose another folder "
            "in the settings."
        ) from error
    return tuple(str(path) for path in paths)
