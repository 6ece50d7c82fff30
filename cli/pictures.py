"""Faces for `models add --check`: labelled ones from folders, or any pictures of people."""

from typing import TYPE_CHECKING

from fer_core.config import DEFAULT_MODEL

if TYPE_CHECKING:
    import numpy as np

    from fer_core.models.check import Labelled
    from fer_core.models.spec import ModelSpec

#: Faces that --check looks at: enough to tell the readings apart, soon done.
_CHECKED_FACES = 200
#: Pictures without labels: finding their faces takes longer.
_UNLABELLED = 80
#: The model that says what unlabelled faces express.
TEACHER = DEFAULT_MODEL


def faces(folder: str, spec: "ModelSpec") -> tuple["list[Labelled]", bool]:
    """Faces of a folder, and whether a person has labelled them.

    Of labelled ones the same number of each class is taken, as far as there are.

    Raises:
        DatasetError: there are none.
    """
    from fer_core.errors import DatasetError

    try:
        found = _labelled(folder, spec)
        problem = ""
    except DatasetError as error:
        found, problem = [], str(error)
    if found:
        return found, True
    found = _unlabelled(folder, spec)
    if not found:
        raise DatasetError(
            problem or f"{folder} has no pictures; put faces into one folder an expression."
        )
    return found, False


def _labelled(folder: str, spec: "ModelSpec") -> "list[Labelled]":
    from fer_core.datasets.registry import open_dataset
    from fer_core.expressions import EXPRESSIONS

    known = {*EXPRESSIONS, *spec.labels}
    dataset = open_dataset("folder", folder)
    by_label: dict[str, list[Labelled]] = {}
    for name in dataset.splits():
        split = dataset.load(name)
        for index, target in enumerate(split.targets.tolist()):
            label = split.labels[target]
            chosen = by_label.setdefault(label, [])
            if label in known and len(chosen) < _CHECKED_FACES // len(split.labels):
                chosen.append((split.images[index], label))
    return [face for chosen in by_label.values() for face in chosen]


def _unlabelled(folder: str, spec: "ModelSpec") -> "list[Labelled]":
    """The faces of loose pictures, as Mimik's own model sees them."""
    from pathlib import Path

    from fer_core.detection import create_detector
    from fer_core.errors import FerError
    from fer_core.models.asking import as_seen
    from fer_core.models.registry import ModelRegistry
    from fer_core.pipeline import face_crop
    from fer_core.video.images import IMAGE_SUFFIXES, read_image

    pictures = [p for p in sorted(Path(folder).glob("*")) if p.suffix.lower() in IMAGE_SUFFIXES]
    if not pictures:
        return []
    teacher = ModelRegistry().load(TEACHER)
    detector = create_detector("haar")
    for_teacher: list[np.ndarray] = []
    for_model: list[np.ndarray] = []
    step = max(1, len(pictures) // _UNLABELLED)
    for path in pictures[::step][:_UNLABELLED]:
        try:
            image = read_image(path)
        except FerError:
            continue
        boxes = detector.detect(image)
        best = max(boxes, key=lambda face: min(face.wh_px), default=None)
        for into, wanted in ((for_teacher, teacher.spec), (for_model, spec)):
            into.append(image if best is None else face_crop(image, best, wanted))
    return as_seen(teacher, for_teacher, for_model) if for_model else []
