"""Pictures of a training: in memory up to a limit, beyond it in a file that goes with the run."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, overload

import cv2
import numpy as np

from fer_core.errors import OutputError
from fer_core.models.spec import InputSpec
from fer_core.preprocess import to_color

#: Bytes of pictures held in memory: all of FER2013, RAF-DB and more; of 224 px colour some 7,000.
LIMIT_BYTES = 2**30
#: Longest side that is kept, as a multiple of the network's input: a tight crop is still sharp.
_KEPT_SIDE = 1.5


class Memory:
    """What all the stores of a training may hold in memory together, and where the rest goes.

    Args:
        limit_bytes: of pictures in memory.
        folder: of the temporary file for the others, which is deleted with the process; None: the
            system's, which may itself be memory.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES, folder: Path | None = None) -> None:
        self.left, self.folder = limit_bytes, folder

    def takes(self, size: int) -> bool:
        """Whether so many bytes more have room; if so, they are counted."""
        has_room = size <= self.left
        self.left -= size if has_room else 0
        return has_room


class _File:
    """A file without a name that is made when it is needed and gone with whoever holds it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._stream: IO[bytes] | None = None
        self._lock = threading.Lock()

    def append(self, data: bytes) -> int:
        """Writes at the end; gives where that was."""
        with self._lock:
            try:
                if self._stream is None:
                    self._stream = tempfile.TemporaryFile(  # noqa: SIM115
                        prefix="mimik-training-", dir=self._folder
                    )
                offset = self._stream.seek(0, 2)
                self._stream.write(data)
            except OSError as error:
                where = self._folder or tempfile.gettempdir()
                raise OutputError(
                    f"{where} cannot hold the pictures of the training ({error.strerror}); make "
                    "room there, or name a folder on another disk with --out."
                ) from error
        return offset

    def read(self, offset: int, size: int) -> bytes:
        """So many bytes from there on."""
        assert self._stream is not None
        with self._lock:
            self._stream.seek(offset)
            return self._stream.read(size)

    def __del__(self) -> None:
        if self._stream is not None:
            self._stream.close()


class PixelStore(Sequence[np.ndarray]):
    """uint8 (H, W, C) pictures of any sizes, appended one by one; safe to read from threads.

    Args:
        memory: shared by the stores of one training; by default a store has its own.
    """

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()
        self._entries: list[np.ndarray | tuple[int, tuple[int, ...]]] = []
        self._file = _File(self._memory.folder)

    def append(self, picture: np.ndarray) -> None:
        """Keeps a copy of the picture.

        Raises:
            OutputError: the disk has no room for it.
        """
        if self._memory.takes(picture.nbytes):
            self._entries.append(picture.copy())
            return
        offset = self._file.append(np.ascontiguousarray(picture).tobytes())
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
        return np.frombuffer(self._file.read(offset, int(np.prod(shape))), np.uint8).reshape(shape)

    def take(self, index: np.ndarray) -> "PixelStore":
        """Those at the given indices; the pictures themselves are shared."""
        part = PixelStore(self._memory)
        part._entries = [self._entries[i] for i in index]
        part._file = self._file
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
