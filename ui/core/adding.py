"""A model that is being added: its proposed reading, and checking readings on labelled faces."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from fer_core import paths
from fer_core.detection import create_detector
from fer_core.errors import DatasetError, FerError
from fer_core.expressions import HAPPINESS, canonical
from fer_core.models.check import ENOUGH_FACES, Labelled, RankedReading, rank_readings, readings
from fer_core.models.library import add_model, free_name
from fer_core.models.propose import propose
from fer_core.pipeline import face_crop
from fer_core.video.images import IMAGE_SUFFIXES, read_image
from ui.core.stage import Present
from ui.presenter.core import Checked, CheckedFace, Proposed, RankedRow

#: Pictures taken from each folder of an expression; more would only take longer.
_A_FOLDER = 25
_THUMB_PX = 64


class Adding:
    """One model file on its way into the person's folder.

    Args:
        path: a bare model file.

    Raises:
        ModelError: it cannot be used; one sentence says why.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._proposal = propose(path)
        self._readings = readings(self._proposal.spec)
        self._detector = create_detector("haar")
        self._faces: list[Labelled] = []
        self._add_picture(paths.resources_dir() / "Samples" / "portrait.jpg", HAPPINESS)

    def proposed(self) -> Proposed:
        """What was found out about the file."""
        spec = self._proposal.spec
        size = f"{spec.input.width} × {spec.input.height} px, {spec.format}"
        return Proposed(
            self._path,
            free_name(spec.name),
            f"{Path(self._path).name}, {size}",
            self._proposal.notes,
        )

    def add_folder(self, folder: str) -> None:
        """Takes faces from a folder that holds a folder for each expression.

        Raises:
            DatasetError: it holds none.
        """
        before = len(self._faces)
        for place in sorted(p for p in Path(folder).iterdir() if p.is_dir()):
            try:
                label = canonical(place.name)
            except ValueError:
                continue
            pictures = sorted(p for p in place.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
            for path in pictures[:_A_FOLDER]:
                self._add_picture(path, label)
        if len(self._faces) == before:
            raise DatasetError(
                f"{folder} holds no folders named after expressions with pictures in them."
            )

    def add_shown(self, present: Present | None, label: str, chosen: int | None) -> None:
        """Takes the chosen face of the picture in the window, or the largest.

        Raises:
            DatasetError: there is no face in it.
        """
        found = present.result.faces if present and present.result else ()
        if not found or present is None:
            raise DatasetError("There is no face in the picture that is shown.")
        face = max(found, key=lambda f: (f.face.track_id == chosen, min(f.face.wh_px))).face
        self._faces.append((face_crop(present.frame.image, face, self._readings[0].spec), label))

    def check(self) -> Checked:
        """All readings with their agreement, best first, and the faces they were tried on."""
        ranked = rank_readings(self._path, self._faces, self._proposal.spec)
        self._readings = [entry.reading for entry in ranked]
        return Checked(
            tuple(_row(entry) for entry in ranked),
            tuple(_thumb(face) for face in self._faces),
            enough=len(self._faces) >= ENOUGH_FACES,
        )

    def take(self, index: int, name: str) -> str:
        """Adds the model under one of the readings; gives its name.

        Raises:
            ModelError: the name is taken, or the model cannot be converted.
        """
        chosen = self._readings[index].spec
        spec = replace(chosen, name=name, title=name, labels_confirmed=True)
        return add_model(self._path, name=name, spec=spec).name

    def _add_picture(self, path: Path, label: str) -> None:
        """Its best face, or all of it where it is a face crop; unreadable ones are left out."""
        try:
            image = read_image(path)
        except FerError:
            return
        found = self._detector.detect(image)
        crop = face_crop(image, found[0], self._readings[0].spec) if found else image
        self._faces.append((np.ascontiguousarray(crop), label))


def is_ready_made(path: str) -> bool:
    """Whether a path brings its own model.json: a folder with one, or a .zip that was shared."""
    place = Path(path)
    return (place / "model.json").is_file() or place.suffix.lower() == ".zip"


def take_ready_made(path: str) -> str:
    """Adds a shared model as it is; gives its name.

    Raises:
        ModelError: it cannot be used.
    """
    return add_model(path).name


def _row(entry: RankedReading) -> RankedRow:
    return RankedRow(entry.reading.title, entry.accuracy, entry.predicted)


def _thumb(face: Labelled) -> CheckedFace:
    image, label = face
    side = min(image.shape[:2])
    square = image[:side, :side]
    small = cv2.resize(square, (_THUMB_PX, _THUMB_PX), interpolation=cv2.INTER_AREA)
    to_rgb = cv2.COLOR_GRAY2RGB if small.ndim == 2 else cv2.COLOR_BGR2RGB
    data = b"P6 %d %d 255\n" % (_THUMB_PX, _THUMB_PX) + cv2.cvtColor(small, to_rgb).tobytes()
    return CheckedFace(data, label)
