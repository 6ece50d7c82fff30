"""The ground of a drawn-together picture: part of a scene, or none at all; and its camera."""

import cv2
import numpy as np

from fer_core.datasets.drawn import jpeg
from fer_core.datasets.drawn.library import Scene

Random = np.random.Generator


def ground(
    rng: Random, scenes: list[Scene], size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A background.

    Args:
        size: width and height, px.

    Returns:
        uint8 (H, W); float32 (N, 3) centre and side of its own faces; float32 (M, 4) boxes of
        places to leave out.
    """
    chance = rng.random()
    if chance < 0.07:
        return drawn(rng, size), np.empty((0, 3), np.float32), np.empty((0, 4), np.float32)
    if chance < 0.17:
        return _four(rng, scenes, size)
    return part(rng, scenes[int(rng.integers(len(scenes)))], size)


def _four(
    rng: Random, scenes: list[Scene], size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Four scenes beside each other, so that their things are small."""
    w, h = size
    x, y = int(w * rng.uniform(0.3, 0.7)), int(h * rng.uniform(0.3, 0.7))
    canvas = np.zeros((h, w), np.uint8)
    faces, unsure = [], []
    for left, top, right, low in ((0, 0, x, y), (x, 0, w, y), (0, y, x, h), (x, y, w, h)):
        scene = scenes[int(rng.integers(len(scenes)))]
        pixels, some, maybe = part(rng, scene, (right - left, low - top), whole=True)
        canvas[top:low, left:right] = pixels
        faces.append(some + np.array([left, top, 0], np.float32))
        unsure.append(maybe + np.array([left, top, left, top], np.float32))
    return canvas, np.concatenate(faces), np.concatenate(unsure)


def part(
    rng: Random, scene: Scene, size: tuple[int, int], whole: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A part of one scene at the given size, or as much of it as fits; returns as `ground`."""
    w, h = size
    pixels, faces, unsure = scene.pixels(), scene.faces.copy(), scene.unsure.copy()
    if not whole and not len(faces) and not len(unsure) and rng.random() < 0.45:
        pixels = _strange(rng, pixels)
    rows, columns = pixels.shape
    most = min(columns / w, rows / h)
    zoom = most * (1.0 if whole else float(np.exp(rng.uniform(np.log(0.3), 0))))
    part_w, part_h = min(columns, round(w * zoom)), min(rows, round(h * zoom))
    left, top = int(rng.integers(0, columns - part_w + 1)), int(rng.integers(0, rows - part_h + 1))
    if len(faces) and not whole and rng.random() < 0.7:  # a part with a face in it
        x, y, _ = faces[int(rng.integers(len(faces)))]
        left = int(np.clip(x - rng.uniform(0.2, 0.8) * part_w, 0, columns - part_w))
        top = int(np.clip(y - rng.uniform(0.2, 0.8) * part_h, 0, rows - part_h))
    cut = pixels[top : top + part_h, left : left + part_w]
    how = cv2.INTER_AREA if zoom > 1 else cv2.INTER_LINEAR
    canvas = cv2.resize(cut, (w, h), interpolation=how)
    scale = np.array([w / part_w, h / part_h], np.float32)
    faces[:, :2] = (faces[:, :2] - (left, top)) * scale
    faces[:, 2] *= float(np.sqrt(scale.prod()))
    unsure = (unsure - (left, top, left, top)) * np.tile(scale, 2)
    if rng.random() < 0.5:
        canvas = canvas[:, ::-1].copy()
        faces[:, 0] = w - faces[:, 0]
        unsure[:, [0, 2]] = w - unsure[:, [2, 0]]
    return canvas, faces, unsure


def _strange(rng: Random, pixels: np.ndarray) -> np.ndarray:
    """A scene without people on its side or head, stretched or as a negative: other shapes."""
    pixels = np.rot90(pixels, int(rng.integers(4)))
    if rng.random() < 0.3:
        pixels = 255 - pixels
    stretch = np.exp(rng.uniform(-0.5, 0.5, 2))
    h, w = pixels.shape
    size = (max(32, round(w * stretch[0])), max(32, round(h * stretch[1])))
    return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_LINEAR)


def drawn(rng: Random, size: tuple[int, int]) -> np.ndarray:
    """Noise, bars, rings and letters: nothing in it is a face."""
    w, h = size
    kind = rng.integers(4)
    if kind == 0:
        small = rng.integers(0, 256, (int(rng.integers(2, h)), int(rng.integers(2, w))), np.uint8)
        return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((h, w), int(rng.integers(256)), np.uint8)
    for _ in range(int(rng.integers(3, 40))):
        at = (int(rng.integers(w)), int(rng.integers(h)))
        shade = int(rng.integers(256))
        thick = int(rng.integers(-1, 6)) or 1
        if kind == 1:
            cv2.circle(canvas, at, int(rng.integers(2, 60)), shade, thick)
        elif kind == 2:
            to = (int(rng.integers(w)), int(rng.integers(h)))
            cv2.rectangle(canvas, at, to, shade, thick)
        else:
            text = "".join(chr(c) for c in rng.integers(33, 126, int(rng.integers(1, 12))))
            font, scale = int(rng.integers(0, 8)), float(rng.uniform(0.4, 3))
            cv2.putText(canvas, text, at, font, scale, shade, max(1, thick))
    return canvas


def camera(rng: Random, canvas: np.ndarray) -> np.ndarray:
    """What a camera and a file do to a picture: exposure, blur, noise, blocks.

    Args:
        canvas: uint8 (H, W).

    Returns:
        uint8 (H, W).
    """
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.normal(0, 0.35)))
        low, high = rng.uniform(0, 50), rng.uniform(150, 255)
        curve = low + (high - low) * np.linspace(0, 1, 256) ** gamma
        canvas = cv2.LUT(canvas, curve.astype(np.uint8))
    if rng.random() < 0.2:
        canvas = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.4, 1.8)))
    elif rng.random() < 0.1:
        length = int(rng.integers(3, 9))
        kernel = np.zeros((length, length), np.float32)
        ends = rng.integers(0, length, 4)
        cv2.line(kernel, ends[:2].tolist(), ends[2:].tolist(), 1.0)
        canvas = cv2.filter2D(canvas, -1, kernel / max(1.0, float(kernel.sum())))
    if rng.random() < 0.25:
        noise = np.empty(canvas.shape, np.int16)
        cv2.setRNGSeed(int(rng.integers(1 << 30)))
        cv2.randn(noise, 0, float(rng.uniform(2, 16)))
        canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        canvas = jpeg.decode(jpeg.encode(canvas, int(rng.integers(25, 90))))
    return canvas
