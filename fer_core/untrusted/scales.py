"""How a network wants its pixels scaled, as its own numbers tell, without any labelled picture.

A batch normalisation keeps the mean and the variance of what came to it in training. The scaling
under which a face gives such numbers is the one that it was trained with; one face is enough.
Where it was merged into the convolution before it, or became a factor and a sum, what comes out has
a mean of about 0 and a variance of about 1. Without one, answers tell a little: where pixels are
far too large the network says one thing of all pictures and is sure of it, where they are far too
small it says next to nothing of any.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from fer_core import paths
from fer_core.models.engine import core, import_openvino

#: Name → factor, mean, standard deviation; means of three channels are those of RGB.
_USUAL: dict[str, tuple[float, Any, Any]] = {
    "0…1": (1 / 255, 0.0, 1.0),
    "−1…1": (2 / 255, 1.0, 1.0),
    "0…255": (1.0, 0.0, 1.0),
}
_OF_COLOUR = {"ImageNet": (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))}
#: Left, top and side in the bundled portrait of crops around the face, and of other things.
_FACES = ((160, 40, 170), (150, 30, 200), (170, 50, 150))
_THINGS = ((0, 0, 200), (300, 0, 200), (40, 300, 200), (280, 280, 220))
_GAMMAS = (0.7, 1.0, 1.4)
#: What the numbers of a network can tell at most; people have odd networks.
_MOST_BY_NORM, _MOST_BY_MERGED, _MOST_BY_ANSWERS = 0.98, 0.9, 0.95
#: Weights of a scaling under which all answers are alike, of one under which all are certain, and
#: of all small ones where only 0…255 has answers; nats of mutual information under which answers
#: are alike, and the share of what 0…255 has.
_DUMB, _CERTAIN, _TOO_SMALL, _NO_SPREAD, _LITTLE_SPREAD = 0.4, 0.3, 0.1, 0.001, 0.06
#: Bias of a convolution against the length of its kernel, from which on a norm is merged into it;
#: without one it is small. Log of the variance behind it, at most, under one of the scalings.
_MERGED_BIAS, _MERGED_VARIANCE = 0.3, 1.2
#: The highest share from which on an answer is certain.
_SURE = 0.99
#: Log of the variance, portrait against the faces of a training: mean and standard deviation. Six
#: networks whose scaling is known had 0.07 to 0.55, 0.29 in the mean.
_PORTRAIT, _CONTRAST = 0.3, 0.5
_RARE = {"ImageNet": 0.5}


def shares(model: Any, size: tuple[int, int], channels: int, layout: str) -> dict[str, float]:
    """How likely each usual scaling is, summing to 1; empty where nothing can be told.

    Args:
        model: of OpenVINO; it is not changed.
        size: height and width in px.
        channels: 1 or 3. layout: nhwc or nchw.
    """
    openvino = import_openvino()
    ways = _USUAL if channels == 1 else {**_USUAL, **_OF_COLOUR}
    norm = next(
        (op for op in model.get_ordered_ops() if op.get_type_name() == "BatchNormInference"), None
    )
    try:
        if norm is not None:
            return _by_norm(openvino, model, norm, ways, size, channels, layout)
        merged = _merged_norm(model)
        if merged is not None:
            found = _by_merged(openvino, model, merged, ways, size, channels, layout)
            if found:
                return found
        return _by_answers(openvino, model, ways, size, channels, layout)
    except (RuntimeError, AttributeError, ValueError):  # its numbers lie elsewhere, or otherwise
        return {}


def _by_norm(
    openvino: Any,
    model: Any,
    norm: Any,
    ways: dict[str, Any],
    size: Any,
    channels: int,
    layout: str,
) -> dict[str, float]:
    mean, variance = (np.asarray(norm.input_value(i).get_node().data, np.float64) for i in (3, 4))
    if not mean.any() and (variance == 1).all():  # it was never trained
        return {}
    part = openvino.Model([norm.input_value(0)], model.get_parameters(), "until the norm")
    run = _runner(part, layout)
    pictures = _pictures(size, channels, faces_only=True)
    apart = {}
    for name, way in ways.items():
        values = np.concatenate([run(picture, way) for picture in pictures])
        rows = np.moveaxis(values, 1, -1).reshape(-1, len(mean)).astype(np.float64)
        apart[name] = _unlikely(rows.mean(0), rows.var(0), mean, variance)
    return _as_shares({name: np.exp(-value) for name, value in apart.items()}, _MOST_BY_NORM)


def _merged_norm(model: Any) -> Any:
    """What comes out of the first convolution and a norm that was merged into it, or None."""
    first = next(
        (op for op in model.get_ordered_ops() if op.get_type_name() == "Convolution"), None
    )
    if first is None:
        return None
    kernel = _constant(first.input_value(1))
    end, normed = first.output(0), False
    bias: Any = None
    while len(targets := list(end.get_target_inputs())) == 1:
        node = targets[0].get_node()
        kind = node.get_type_name()
        values = [_constant(value) for value in node.input_values()]
        value = next((v for v in values if v is not None), None)
        if kind not in ("Add", "Multiply", "Subtract") or value is None:
            break
        normed = normed or (kind == "Multiply" and value.size > 1)
        bias = value if kind == "Add" and bias is None else bias
        end = node.output(0)
    if not normed and kernel is not None and bias is not None:
        length = np.sqrt((kernel.reshape(len(kernel), -1) ** 2).sum(axis=1))
        normed = float(np.median(np.abs(bias))) > _MERGED_BIAS * float(np.median(length))
    return end if normed else None


def _constant(value: Any) -> Any:
    """The numbers of a constant, also where it is kept in half precision; else None."""
    node = value.get_node()
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float64) if node.get_type_name() == "Constant" else None


def _by_merged(
    openvino: Any, model: Any, end: Any, ways: dict[str, Any], size: Any, channels: int, layout: str
) -> dict[str, float]:
    """Like `_by_norm`, of a norm whose numbers are lost; empty where nothing looks normed."""
    part = openvino.Model([end], model.get_parameters(), "until the norm")
    run = _runner(part, layout)
    pictures = _pictures(size, channels, faces_only=True)
    apart, nearest = {}, np.inf
    for name, way in ways.items():
        values = np.concatenate([run(picture, way) for picture in pictures])
        rows = np.moveaxis(values, 1, -1).reshape(-1, values.shape[1]).astype(np.float64)
        kept = np.zeros(rows.shape[1])
        apart[name] = _unlikely(rows.mean(0), rows.var(0), kept, kept + 1)
        nearest = min(nearest, abs(float(np.median(np.log(rows.var(0) + 1e-9)))))
    if nearest > _MERGED_VARIANCE:
        return {}
    return _as_shares({name: np.exp(-value) for name, value in apart.items()}, _MOST_BY_MERGED)


def _unlikely(mean: Any, variance: Any, kept: Any, kept_variance: Any) -> float:
    """How far a face's numbers are from those of the training, as -log of their likelihood.

    Contrast differs from data set to data set: of the log of the variances, which four times the
    contrast moves by 2.8, the mean over the channels is taken to vary by `_CONTRAST`.
    """
    floor = 1e-9 + 1e-4 * float(np.median(kept_variance))
    ratio = float(np.median(np.log((variance + floor) / (kept_variance + floor))))
    offset = float(np.median((mean - kept) ** 2 / (kept_variance + variance + floor)))
    return ((ratio - _PORTRAIT) / _CONTRAST) ** 2 / 2 + offset


def _by_answers(
    openvino: Any, model: Any, ways: dict[str, Any], size: Any, channels: int, layout: str
) -> dict[str, float]:
    """By what the answers show: nothing of any picture, or certainty of all of them."""
    run = _runner(model, layout)
    pictures = _pictures(size, channels, faces_only=False)
    seen = {}
    for name, way in ways.items():
        rows = np.concatenate([run(picture, way) for picture in pictures]).astype(np.float64)
        rows = rows.reshape(len(pictures), -1)
        if (rows < 0).any() or not np.allclose(rows.sum(1), 1, atol=0.02):
            rows = np.exp(rows - rows.max(1, keepdims=True))
            rows /= rows.sum(1, keepdims=True)
        rows = np.clip(rows, 1e-9, 1)
        spread = _entropy(rows.mean(0)) - float(np.mean([*map(_entropy, rows)]))
        certain = float(np.median(rows.max(1)))
        seen[name] = (spread, certain > _SURE)
    weights = {
        name: _DUMB if spread < _NO_SPREAD else _CERTAIN if certain else 1.0
        for name, (spread, certain) in seen.items()
    }
    # Not sure of everything where pixels are large, and dumb where they are small, however small.
    (of_large, certain), small = seen["0…255"], [name for name in seen if name != "0…255"]
    if not certain and max(seen[name][0] for name in small) < _LITTLE_SPREAD * of_large:
        weights |= dict.fromkeys(small, _TOO_SMALL)
    return _as_shares(weights, _MOST_BY_ANSWERS) if len(set(weights.values())) > 1 else {}


def _entropy(row: Any) -> float:
    return float(-(row * np.log(row)).sum())


def _as_shares(weights: dict[str, float], most: float) -> dict[str, float]:
    weighted = {name: float(w) * _RARE.get(name, 1.0) for name, w in weights.items()}
    total = sum(weighted.values())
    if not np.isfinite(total) or total <= 0:
        return {}
    even = 1 / len(weighted)
    mixed = (most - even) / (1 - even)
    return {name: mixed * w / total + (1 - mixed) * even for name, w in weighted.items()}


def _runner(model: Any, layout: str) -> Any:
    """A function of a picture (H, W, C) in RGB and a scaling that gives what the network gives."""
    compiled = core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    dtype = compiled.input(0).get_element_type().to_dtype()

    def run(picture: np.ndarray, way: Any) -> np.ndarray:
        scale, mean, std = way
        x = ((picture * scale - np.asarray(mean)) / np.asarray(std)).astype(dtype)[None]
        x = x if layout == "nhwc" else x.transpose(0, 3, 1, 2)
        request.infer([np.ascontiguousarray(x)])
        return np.array(request.get_output_tensor(0).data, np.float32)

    return run


def _pictures(size: tuple[int, int], channels: int, *, faces_only: bool) -> list[np.ndarray]:
    """Crops of the bundled portrait, darker and brighter; float32 (H, W, C), 0..255."""
    height, width = size
    found = []
    crops = _FACES if faces_only else (*_FACES, *_THINGS)
    for index, (left, top, side) in enumerate(crops):
        crop = _portrait()[top : top + side, left : left + side]
        small = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
        gamma = _GAMMAS[index % len(_GAMMAS)]
        small = (255 * (small / 255.0) ** gamma).astype(np.float32)
        if channels == 1:
            small = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)[:, :, None]
        found.append(small)
    return found


@lru_cache(maxsize=1)
def _portrait() -> np.ndarray:
    """uint8 (H, W, 3) RGB."""
    file = paths.resources_dir() / "Samples" / "portrait.jpg"
    picture = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
