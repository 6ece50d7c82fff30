"""Laying one picture turned, scaled and softly cut out onto another."""

import cv2
import numpy as np

Random = np.random.Generator


def matrix(
    src_xy: np.ndarray, dst_xy: np.ndarray, scale: float, turn_deg: float, aspect: float, flip: bool
) -> np.ndarray:
    """An affine map that carries `src_xy` to `dst_xy`.

    Args:
        scale: px there for one px here.
        turn_deg: clockwise on the picture.
        aspect: how much wider than high things become.
        flip: left and right change places.

    Returns:
        float32 (2, 3).
    """
    a = np.radians(turn_deg)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    stretch = np.diag([scale * np.sqrt(aspect) * (-1 if flip else 1), scale / np.sqrt(aspect)])
    m = turn @ stretch
    return np.column_stack([m, dst_xy - m @ src_xy]).astype(np.float32)


def carry(face: np.ndarray, m: np.ndarray) -> np.ndarray:
    """The face where an affine map lays it; a flip exchanges left and right landmarks.

    Args:
        face: float32 (13,), see `library.Head`.
        m: float32 (2, 3).
    """
    area = float(np.linalg.det(m[:, :2]))
    points = np.concatenate([face[:2][None], face[3:].reshape(5, 2)]) @ m[:, :2].T + m[:, 2]
    middle, marks = points[:1], points[1:]
    if area < 0:
        marks = marks[[1, 0, 2, 4, 3]]
    side = face[2] * np.sqrt(abs(area))
    return np.concatenate([middle.ravel(), [side], marks.ravel()]).astype(np.float32)


def soft_mask(rng: Random, shape: tuple[int, int], face: np.ndarray | None) -> np.ndarray:
    """How much of each px is laid on: an ellipse about the face, or nearly all of the picture.

    Returns:
        float32 (H, W) 0..1.
    """
    h, w = shape
    mask = np.zeros((h, w), np.uint8)
    soft = float(rng.uniform(0.6, 4.0))
    if rng.random() < 0.5:
        center = (w / 2, h / 2) if face is None else (float(face[0]), float(face[1]))
        reach = min(w, h) if face is None else float(face[2])
        axes = (int(reach * rng.uniform(0.42, 0.75)), int(reach * rng.uniform(0.55, 0.85)))
        if face is None:
            axes = (int(reach * rng.uniform(0.3, 0.5)), int(reach * rng.uniform(0.3, 0.5)))
        cv2.ellipse(mask, (int(center[0]), int(center[1])), axes, 0, 0, 360, 255, -1)
    else:
        edge = int(rng.integers(0, 4))
        mask[edge : h - edge, edge : w - edge] = 255
    return cv2.GaussianBlur(mask, (0, 0), soft).astype(np.float32) / 255


def whole_mask(shape: tuple[int, ...]) -> np.ndarray:
    """All of the picture, soft at its border; float32 (H, W) 0..1."""
    h, w = shape[:2]
    mask = np.zeros((h, w), np.uint8)
    mask[3 : h - 3, 3 : w - 3] = 255
    return cv2.GaussianBlur(mask, (0, 0), 1.5).astype(np.float32) / 255


def lay(canvas: np.ndarray, pixels: np.ndarray, mask: np.ndarray, m: np.ndarray) -> None:
    """Blends `pixels` into `canvas` (both uint8, grey) in place, where an affine map puts them."""
    h, w = pixels.shape
    scale = float(np.sqrt(abs(np.linalg.det(m[:, :2]))))
    if scale < 0.6:  # averaging first, or single px would stand for many
        size = (max(2, round(w * scale * 1.3)), max(2, round(h * scale * 1.3)))
        shrink = np.diag([w / size[0], h / size[1]])
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        m = np.column_stack([m[:, :2] @ shrink, m[:, 2]])
        w, h = size
    corners = np.array([[0, 0], [w, 0], [0, h], [w, h]]) @ m[:, :2].T + m[:, 2]
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(corners.max(0)).astype(int), canvas.shape[::-1])
    if x1 <= x0 or y1 <= y0:
        return
    local = m.copy()
    local[:, 2] -= (x0, y0)
    size = (int(x1 - x0), int(y1 - y0))
    over = cv2.warpAffine(pixels, local, size, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(mask, local, size)
    under = canvas[y0:y1, x0:x1].astype(np.float32)
    canvas[y0:y1, x0:x1] = (under + share * (over - under)).astype(np.uint8)
