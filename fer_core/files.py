"""Writing files so that a crash or a full disk never leaves half of one."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from fer_core import leftovers
from fer_core.errors import OutputError

#: Folders that this process has looked through for what others left.
_cleaned: set[Path] = set()


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; on success that file takes the place of `path`.

    Raises:
        OSError: the folder cannot be made or written, or the disk is full; `path` is untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent not in _cleaned:
        _cleaned.add(path.parent)
        leftovers.clean_folder(path.parent)
    prefix = leftovers.named(".writing")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_text(path: str | Path, max_bytes: int) -> str:
    """Text of a small file that somebody else may have made; UTF-8, with or without a mark.

    Raises:
        OSError: it cannot be read, is larger, or is no file: a pipe would be waited for.
        ValueError: it is no UTF-8.
    """
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    if found.st_size > max_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {max_bytes >> 20} MB")
    return Path(path).read_text(encoding="utf-8-sig")


def reserve(groups: Iterable[Sequence[Path]]) -> Sequence[Path]:
    """Takes the first of several groups of names that nothing has, and makes its files, empty.

    From then on no other process chooses them. Whoever does not need a name gives it back with
    `give_back`.

    Args:
        groups: the wanted names, then others; all names of a group lie in one folder.

    Raises:
        OutputError: no file can be made there, or all names are taken.
    """
    for group in groups:
        made: list[Path] = []
        path = group[0]
        try:
            if not path.parent.is_dir():  # a file of that name is no name that is taken
                path.parent.mkdir(parents=True, exist_ok=True)
            for path in group:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
                made.append(path)
        except OSError as error:
            give_back(made)
            if isinstance(error, FileExistsError) and path.parent.is_dir():
                continue
            raise OutputError(
                f"{path} cannot be written: {(error.strerror or str(error)).lower()}; choose "
                "another place or free some space."
            ) from error
        return group
    raise OutputError("All names for new files are taken; choose another folder.")


def give_back(paths: Iterable[Path]) -> None:
    """Removes those that `reserve` made and nobody has written."""
    for path in paths:
        with suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()


@contextmanager
def reserved(groups: Iterable[Sequence[Path]]) -> Iterator[Sequence[Path]]:
    """Names that nothing has, as `reserve`; those that stay empty are given back at the end."""
    paths = reserve(groups)
    try:
        yield paths
    finally:
        give_back(paths)


def write_text(path: str | Path, text: str) -> None:
    """Writes UTF-8 text in one step."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: str | Path, data: bytes) -> None:
    """Writes bytes in one step."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Says in one sentence that what is written inside cannot be written.

    Raises:
        OutputError: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def check_writable(folder: str | Path) -> None:
    """Makes a folder and tries it, before the long work whose result shall go there.

    Raises:
        OutputError: no file can be written there.
    """
    with writing(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
