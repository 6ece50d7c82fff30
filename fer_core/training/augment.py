"""Training pictures as the app's crops: shifted, scaled, turned, blurred, small. No TensorFlow.

A picture is cut and brought to the network's size in one resampling: several bilinear ones in a row
blur a face of 48 px so much that the network expects blurred faces, which cost one point of
accuracy.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from fer_core.models.spec import InputSpec
from fer_core.preprocess import equalize
from fer_core.training.specs import AugmentSpec

#: Random numbers that `_crop` takes a picture.
_DRAWS = 16
#: A crop larger than the input by less than this is resampled at once: too little to alias.
_ALIASES = 1.25
_LEAST_PX = 4


def augmented(
    pictures: Sequence[np.ndarray],
    crops: np.ndarray,
    spec: AugmentSpec,
    input_spec: InputSpec,
    rng: np.random.Generator,
) -> np.ndarray:
    """Crops of pictures, each another way.

    Args:
        pictures: uint8 (H, W, C) of any sizes, as `store.for_training` makes them.
        crops: float (N, 2): sides of the least and the greatest crop, as shares of the picture's.

    Returns:
        float32 (N, H, W, C) of the network's size, 0..255, not yet normalised.
    """
    draws = rng.random((len(pictures), _DRAWS))
    shape = (len(pictures), input_spec.height, input_spec.width, input_spec.channels)
    pixels = np.empty(shape, np.float32)
    for index, picture in enumerate(pictures):
        low, high = crops[index]
        found = _crop(picture, low, high, spec, input_spec, draws[index])
        if input_spec.equalize:
            found = equalize(found, input_spec.color)
        pixels[index] = found if found.ndim == 3 else found[:, :, None]
    if not input_spec.equalize:  # which would take it back
        _change_light(pixels, spec, rng)
    _add_noise(pixels, spec, rng)
    _erase(pixels, spec, rng)
    return pixels


def _crop(
    picture: np.ndarray,
    low: float,
    high: float,
    spec: AugmentSpec,
    input_spec: InputSpec,
    r: np.ndarray,
) -> np.ndarray:
    """uint8 (H, W) or (H, W, C) of the network's size; r: float (_DRAWS,) 0..1."""
    h, w = picture.shape[:2]
    signed = 2 * r - 1
    moved = r[0] < spec.affine_probability
    side = (low + r[1] * (high - low)) * (1 + spec.zoom * signed[2]) if moved else 1.0
    stretch = (1 + spec.aspect * signed[3]) ** 0.5 if moved else 1.0
    angle = np.radians(spec.rotation_deg) * signed[4] if moved else 0.0
    dx, dy = (spec.shift * w * signed[5], spec.shift * h * signed[6]) if moved else (0.0, 0.0)
    flip = spec.flip and r[7] < 0.5
    width, height = max(w * side * stretch, _LEAST_PX), max(h * side / stretch, _LEAST_PX)
    wanted = (input_spec.width, input_spec.height)
    size = (round(width), round(height))
    if max(width / wanted[0], height / wanted[1]) <= _ALIASES:
        size = wanted
    sx, sy = width / size[0], height / size[1]
    if flip:
        sx = -sx
    cos, sin = np.cos(angle), np.sin(angle)
    # Where each pixel of the result comes from.
    matrix = np.array([[cos * sx, -sin * sy, 0], [sin * sx, cos * sy, 0]])
    middle = np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])
    matrix[:, 2] = np.array([(w - 1) / 2 + dx, (h - 1) / 2 + dy]) - matrix[:, :2] @ middle
    found = cv2.warpAffine(
        picture,
        matrix,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if r[8] < spec.small_probability:
        found = _smaller(found, spec.small_px, min(width, height), r[9])
    if found.shape[:2] != (input_spec.height, input_spec.width):
        shrinks = found.shape[0] >= input_spec.height and found.shape[1] >= input_spec.width
        found = cv2.resize(
            found, wanted, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
    if r[10] < spec.blur_probability:
        found = cv2.GaussianBlur(found, (0, 0), 0.3 + spec.blur_sigma * r[11])
    if r[12] < spec.jpeg_probability:
        found = _as_jpeg(found, spec.jpeg_quality, r[13])
    if input_spec.color == "gray3":
        return np.repeat(found.reshape(*found.shape[:2], 1), 3, axis=2)
    if found.ndim == 3 and found.shape[2] == 3 and r[14] < spec.gray_probability:
        grey = found.mean(axis=2, keepdims=True).astype(np.uint8)
        return np.repeat(grey, 3, axis=2)
    return found


def _smaller(found: np.ndarray, least_px: int, native_px: float, share: float) -> np.ndarray:
    """Fewer pixels: small ones are as likely to be halved as large ones (log-uniform)."""
    least = min(float(least_px), native_px)
    side = max(_LEAST_PX, round(least * (native_px / least) ** share))
    if side >= min(found.shape[:2]):
        return found
    return np.asarray(cv2.resize(found, (side, side), interpolation=cv2.INTER_AREA))


def _as_jpeg(found: np.ndarray, quality: tuple[int, int], share: float) -> np.ndarray:
    value = round(quality[0] + share * (quality[1] - quality[0]))
    data = cv2.imencode(".jpg", found, [cv2.IMWRITE_JPEG_QUALITY, value])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED))


def _change_light(pixels: np.ndarray, spec: AugmentSpec, rng: np.random.Generator) -> None:
    if not (spec.brightness or spec.contrast):
        return
    count = (len(pixels), 1, 1, 1)
    contrast = 1 + rng.uniform(-spec.contrast, spec.contrast, count).astype(np.float32)
    brightness = 255 * rng.uniform(-spec.brightness, spec.brightness, count).astype(np.float32)
    mean = pixels.mean(axis=(1, 2, 3), keepdims=True)
    pixels *= contrast
    pixels += mean * (1 - contrast) + brightness
    np.clip(pixels, 0, 255, out=pixels)


def _add_noise(pixels: np.ndarray, spec: AugmentSpec, rng: np.random.Generator) -> None:
    for index in np.flatnonzero(rng.random(len(pixels)) < spec.noise_probability):
        grain = rng.standard_normal(pixels.shape[1:], np.float32)
        pixels[index] += grain * np.float32(rng.uniform(0, spec.noise))
        np.clip(pixels[index], 0, 255, out=pixels[index])


def _erase(pixels: np.ndarray, spec: AugmentSpec, rng: np.random.Generator) -> None:
    """Covers a rectangle with noise (Zhong et al. 2017, https://arxiv.org/abs/1708.04896)."""
    h, w, channels = pixels.shape[1:]
    for index in np.flatnonzero(rng.random(len(pixels)) < spec.erase_probability):
        area = rng.uniform(*spec.erase_area) * h * w
        aspect = np.exp(rng.uniform(-1.2, 1.2))
        height = int(np.clip(round((area * aspect) ** 0.5), 1, h))
        width = int(np.clip(round((area / aspect) ** 0.5), 1, w))
        top, left = rng.integers(0, h - height + 1), rng.integers(0, w - width + 1)
        noise = 255 * rng.random((height, width, channels), np.float32)
        pixels[index, top : top + height, left : left + width] = noise


def mixed(
    pixels: np.ndarray, targets: np.ndarray, spec: AugmentSpec, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Mixes each picture with another of the batch, by mixup or CutMix, if the recipe asks for it.

    Zhang et al. 2018, https://arxiv.org/abs/1710.09412; Yun et al. 2019,
    https://arxiv.org/abs/1905.04899. A class that one of the two pictures does not know is unknown
    of their mixture.

    Args:
        pixels: float32 (N, H, W, C).
        targets: float32 (N, K), negative where a class is not known.
    """
    kinds = [kind for kind in ("mixup", "cutmix") if getattr(spec, f"{kind}_alpha")]
    if not kinds:
        return pixels, targets
    kind = kinds[int(rng.integers(len(kinds)))]
    alpha = getattr(spec, f"{kind}_alpha")
    share = rng.beta(alpha, alpha, len(pixels)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    other = rng.permutation(len(pixels))
    if kind == "mixup":
        weight = share[:, None, None, None]
        pixels = pixels * weight + pixels[other] * (1 - weight)
    else:
        pixels, share = _pasted(pixels, pixels[other], share, rng)
    known = (targets >= 0) & (targets[other] >= 0)
    mixture = targets * share[:, None] + targets[other] * (1 - share[:, None])
    return pixels, np.where(known, mixture, np.float32(-1)).astype(np.float32)


def _pasted(
    pixels: np.ndarray, others: np.ndarray, share: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rectangles of the others in the pictures, and the shares that are left of these."""
    h, w = pixels.shape[1:3]
    pixels, left_over = pixels.copy(), np.ones(len(pixels), np.float32)
    for index, kept in enumerate(share):
        height, width = (round(side * (1 - kept) ** 0.5) for side in (h, w))
        top, left = rng.integers(0, h - height + 1), rng.integers(0, w - width + 1)
        area = np.s_[top : top + height, left : left + width]
        pixels[index][area] = others[index][area]
        left_over[index] = 1 - height * width / (h * w)
    return pixels, left_over
