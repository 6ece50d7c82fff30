"""Face crop → network input, driven by `InputSpec` alone; training and inference share it."""

import cv2
import numpy as np

from fer_core.models.spec import InputSpec

_INTERPOLATIONS = {
    "area": cv2.INTER_AREA,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "nearest": cv2.INTER_NEAREST,
}


def to_pixels(crop: np.ndarray, spec: InputSpec) -> np.ndarray:
    """Colour, size and equalisation of one crop.

    Args:
        crop: uint8 (H, W, 3) BGR, (H, W) or (H, W, 1) grey, at least 1×1 px.

    Returns:
        uint8 (spec.height, spec.width, spec.channels), channels in the order of `spec.color`.

    Raises:
        ValueError: wrong dtype or shape.
    """
    pixels = to_color(_checked(crop), spec.color)
    if pixels.shape[:2] != (spec.height, spec.width):
        shrinks = pixels.shape[0] >= spec.height and pixels.shape[1] >= spec.width
        name = spec.interpolation if shrinks or spec.interpolation != "area" else "linear"
        pixels = cv2.resize(pixels, (spec.width, spec.height), interpolation=_INTERPOLATIONS[name])
    if spec.equalize:
        pixels = equalize(pixels, spec.color)
    if spec.color == "gray3":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    return pixels.reshape(spec.height, spec.width, spec.channels)


def normalize(pixels: np.ndarray, spec: InputSpec) -> np.ndarray:
    """`(pixel * scale - mean) / std`.

    Args:
        pixels: uint8 or float (…, channels), 0..255.

    Returns:
        float32 of the same shape.
    """
    gain = np.float32(spec.scale) / np.asarray(spec.std, np.float32)
    offset = np.asarray(spec.mean, np.float32) / np.asarray(spec.std, np.float32)
    return pixels.astype(np.float32) * gain - offset


def to_batch(crops: list[np.ndarray], spec: InputSpec) -> np.ndarray:
    """The network's input for a list of crops.

    Returns:
        float32 (N, H, W, C) for nhwc, (N, C, H, W) for nchw; N may be 0.
    """
    pixels = np.empty((len(crops), spec.height, spec.width, spec.channels), np.uint8)
    for index, crop in enumerate(crops):
        pixels[index] = to_pixels(crop, spec)
    batch = normalize(pixels, spec)
    return batch if spec.layout == "nhwc" else np.ascontiguousarray(batch.transpose(0, 3, 1, 2))


def _checked(crop: np.ndarray) -> np.ndarray:
    if crop.dtype != np.uint8:
        raise ValueError(f"crop has dtype {crop.dtype}; expected uint8")
    if crop.ndim == 3 and crop.shape[2] == 1:
        crop = crop[:, :, 0]
    if crop.ndim not in (2, 3) or (crop.ndim == 3 and crop.shape[2] != 3) or crop.size == 0:
        raise ValueError(f"crop has shape {crop.shape}; expected (H, W, 3) BGR or (H, W) grey")
    return crop


def to_color(crop: np.ndarray, color: str) -> np.ndarray:
    """A grey or BGR picture in the channels of `InputSpec.color`; gray3 stays one channel.

    Args:
        crop: uint8 (H, W) or (H, W, 3) BGR.
    """
    if color in ("gray", "gray3"):
        return crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    if crop.ndim == 2:
        return cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)
    return crop if color == "bgr" else cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)


def equalize(pixels: np.ndarray, color: str) -> np.ndarray:
    """The histogram equalised, of a grey picture or of the luma of a coloured one."""
    if color in ("gray", "gray3"):
        return cv2.equalizeHist(pixels)
    to, back = (
        (cv2.COLOR_RGB2YCrCb, cv2.COLOR_YCrCb2RGB)
        if color == "rgb"
        else (cv2.COLOR_BGR2YCrCb, cv2.COLOR_YCrCb2BGR)
    )
    ycc = cv2.cvtColor(pixels, to)
    ycc[:, :, 0] = cv2.equalizeHist(np.ascontiguousarray(ycc[:, :, 0]))
    return cv2.cvtColor(ycc, back)
