"""Faces by a network of the person's own: a single-shot detector (Liu et al. 2016) as a file.

Any OpenVINO or ONNX network with one picture in and rows of seven numbers out: 1×1×N×7 with
picture, class, score, left, top, right, bottom, the last four as shares of the picture. That is the
output of Caffe's SSD, and of face-detection-retail-0044 and its relatives in the Open Model Zoo.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_core import geometry
from fer_core.detection.base import Reach, best_apart
from fer_core.errors import DetectorError, ModelError
from fer_core.models.engine import core, first_line, read_network
from fer_core.types import Face, check_bgr
from fer_core.untrusted import gate

#: A face from this score on, as the projects that use face-detection-retail-0044 have it; and a
#: doubtful one.
_SURE, _DOUBTFUL = 0.8, 0.5
#: Side of the picture where the network takes any size; the size of retail-0044's.
_SIDE_PX = 300
#: Such networks find faces of 6 % of the width (retail-0044: 90 px in 1080 lines).
_SMALLEST = 0.06
#: The class of faces, by convention; 0 is the background.
_FACE = 1
_CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}


class SsdDetector:
    """Faces by one such network, in blue, green and red from 0 to 255.

    Attributes:
        name: the path of the file.
        reach, sure: see `Reach`, `DoubtingDetector`.
    """

    sure = _SURE

    def __init__(self, path: str | Path) -> None:
        """Opens the network, after the gate has looked into it.

        Args:
            path: .onnx, or .xml with its .bin beside it.

        Raises:
            DetectorError: it is missing, unsafe, or another kind of network.
        """
        self.name = str(path)
        try:
            checked = gate.check(path)
            model = read_network(checked.path)
        except (ModelError, OSError) as error:
            raise DetectorError(str(error)) from error
        self._layout, self._channels, self._wh = _input(model, self.name)
        _check_output(model, self.name)
        try:
            compiled = core().compile_model(model, "CPU", _CONFIG)
        except RuntimeError as error:
            raise DetectorError(
                f"{self.name} cannot be compiled by OpenVINO ({first_line(error)})."
            ) from error
        self._dtype = compiled.input(0).get_element_type().to_dtype()
        self._request = compiled.create_infer_request()
        self.reach = Reach(max(self._wh), _SMALLEST * max(self._wh))

    def detect(self, image: np.ndarray) -> list[Face]:
        """All faces of a picture; see `FaceDetector`."""
        return [face for face in self.candidates(image) if face.score >= self.sure]

    def candidates(self, image: np.ndarray) -> list[Face]:
        """The doubtful ones too; see `DoubtingDetector`."""
        check_bgr(image, "image")
        h, w = image.shape[:2]
        picture = cv2.resize(image, self._wh, interpolation=cv2.INTER_AREA)
        if self._channels == 1:
            picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[:, :, None]
        if self._layout == "nchw":
            picture = picture.transpose(2, 0, 1)
        self._request.infer([np.ascontiguousarray(picture[None], self._dtype)])
        rows = np.array(self._request.get_output_tensor(0).data, np.float32).reshape(-1, 7)
        return best_apart(_faces(rows, (w, h)))


def _faces(rows: np.ndarray, image_wh: tuple[int, int]) -> list[Face]:
    """The rows that are faces; the first one of no picture ends them."""
    ends = np.flatnonzero(rows[:, 0] < 0)
    rows = rows[: ends[0]] if len(ends) else rows
    with np.errstate(invalid="ignore"):
        likely = np.isfinite(rows).all(axis=1) & (rows[:, 1] == _FACE) & (rows[:, 2] >= _DOUBTFUL)
    faces = []
    for row in rows[likely]:
        box = np.clip(row[3:], -1, 2) * np.tile(np.array(image_wh, np.float32), 2)
        clipped = geometry.clip(geometry.square(box), image_wh)
        if (box[2:] > box[:2]).all() and geometry.area(clipped) > 0:
            faces.append(Face(clipped, min(1.0, float(row[2]))))
    return faces


def _input(model: Any, name: str) -> tuple[str, int, tuple[int, int]]:
    """Layout, channels, and width and height of the picture that goes in; open sizes are set."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise DetectorError(
            f"{name} has {len(model.inputs)} inputs and {len(model.outputs)} outputs; a detector "
            "needs one picture in and one list of faces out."
        )
    shape = model.inputs[0].partial_shape
    dims = [] if shape.rank.is_dynamic else [d.get_length() if d.is_static else 0 for d in shape]
    if len(dims) != 4 or not ({dims[1], dims[3]} & {1, 3}):
        raise DetectorError(f"{name} takes no pictures; choose a detector of faces.")
    layout = "nchw" if dims[1] in (1, 3) else "nhwc"
    places = (1, 2, 3) if layout == "nchw" else (3, 1, 2)
    channels, height, width = (dims[place] for place in places)
    height, width = height or _SIDE_PX, width or _SIDE_PX
    wanted = [1, channels, height, width] if layout == "nchw" else [1, height, width, channels]
    try:
        model.reshape(wanted)
    except RuntimeError as error:
        raise DetectorError(f"{name} takes no single picture ({first_line(error)}).") from error
    return layout, channels, (width, height)


def _check_output(model: Any, name: str) -> None:
    shape = model.outputs[0].partial_shape
    last = 0 if shape.rank.is_dynamic or not len(shape) else shape[len(shape) - 1]
    rows = last if isinstance(last, int) else last.get_length() if last.is_static else 0
    others = [] if shape.rank.is_dynamic else [d for d in list(shape)[:-2] if d.is_static]
    if rows != 7 or any(d.get_length() != 1 for d in others):
        raise DetectorError(
            f"{name} is no detector that the app can read: it must give 1×1×N×7 numbers, as the "
            "SSD networks of OpenVINO's Open Model Zoo do."
        )
