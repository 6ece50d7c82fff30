"""Searching a picture of any size with a detector that looks at small ones.

A face of a hundred pixels is nothing in a photo of 24 megapixels that was brought down to 640. So
the whole picture is looked at first, then the picture in tiles, at the size in which the smallest
faces are large enough. Tiles overlap by more than the largest face that they are meant for; what
touches the border of one is left to its neighbour, or to the look at the whole. The boxes of all
looks are merged. All but the surest faces get a second look.
"""

import math
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from fer_core.detection.base import CloseDetector, DoubtingDetector, FaceDetector, Reach
from fer_core.detection.merging import merged
from fer_core.detection.second_look import look_again, look_at
from fer_core.types import Face

#: Side of the smallest face that a photo is searched for, in px of the photo.
SMALLEST_PX = 24
#: From one look to the next the picture grows by no more than this, so that tiles overlap little.
_GROWTH = 6.0
#: Tiles are as wide as a detector's picture and this much less high, as the frames of cameras are.
_HEIGHT = 0.75
#: A tile is meant for faces this much larger than those that the look before just finds.
_RESERVE = 1.5
#: A box that ends within this share of a tile's border is cut off there.
_BORDER = 0.01
#: A face that is followed is looked for in so many px, in a square of so many times its side.
_NEAR_PX, _NEAR = 48, 2.0
#: These squares have places and sides in steps of this share of their side.
_GRID = 0.1


class Search:
    """Three ways to search a picture with one detector, the doubtful faces included.

    Attributes:
        detector: what looks.
        sure: faces with this score and better ones are sure,
        sure_twice: and in `complete` those with this one.
        can_look_near: whether it can look at single places.
    """

    def __init__(self, detector: FaceDetector) -> None:
        self.detector = detector
        self._reach: Reach | None = getattr(detector, "reach", None)
        self.sure, self._look = 0.0, detector.detect
        if isinstance(detector, DoubtingDetector):
            self.sure, self._look = detector.sure, detector.candidates
        self._tile_px, self._closely = self._reach.side_px if self._reach else 0, self._look
        self.sure_twice = self.sure
        self.can_look_near = isinstance(detector, CloseDetector)
        if isinstance(detector, CloseDetector):
            self._tile_px, self._closely = detector.tile_px, detector.closely
            self.sure_twice = detector.sure_twice

    def whole(self, image: np.ndarray) -> list[Face]:
        """One look at the whole picture."""
        return self._look(image)

    def near(self, image: np.ndarray, expected_xyxy: list[np.ndarray]) -> list[Face]:
        """The faces at some places only, if `can_look_near`; boxes of (4,) px say where."""
        places = (_on_grid(box) for box in expected_xyxy)
        found = (look_at(self._closely, image, box, _NEAR_PX, _NEAR)[:1] for box in places)
        return merged([face for faces in found for face in faces])

    def complete(self, image: np.ndarray, whole: list[Face]) -> list[Face]:
        """What the look at the whole picture has given, and the faces too small or too faint."""
        if self._reach is None:
            return whole
        faces = list(whole)
        for scale, overlap_px in levels(self._reach, image.shape[:2]):
            faces += _in_tiles(self._closely, image, scale, self._tile_px, overlap_px)
        faces = merged(faces) if len(faces) > len(whole) else faces
        if self.can_look_near and faces:
            faces = merged(look_again(self._closely, image, faces))
        return faces


def find_faces(detector: FaceDetector, image: np.ndarray) -> list[Face]:
    """All faces of a photo of any size, those of 24 px too.

    Args:
        detector: one with a `reach`; what another one sees in the whole is all.
        image: uint8 (H, W, 3) BGR.

    Returns:
        As `FaceDetector.detect`.
    """
    search = Search(detector)
    faces = search.complete(image, search.whole(image))
    return [face for face in faces if face.score >= search.sure_twice]


def _on_grid(box_xyxy: np.ndarray) -> np.ndarray:
    """A square about there: a face that keeps still is seen in the same one and does not shiver."""
    side = max(float(max(box_xyxy[2:] - box_xyxy[:2])), 1.0)
    side = math.exp(round(math.log(side) / _GRID) * _GRID)
    step = side * _GRID
    middle = np.round((box_xyxy[:2] + box_xyxy[2:]) / 2 / step) * step
    return np.concatenate([middle - side / 2, middle + side / 2]).astype(np.float32)


def levels(reach: Reach, image_hw: tuple[int, ...]) -> list[tuple[float, int]]:
    """The looks that a picture needs after the one at the whole, coarse to fine.

    Returns:
        (scale, px that tiles overlap at that scale); empty where the first look sees everything.
    """
    h, w = image_hw[:2]
    first = min(1.0, reach.side_px / max(h, w))
    finest = min(1.0, reach.smallest_px / SMALLEST_PX, math.sqrt(reach.most_px / (h * w)))
    if finest <= first * 1.05:
        return []
    steps = math.ceil(math.log(finest / first) / math.log(_GROWTH))
    step = (finest / first) ** (1 / steps)
    overlap_px = math.ceil(reach.smallest_px * step * _RESERVE)
    return [(first * step ** (k + 1), overlap_px) for k in range(steps)]


def _in_tiles(
    look: Callable[[np.ndarray], list[Face]],
    image: np.ndarray,
    scale: float,
    tile_px: int,
    overlap_px: int,
) -> Iterator[Face]:
    """The faces of a picture at one scale, each whole; in px of the picture."""
    h, w = image.shape[:2]
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    if scale < 1:
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    back = np.array([w / size[0], h / size[1]], np.float32)
    columns = _spans(size[0], tile_px, overlap_px)
    rows = _spans(size[1], round(tile_px * _HEIGHT), overlap_px)
    tile_wh = (columns[0][1], rows[0][1])
    for top, _ in rows:
        for left, _ in columns:
            right, bottom = left + tile_wh[0], top + tile_wh[1]
            inner = np.array([left > 0, top > 0, right < size[0], bottom < size[1]])
            for face in look(np.ascontiguousarray(image[top:bottom, left:right])):
                if max(face.wh_px) <= overlap_px and not _cut_off(face, tile_wh, inner):
                    yield _moved(face, np.array([left, top], np.float32), back)


def _spans(length_px: int, most_px: int, overlap_px: int) -> list[tuple[int, int]]:
    """As few tiles as cover a length, all equally long, that overlap by so much or more.

    Returns:
        Where each begins, and how long it is.
    """
    overlap_px = min(overlap_px, most_px * 3 // 4)  # or it would take tiles without end
    count = max(1, math.ceil((length_px - overlap_px) / (most_px - overlap_px)))
    tile_px = min(length_px, math.ceil((length_px + (count - 1) * overlap_px) / count))
    step = (length_px - tile_px) / max(count - 1, 1)
    return [(round(k * step), tile_px) for k in range(count)]


def _cut_off(face: Face, tile_wh: tuple[int, int], inner: np.ndarray) -> bool:
    """Whether a border of the tile that is none of the picture goes through a face."""
    near = _BORDER * max(tile_wh)
    x0, y0, x1, y1 = face.box_xyxy.tolist()
    room = np.array([x0, y0, tile_wh[0] - x1, tile_wh[1] - y1])
    return bool((inner & (room < near)).any())


def _moved(face: Face, by_px: np.ndarray, back: np.ndarray) -> Face:
    """A face of a tile in px of the whole picture."""
    box = (face.box_xyxy + np.tile(by_px, 2)) * np.tile(back, 2)
    landmarks = None if face.landmarks is None else (face.landmarks + by_px) * back
    return Face(box, face.score, landmarks)
