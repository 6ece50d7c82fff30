"""Reads FER2013 and FERPlus files: Kaggle's CSV, packed or not, a JPEG mosaic, and the votes."""

import csv
import gzip
import hashlib
import io
import lzma
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import cv2
import numpy as np

from fer_core import paths
from fer_core.errors import DatasetError
from fer_core.expressions import LABEL_ORDERS
from fer_core.files import replacing

SIZE = 48
USAGES = ("Training", "PublicTest", "PrivateTest")
#: Columns of fer2013new.csv after Usage and Image name; the paper's ten choices.
VOTES = (*LABEL_ORDERS["ferplus"], "unknown", "NF")
_BAD = (
    OSError, EOFError, ValueError, KeyError, IndexError, csv.Error, lzma.LZMAError, zlib.error,
)  # fmt: skip
_BAD_ARCHIVE = (zipfile.BadZipFile, tarfile.TarError, StopIteration)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """FER2013 as it stands in its file.

    Attributes:
        emotion: int64 (N,), FER2013's own order.
        usage: int64 (N,), indices of `USAGES`.
        pixels: uint8 (N, 48, 48).
        votes: int64 (N, 10) in the order of `VOTES` if the same file has them.
    """

    emotion: np.ndarray
    usage: np.ndarray
    pixels: np.ndarray
    votes: np.ndarray | None = None


def read_rows(path: Path) -> Rows:
    """Reads a CSV (plain, .xz, .gz, .zip, .tar.gz) or a mosaic .npz.

    A parsed CSV is kept in the cache folder until the file changes.

    Raises:
        DatasetError: the file is not FER2013.
    """
    try:
        if path.suffix == ".npz":
            return _read_mosaic(path)
        cached = _cache_file(path)
        return _read_cache(path, cached) or _parse_and_keep(path, cached)
    except (*_BAD, *_BAD_ARCHIVE, cv2.error) as error:
        raise DatasetError(
            f"{path} is not FER2013 in Kaggle's form ({error}); fetch it again."
        ) from error


def read_votes(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Reads fer2013new.csv.

    Returns:
        int64 (N, 10) votes in the order of `VOTES`, and bool (N,): rows that FERPlus removed.

    Raises:
        DatasetError: the file is not FERPlus.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream)
            columns = {name.strip().lower(): i for i, name in enumerate(next(reader))}
            wanted = [columns[name.lower()] for name in VOTES]
            image = columns["image name"]
            rows = [
                ([int(row[i]) for i in wanted], not row[image].strip()) for row in reader if row
            ]
    except (*_BAD, StopIteration) as error:
        raise DatasetError(f"{path} is not FERPlus's fer2013new.csv ({error}).") from error
    votes = np.array([votes for votes, _ in rows], np.int64).reshape(-1, len(VOTES))
    return votes, np.array([removed for _, removed in rows], bool)


def _parse_and_keep(path: Path, cached: Path) -> Rows:
    with _open_text(path) as stream:
        rows = _parse(stream)
    try:
        with replacing(cached) as temporary, temporary.open("wb") as out:
            np.savez(
                out,
                key=_cache_key(path),
                emotion=rows.emotion,
                usage=rows.usage,
                pixels=rows.pixels,
            )
    except OSError:
        cached.unlink(missing_ok=True)  # A full disk only costs the time of parsing again.
    return rows


def _cache_file(path: Path) -> Path:
    digest = hashlib.blake2b(str(path.resolve()).encode(), digest_size=12).hexdigest()
    return paths.cache_dir() / "datasets" / f"fer2013-{digest}.npz"


def _cache_key(path: Path) -> str:
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _read_cache(path: Path, cached: Path) -> Rows | None:
    try:
        with np.load(cached, allow_pickle=False) as kept:
            if str(kept["key"]) != _cache_key(path):
                return None
            return Rows(kept["emotion"], kept["usage"], kept["pixels"])
    except (*_BAD, zipfile.BadZipFile):
        return None  # Missing or damaged: it is written anew.


@contextmanager
def _open_text(path: Path) -> Iterator[IO[str]]:
    name = path.name.lower()
    with ExitStack() as stack:
        stream: IO[bytes]
        if name.endswith(".zip"):
            archive = stack.enter_context(zipfile.ZipFile(path))
            stream = stack.enter_context(archive.open(_csv_in(archive.namelist())))
        elif name.endswith((".tar", ".tar.gz", ".tgz")):
            tar = stack.enter_context(tarfile.open(path))
            member = tar.extractfile(_csv_in(tar.getnames()))
            if member is None:
                raise ValueError("its CSV is not a plain file")
            stream = stack.enter_context(member)
        elif name.endswith(".xz"):
            stream = stack.enter_context(lzma.open(path))
        elif name.endswith(".gz"):
            stream = cast(IO[bytes], stack.enter_context(gzip.open(path)))
        else:
            stream = stack.enter_context(path.open("rb"))
        yield stack.enter_context(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))


def _csv_in(names: list[str]) -> str:
    for wanted in ("fer2013.csv", "icml_face_data.csv", ".csv"):
        for name in names:
            if name.endswith(wanted):
                return name
    raise ValueError("no CSV in the archive")


def _parse(stream: IO[str]) -> Rows:
    reader = csv.reader(stream)
    columns = {name.strip().lower(): i for i, name in enumerate(next(reader, []))}
    if missing := {"emotion", "pixels", "usage"} - columns.keys():
        raise ValueError(f"no column {', '.join(sorted(missing))}")
    emotion, pixels, usage = (columns[name] for name in ("emotion", "pixels", "usage"))
    labels, usages, images = [], [], []
    for number, row in enumerate(row for row in reader if row):
        try:
            labels.append(int(row[emotion]))
            usages.append(_usage(row[usage].strip()))
            images.append(_pixels(row[pixels]))
            if not 0 <= labels[-1] < len(LABEL_ORDERS["fer2013"]):
                raise ValueError(f"emotion {labels[-1]}, expected 0 to 6")
        except (ValueError, IndexError) as error:
            raise ValueError(f"row {number}: {error}") from error
    stack = np.stack(images) if images else np.empty((0, SIZE, SIZE), np.uint8)
    return Rows(np.array(labels, np.int64), np.array(usages, np.int64), stack)


def _usage(word: str) -> int:
    if word not in USAGES:
        raise ValueError(f"usage {word!r}, expected {', '.join(USAGES)}")
    return USAGES.index(word)


def _pixels(text: str) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            values = np.fromstring(text, np.int16, sep=" ")
        except (DeprecationWarning, ValueError):  # The first up to NumPy 2.2.
            raise ValueError("pixels are not numbers") from None
    if len(values) != SIZE * SIZE or values.min() < 0 or values.max() > 255:
        raise ValueError(f"{len(values)} pixels, expected {SIZE * SIZE} of 0 to 255")
    return values.astype(np.uint8).reshape(SIZE, SIZE)


def _read_mosaic(path: Path) -> Rows:
    """One grey JPEG with all pictures row by row, beside arrays emotion, usage, ferplus_votes."""
    with np.load(path, allow_pickle=False) as kept:
        mosaic = cv2.imdecode(kept["mosaic_jpeg"], cv2.IMREAD_GRAYSCALE)
        columns, emotion = int(kept["columns"]), kept["emotion"].astype(np.int64)
        if mosaic is None:
            raise ValueError("its mosaic is not a JPEG")
        tiles = mosaic.reshape(-1, SIZE, columns, SIZE).swapaxes(1, 2).reshape(-1, SIZE, SIZE)
        votes = kept["ferplus_votes"].astype(np.int64) if "ferplus_votes" in kept else None
        pixels = np.ascontiguousarray(tiles[: len(emotion)])
        return Rows(emotion, kept["usage"].astype(np.int64), pixels, votes)
