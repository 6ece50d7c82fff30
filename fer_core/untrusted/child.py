"""Work that can hang, fill the memory or crash, done in a child process that may take so much.

The processor time and the memory of the child are limited by the system where it can do that
(POSIX; the memory on Linux), the time on the clock everywhere. A child ends with its parent, even
where that is killed: Linux does it, and elsewhere a pipe that the parent's death closes.
"""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_core import errors, paths
from fer_core.leftovers import named
from fer_core.names import plain

_log = logging.getLogger(__name__)
_CHILD = "fer_core.untrusted._child"
REQUEST, ANSWER, LOG = "request.json", "answer.json", "log.txt"
_MAX_ANSWER, _MAX_LOG = 4 << 20, 1 << 16
#: What a reader that found no memory may have written before it broke off.
_NO_MEMORY = (b"bad_alloc", b"annot allocate memory", b"MemoryError", b"out of memory")
#: Busy machines give a child only a part of a processor; so much more time on the clock it gets.
_WALL_FACTOR = 12
#: OpenVINO's start takes 0.6 s and 0.6 GB; a network of 500 MB is read and run once in 5 s.
_SECONDS, _BYTES_A_SECOND, _MEMORY = 10, 10 << 20, 3 << 30
CAN_LIMIT = os.name == "posix"

#: The children that run now.
_running: "set[subprocess.Popen[bytes]]" = set()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take.

    Attributes:
        seconds: of processor time, of all its threads together.
        memory: bytes of address space; it has about 0.6 GB with OpenVINO before it does anything.
        wall_s: on the clock; None: twelve times `seconds` where the system limits these, else
            twice as many.
    """

    seconds: float
    memory: int
    wall_s: float | None = None

    @classmethod
    def for_bytes(cls, size: int) -> "Limits":
        """What looking into files of so many bytes takes at most, by far."""
        return cls(seconds=_SECONDS + size / _BYTES_A_SECOND, memory=_MEMORY + 4 * size)

    @property
    def clock_s(self) -> float:
        """The limit of the time on the clock."""
        return self.wall_s or self.seconds * (_WALL_FACTOR if CAN_LIMIT else 2)


class Call:
    """A call that somebody may want to cancel alone."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.is_cancelled = False

    def cancel(self) -> None:
        """Ends its child, or has it not begin; `call` raises a `ChildError`."""
        with _lock:
            self.is_cancelled = True
            if self.child in _running:
                self.child.kill()
                _running.discard(self.child)


class ChildError(Exception):
    """A child did not come to an answer.

    Attributes:
        kind: time, memory, crash, cancelled, or failed: an exception that nobody foresaw.
        reason: half a sentence about the file, such as "it takes more than 10 s".
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


def call(
    function: str,
    arguments: Mapping[str, Any],
    limits: Limits,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    handle: Call | None = None,
) -> Any:
    """What a function of ours gives for these arguments, in a child process.

    Args:
        function: as "package.module:name".
        arguments: by name; what JSON can hold.
        limits: what it may take.
        environment: variables that are set in the child, beside this process's own.
        folder: where it may leave files; by default one that is gone afterwards.
        handle: cancels this call alone.

    Returns:
        What JSON makes of the function's answer.

    Raises:
        FerError: what the function raised; OutputError, where there is no room for temporary files.
        ChildError: it came to no answer.
        OSError: the folder that was named cannot be written.
    """
    if folder is not None:
        return _call(function, arguments, limits, environment or {}, folder, handle)
    with private_folder() as own:
        try:
            return _call(function, arguments, limits, environment or {}, own, handle)
        except OSError as error:
            raise _no_room(error) from error


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that nobody else reads, and that is gone afterwards.

    Raises:
        OutputError: there can be none.
    """
    try:
        own = Path(tempfile.mkdtemp(prefix=named("mimik")))
    except OSError as error:
        raise _no_room(error) from error
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _no_room(error: OSError) -> errors.OutputError:
    reason = error.strerror or error
    return errors.OutputError(
        f"The temporary folder cannot be used: {reason}; make room there and try again."
    )


def cancel() -> None:
    """Ends the children that other threads wait for; there a `ChildError` is raised."""
    with _lock:
        for child in _running:
            child.kill()
        _running.clear()


def _call(
    function: str,
    arguments: Mapping[str, Any],
    limits: Limits,
    environment: Mapping[str, str],
    folder: Path,
    handle: Call | None,
) -> Any:
    request = {
        "function": function,
        "arguments": dict(arguments),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "parent": os.getpid(),
    }
    (folder / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    (folder / ANSWER).unlink(missing_ok=True)
    code, ended = _run(folder, limits, environment, handle)
    log = _tail(folder / LOG)
    for line in log.decode("utf-8", "replace").splitlines():
        _log.info("%s: %s", function, plain(line))
    return _value(folder / ANSWER, code, ended, log, limits)


def _run(
    folder: Path, limits: Limits, environment: Mapping[str, str], handle: Call | None
) -> tuple[int, str]:
    """Exit code, and why it was ended from here: cancelled, time, or empty."""
    # -P: no module is taken from the current folder.
    command = [sys.executable, "-P", "-m", _CHILD, str(folder)]
    with (folder / LOG).open("wb") as log:
        with _lock:
            if handle is not None and handle.is_cancelled:
                return 0, "cancelled"
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # never written to: it ends when this process does
                stdout=log,
                stderr=log,
                cwd=folder,
                env=child_environment(environment),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            _running.add(child)
            if handle is not None:
                handle.child = child
        late = cancelled = False
        with child:
            try:
                child.wait(limits.clock_s)
            except subprocess.TimeoutExpired:
                late = True
            finally:
                child.kill()
                with _lock:
                    cancelled = child not in _running
                    _running.discard(child)
    return child.returncode, "cancelled" if cancelled else "time" if late else ""


def _value(file: Path, code: int, ended: str, log: bytes, limits: Limits) -> Any:
    if ended == "cancelled":
        raise ChildError("cancelled", "it was cancelled")
    answer = {} if ended else _answer(file)
    if "value" in answer:
        return answer["value"]
    known = getattr(errors, str(answer.get("error")), None)
    if isinstance(known, type) and issubclass(known, errors.FerError):
        raise known(str(answer["says"]))
    memory = answer.get("error") == "memory" or (not answer and any(w in log for w in _NO_MEMORY))
    if memory and not ended:
        size = limits.memory / (1 << 30)
        raise ChildError("memory", f"it needs more than {size:.2g} GB of memory")
    if ended == "time" or code == -getattr(signal, "SIGXCPU", 0):
        seconds = limits.clock_s if ended else limits.seconds
        raise ChildError("time", f"it takes more than {seconds:g} s")
    if answer:
        raise ChildError("failed", str(answer.get("says")))
    _log.warning(
        "a child ended with exit code %d: %s", code, log[-2000:].decode("utf-8", "replace")
    )
    raise ChildError("crash", f"its reader broke off on it (exit code {code})")


def _answer(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _MAX_ANSWER:
            return {}
        answer = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _tail(file: Path) -> bytes:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _MAX_LOG))
        return stream.read()


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """The variables of a child: ours without Keras's, and `more`."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_")}
    folders = [str(paths.PROJECT_ROOT), *([own["PYTHONPATH"]] if own.get("PYTHONPATH") else [])]
    return own | {
        "PYTHONPATH": os.pathsep.join(folders),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
        "MALLOC_ARENA_MAX": "2",  # each would take 64 MB of the address space
        **more,
    }
