"""The face finder: a fully convolutional one-stage detector without anchors.

In the manner of FCOS (Tian et al. 2019, https://arxiv.org/abs/1904.01355) and YuNet (Wu et al.
2023): a backbone of depthwise separable blocks (Howard et al. 2017,
https://arxiv.org/abs/1704.04861), a feature pyramid of three maps (Lin et al. 2017,
https://arxiv.org/abs/1612.03144), and one head that all maps share. What the numbers of a cell
mean is in `fer_core.detection.finder.grid`.
"""

from typing import Any

import keras
from keras import layers

#: A face is rare: the logit begins at a probability of 1 % (Lin et al. 2017, focal loss).
_RARE = -4.6
CHANNELS = 14


def build(
    input_shape: tuple[int | None, int | None, int] = (None, None, 1),
    widths: tuple[int, int, int, int] = (32, 64, 96, 128),
    depths: tuple[int, int, int] = (5, 5, 4),
    pyramid: int = 64,
) -> keras.Model:
    """The network.

    Args:
        input_shape: height, width (None: any multiples of 32) and channels of the picture, whose
            values are grey levels divided by 255.
        widths: channels at strides 4, 8, 16, 32.
        depths: blocks at strides 8, 16, 32.
        pyramid: channels of the three maps before the head.

    Returns:
        A model from (N, H, W, 1) to (N, cells, 14), the maps of strides 8, 16, 32 one after the
        other, each row by row.
    """
    inputs = keras.Input(input_shape, name="picture")
    x = layers.Rescaling(4.0, -2.0, name="scale")(inputs)
    x = layers.Conv2D(
        widths[0], 7, 4, "same", use_bias=False, kernel_initializer="he_normal", name="stem"
    )(x)
    x = _norm(x, "stem")
    x = _block(x, "block4_1")
    x = _unit(x, widths[1], 2, "down8")
    maps = []
    for stride, width, depth in zip((8, 16, 32), widths[1:], depths, strict=True):
        if stride > 8:
            x = _unit(x, width, 2, f"down{stride}")
        for number in range(depth):
            x = _block(x, f"block{stride}_{number + 1}")
        maps.append(x)
    maps = _pyramid(maps, pyramid)
    return keras.Model(inputs, _head(maps, pyramid), name="face_finder")


def _pyramid(maps: list[Any], width: int) -> list[Any]:
    """Gives the finer maps what the coarser ones know."""
    sides = [
        layers.Conv2D(width, 1, name=f"lateral{8 << i}")(m) if m.shape[-1] != width else m
        for i, m in enumerate(maps)
    ]
    for i in (1, 0):
        above = layers.UpSampling2D(2, interpolation="nearest", name=f"up{8 << i}")(sides[i + 1])
        sides[i] = layers.Add(name=f"join{8 << i}")([sides[i], above])
    return [_unit(m, width, 1, f"smooth{8 << i}") for i, m in enumerate(sides)]


def _head(maps: list[Any], width: int) -> Any:
    pointwise = layers.Conv2D(width, 1, use_bias=False, name="head_pointwise")
    depthwise = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="head_depthwise")
    score = layers.Conv2D(
        1, 1, bias_initializer=keras.initializers.Constant(_RARE), dtype="float32", name="score"
    )
    place = layers.Conv2D(CHANNELS - 1, 1, dtype="float32", name="place")
    answers = []
    for i, x in enumerate(maps):
        # Each map has statistics of its own; only the kernels are shared.
        x = _norm(depthwise(pointwise(x)), f"head{8 << i}")
        both = layers.Concatenate(name=f"answer{8 << i}", dtype="float32")([score(x), place(x)])
        answers.append(layers.Reshape((-1, CHANNELS), name=f"cells{8 << i}")(both))
    return layers.Concatenate(axis=1, name="cells", dtype="float32")(answers)


def _unit(x: Any, width: int, stride: int, name: str) -> Any:
    """Pointwise, then depthwise convolution under one norm, as in YuNet."""
    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_pointwise")(x)
    x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False, name=f"{name}_depthwise")(x)
    return _norm(x, name)


def _norm(x: Any, name: str) -> Any:
    x = layers.BatchNormalization(momentum=0.95, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _block(x: Any, name: str) -> Any:
    return layers.Add(name=f"{name}_add")([x, _unit(x, x.shape[-1], 1, name)])
