"""Boxes and 5-point alignment; boxes are float32 (…, 4) left, top, right, bottom in px."""

import cv2
import numpy as np


def area(boxes_xyxy: np.ndarray) -> np.ndarray:
    """Areas in px², 0 for an empty box; (…, 4) → (…)."""
    wh = np.maximum(boxes_xyxy[..., 2:] - boxes_xyxy[..., :2], 0)
    return wh[..., 0] * wh[..., 1]


def intersection(a_xyxy: np.ndarray, b_xyxy: np.ndarray) -> np.ndarray:
    """Areas that boxes share, in px²; (N, 4), (M, 4) → (N, M)."""
    a, b = a_xyxy.T[:, :, None], b_xyxy.T[:, None, :]  # a coordinate at a time: rows lie together
    w = np.minimum(a[2], b[2]) - np.maximum(a[0], b[0])
    h = np.minimum(a[3], b[3]) - np.maximum(a[1], b[1])
    return np.maximum(w, 0) * np.maximum(h, 0)


def iou(a_xyxy: np.ndarray, b_xyxy: np.ndarray) -> np.ndarray:
    """Intersection over union, 0..1; (N, 4), (M, 4) → (N, M)."""
    shared = intersection(a_xyxy, b_xyxy)
    union = area(a_xyxy)[:, None] + area(b_xyxy)[None, :] - shared
    return shared / np.maximum(union, 1e-9)


def clip(box_xyxy: np.ndarray, image_wh: tuple[int, int]) -> np.ndarray:
    """The part of boxes inside the picture; (…, 4) → float32 (…, 4)."""
    w, h = image_wh
    return np.clip(box_xyxy, 0, np.array([w, h, w, h], np.float32)).astype(np.float32)


def square(box_xyxy: np.ndarray, margin: float = 0.0) -> np.ndarray:
    """The square around a box's centre with its longer side, widened on every side.

    Args:
        margin: share of the longer side added on every side; negative shrinks.

    Returns:
        float32 (4,); it may reach outside the picture.
    """
    center = (box_xyxy[:2] + box_xyxy[2:]) / 2
    half = float(max(box_xyxy[2:] - box_xyxy[:2])) * (0.5 + margin)
    return np.concatenate([center - half, center + half]).astype(np.float32)


def crop(image: np.ndarray, box_xyxy: np.ndarray) -> np.ndarray:
    """The box's pixels; what lies outside the picture repeats its border.

    Args:
        image: uint8 (H, W) or (H, W, 3).
        box_xyxy: (4,) px; rounded to whole pixels, at least 1×1.

    Returns:
        uint8 of the box's size; a view of `image` where the box lies inside it.
    """
    h, w = image.shape[:2]
    x0, y0 = (int(v) for v in np.round(box_xyxy[:2]))
    x1, y1 = (int(v) for v in np.round(box_xyxy[2:]))
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    if x0 >= 0 and y0 >= 0 and x1 <= w and y1 <= h:
        return image[y0:y1, x0:x1]
    columns = np.clip(np.arange(x0, x1), 0, w - 1)
    rows = np.clip(np.arange(y0, y1), 0, h - 1)
    return image[rows[:, None], columns[None, :]]


def thumbnail(image: np.ndarray, size_px: int) -> np.ndarray:
    """A square small copy, quickly: a large picture is thinned out before it is averaged.

    Returns:
        uint8 (size_px, size_px) or (size_px, size_px, 3).
    """
    step = max(1, min(image.shape[:2]) // (3 * size_px))
    small: np.ndarray = cv2.resize(
        image[::step, ::step], (size_px, size_px), interpolation=cv2.INTER_AREA
    )
    return small


def align_crop(
    image: np.ndarray, landmarks: np.ndarray, box_xyxy: np.ndarray, size_px: int
) -> np.ndarray:
    """The box's pixels, turned about its centre so that the eyes lie level.

    Args:
        landmarks: float32 (5, 2) px, first the two eyes as seen from left to right.
        box_xyxy: (4,) square px.
        size_px: side of the result.

    Returns:
        uint8 (size_px, size_px) or (size_px, size_px, 3).
    """
    dx, dy = (landmarks[1] - landmarks[0]).tolist()
    center = (box_xyxy[:2] + box_xyxy[2:]) / 2
    side = max(float(box_xyxy[2] - box_xyxy[0]), 1.0)
    matrix = cv2.getRotationMatrix2D(
        (float(center[0]), float(center[1])), float(np.degrees(np.arctan2(dy, dx))), size_px / side
    )
    matrix[:, 2] += size_px / 2 - center
    return cv2.warpAffine(
        image, matrix, (size_px, size_px), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
