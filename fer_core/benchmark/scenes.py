"""Pictures in which it is known where the faces are: a folder of somebody's, or drawn here."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fer_core import geometry
from fer_core.detection import create_detector
from fer_core.detection.yunet import face_box
from fer_core.errors import DatasetError, FerError
from fer_core.quality import head_pose

BOXES = "boxes.csv"
#: In a table a box of this score is a face, and one of that may be one.
_SURE, _DOUBTFUL = 0.75, 0.35
#: Turns in degrees that are drawn.
TURNS = (0.0, 30.0, 45.0, 60.0)
_WH = (640, 480)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and its faces.

    Attributes:
        image: uint8 (H, W, 3) BGR.
        boxes_xyxy: float32 (N, 4) px, in the form of `detection.base`.
        turned_deg: float32 (N,), how far each head lies on its shoulder; NaN where nobody knows.
        doubtful_xyxy: float32 (M, 4) px, what may be a face: neither missed nor a phantom.
    """

    image: np.ndarray
    boxes_xyxy: np.ndarray
    turned_deg: np.ndarray
    doubtful_xyxy: np.ndarray


def drawn(count: int, portrait: np.ndarray, box_xyxy: np.ndarray) -> Iterator[Scene]:
    """Scenes with one head at many sizes and turns, pasted into drawn surroundings.

    Args:
        count: how many.
        portrait: uint8 (H, W, 3) BGR, with one face.
        box_xyxy: (4,) px, where it is.
    """
    random = np.random.default_rng(9)
    for index in range(count):
        image = _surroundings(random)
        side = float(np.exp(random.uniform(np.log(20), np.log(160))))
        turn = TURNS[index % len(TURNS)] * (1 if index % 2 else -1)
        center = np.array([random.uniform(side, w - side) for w in _WH])
        box = np.concatenate([center - side / 2, center + side / 2]).astype(np.float32)
        _paste(image, portrait, np.asarray(box_xyxy, np.float64), center, side, turn)
        noise = random.normal(0, 3, image.shape)
        image = np.clip(image * random.uniform(0.6, 1.1) + noise, 0, 255).astype(np.uint8)
        turned = np.array([abs(turn)], np.float32)
        yield Scene(image, box[None], turned, np.empty((0, 4), np.float32))


def in_folder(folder: Path) -> Iterator[Scene]:
    """The pictures of a folder, with the boxes of its boxes.csv or those that YuNet finds.

    Raises:
        DatasetError: the folder holds no pictures, or its table is broken.
        DetectorError: there is no table, and no YuNet.
    """
    from fer_core.video.images import read_image
    from fer_core.video.stills import pictures_in

    table = folder / BOXES
    known = _table(table) if table.is_file() else None
    names = sorted(known) if known is not None else [str(p) for p in pictures_in(folder)]
    teacher = None if known is not None else create_detector("yunet")
    read = 0
    for name in names:
        try:
            image = read_image(folder / name)
        except FerError:
            continue
        read += 1
        if known is not None:
            sure, doubtful = known[name]
            yield Scene(image, sure, np.full(len(sure), np.nan, np.float32), doubtful)
        elif teacher is not None:
            yield _taught(image, teacher.candidates(image))  # type: ignore[attr-defined]
    if not read:
        raise DatasetError(f"{folder} holds no pictures that can be read; choose another folder.")


def _taught(image: np.ndarray, faces: list) -> Scene:
    sure = [face for face in faces if face.score >= _SURE]
    poses = [head_pose(face.landmarks) for face in sure]
    return Scene(
        image,
        np.array([face.box_xyxy for face in sure], np.float32).reshape(-1, 4),
        np.array([np.nan if pose is None else abs(pose.roll_deg) for pose in poses], np.float32),
        np.array([f.box_xyxy for f in faces if f.score < _SURE], np.float32).reshape(-1, 4),
    )


def _table(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Picture → boxes that are faces, boxes that may be."""
    sure: dict[str, list[np.ndarray]] = {}
    doubtful: dict[str, list[np.ndarray]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                left, top, w, h = (float(row[key]) for key in ("left", "top", "width", "height"))
                score = float(row.get("score") or 1)
                which = sure if score >= _SURE else doubtful
                for found in (sure, doubtful):
                    found.setdefault(row["picture"], [])
                if score >= _DOUBTFUL:
                    which[row["picture"]].append(face_box(np.array([left, top, w, h])))
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise DatasetError(
            f"{path} is no table of boxes (picture, left, top, width, height): {error}."
        ) from error
    return {name: (_boxes(sure[name]), _boxes(doubtful[name])) for name in sure}


def _boxes(boxes: list[np.ndarray]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def _surroundings(random: np.random.Generator) -> np.ndarray:
    """float32 (480, 640, 3): coarse colours, and shapes with edges before them."""
    coarse = random.uniform(40, 200, (6, 8, 3)).astype(np.float32)
    image: np.ndarray = cv2.resize(coarse, _WH, interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        at = tuple(int(random.integers(0, length)) for length in _WH)
        colour = random.uniform(30, 220, 3).tolist()
        cv2.ellipse(image, at, (int(random.integers(5, 60)), int(random.integers(5, 60))),
                    float(random.uniform(0, 180)), 0, 360, colour, -1)  # fmt: skip
    return image


def _paste(
    image: np.ndarray,
    portrait: np.ndarray,
    box: np.ndarray,
    center: np.ndarray,
    side: float,
    turn: float,
) -> None:
    """Puts the head of a portrait, cut out by an ellipse, where its face is to be."""
    middle, scale = (box[:2] + box[2:]) / 2, side / float(box[2] - box[0])
    matrix = cv2.getRotationMatrix2D(tuple(middle.tolist()), turn, scale)
    matrix[:, 2] += center - middle
    mask = np.zeros(portrait.shape[:2], np.float32)
    radius = float(box[2] - box[0]) * 0.5
    axes = (round(radius * 1.25), round(radius * 1.6))
    cv2.ellipse(mask, tuple(np.round(middle).astype(int).tolist()), axes, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), radius * 0.08 + 0.5)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    head = cv2.warpAffine(portrait.astype(np.float32), matrix, _WH, flags=flags)
    share = cv2.warpAffine(mask, matrix, _WH, flags=cv2.INTER_LINEAR)[:, :, None]
    image[:] = head * share + image * (1 - share)


def sides_px(scene: Scene) -> np.ndarray:
    """float32 (N,): the side of each face."""
    return np.sqrt(geometry.area(scene.boxes_xyxy))
