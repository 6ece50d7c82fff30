"""The file of a session: one SQLite database, its tables, and what can be wrong with it.

A rollback journal and no write-ahead log: between two commits the file is whole and alone, and what
was committed can be read on a full disk and after the process was killed.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fer_core.errors import OutputError, SessionError

SUFFIX = ".mimik"
#: "MIMK", in the header of the file.
_APPLICATION = 0x4D494D4B
#: Raised when a file can no longer be read by an older version of this program.
SCHEMA = 1
_BUSY_S = 20.0

_TABLES = (
    "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE frames (frame INTEGER PRIMARY KEY, time_s REAL NOT NULL, width INTEGER NOT NULL,"
    " height INTEGER NOT NULL, status TEXT NOT NULL, picture TEXT, problem TEXT)",
    "CREATE TABLE faces (frame INTEGER NOT NULL, place INTEGER NOT NULL, person INTEGER,"
    " left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL,"
    " score REAL NOT NULL, landmarks BLOB, raw BLOB, probs BLOB NOT NULL, unsure INTEGER NOT NULL,"
    " size_px REAL NOT NULL, brightness REAL NOT NULL, hints TEXT NOT NULL,"
    " yaw REAL, pitch REAL, roll REAL, PRIMARY KEY (frame, place)) WITHOUT ROWID",
    "CREATE TABLE markers (id INTEGER PRIMARY KEY, time_s REAL NOT NULL, note TEXT NOT NULL)",
    "CREATE TABLE edits (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, person INTEGER NOT NULL,"
    " other INTEGER, frame INTEGER, name TEXT)",
    "CREATE INDEX frames_by_time ON frames (time_s)",
)


def create(path: Path) -> sqlite3.Connection:
    """Makes the file; there must be none.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"{path} cannot be written: {reason}; choose another place or free some space."
        ) from error
    try:
        with writing(path):
            connection = _connected(path)
            with connection:
                connection.execute("BEGIN")
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
                for table in _TABLES:
                    connection.execute(table)
    except OutputError:
        with suppress(OSError):
            path.unlink()
        raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Opens a file that is there, and sees that it is one of ours and whole.

    Raises:
        SessionError: it is missing, damaged, something else, or of a newer version.
    """
    if not path.is_file():
        raise SessionError(f"{path} does not exist; analyse the film again.")
    with reading(path):
        connection = _connected(path)
        try:
            _check(path, connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Says in one sentence that what is read inside cannot be read.

    Raises:
        SessionError: in place of what SQLite and the decoding of values raise.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_BUSY:
            raise SessionError(f"{path} is being written by another program; try again.") from error
        raise SessionError(damaged(path)) from error
    except (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError) as error:
        raise SessionError(damaged(path)) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says in one sentence that what is written inside cannot be written.

    Raises:
        OutputError: in place of what SQLite raises.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reasons = {
            sqlite3.SQLITE_FULL: "no space left on device",
            sqlite3.SQLITE_READONLY: "permission denied",
            sqlite3.SQLITE_BUSY: "another program is writing it",
        }
        raise OutputError(
            f"{path} cannot be written: {reasons.get(code, str(error))}; choose another place or "
            "free some space. What is in it so far stays readable."
        ) from error


def damaged(path: Path) -> str:
    """The sentence for a file that is none of ours, or no longer whole."""
    return f"{path} is no session of Mimik, or it is damaged; delete it and analyse the film again."


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=False,  # `Session` has a lock
    )
    # A file may come from somebody else: it gets no functions and no say in how it is read.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _check(path: Path, connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION:
        raise SessionError(damaged(path))
    if version > SCHEMA:
        raise SessionError(
            f"{path} was written by a newer version of Mimik; update Mimik, or analyse the film "
            "again."
        )
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master") if sql}
    (whole,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != set(_TABLES) or whole != "ok":
        raise SessionError(damaged(path))


def delete(path: Path) -> None:
    """Removes a session and its journal; it is no error if there is none.

    Raises:
        OutputError: the system does not let us.
    """
    for name in (path, path.with_name(f"{path.name}-journal")):
        try:
            name.unlink()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise OutputError(f"{name} cannot be deleted: {error.strerror or error}.") from error
