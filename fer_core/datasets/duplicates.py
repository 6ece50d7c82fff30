"""Exact and near copies of pictures, within a split and across splits."""

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np

#: Correlation of two 12×12 thumbnails above which pictures count as near copies.
NEAR_CORRELATION = 0.995
_THUMB_PX = 12


def digests(images: Sequence[np.ndarray]) -> list[bytes]:
    """One hash a picture over its shape and pixels; equal hashes mean equal pictures."""
    return [
        hashlib.blake2b(repr(image.shape).encode() + image.tobytes(), digest_size=16).digest()
        for image in images
    ]


def thumbnails(images: Sequence[np.ndarray]) -> np.ndarray:
    """float32 (N, 144): grey thumbnails with mean 0 and norm 1; all zero for a blank picture."""
    rows = np.empty((len(images), _THUMB_PX * _THUMB_PX), np.float32)
    for index, image in enumerate(images):
        grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_THUMB_PX, _THUMB_PX), interpolation=cv2.INTER_AREA)
        rows[index] = small.astype(np.float32).ravel()
    rows -= rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-3)


def exact_copies(images: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> np.ndarray:
    """bool (N,): which of `images` stands pixel for pixel in `others`."""
    known = set(digests(others))
    return np.array([digest in known for digest in digests(images)], bool)


def near_copies(
    images: Sequence[np.ndarray],
    others: Sequence[np.ndarray],
    threshold: float = NEAR_CORRELATION,
) -> np.ndarray:
    """bool (N,): which of `images` has an exact or near copy in `others`."""
    found = exact_copies(images, others)
    a, b = thumbnails(images), thumbnails(others)
    for start in range(0, len(a), 4096):
        part = slice(start, start + 4096)
        if len(b):
            found[part] |= (a[part] @ b.T).max(axis=1) > threshold
    return found
