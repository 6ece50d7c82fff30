"""A model that is being added: its proposed reading, and checking readings on labelled faces."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from fer_core import geometry, paths
from fer_core.config import DEFAULT_MODEL
from fer_core.detection import usual_detector
from fer_core.errors import DatasetError, FerError
from fer_core.expressions import HAPPINESS, canonical, own_class
from fer_core.models.asking import as_seen, beats_chance, how_sure
from fer_core.models.check import (
    ENOUGH_FACES,
    Labelled,
    RankedReading,
    as_good,
    rank_readings,
    scalings,
    try_reading,
)
from fer_core.models.library import free_name, take_model
from fer_core.models.propose import propose
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec
from fer_core.names import plain
from fer_core.pipeline import face_crop
from fer_core.types import Face
from fer_core.untrusted.gate import CheckedModel, opened
from fer_core.video.images import IMAGE_SUFFIXES, read_image
from ui.core.stage import Present
from ui.presenter.models import Checked, CheckedFace, Proposed, RankedRow, ReadingForm

#: Pictures taken from each folder of an expression; more would only take longer.
_A_FOLDER = 25
#: Loose ones, of which our own model says what it sees.
_LOOSE = 60
_THUMB_PX = 64
#: A face is kept with as much around it as the widest margin needs, no larger than this.
_WIDEST_MARGIN, _FACE_PX = 1.0, 256


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A face of known expression, as `image` (H, W, 3) BGR around it; without `face` all of it.

    `seen`: our own model named the expression.
    """

    image: np.ndarray
    face: Face | None
    label: str
    seen: bool = False

    def crop(self, spec: ModelSpec) -> Labelled:
        """What a model looks at."""
        found = self.image if self.face is None else face_crop(self.image, self.face, spec)
        return np.ascontiguousarray(found), self.label


class Adding:
    """One bare model file on its way into the person's folder.

    Args:
        model: what was found at the path that the person gave.
        opening: how long an unpacked one is kept.

    Raises:
        ModelError: it cannot be used; one sentence says why.
    """

    def __init__(self, model: CheckedModel, opening: ExitStack) -> None:
        self._model, self._opening = model, opening
        self._proposal = propose(model)
        self._best: RankedReading | None = None
        self._notes: list[str] = []
        self._detector = usual_detector(self._notes.append)
        self._samples: list[Sample] = []
        self._add_picture(paths.resources_dir() / "Samples" / "portrait.jpg", HAPPINESS)

    def proposed(self) -> Proposed:
        """What was found out about the file."""
        spec = self._proposal.spec
        size = f"{spec.input.width} × {spec.input.height} px, {spec.format}"
        colors = ("gray",) if spec.input.channels == 1 else ("rgb", "bgr", "gray3")
        return Proposed(
            str(self._model.path),
            free_name(spec.name),
            plain(f"{self._model.path.name}, {size}"),
            tuple(plain(note) for note in (*self._proposal.notes, *self._notes)),
            spec.labels,
            {color: scalings(color) for color in colors},
        )

    def add_folder(self, folder: str) -> None:
        """Takes faces from a folder that holds a folder for each expression.

        Of pictures that lie there loose, our own model says what it sees in them.

        Raises:
            DatasetError: it holds none.
        """
        before = len(self._samples)
        for place in sorted(p for p in Path(folder).iterdir() if p.is_dir()):
            label = self._label(place.name)
            if not label:
                continue
            pictures = sorted(p for p in place.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
            for path in pictures[:_A_FOLDER]:
                self._add_picture(path, label)
        if len(self._samples) == before:
            self._add_seen(Path(folder))
        if len(self._samples) == before:
            raise DatasetError(
                f"{folder} holds no folders named after expressions with pictures in them."
            )

    def _add_seen(self, folder: Path) -> None:
        """The faces of loose pictures, as our own model sees them."""
        before = len(self._samples)
        pictures = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
        for path in pictures[:_LOOSE]:
            self._add_picture(path, "")
        found = self._samples[before:]
        del self._samples[before:]
        self._name(found)

    def add_present(self, present: Present | None) -> None:
        """The faces that the window shows, as our own model sees them."""
        if present is not None and present.result is not None:
            image = present.frame.image
            faces = present.result.resized(present.frame.wh).faces
            self._name([_sample(image, found.face, "") for found in faces])

    def _name(self, found: list[Sample]) -> None:
        """Takes faces that nobody has named, as our own model sees them, if it is sure."""
        if not found:
            return
        teacher = ModelRegistry().load(DEFAULT_MODEL)
        places = [np.array([index]) for index in range(len(found))]
        for_teacher = [sample.crop(teacher.spec)[0] for sample in found]
        for place, label in as_seen(teacher, for_teacher, places):
            self._samples.append(replace(found[int(place[0])], label=label, seen=True))

    def _label(self, word: str) -> str:
        """The expression or the model's own class that a folder is named after; else empty."""
        own = {label.lower(): label for label in self._proposal.spec.labels}
        with suppress(ValueError):
            return own.get(own_class(word).lower()) or canonical(word)
        return ""

    def add_shown(self, present: Present | None, label: str, chosen: int | None) -> bool:
        """Takes the chosen face of the picture in the window, or the largest; False for none."""
        if present is None or present.result is None or not present.result.faces:
            return False
        found = present.result.resized(present.frame.wh).numbered
        _, best = max(found, key=lambda pair: (pair[0] == chosen, min(pair[1].face.wh_px)))
        self._samples.append(_sample(present.frame.image, best.face, label))
        return True

    def check(self) -> Checked:
        """All readings with their agreement, best first, and the faces they were tried on."""
        spec = self._proposal.spec
        faces = [sample.crop(spec) for sample in self._samples]
        ranked = rank_readings(self._model, faces, spec, orders=self._proposal.orders)
        if not self._knows(ranked[0], faces):  # then the faces tell nothing about readings
            ranked.sort(key=lambda entry: entry.reading.spec != spec)
        self._best = ranked[0]
        rows = tuple(_row(entry, as_good(ranked[0], entry, faces)) for entry in ranked)
        enough = len(faces) >= ENOUGH_FACES
        seen = [sample.seen for sample in self._samples]
        thumbs = tuple(_thumb(face, by_us) for face, by_us in zip(faces, seen, strict=True))
        knows = self._knows(ranked[0], faces)
        return Checked(rows, thumbs, enough, sum(seen), self._sure(ranked, faces), knows)

    def _knows(self, best: RankedReading, faces: Sequence[Labelled]) -> bool:
        seen = sum(sample.seen for sample in self._samples) > len(faces) / 2
        return beats_chance(best, faces, seen=seen)

    def _sure(self, ranked: Sequence[RankedReading], faces: Sequence[Labelled]) -> float:
        """How sure the best reading is: by the faces, or by file and project where they are few."""
        if not self._knows(ranked[0], faces):
            return 0.0
        if len(faces) < ENOUGH_FACES:
            return self._proposal.sure
        return 1.0 if self._proposal.spec.labels_confirmed else how_sure(ranked, faces)

    def try_reading(self, form: ReadingForm) -> RankedRow:
        """How well a reading that the person made up agrees with the faces.

        Raises:
            ModelSpecError: it is impossible.
        """
        spec = self._spec(form)
        faces = [sample.crop(spec) for sample in self._samples]
        entry = try_reading(self._model, faces, spec)
        comparable = self._best is not None and len(self._best.predicted) == len(faces)
        tied = comparable and self._best is not None and as_good(self._best, entry, faces)
        return _row(entry, tied)

    def take(self, form: ReadingForm, name: str, guess: bool = False) -> str:
        """Adds the model, read like this, perhaps marked as a guess; gives its name.

        Raises:
            ModelError: the name is taken, or the model cannot be converted.
        """
        spec = replace(self._spec(form), name=name, title=name, labels_confirmed=not guess)
        return take_model(self._model, name=name, spec=spec).name

    def close(self) -> None:
        """Deletes what was unpacked for it."""
        self._opening.close()

    def _spec(self, form: ReadingForm) -> ModelSpec:
        spec = self._proposal.spec
        inputs = replace(
            spec.input,
            color=form.color,
            scale=form.scale,
            mean=form.mean,
            std=form.std,
            equalize=form.equalize,
            crop_margin=form.crop_margin,
        )
        return replace(
            spec,
            labels=form.labels,
            input=inputs,
            output=form.output,
            stands_for=None,
        )

    def _add_picture(self, path: Path, label: str) -> None:
        """Its best face, or all of it where it is a face crop; unreadable ones are left out."""
        try:
            image = read_image(path)
        except FerError:
            return
        found = self._detector.detect(image)
        self._samples.append(_sample(image, found[0] if found else None, label))


def look(path: str) -> Adding | str:
    """A model to be checked, or the name of one that brought its model.json and was added.

    Raises:
        ModelError: it cannot be used; one sentence says why.
    """
    with ExitStack() as stack:
        model = stack.enter_context(opened(path))
        if model.spec is not None:
            return take_model(model).name
        return Adding(model, stack.pop_all())


def _sample(image: np.ndarray, face: Face | None, label: str) -> Sample:
    """Keeps what a check can need of a picture: large ones would fill the memory."""
    if face is None:
        return Sample(_at_most(image, _FACE_PX), None, label)
    around = geometry.square(face.box_xyxy, _WIDEST_MARGIN)
    widened = 1 + 2 * _WIDEST_MARGIN
    cut = _at_most(geometry.crop(image, around), round(widened * _FACE_PX))
    corner = np.tile(np.round(around[:2]), 2)
    box = (face.box_xyxy - corner) * (cut.shape[1] / (around[2] - around[0]))
    return Sample(cut, Face(box.astype(np.float32), face.score), label)


def _at_most(image: np.ndarray, side_px: int) -> np.ndarray:
    scale = side_px / max(image.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(image)
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _row(entry: RankedReading, tied: bool) -> RankedRow:
    reading = entry.reading
    inputs = reading.spec.input
    form = ReadingForm(
        reading.spec.labels,
        inputs.color,
        inputs.scale,
        inputs.mean,
        inputs.std,
        inputs.equalize,
        inputs.crop_margin,
        reading.spec.output,
    )
    return RankedRow(form, reading.labels, reading.scaling, entry.accuracy, entry.predicted, tied)


def _thumb(face: Labelled, seen: bool) -> CheckedFace:
    image, label = face
    side = min(image.shape[:2])
    square = image[:side, :side]
    small = cv2.resize(square, (_THUMB_PX, _THUMB_PX), interpolation=cv2.INTER_AREA)
    to_rgb = cv2.COLOR_GRAY2RGB if small.ndim == 2 else cv2.COLOR_BGR2RGB
    data = b"P6 %d %d 255\n" % (_THUMB_PX, _THUMB_PX) + cv2.cvtColor(small, to_rgb).tobytes()
    return CheckedFace(data, label, seen)
