"""Pictures of a training: in memory up to a limit, beyond it in a file that goes with the run."""

import tempfile
import threading
from collections.abc import Sequence
from typing import overload

import cv2
import numpy as np

from fer_core.models.spec import InputSpec
from fer_core.preprocess import to_color

#: Bytes of pictures held in memory: all of FER2013, RAF-DB and more; of 224 px colour some 7,000.
LIMIT_BYTES = 2**30
#: Longest side that is kept, as a multiple of the network's input: a tight crop is still sharp.
_KEPT_SIDE = 1.5


class PixelStore(Sequence[np.ndarray]):
    """uint8 (H, W, C) pictures of any sizes, appended one by one; safe to read from threads.

    Args:
        limit_bytes: what is held in memory; further pictures are written to a temporary file.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._used = 0
        self._entries: list[np.ndarray | tuple[int, tuple[int, ...]]] = []
        self._file: tempfile._TemporaryFileWrapper | None = None
        self._lock = threading.Lock()

    def append(self, picture: np.ndarray) -> None:
        """Keeps a copy of the picture."""
        self._used += picture.nbytes
        if self._used <= self._limit:
            self._entries.append(picture.copy())
            return
        with self._lock:
            if self._file is None:
                self._file = tempfile.NamedTemporaryFile(prefix="mimik-training-")  # noqa: SIM115
            offset = self._file.seek(0, 2)
            self._file.write(np.ascontiguousarray(picture).tobytes())
        self._entries.append((offset, picture.shape))

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, index: slice) -> "PixelStore": ...
    def __getitem__(self, index: int | slice) -> "np.ndarray | PixelStore":
        if isinstance(index, slice):
            return self.take(np.arange(len(self))[index])
        entry = self._entries[index]
        if isinstance(entry, np.ndarray):
            return entry
        offset, shape = entry
        assert self._file is not None
        with self._lock:
            self._file.seek(offset)
            data = self._file.read(int(np.prod(shape)))
        return np.frombuffer(data, np.uint8).reshape(shape)

    def take(self, index: np.ndarray) -> "PixelStore":
        """Those at the given indices; the pictures themselves are shared."""
        part = PixelStore(self._limit)
        part._entries = [self._entries[i] for i in index]
        part._used, part._file, part._lock = self._used, self._file, self._lock
        return part


def for_training(image: np.ndarray, spec: InputSpec) -> np.ndarray:
    """A picture as it waits for its crops: the network's colours, at its own size or a bit less.

    Args:
        image: uint8 (H, W) or (H, W, 3) BGR.

    Returns:
        uint8 (H, W, 1) for grey networks, (H, W, 3) else.
    """
    pixels = to_color(image[:, :, 0] if image.shape[2:] == (1,) else image, spec.color)
    shrink = _KEPT_SIDE * max(spec.width, spec.height) / max(pixels.shape[:2])
    if shrink < 1:
        h, w = (max(1, round(shrink * side)) for side in pixels.shape[:2])
        pixels = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA)
    return pixels if pixels.ndim == 3 else pixels[:, :, None]
