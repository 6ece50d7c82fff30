"""What an ONNX file may hold; read by its wire format, so that no package onnx is needed.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted.formats import leaves_folder

#: com.microsoft: fused forms of standard ones that OpenVINO knows itself.
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}
_MAX_DEPTH = 20

_MODEL_GRAPH, _MODEL_TRAINING, _MODEL_FUNCTIONS = 7, 20, 25
_TRAINING_GRAPHS = (1, 2)
_FUNCTION_NAME, _FUNCTION_NODE, _FUNCTION_DOMAIN, _FUNCTION_DEFAULT = 1, 7, 10, 11
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_OP, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_ATTRIBUTE_SPARSE, _ATTRIBUTE_SPARSES = 22, 23
_SPARSE_VALUES, _SPARSE_INDICES = 1, 2
_TENSOR_EXTERNAL = 13
_ENTRY_KEY, _ENTRY_VALUE = 1, 2


def check(path: Path) -> list[str]:
    """Refuses foreign operators and weights that lie outside the file's own folder.

    Returns:
        Names of the files that hold weights, relative to its folder.

    Raises:
        UnsafeModelError: an operator is neither ONNX's nor defined in the file, or it leaves its
            folder.
        ModelLoadError: it is no ONNX file, or a file with weights is missing or too short.
    """
    # A map, not a copy: most of the file is weights, which are stepped over.
    found = _Reader(path).read_model(np.memmap(path, np.uint8, "r").data)
    for part in found:
        _check_part(path, part)
    return sorted({part.name for part in found})


def _check_part(path: Path, part: "_Part") -> None:
    name, file = part.name, path.parent / part.name
    inside = not leaves_folder(name) and file.resolve().is_relative_to(path.parent.resolve())
    if not inside:
        raise UnsafeModelError(f"{path} takes weights from {name[:200]!r}, outside its own folder.")
    if not file.is_file():
        raise ModelLoadError(f"{path} needs {name[:200]!r} beside it; copy that file there, too.")
    size = file.stat().st_size
    try:
        offset, length = int(part.offset or 0), int(part.length or 0)
    except ValueError:
        offset = length = -1
    if offset < 0 or length < 0 or offset + length > size:
        raise ModelLoadError(
            f"{path} takes weights from beyond the end of {name[:200]!r}; copy both files again."
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a tensor lies: bytes `offset` to `offset + length` of a file."""

    name: str
    offset: str
    length: str


class _Reader:
    def __init__(self, path: Path):
        self._path = path
        self._functions: set[tuple[str, str]] = set()
        self._parts: dict[_Part, None] = {}

    def read_model(self, data: memoryview) -> list[_Part]:
        try:
            parts = list(_fields(data))
            functions = [value for field, value in parts if field == _MODEL_FUNCTIONS]
            self._functions = {
                (_text(value, _FUNCTION_DOMAIN), _text(value, _FUNCTION_NAME))
                for value in functions
            }
            graphs = [value for field, value in parts if field == _MODEL_GRAPH]
            for graph in graphs:
                self._graph(graph, 0)
            for function in functions:
                self._nodes(function, _FUNCTION_NODE, 0)
                for field, value in _fields(function):
                    if field == _FUNCTION_DEFAULT:
                        self._attribute(value, 0)
            for training in (value for field, value in parts if field == _MODEL_TRAINING):
                for field, value in _fields(training):
                    if field in _TRAINING_GRAPHS:
                        self._graph(value, 0)
        except (ValueError, IndexError, UnicodeDecodeError):
            graphs = []
        if not graphs:
            raise ModelLoadError(
                f"{self._path} is damaged or no ONNX file; save or download it again."
            )
        return list(self._parts)

    def _graph(self, graph: memoryview, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise UnsafeModelError(f"{self._path} nests its graphs too deeply; it is not opened.")
        self._nodes(graph, _GRAPH_NODE, depth)
        for field, value in _fields(graph):
            if field == _GRAPH_INITIALIZER:
                self._tensor(value)
            elif field == _GRAPH_SPARSE:
                self._sparse(value)

    def _nodes(self, owner: memoryview, wanted: int, depth: int) -> None:
        for field, node in _fields(owner):
            if field != wanted:
                continue
            domain, op = _text(node, _NODE_DOMAIN), _text(node, _NODE_OP)
            if domain not in _DOMAINS and (domain, op) not in self._functions:
                raise UnsafeModelError(
                    f"{self._path} uses the operator {domain}.{op}, which is not part of ONNX; "
                    "export it with standard operators."
                )
            for inner, attribute in _fields(node):
                if inner == _NODE_ATTRIBUTE:
                    self._attribute(attribute, depth)

    def _attribute(self, attribute: memoryview, depth: int) -> None:
        for field, value in _fields(attribute):
            if field in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
                self._tensor(value)
            elif field in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                self._graph(value, depth + 1)
            elif field in (_ATTRIBUTE_SPARSE, _ATTRIBUTE_SPARSES):
                self._sparse(value)

    def _sparse(self, value: memoryview) -> None:
        for field, tensor in _fields(value):
            if field in (_SPARSE_VALUES, _SPARSE_INDICES):
                self._tensor(tensor)

    def _tensor(self, tensor: memoryview) -> None:
        entries = [
            (_text(entry, _ENTRY_KEY), _text(entry, _ENTRY_VALUE))
            for field, entry in _fields(tensor)
            if field == _TENSOR_EXTERNAL
        ]
        last = dict(entries)
        for key, value in entries:
            if key == "location":
                part = _Part(value, last.get("offset", ""), last.get("length", ""))
                self._parts[part] = None


def _text(message: memoryview, wanted: int) -> str:
    found = ""
    for field, value in _fields(message):
        if field == wanted:
            found = bytes(value).decode("utf-8")
    return found


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and bytes of every length-delimited field; numbers are stepped over.

    Raises:
        ValueError, IndexError: it is no protocol buffer.
    """
    position, end = 0, len(message)
    while position < end:
        tag, position = _varint(message, position)
        kind = tag & 7
        if kind == 0:
            _, position = _varint(message, position)
        elif kind == 1:
            position += 8
        elif kind == 5:
            position += 4
        elif kind == 2:
            size, position = _varint(message, position)
            if position + size > end:
                raise ValueError("a field is longer than the file")
            yield tag >> 3, message[position : position + size]
            position += size
        else:
            raise ValueError("unknown kind of field")
    if position != end:
        raise ValueError("a field is longer than the file")


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")
