"""Exact and near copies of pictures, within a split and across splits."""

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from fer_core.datasets.base import Images, Split
from fer_core.errors import DatasetError

#: Correlation of two 12×12 thumbnails above which pictures count as near copies.
NEAR_CORRELATION = 0.995
#: A picture whose grey levels span less than this shows nothing.
BLANK_RANGE = 4
_THUMB_PX = 12
#: Correlations held in memory at a time: 128 MiB.
_AT_ONCE = 2**25


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """What is needed to compare pictures, taken in one pass over them.

    Attributes:
        digests: one hash a picture; equal hashes mean equal pictures; empty if unreadable.
        thumbs: float32 (N, 144), mean 0, norm 1; all zero for a blank or unreadable picture.
        blank: bool (N,): pictures of one grey level.
        unreadable: bool (N,): files that are no picture.
    """

    digests: tuple[bytes, ...]
    thumbs: np.ndarray
    blank: np.ndarray
    unreadable: np.ndarray


def fingerprints(images: Images, *, tolerate: bool = False) -> Fingerprints:
    """Reads every picture once.

    Args:
        images: uint8 (H, W) or (H, W, 3) BGR each.
        tolerate: mark unreadable files instead of raising.

    Raises:
        DatasetError: a file is no picture and `tolerate` is false.
    """
    digests, n = [], len(images)
    thumbs = np.zeros((n, _THUMB_PX * _THUMB_PX), np.float32)
    blank, unreadable = np.zeros(n, bool), np.zeros(n, bool)
    for index in range(n):
        try:
            image = images[index]
        except DatasetError:
            if not tolerate:
                raise
            unreadable[index] = True
            digests.append(b"")
            continue
        digests.append(digest(image))
        thumbs[index] = _thumbnail(image)
        blank[index] = int(image.max()) - int(image.min()) < BLANK_RANGE
    return Fingerprints(tuple(digests), _unit(thumbs), blank, unreadable)


def digest(image: np.ndarray) -> bytes:
    """A hash over shape and pixels."""
    return hashlib.blake2b(repr(image.shape).encode() + image.tobytes(), digest_size=16).digest()


def digests(images: Images) -> list[bytes]:
    """One hash a picture over its shape and pixels; equal hashes mean equal pictures."""
    return [digest(image) for image in images]


def _thumbnail(image: np.ndarray) -> np.ndarray:
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_THUMB_PX, _THUMB_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).ravel()


def _unit(rows: np.ndarray) -> np.ndarray:
    rows = rows - rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: np.ndarray = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-3)
    return unit


def exact_copies(images: Images, others: Images) -> np.ndarray:
    """Which of `images` stands pixel for pixel in `others`: bool (N,)."""
    known = set(digests(others))
    return np.array([digest(image) in known for image in images], bool)


def copies(a: Fingerprints, b: Fingerprints, threshold: float = NEAR_CORRELATION) -> np.ndarray:
    """Which pictures of `a` have an exact or near copy in `b`: bool (N,)."""
    found = exact(a, b)
    block = max(1, _AT_ONCE // max(1, len(b.thumbs)))
    for start in range(0, len(found) if len(b.thumbs) else 0, block):
        part = slice(start, start + block)
        found[part] |= (a.thumbs[part] @ b.thumbs.T).max(axis=1) > threshold
    return found


def exact(a: Fingerprints, b: Fingerprints) -> np.ndarray:
    """Which pictures of `a` stand pixel for pixel in `b`: bool (N,)."""
    known = set(b.digests) - {b""}
    return np.array([one in known for one in a.digests], bool)


def clean_mask(split: Split, train: Split) -> np.ndarray:
    """The pictures of `split` that do not stand pixel for pixel in `train`: bool (N,).

    FER2013's PrivateTest keeps 3,301 of its 3,589; figures on these are the ones to compare by.
    """
    return ~exact_copies(split.images, train.images)


def near_within(a: Fingerprints, threshold: float = NEAR_CORRELATION) -> np.ndarray:
    """Which pictures have an exact or near copy before them: bool (N,)."""
    found, seen = np.zeros(len(a.digests), bool), set()
    for index, one in enumerate(a.digests):
        found[index] = one in seen
        if one:
            seen.add(one)
    block = max(1, _AT_ONCE // max(1, len(found)))
    for start in range(0, len(found), block):
        rows = a.thumbs[start : start + block]
        alike = rows @ a.thumbs[: start + len(rows)].T > threshold
        alike &= np.arange(alike.shape[1]) < start + np.arange(len(rows))[:, None]
        found[start : start + len(rows)] |= alike.any(axis=1)
    return found
