"""Faces by YuNet (Wu et al. 2023), a small network of the OpenCV Zoo; its file is never bundled."""

import contextlib
import hashlib
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_core import files, geometry, paths
from fer_core.detection.base import best_apart, shifted
from fer_core.errors import DetectorError
from fer_core.types import Face, check_bgr

YUNET_FILE = "face_detection_yunet_2023mar.onnx"
#: The OpenCV Zoo keeps its files in git-lfs; this address gives the file itself.
YUNET_URL = (
    "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/"
    f"face_detection_yunet/{YUNET_FILE}"
)
YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
_MAX_BYTES = 4_000_000
_TIMEOUT_S = 20
#: Side of the picture that `detect_near` looks at, in px.
_LOOK_PX = 160
#: A place is a face from this score on: in a picture alone, and where a face was a moment ago.
#: The Zoo's own default of 0.9 loses faces that look down.
_SURE, _KNOWN = 0.7, 0.5
#: Our box is a square of this many times the mean side of YuNet's, its centre this share of it
#: higher (medians over 400 faces of FER2013).
_SIDE, _HIGHER = 1.16, 0.02
#: The longest side of a picture is reduced to this, in px: for a quick search, and for a full one.
_QUICK_PX, _FULL_PX = 480, 1280
#: The parts of a full search: tiles in columns and rows, and the share of the width and height that
#: each covers; they overlap by more than the largest face that the quick search misses.
_COLUMNS, _ROWS, _TILE_W, _TILE_H = 3, 2, 0.4, 0.56
#: No number of a true row is as large.
_IMPOSSIBLE_PX = 1e5


class YunetDetector:
    """Faces with five landmarks by YuNet."""

    name = "yunet"
    parts = 1
    fine_parts = _COLUMNS * _ROWS

    def __init__(self, path: str | Path | None = None) -> None:
        """Opens the network.

        Args:
            path: the ONNX file; None takes the one that was downloaded.

        Raises:
            DetectorError: the file is missing or broken.
        """
        path = Path(path) if path else yunet_path()
        try:
            data = np.fromfile(path, np.uint8)
            self._whole, self._part = (
                cv2.FaceDetectorYN.create(
                    "onnx", data, np.empty(0, np.uint8), (_LOOK_PX, _LOOK_PX), _KNOWN, 0.3, 1000
                )
                for _ in range(2)
            )
        except FileNotFoundError:
            raise DetectorError(
                f"YuNet's file {path} is missing; download it in the settings, or choose Haar."
            ) from None
        except (OSError, cv2.error, SystemError) as error:
            raise DetectorError(
                f"YuNet's file {path} cannot be used; delete it and download it again."
            ) from error
        self._whole_wh = (_LOOK_PX, _LOOK_PX)

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        check_bgr(image, "image")
        return self._detect(image, _scale(image, _FULL_PX))

    def detect_fast(self, image: np.ndarray, known_xyxy: np.ndarray, part: int) -> list[Face]:
        """The larger faces of a picture, or all of a tile of it; see `StreamDetector`."""
        check_bgr(image, "image")
        scale = _scale(image, _QUICK_PX)
        if part < self.parts:
            return self._detect(image, scale)
        full = _scale(image, _FULL_PX)
        if full == scale:  # the quick search has seen everything
            return []
        h, w = image.shape[:2]
        row, column = divmod(part - self.parts, _COLUMNS)
        tile_w, tile_h = math.ceil(w * _TILE_W), math.ceil(h * _TILE_H)
        left, top = column * (w - tile_w) // (_COLUMNS - 1), row * (h - tile_h) // (_ROWS - 1)
        tile = image[top : top + tile_h, left : left + tile_w]
        return [shifted(face, (left, top)) for face in self._detect(tile, full)]

    def detect_near(self, image: np.ndarray, box_xyxy: np.ndarray, known: bool) -> Face | None:
        """The face about where the box is; see `StreamDetector`."""
        h, w = image.shape[:2]
        box = np.asarray(box_xyxy, np.float32)
        around = geometry.square(box, 0.5)
        side = float(around[2] - around[0])
        if side < 8 or not geometry.area(geometry.clip(around, (w, h))):
            return None
        look = geometry.thumbnail(geometry.crop(image, around), _LOOK_PX)
        _, rows = self._part.detect(look)
        if rows is None:
            return None
        faces = _to_faces(rows, _LOOK_PX / side, np.round(around[:2]), (w, h))
        middle = (box[:2] + box[2:]) / 2
        reach = side / 4
        near = [
            face
            for face in faces
            if np.abs((face.box_xyxy[:2] + face.box_xyxy[2:]) / 2 - middle).max() < reach
            and (known or face.score >= _SURE)
        ]
        return max(near, key=lambda face: face.score, default=None)

    def _detect(self, image: np.ndarray, scale: float) -> list[Face]:
        h, w = image.shape[:2]
        if scale < 1:
            size = (max(1, round(w * scale)), max(1, round(h * scale)))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        if min(image.shape[:2]) < 8:
            return []
        wh = (image.shape[1], image.shape[0])
        if wh != self._whole_wh:
            self._whole.setInputSize(wh)
            self._whole_wh = wh
        _, rows = self._whole.detect(np.ascontiguousarray(image))
        if rows is None:
            return []
        faces = _to_faces(rows, scale, np.zeros(2), (w, h))
        return best_apart([face for face in faces if face.score >= _SURE])


def _to_faces(
    rows: np.ndarray, scale: float, origin: np.ndarray, image_wh: tuple[int, int]
) -> list[Face]:
    """YuNet's rows x, y, w, h, five points, score → faces in px of the picture."""
    faces = []
    with np.errstate(invalid="ignore"):  # the network has been seen to give NaN
        possible = (np.abs(rows) < _IMPOSSIBLE_PX).all(axis=1)
    for row in rows[possible].astype(np.float32):
        center = (row[:2] + row[2:4] / 2) / scale + origin
        half = float(np.sqrt(max(row[2] * row[3], 1e-6))) * _SIDE / scale / 2
        center[1] -= 2 * half * _HIGHER
        box = geometry.clip(np.concatenate([center - half, center + half]), image_wh)
        if geometry.area(box) <= 0:
            continue
        points = row[4:14].reshape(5, 2) / scale + origin
        faces.append(Face(box, min(1.0, max(0.0, float(row[14]))), points))
    return faces


def _scale(image: np.ndarray, longest_px: int) -> float:
    return min(1.0, longest_px / max(image.shape[:2]))


def yunet_path() -> Path:
    """Where YuNet's file is looked for: `MIMIK_YUNET`, or the folder of downloaded detectors."""
    named = os.environ.get("MIMIK_YUNET")
    return Path(named) if named else paths.detectors_dir() / YUNET_FILE


def download_yunet(
    progress: Callable[[int, int], None] | None = None,
    *,
    url: str = YUNET_URL,
    opener: Callable[..., Any] | None = None,
) -> Path:
    """Fetches YuNet's file from the OpenCV Zoo; only ever called because a person asked.

    Args:
        progress: called with the bytes so far and in all (0: not known).
        url: where from.
        opener: as `urllib.request.urlopen`, which is the default.

    Returns:
        Its path; nothing lies there unless it is complete and its SHA-256 is right.

    Raises:
        DetectorError: no network, the wrong file, or it cannot be written.
    """
    import http.client  # slow to import, and seldom needed
    import urllib.request

    target = paths.detectors_dir() / YUNET_FILE
    try:
        data = _fetch(url, opener or urllib.request.urlopen, progress)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DetectorError(
            f"YuNet could not be downloaded from {url} ({error}); check the network and try again."
        ) from error
    if hashlib.sha256(data).hexdigest() != YUNET_SHA256:
        raise DetectorError(f"What {url} gave is not YuNet's file; nothing was kept, try later.")
    try:
        files.write_bytes(target, data)
    except OSError as error:
        raise DetectorError(
            f"YuNet could not be written to {target} ({error.strerror or error}); make room there."
        ) from error
    return target


def _fetch(
    url: str, opener: Callable[..., Any], progress: Callable[[int, int], None] | None
) -> bytes:
    data = bytearray()
    with contextlib.closing(opener(url, timeout=_TIMEOUT_S)) as answer:
        total = int(answer.headers.get("Content-Length") or 0)
        while part := answer.read(1 << 15):
            data += part
            if len(data) > _MAX_BYTES:
                raise ValueError("the answer is too long")
            if progress:
                progress(len(data), total)
    return bytes(data)
