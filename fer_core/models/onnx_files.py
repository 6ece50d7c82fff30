"""What an ONNX file may hold; read by its wire format, so that no package onnx is needed.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.models.safety import leaves_folder

#: com.microsoft: fused forms of standard ones that OpenVINO knows itself.
_DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}
_MAX_DEPTH = 20

_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_FUNCTION_NAME, _FUNCTION_NODE, _FUNCTION_DOMAIN = 1, 7, 10
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_OP, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_ATTRIBUTE_SPARSE, _ATTRIBUTE_SPARSES = 22, 23
_SPARSE_VALUES, _SPARSE_INDICES = 1, 2
_TENSOR_EXTERNAL = 13
_ENTRY_KEY, _ENTRY_VALUE = 1, 2


def check(path: Path) -> None:
    """Refuses foreign operators and weights that lie outside the file's own folder.

    Raises:
        UnsafeModelError, ModelLoadError: see `safety.check_file`.
    """
    for name in external_files(path):
        if leaves_folder(name):
            raise UnsafeModelError(f"{path} takes weights from {name!r}, outside its own folder.")
        file = path.parent / name
        if not file.resolve().is_relative_to(path.parent.resolve()):
            raise UnsafeModelError(f"{path} takes weights from {name!r}, outside its own folder.")
        if not file.is_file():
            raise ModelLoadError(f"{path} needs {name!r} beside it; copy that file there, too.")


def external_files(path: Path) -> list[str]:
    """Names of the files that hold the network's weights, relative to its folder.

    Raises:
        UnsafeModelError: an operator is neither ONNX's nor defined in the file.
        ModelLoadError: the file is no ONNX file.
    """
    if path.stat().st_size == 0:
        raise ModelLoadError(f"{path} is empty; save or download it again.")
    # A map, not a copy: most of the file is weights, which are stepped over.
    return _Reader(path).read_model(np.memmap(path, np.uint8, "r").data)


class _Reader:
    def __init__(self, path: Path):
        self._path = path
        self._functions: set[tuple[str, str]] = set()
        self._external: dict[str, None] = {}

    def read_model(self, data: memoryview) -> list[str]:
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
        except (ValueError, IndexError, UnicodeDecodeError):
            graphs = []
        if not graphs:
            raise ModelLoadError(
                f"{self._path} is damaged or no ONNX file; save or download it again."
            )
        return list(self._external)

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
        for field, entry in _fields(tensor):
            if field == _TENSOR_EXTERNAL and _text(entry, _ENTRY_KEY) == "location":
                self._external[_text(entry, _ENTRY_VALUE)] = None


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
