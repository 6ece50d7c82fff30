"""The faces that a model is taught on, cut as it looks at them, from pictures in folders."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.faces import largest_face
from fer_core.detection.base import FaceDetector
from fer_core.errors import DatasetError, FerError
from fer_core.expressions import understood
from fer_core.models.check import Labelled
from fer_core.models.spec import ModelSpec
from fer_core.pipeline import face_crop
from fer_core.types import Face
from fer_core.video.images import IMAGE_SUFFIXES, read_image

#: Longer side of a face that is kept; networks that look at more are rare.
_FACE_PX = 512
#: A picture with a shorter side than this is a face; share of it from which on a face fills it.
_LEAST_PX, _FILLS = 64, 0.8
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The faces of pictures.

    Attributes:
        faces: in the order of the pictures, each with its class.
        left_out: names of pictures that cannot be read, or in which no face is.
    """

    faces: tuple[Labelled, ...]
    left_out: tuple[str, ...]


def shown_face(image: np.ndarray, face: Face | None, spec: ModelSpec) -> np.ndarray:
    """What a model looks at, no larger than can be of use to it.

    Args:
        image: uint8 (H, W, 3) BGR.
        face: found in it; None where all of it is a face.
        spec: of the model.

    Returns:
        uint8 (H, W, 3) BGR.
    """
    found = image if face is None else face_crop(image, face, spec)
    scale = _FACE_PX / max(found.shape[:2])
    if scale < 1:
        found = cv2.resize(found, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(found)


def class_folders(folder: str | Path) -> list[tuple[Path, str]]:
    """The pictures of a folder that holds one folder a class, each with its class.

    Folders named after expressions, in any data set's words, are these; others are classes of
    their own.

    Raises:
        DatasetError: there are none, or two folders mean the same.
    """
    try:
        places = sorted(place for place in Path(folder).iterdir() if place.is_dir())
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror}.") from error
    pictures = {place: pictures_in(place) for place in places if not place.name.startswith(".")}
    pictures = {place: found for place, found in pictures.items() if found}
    if not pictures:
        raise DatasetError(
            f"{folder} has no folders with pictures; put the faces into one folder a class."
        )
    try:
        labels = understood([place.name for place in pictures])
    except ValueError as error:
        raise DatasetError(f"{folder}: {error}") from error
    named = zip(pictures.values(), labels, strict=True)
    return [(path, label) for found, label in named for path in found]


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)


def faces_of(
    pictures: Sequence[tuple[Path, str]],
    spec: ModelSpec,
    detector: FaceDetector,
    progress: Progress | None = None,
) -> Found:
    """The largest face of each picture.

    Where the faces fill most of the pictures, these are faces already and are taken as they are.

    Args:
        pictures: each with its class.
        spec: of the model that is to look at them.
        detector: finds the faces.
        progress: called with how many pictures are done and how many there are.
    """
    seen: list[tuple[np.ndarray, np.ndarray, str]] = []
    left_out = []
    filled = 0
    for index, (path, label) in enumerate(pictures):
        try:
            image = read_image(path)
        except FerError:
            left_out.append(path.name)
            continue
        side = min(image.shape[:2])
        face = largest_face(detector, image)
        if face is None and side >= _LEAST_PX:
            left_out.append(path.name)
        else:
            filled += face is None or max(face.wh_px) >= _FILLS * side
            seen.append((shown_face(image, None, spec), shown_face(image, face, spec), label))
        if progress:
            progress(index + 1, len(pictures))
    whole = filled > len(seen) / 2
    faces = ((picture if whole else face, label) for picture, face, label in seen)
    return Found(tuple(faces), tuple(left_out))


def check_found(found: Found, where: str) -> None:
    """Raises DatasetError where no face was found at all."""
    if not found.faces:
        raise DatasetError(
            f"No face was found in the {len(found.left_out)} pictures of {where}; take pictures in "
            "which one face is seen from the front."
        )


def write(faces: Iterable[Labelled], folder: str | Path) -> int:
    """Writes the faces as PNG into one folder a class, and says how many; nothing is replaced.

    Raises:
        DatasetError: they cannot be written.
    """
    written = 0
    for crop, label in faces:
        place = Path(folder) / label
        try:
            place.mkdir(parents=True, exist_ok=True)
            number = sum(1 for _ in place.iterdir()) + 1
            while (path := place / f"{number:04}.png").exists():
                number += 1
            path.write_bytes(cv2.imencode(".png", crop)[1].tobytes())
        except OSError as error:
            raise DatasetError(f"{place} cannot be written: {error.strerror}.") from error
        written += 1
    return written
