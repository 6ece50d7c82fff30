"""What a `.tflite` file may hold: a FlatBuffer with a network in it, and weights in the file.

The fields are those of schema.fbs of TensorFlow Lite. OpenVINO verifies the rest of the buffer;
here is what tells such a file from others, and the places of weights that lie behind it.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fer_core.errors import ModelLoadError

#: Fields of Model, and of a Buffer whose weights lie behind the FlatBuffer.
_SUBGRAPHS, _BUFFERS = 2, 4
_BUFFER_OFFSET, _BUFFER_SIZE = 1, 2
_MAX_BUFFERS = 100_000


def check(path: Path) -> None:
    """Refuses other files that bear the mark of such a file, and places outside the file.

    Raises:
        ModelLoadError: it is no TensorFlow Lite file, or a damaged one.
    """
    data = np.memmap(path, np.uint8, "r").data
    try:
        if data[4:8].tobytes() != b"TFL3" or data[0] == ord("<"):
            raise ValueError("no mark")
        model = _Table(data, _u32(data, 0))
        if not list(model.tables(_SUBGRAPHS)):
            raise ValueError("no network")
        for buffer in model.tables(_BUFFERS):
            offset, size = buffer.u64(_BUFFER_OFFSET), buffer.u64(_BUFFER_SIZE)
            if offset > 1 and offset + size > len(data):
                raise ValueError("weights outside the file")
    except (ValueError, struct.error) as error:
        raise ModelLoadError(
            f"{path} is damaged or no TensorFlow Lite file; save or download it again."
        ) from error


class _Table:
    """A table at a place of the buffer."""

    def __init__(self, data: memoryview, place: int) -> None:
        self._data, self._place = data, place
        layout = place - struct.unpack_from("<i", data, place)[0]
        if not 0 <= layout <= len(data) - 4:
            raise ValueError("a table has no layout")
        size = struct.unpack_from("<H", data, layout)[0]
        if size < 4 or size % 2 or layout + size > len(data):
            raise ValueError("the layout of a table is damaged")
        self._fields = struct.unpack_from(f"<{size // 2 - 2}H", data, layout + 4)

    def u64(self, field: int) -> int:
        """A number; 0 where it is left out."""
        place = self._field(field)
        return int(struct.unpack_from("<Q", self._data, place)[0]) if place else 0

    def tables(self, field: int) -> "Iterator[_Table]":
        """The tables of a vector."""
        place = self._field(field)
        if not place:
            return
        vector = place + _u32(self._data, place)
        count = _u32(self._data, vector)
        if count > _MAX_BUFFERS or vector + 4 + 4 * count > len(self._data):
            raise ValueError("a list is longer than the file")
        for index in range(count):
            entry = vector + 4 + 4 * index
            yield _Table(self._data, entry + _u32(self._data, entry))

    def _field(self, field: int) -> int:
        offset = self._fields[field] if field < len(self._fields) else 0
        return self._place + offset if offset else 0


def _u32(data: memoryview, place: int) -> int:
    return int(struct.unpack_from("<I", data, place)[0])
