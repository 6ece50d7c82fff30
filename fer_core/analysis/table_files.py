"""Sessions as tables: CSV, JSON Lines, Parquet. One row a face and frame, sessions in their order.

The columns are those of `tables.columns`; docs/output.md describes them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from fer_core import tables
from fer_core.analysis.session import Session
from fer_core.errors import OutputError
from fer_core.files import replacing
from fer_core.names import csv_line, plain_json
from fer_core.video.sinks import cannot_write, csv_row

#: A session, and what to call its source; of photos each row bears the picture's own name.
Named = tuple[str, Session]
#: Rows of a Parquet file that are held at a time.
_GROUP = 20_000
_TEXTS = frozenset(("source", "status", "name", "label", "hints", "model"))
_WHOLE = frozenset(("frame_index", "track_id", "image_width", "image_height"))


def labels_of(sessions: Iterable[Session]) -> tuple[str, ...]:
    """The labels of all sessions, each once."""
    return tuple(dict.fromkeys(label for session in sessions for label in session.labels))


def rows(named: Iterable[Named]) -> Iterator[dict[str, object]]:
    """All rows of several sessions."""
    for source, session in named:
        names = session.names()
        pictures, unreadable = session.pictures(), sorted(session.unreadable())
        model = session.conditions.model
        for result in session.frames():
            while unreadable and unreadable[0] < result.frame_index:
                index = unreadable.pop(0)
                yield tables.unreadable_row(pictures[index], index, model)
            yield from tables.rows_of(result, pictures.get(result.frame_index, source), names)
        for index in unreadable:
            yield tables.unreadable_row(pictures[index], index, model)


def write_csv(path: Path, named: Sequence[Named]) -> None:
    """Writes a CSV table in one step; names that begin as a formula does are neutralised.

    Raises:
        OutputError: it cannot be written.
    """
    columns = tables.columns(labels_of(session for _, session in named))

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            file.write(csv_line(columns))
            for row in rows(named):
                file.write(csv_row(row, columns))

    _in_one_step(path, write)


def write_jsonl(path: Path, named: Sequence[Named]) -> None:
    """Writes JSON Lines in one step: one `FrameResult.to_dict()` a line, with names of persons.

    Raises:
        OutputError: it cannot be written.
    """

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
            for data in _frames(named):
                file.write(plain_json(json.dumps(data, ensure_ascii=False)) + "\n")

    _in_one_step(path, write)


def write_parquet(path: Path, named: Sequence[Named]) -> None:
    """Writes a Parquet table in one step; probabilities are float32, what is empty is null.

    Raises:
        OutputError: it cannot be written.
    """
    from arro3.core import DataType, Field, RecordBatchReader, Schema
    from arro3.io import write_parquet as write_reader

    columns = tables.columns(labels_of(session for _, session in named))
    kinds = {name: _kind(name, DataType) for name in columns}
    schema = Schema([Field(name, kinds[name], nullable=True) for name in columns])

    def write(temporary: Path) -> None:
        batches = _batches(rows(named), kinds, schema)
        write_reader(RecordBatchReader.from_batches(schema, batches), temporary)

    _in_one_step(path, write)


def _frames(named: Iterable[Named]) -> Iterator[dict[str, Any]]:
    for source, session in named:
        names, pictures = session.names(), session.pictures()
        unreadable = sorted(session.unreadable())
        model = session.conditions.model

        def failed(index: int, known: Mapping[int, str], model: str) -> dict[str, Any]:
            row = tables.unreadable_row(known[index], index, model)
            return {"schema": 1, **row, "faces": []}

        for result in session.frames():
            while unreadable and unreadable[0] < result.frame_index:
                yield failed(unreadable.pop(0), pictures, model)
            data = result.to_dict(pictures.get(result.frame_index, source))
            del data["timings_ms"]  # of this computer and this day, and not kept
            for face in data["faces"]:
                face["name"] = names.get(face["track_id"]) or None
            yield data
        for index in unreadable:
            yield failed(index, pictures, model)


def _kind(name: str, types: Any) -> Any:
    if name in _TEXTS:
        return types.string()
    if name in _WHOLE:
        return types.int32()
    if name == "unsure":
        return types.bool()
    return types.float64() if name == "time_s" else types.float32()


def _batches(
    found: Iterator[dict[str, object]], kinds: Mapping[str, Any], schema: Any
) -> Iterator[Any]:
    from arro3.core import Array, RecordBatch

    while part := list(islice(found, _GROUP)):
        columns = [
            Array([_readable(row.get(name)) for row in part], type=kind)
            for name, kind in kinds.items()
        ]
        yield RecordBatch.from_arrays(columns, schema=schema)


def _readable(value: object) -> object:
    """A name of a file that is not UTF-8 comes with escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value


def _in_one_step(path: Path, write: Callable[[Path], None]) -> None:
    try:
        with replacing(path) as temporary:
            write(temporary)
    except OSError as error:
        raise OutputError(cannot_write(path, error)) from error
