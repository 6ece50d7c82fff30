"""The pictures that scenes are drawn together from: heads with marks, and places.

The folder is of the form of `boxes.csv` beside `photos.tar`, with `heads/NNNNN.jpg` (one head each)
and `scenes/NNNN.jpg`. Boxes may be anyone's; those of YuNet are read as such.
"""

import csv
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from fer_core.datasets.drawn import jpeg
from fer_core.datasets.tree import check_bytes, check_pixels
from fer_core.errors import DatasetError

#: Every so-manieth picture is for validation.
VALIDATION_EVERY = 20
#: From this score on YuNet's box in a scene is a face; below, a place to leave out of the loss.
SURE = 0.75
#: Our box is a square of this many times the mean side of YuNet's, its centre this share higher.
_SIDE, _HIGHER = 1.16, 0.02
_POINTS = tuple(f"{p}_{xy}" for p in ("eye1", "eye2", "nose", "mouth1", "mouth2") for xy in "xy")
#: The columns of boxes.csv.
COLUMNS = ("picture", "box", "left", "top", "width", "height", *_POINTS, "score")


@dataclass(frozen=True, slots=True)
class Head:
    """One head, still encoded.

    Attributes:
        jpeg: the picture's file.
        face: float32 (13,): centre x, y and side of the box, then five landmarks x, y, in px.
    """

    jpeg: bytes
    face: np.ndarray

    def pixels(self) -> np.ndarray:
        """uint8 (H, W), grey."""
        return jpeg.decode(self.jpeg)


@dataclass(frozen=True, slots=True)
class Scene:
    """One place, still encoded.

    Attributes:
        faces: float32 (N, 3): centre x, y and side of boxes that are sure to be faces, in px.
        unsure: float32 (M, 4): left, top, right, bottom of what may be one.
    """

    jpeg: bytes
    faces: np.ndarray
    unsure: np.ndarray

    def pixels(self) -> np.ndarray:
        """uint8 (H, W), grey."""
        return jpeg.decode(self.jpeg)


@dataclass(frozen=True, slots=True)
class Library:
    """Heads and scenes of one part, `train` or `validation`."""

    heads: list[Head]
    scenes: list[Scene]

    @classmethod
    def read(cls, folders: str | Path | Sequence[str | Path], part: str) -> "Library":
        """Reads one part.

        Args:
            folders: where photos.tar and boxes.csv lie; of several, all they have.
            part: "train" or "validation".

        Raises:
            DatasetError: a file is missing or not of that form, or there are no heads or no scenes.
        """
        if isinstance(folders, str | Path):
            folders = [folders]
        parts = [_read(Path(folder), part) for folder in folders]
        heads = [head for some, _ in parts for head in some]
        scenes = [scene for _, some in parts for scene in some]
        if not heads or not scenes:
            where = ", ".join(map(str, folders))
            raise DatasetError(f"There are no heads or no scenes for {part} in {where}.")
        return cls(heads, scenes)


def _read(folder: Path, part: str) -> tuple[list[Head], list[Scene]]:
    marks = _read_marks(folder / "boxes.csv")
    heads, scenes = [], []
    try:
        with tarfile.open(folder / "photos.tar") as archive:
            for member in archive:
                kind, _, file = member.name.partition("/")
                stem = Path(file).stem
                held_out = stem.isdigit() and int(stem) % VALIDATION_EVERY == 0
                stream = archive.extractfile(member)
                if stream is None or held_out != (part == "validation"):
                    continue
                rows = marks.get(member.name, [])
                if kind == "heads" and len(rows) == 1:
                    heads.append(Head(_checked(stream, member), _face(rows[0])))
                elif kind == "scenes":
                    scenes.append(_scene(_checked(stream, member), rows))
    except (OSError, tarfile.TarError) as error:
        raise DatasetError(f"{folder / 'photos.tar'} cannot be read: {error}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise DatasetError(
            f"{folder / 'boxes.csv'}: the row of {member.name} is not of numbers ({error})."
        ) from error
    return heads, scenes


def _checked(stream: IO[bytes], member: tarfile.TarInfo) -> bytes:
    """A picture's bytes; one that would fill the memory when it is decoded is refused."""
    check_bytes(member.size, member.name)
    data = stream.read()
    check_pixels(data, member.name)
    return data


def _read_marks(path: Path) -> dict[str, list[dict[str, str]]]:
    marks: dict[str, list[dict[str, str]]] = defaultdict(list)
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                marks[row["picture"]].append(row)
    except (OSError, KeyError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read as a table of boxes: {error}.") from error
    return marks


def box_to_square(left: float, top: float, width: float, height: float) -> np.ndarray:
    """YuNet's box as centre x, y and side of ours, float32 (3,)."""
    side = float(np.sqrt(width * height)) * _SIDE
    return np.array([left + width / 2, top + height / 2 - side * _HIGHER, side], np.float32)


def square_to_box(middle: np.ndarray, side: float) -> tuple[float, float, float, float]:
    """The square box of YuNet's size that `box_to_square` makes a square of ours of."""
    length = side / _SIDE
    x, y = float(middle[0]), float(middle[1]) + side * _HIGHER
    return x - length / 2, y - length / 2, length, length


def _box(row: dict[str, str]) -> tuple[float, float, float, float]:
    return (float(row["left"]), float(row["top"]), float(row["width"]), float(row["height"]))


def _face(row: dict[str, str]) -> np.ndarray:
    marks = [float(row[column]) for column in _POINTS]
    return np.concatenate([box_to_square(*_box(row)), np.array(marks, np.float32)])


def _scene(jpeg: bytes, rows: list[dict[str, str]]) -> Scene:
    sure = [box_to_square(*_box(row)) for row in rows if float(row["score"]) > SURE]
    rest = [_box(row) for row in rows if float(row["score"]) <= SURE]
    unsure = np.array([(x, y, x + w, y + h) for x, y, w, h in rest], np.float32)
    return Scene(jpeg, np.array(sure, np.float32).reshape(-1, 3), unsure.reshape(-1, 4))
