"""Making a head harder to see: covered, lit from one side; and what only looks like one."""

import cv2
import numpy as np

Random = np.random.Generator


def cover(rng: Random, pixels: np.ndarray, face: np.ndarray, other: np.ndarray) -> None:
    """Puts sunglasses, a mask, a hat, a hand or a bar on a head, in place.

    Args:
        pixels: uint8 (H, W).
        face: float32 (13,), see `library.Head`.
        other: uint8 (H, W), another picture whose texture covers.
    """
    kind = rng.choice(["glasses", "mask", "hat", "hand", "bar"], p=[0.25, 0.15, 0.15, 0.3, 0.15])
    side, points = float(face[2]), face[3:].reshape(5, 2)
    shade = int(rng.integers(0, 256))
    if kind == "glasses":
        _glasses(rng, pixels, points, int(rng.integers(0, 70)))
    elif kind == "mask":
        top = (points[2] + points[3:].mean(0)) / 2
        corners = points[3:] + (points[3:] - points[3:].mean(0)) * rng.uniform(0.3, 0.9)
        low = top + (points[3:].mean(0) - points[:2].mean(0)) * 1.1
        polygon = np.array([corners[0], top, corners[1], low + (corners[1] - low) * 0.5, low])
        cv2.fillConvexPoly(pixels, cv2.convexHull(polygon.astype(np.int32)), shade)
    elif kind == "hat":
        y = int(points[:2, 1].min() - side * rng.uniform(0.08, 0.25))
        if y > 0:
            _texture(rng, pixels[:y], other, shade)
    elif kind == "hand":
        _hand(rng, pixels, face, other)
    else:
        a = face[:2] + rng.uniform(-0.6, 0.6, 2) * side
        b = face[:2] + rng.uniform(-0.6, 0.6, 2) * side
        width = int(max(1, side * rng.uniform(0.03, 0.15)))
        cv2.line(pixels, a.astype(int).tolist(), b.astype(int).tolist(), shade, width)


def _glasses(rng: Random, pixels: np.ndarray, points: np.ndarray, shade: int) -> None:
    apart = float(np.linalg.norm(points[1] - points[0]))
    size = (int(apart * rng.uniform(0.28, 0.42)), int(apart * rng.uniform(0.2, 0.35)))
    angle = float(np.degrees(np.arctan2(*(points[1] - points[0])[::-1])))
    for eye in points[:2]:
        cv2.ellipse(pixels, eye.astype(int).tolist(), size, angle, 0, 360, shade, -1)
    left, right = points[:2].astype(int).tolist()
    cv2.line(pixels, left, right, shade, max(1, int(apart * 0.06)))


def _texture(rng: Random, target: np.ndarray, other: np.ndarray, shade: int) -> None:
    h, w = target.shape
    cloth = cv2.resize(other[: max(2, len(other) // 3)], (w, h))
    target[:] = cv2.addWeighted(
        cloth, float(rng.uniform(0, 0.6)), np.full_like(cloth, shade), 0.5, 0
    )


def _hand(rng: Random, pixels: np.ndarray, face: np.ndarray, other: np.ndarray) -> None:
    """A smooth patch of skin with a few dark lines, from the border of the face inwards."""
    h, w = pixels.shape
    side = float(face[2])
    skin = cv2.resize(cv2.GaussianBlur(other, (0, 0), 6), (w, h))
    mask = np.zeros((h, w), np.uint8)
    angle = rng.uniform(0, 2 * np.pi)
    center = face[:2] + side * rng.uniform(0.3, 0.55) * np.array([np.cos(angle), np.sin(angle)])
    for _ in range(int(rng.integers(1, 5))):
        at = center + rng.normal(0, side * 0.06, 2)
        size = (side * rng.uniform(0.15, 0.4, 2) * [1, 0.5]).astype(int)
        turn = float(np.degrees(angle) + rng.normal(0, 25))
        cv2.ellipse(mask, at.astype(int).tolist(), size.tolist(), turn, 0, 360, 255, -1)
        cv2.ellipse(skin, at.astype(int).tolist(), size.tolist(), turn, 0, 360, 40, 1)
    np.copyto(pixels, skin, where=mask > 0)


def light(rng: Random, pixels: np.ndarray, around: float) -> np.ndarray:
    """Another exposure, contrast and direction of light.

    Args:
        pixels: uint8 (H, W).
        around: mean grey level of the place where the head will be.

    Returns:
        uint8 (H, W).
    """
    x = pixels.astype(np.float32)
    mean = float(x.mean())
    wanted = around if rng.random() < 0.4 else rng.uniform(30, 220)
    goal = mean + rng.uniform(0, 1) * (wanted - mean)
    x = (x - mean) * float(rng.uniform(0.45, 1.35)) + goal
    if rng.random() < 0.35:
        h, w = pixels.shape
        angle = rng.uniform(0, 2 * np.pi)
        ramp = (
            np.cos(angle) * np.linspace(-1, 1, w)[None]
            + np.sin(angle) * np.linspace(-1, 1, h)[:, None]
        )
        x *= 1 + float(rng.uniform(0.2, 0.7)) * ramp.astype(np.float32)
    return np.clip(x, 0, 255).astype(np.uint8)


def no_face(rng: Random, pixels: np.ndarray, face: np.ndarray) -> np.ndarray:
    """What has the skin, hair and edges of a head, but is none.

    Returns:
        uint8 (H, W): a small part of the head enlarged, its features washed out or its quarters
        exchanged.
    """
    kind = rng.choice(["part", "blob", "quarters"], p=[0.5, 0.3, 0.2])
    side = float(face[2])
    h, w = pixels.shape
    if kind == "blob":
        return cv2.GaussianBlur(pixels, (0, 0), side * float(rng.uniform(0.16, 0.3)))
    if kind == "quarters":
        cx, cy = (int(np.clip(v, 8, n - 8)) for v, n in zip(face[:2], (w, h), strict=True))
        top, low = pixels[:cy], pixels[cy:]
        if rng.random() < 0.5:
            return np.vstack([low, top])
        swapped = np.vstack([low[::-1], top])
        return np.hstack([swapped[:, cx:], swapped[:, :cx]])
    part = int(max(8, side * rng.uniform(0.2, 0.38)))
    x, y = int(rng.integers(0, max(1, w - part))), int(rng.integers(0, max(1, h - part)))
    return np.ascontiguousarray(pixels[y : y + part, x : x + part])
