"""Where sessions are kept, so that a film that is opened again has its result at once."""

import itertools
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from fer_core import paths
from fer_core.analysis import schema
from fer_core.analysis.about import Conditions, Origin, origin_of
from fer_core.analysis.session import Session
from fer_core.errors import OutputError, SessionError
from fer_core.video.base import VideoSource

_log = logging.getLogger(__name__)
#: Kept sessions may take so much of the disk; those that nobody has edited go, oldest first.
MOST_BYTES = 4_000_000_000


def find_session(
    source: VideoSource | Origin, conditions: Conditions, folder: Path | None = None
) -> Session | None:
    """The complete session of a source under these conditions, opened; None if there is none.

    A file that is damaged is passed over: the film is analysed again and takes its place.

    Args:
        source: opened, or what `origin_of` said of it.
        conditions: see `conditions_of`.
        folder: None takes `paths.sessions_dir`.
    """
    origin = source if isinstance(source, Origin) else origin_of(source)
    if not origin.sha256:
        return None
    base = _base(origin, conditions)
    for path in _by_age(folder or paths.sessions_dir(), f"{base}*"):
        try:
            session = Session.open(path)
        except SessionError as error:
            _log.warning("%s", error)
            continue
        if session.is_complete:
            return session
        session.close()
    return None


def new_session(origin: Origin, conditions: Conditions, folder: Path | None = None) -> Session:
    """An empty session of a source; what was broken off before, or is damaged, makes room.

    Markers of an older session of the same source are taken over, names and merged persons where
    the faces are found in the same way.

    Args:
        origin: see `origin_of`.
        conditions: see `conditions_of`.
        folder: None takes `paths.sessions_dir`.

    Raises:
        OutputError: it cannot be made.
    """
    folder = folder or paths.sessions_dir()
    older = _newest_of(origin, folder)
    try:
        tidy(folder)
        session = _created(origin, conditions, folder)
        if older is not None:
            session.take_over(older)
        return session
    finally:
        if older is not None:
            older.close()


def sessions_of(origin: Origin, folder: Path | None = None) -> list[Session]:
    """All complete sessions of a source, whatever the conditions, opened; the newest first."""
    found = []
    for path in _by_age(folder or paths.sessions_dir(), f"*-{origin.sha256[:16] or '?'}-*"):
        try:
            session = Session.open(path)
        except SessionError:
            continue
        if session.is_complete and session.origin.sha256 == origin.sha256:
            found.append(session)
        else:
            session.close()
    return found


def tidy(folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
    """Deletes the oldest sessions beyond a size, but none that somebody has put work into."""
    total = 0
    for path in _by_age(folder or paths.sessions_dir(), "*"):
        try:
            total += path.stat().st_size
            if total > most_bytes and _may_go(path):
                schema.delete(path)
        except (OSError, OutputError):
            continue


def _created(origin: Origin, conditions: Conditions, folder: Path) -> Session:
    for path in _names(origin, conditions, folder):
        if path.exists() and not _may_be_replaced(path):
            continue
        schema.delete(path)
        return Session.create(path, origin, conditions)
    raise AssertionError("there is always another name")


def _may_be_replaced(path: Path) -> bool:
    """Whether a session was broken off, or is none; one that grows, or is whole, stays."""
    try:
        with Session.open(path) as session:
            return not session.is_complete and not session.is_being_written
    except (SessionError, OutputError):
        return True


def _may_go(path: Path) -> bool:
    try:
        with Session.open(path) as session:
            return not session.has_edits() and not session.is_being_written
    except (SessionError, OutputError):
        return False


def _newest_of(origin: Origin, folder: Path) -> Session | None:
    if not origin.sha256:
        return None
    found = sessions_of(origin, folder)
    for session in found[1:]:
        session.close()
    return found[0] if found else None


def _base(origin: Origin, conditions: Conditions) -> str:
    """How the name of a session begins; no two results have the same."""
    stem = re.sub(r"[^\w.-]+", "_", Path(origin.name).stem)[:40] or "film"
    return f"{stem}-{origin.sha256[:16] or 'live'}-{conditions.key}"


def _names(origin: Origin, conditions: Conditions, folder: Path) -> Iterator[Path]:
    """The name of a session, and others for when it is taken."""
    base = _base(origin, conditions)
    yield folder / f"{base}{schema.SUFFIX}"
    for number in itertools.count(2):
        yield folder / f"{base}-{number}{schema.SUFFIX}"


def _by_age(folder: Path, pattern: str) -> list[Path]:
    """Sessions of a folder, the newest first."""
    found = []
    for path in folder.glob(f"{pattern}{schema.SUFFIX}"):
        try:
            found.append((path.stat().st_mtime_ns, path))
        except OSError:  # it was deleted just now
            continue
    return [path for _, path in sorted(found, reverse=True)]
