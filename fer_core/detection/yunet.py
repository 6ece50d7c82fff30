"""Faces by YuNet (Wu et al. 2023), a small network of the OpenCV Zoo; its file is never bundled."""

import contextlib
import hashlib
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import cv2
import numpy as np

from fer_core import files, geometry, paths
from fer_core.detection.base import Reach, best_apart
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
#: A place is a face from this score on, and may be one from that: the Zoo's own default of 0.9
#: loses faces that look down.
_SURE, _DOUBTFUL = 0.7, 0.5
#: Our box is a square of this many times the mean side of YuNet's, its centre this share of it
#: higher (medians over 400 faces of FER2013).
_SIDE, _HIGHER = 1.16, 0.02
#: The longest side of a picture is brought down to this, and so small faces are found in it, px.
_REACH = Reach(640, 16)
#: No number of a true row is as large.
_IMPOSSIBLE_PX = 1e5
#: In a smaller picture there is no face, and OpenCV would raise.
_LEAST_PX = 8


class YunetDetector:
    """Faces with five landmarks by YuNet."""

    name = "yunet"
    reach = _REACH
    sure = _SURE

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
            if hashlib.sha256(data.tobytes()).hexdigest() != YUNET_SHA256:
                raise OSError("another file")  # OpenCV believes any network
            self._wh = (_REACH.side_px, _REACH.side_px * 3 // 4)
            self._net = cv2.FaceDetectorYN.create(
                "onnx", data, np.empty(0, np.uint8), self._wh, _DOUBTFUL, 0.3, 1000
            )
        except FileNotFoundError:
            raise DetectorError(
                f"YuNet's file {path} is missing; download it in the settings, or choose Haar."
            ) from None
        except (OSError, cv2.error, SystemError) as error:
            raise DetectorError(
                f"YuNet's file {path} cannot be used; delete it and download it again."
            ) from error

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        """The doubtful ones too; see `DoubtingDetector`."""
        check_bgr(image, "image")
        h, w = image.shape[:2]
        scale = self.reach.scale(image)
        if scale < 1:
            size = (max(1, round(w * scale)), max(1, round(h * scale)))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        if min(image.shape[:2]) < _LEAST_PX:
            return []
        wh = (image.shape[1], image.shape[0])
        if wh != self._wh:
            self._net.setInputSize(wh)
            self._wh = wh
        _, rows = self._net.detect(np.ascontiguousarray(image))
        return [] if rows is None else best_apart(_to_faces(rows, scale, (w, h)))


def _to_faces(rows: np.ndarray, scale: float, image_wh: tuple[int, int]) -> list[Face]:
    """YuNet's rows x, y, w, h, five points, score → faces in px of the picture."""
    faces = []
    with np.errstate(invalid="ignore"):  # the network has been seen to give NaN
        possible = (np.abs(rows) < _IMPOSSIBLE_PX).all(axis=1)
    for row in rows[possible].astype(np.float32):
        box = geometry.clip(face_box(row[:4]) / scale, image_wh)
        if geometry.area(box) <= 0:
            continue
        points = row[4:14].reshape(5, 2) / scale
        faces.append(Face(box, min(1.0, max(0.0, float(row[14]))), points))
    return faces


def face_box(xywh: np.ndarray) -> np.ndarray:
    """The box that all detectors give, for one of YuNet's: left, top, width, height in px."""
    center = xywh[:2] + xywh[2:] / 2
    half = float(np.sqrt(max(xywh[2] * xywh[3], 1e-6))) * _SIDE / 2
    center[1] -= 2 * half * _HIGHER
    return np.concatenate([center - half, center + half]).astype(np.float32)


def yunet_path() -> Path:
    """Where YuNet's file is looked for: `MIMIK_YUNET`, or the folder of downloaded detectors."""
    named = os.environ.get("MIMIK_YUNET")
    return Path(named) if named else paths.detectors_dir() / YUNET_FILE


def download_yunet(
    progress: Callable[[int, int], None] | None = None,
    *,
    url: str = YUNET_URL,
    opener: Callable[..., Any] | None = None,
    limit_s: float = math.inf,
) -> Path:
    """Fetches YuNet's file from the OpenCV Zoo; only ever called because a person asked.

    Args:
        progress: called with the bytes so far and in all (0: not known).
        url: where from.
        opener: as `urllib.request.urlopen`, which is the default.
        limit_s: it is given up after this time, whatever it waits for.

    Returns:
        Its path; nothing lies there unless it is complete and its SHA-256 is right.

    Raises:
        DetectorError: no network, the wrong file, or it cannot be written.
        ConfigError: this user has no home folder to keep it in.
    """
    import http.client  # slow to import, and seldom needed
    import urllib.request

    paths.check_home()
    target = paths.detectors_dir() / YUNET_FILE
    try:
        opener = opener or urllib.request.urlopen
        if limit_s < math.inf:
            data = _within(limit_s, lambda: _fetch(url, opener, progress, limit_s))
        else:
            data = _fetch(url, opener, progress, _TIMEOUT_S)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DetectorError(_not_downloaded(url, error)) from error
    if hashlib.sha256(data).hexdigest() != YUNET_SHA256:
        raise DetectorError(f"What {url} gave is not YuNet's file; nothing was kept, try later.")
    try:
        files.write_bytes(target, data)
    except OSError as error:
        raise DetectorError(
            f"YuNet could not be written to {target} ({error.strerror or error}); make room there."
        ) from error
    return target


def _not_downloaded(url: str, error: Exception) -> str:
    """What went wrong, in words: those of urllib are none for a person."""
    code = getattr(error, "code", None)
    if code is not None:
        return f"YuNet could not be downloaded from {url}: the server answers {code}; try later."
    reason = getattr(error, "reason", error)
    if isinstance(reason, OSError) and not isinstance(reason, TimeoutError):
        return (
            f"YuNet could not be downloaded from {url}: there is no connection; check the network "
            "and try again."
        )
    return f"YuNet could not be downloaded from {url} ({reason}); check the network and try again."


def _within(limit_s: float, fetch: Callable[[], bytes]) -> bytes:
    """What a thread has fetched; no time limit of a socket counts while a name is looked up."""
    found: Queue[bytes | Exception] = Queue()

    def work() -> None:
        try:
            found.put(fetch())
        except Exception as error:  # raised again where it is waited for
            found.put(error)

    threading.Thread(target=work, name="mimik-fetch", daemon=True).start()
    try:
        result = found.get(timeout=limit_s)
    except Empty:
        raise TimeoutError(f"nothing came in {limit_s:g} s") from None
    if isinstance(result, Exception):
        raise result
    return result


def _fetch(
    url: str,
    opener: Callable[..., Any],
    progress: Callable[[int, int], None] | None,
    timeout_s: float,
) -> bytes:
    data = bytearray()
    with contextlib.closing(opener(url, timeout=timeout_s)) as answer:
        total = int(answer.headers.get("Content-Length") or 0)
        while part := answer.read(1 << 15):
            data += part
            if len(data) > _MAX_BYTES:
                raise ValueError("the answer is too long")
            if progress:
                progress(len(data), total)
    return bytes(data)
