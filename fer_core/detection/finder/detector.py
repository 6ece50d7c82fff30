"""Faces by our own network."""

import hashlib
import math
import threading
from collections import Counter, OrderedDict
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import cv2
import numpy as np

from fer_core import geometry, paths
from fer_core.detection.base import Reach
from fer_core.detection.finder import grid
from fer_core.detection.finder.spec import SPEC_NAME, FinderSpec
from fer_core.detection.merging import merged_boxes
from fer_core.errors import DetectorError, ModelError
from fer_core.models.engine import core, import_openvino, lanes_config, read_network
from fer_core.types import Face, check_bgr

#: Compiled for one size the network is a third quicker than compiled for all, but that takes 0.1 s
#: each time. A size gets its own when it was asked for so often, the tiles of photos at once; so
#: many sizes stay.
_OFTEN, _SIZES = 3, 6
#: Of files, where each size is compiled at once: photos come in many.
_SIZES_OF_FILES = 16
#: A small picture is enlarged so much at most.
_ENLARGED = 2.0
#: Size of the parts in which a photo is looked at for its small faces. A part of more than that
#: share of it is filled up to all of it, so that most parts of all photos have one size.
_TILE_WH, _MOST_OF_IT = (1536, 1152), 0.4
#: Of more candidates than this in one picture the best are looked at.
_MOST = 400
#: Grey that the network's own scaling turns into 0, which is what convolutions see beyond a border.
_NOTHING = 127
_CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}


class FinderDetector:
    """Faces with five landmarks by the network that ships with the app; safe in several threads."""

    def __init__(self, folder: str | Path | None = None, *, threads: int | None = None) -> None:
        """Opens the network.

        Args:
            folder: of detector.json and the network, which passes the gate; None takes the one that
                ships.
            threads: of the processor; None leaves it to OpenVINO.

        Raises:
            DetectorError: a file is missing, broken or unsafe.
        """
        ships = folder is None
        folder = Path(folder) if folder else paths.bundled_detectors_dir() / "finder"
        self.spec = FinderSpec.read(folder)
        self.name = self.spec.name
        self.sure, self.sure_twice = self.spec.sure, self.spec.sure_twice
        self.tile_px = _TILE_WH[0]
        self._doubtful_logit = math.log(self.spec.doubtful / (1 - self.spec.doubtful))
        self.reach = Reach(self.spec.side_px, self.spec.smallest_px)
        self._config = _CONFIG | ({"INFERENCE_NUM_THREADS": str(threads)} if threads else {})
        self._model = _network(folder, self.spec, ships)
        self._lanes, self._often, self._sizes = 1, _OFTEN, _SIZES
        self._any_size: SimpleQueue[Any] | None = None
        self._asked: Counter[tuple[int, int]] = Counter()
        self._ready: OrderedDict[tuple[int, int], SimpleQueue[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces that it is sure of; see `FaceDetector`."""
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        """As `detect`, with the doubtful ones; see `DoubtingDetector`."""
        check_bgr(image, "image")
        return self._look(image, min(_ENLARGED, self.reach.side_px / max(image.shape[:2])))

    def closely(self, image: np.ndarray) -> list[Face]:
        """As `candidates`, at the picture's own size; see `CloseDetector`."""
        check_bgr(image, "image")
        h, w = image.shape[:2]
        is_tile = w <= _TILE_WH[0] and h <= _TILE_WH[1]
        is_tile = is_tile and w * h > _MOST_OF_IT * _TILE_WH[0] * _TILE_WH[1]
        return self._look(image, 1.0, _TILE_WH if is_tile else (0, 0))

    def _look(
        self, image: np.ndarray, scale: float, least_wh: tuple[int, int] = (0, 0)
    ) -> list[Face]:
        h, w = image.shape[:2]
        picture, scale_xy = _prepared(image, scale, least_wh)
        with self._lock:
            idle = self._requests(picture.shape[1], picture.shape[0])
        request = idle.get()
        try:
            request.infer([picture[None, :, :, None]])
            answers = np.array(request.get_output_tensor(0).data[0], np.float32)
        finally:
            idle.put(request)
        found = np.flatnonzero(answers[:, 0] >= self._doubtful_logit)
        found = found[np.argsort(-answers[found, 0])[:_MOST]]
        at = grid.cells(picture.shape[1], picture.shape[0])[found]
        scores, boxes, points = grid.decode(answers[found], at)
        boxes = geometry.clip(boxes / np.tile(scale_xy, 2), (w, h))
        points /= scale_xy
        some = geometry.area(boxes) > 0
        return merged_boxes(scores[some], boxes[some], points[some])

    def use_lanes(self, count: int) -> None:
        """Lets so many threads search at a time, each on one core.

        What a picture gives then does not depend on those before it: each size is compiled at once.
        """
        with self._lock:
            self._lanes, self._often, self._sizes = count, 1, _SIZES_OF_FILES
            self._config = lanes_config(count)
            self._any_size = None
            self._ready.clear()

    def _requests(self, width: int, height: int) -> "SimpleQueue[Any]":
        """OpenVINO's requests for a picture of that size that are not in use."""
        size = (width, height)
        if size not in self._ready:
            self._asked[size] += 1
            if size != _TILE_WH and self._asked[size] < self._often:
                self._any_size = self._any_size or self._compiled(-1, -1)
                return self._any_size
            self._ready[size] = self._compiled(width, height)
            if len(self._ready) > self._sizes:
                del self._asked[self._ready.popitem(last=False)[0]]
        self._ready.move_to_end(size)
        return self._ready[size]

    def _compiled(self, width: int, height: int) -> "SimpleQueue[Any]":
        """Requests of the network for pictures of bytes; -1 stands for any size."""
        openvino = import_openvino()
        model = self._model.clone()
        model.reshape([1, height, width, 1])
        steps = openvino.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(openvino.Type.u8)
        steps.input().preprocess().convert_element_type(openvino.Type.f32).scale(255.0)
        compiled = core().compile_model(steps.build(), "CPU", self._config)
        idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self._lanes):
            idle.put(compiled.create_infer_request())
        return idle


def _network(folder: Path, spec: FinderSpec, ships: bool) -> Any:
    """OpenVINO's model of a folder, whose weights are those that its detector.json names."""
    network, weights = folder / spec.file, (folder / spec.file).with_suffix(".bin")
    try:
        if hashlib.sha256(weights.read_bytes()).hexdigest() != spec.sha256:
            raise DetectorError(
                f"{weights} is not the file that {folder / SPEC_NAME} was written for; install "
                "Mimik again, or choose another detector."
            )
        network.stat()
        if not ships:
            from fer_core.untrusted import gate  # not needed for the one that ships

            network = gate.check(network).path
        return read_network(network)
    except OSError as error:
        raise DetectorError(
            f"{error.filename or weights} cannot be read ({error.strerror or error}); install "
            "Mimik again, or choose another detector."
        ) from error
    except ModelError as error:
        raise DetectorError(str(error)) from error


def _prepared(
    image: np.ndarray, scale: float, least_wh: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """The grey picture at the network's size, filled up to whole cells of the coarsest map.

    Args:
        image: uint8 (H, W, 3) BGR.
        scale: from it to the network's size.
        least_wh: px that it is filled up to.

    Returns:
        uint8 (H, W), multiples of the largest stride; float32 (2,), px of it for one of the image.
    """
    h, w = image.shape[:2]
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if size != (w, h):
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        grey = cv2.resize(grey, size, interpolation=how)
    step = grid.STRIDES[-1]
    right, low = (max(full - side, -side % step) for full, side in zip(least_wh, size, strict=True))
    grey = cv2.copyMakeBorder(grey, 0, low, 0, right, cv2.BORDER_CONSTANT, value=_NOTHING)
    return grey, np.array([size[0] / w, size[1] / h], np.float32)
