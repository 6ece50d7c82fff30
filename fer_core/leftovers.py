"""What processes that were killed have left half-written, removed by the next one.

Temporary files and folders bear the number of their process and a sign of its computer (a home
folder may be shared): `.writing-4711-3fa2-…`. Those of a process that is gone are deleted.
"""

import os
import re
import shutil
import tempfile
import time
import zlib
from pathlib import Path

from fer_core import paths

#: What is being written, added, converted, put where models lie; and in the system's temporary
#: folder, unpacked.
KINDS = (".writing", ".adding", ".converting", ".training", "mimik")
_NAME = re.compile(rf"({'|'.join(map(re.escape, KINDS))})-(?:(\d+)-([0-9a-f]{{4}})-)?.+")
#: Nothing takes so long; it is for names that say no process, or one of another computer.
_SURELY_OVER_S = 24 * 3600


def named(kind: str) -> str:
    """How a temporary name of this process begins; `kind` is one of `KINDS`."""
    return f"{kind}-{os.getpid()}-{_computer()}-"


def is_of_dead_process(name: str) -> bool:
    """Whether a name that `named` began is of a process of this computer that is gone."""
    match = _NAME.fullmatch(f"{name}x")
    return match is not None and match[3] == _computer() and not _runs(int(match[2]))


def clean_up() -> None:
    """Looks through the app's own folders; other ones are when something is written there."""
    models = paths.user_models_dir()
    conversions = paths.cache_dir() / "models"
    own = (paths.config_dir(), paths.cache_dir(), conversions, paths.detectors_dir(), models)
    for folder in (*own, Path(tempfile.gettempdir())):
        clean_folder(folder)


def clean_folder(folder: Path) -> None:
    """Deletes what is left in one folder; what cannot be deleted stays."""
    try:
        with os.scandir(folder) as entries:
            left = [Path(entry.path) for entry in entries if _is_left(entry)]
    except OSError:
        return
    for path in left:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        except OSError:  # another process of ours may be just doing that
            continue


def _is_left(entry: "os.DirEntry[str]") -> bool:
    match = _NAME.fullmatch(entry.name) if "-" in entry.name else None
    if match is None:
        return False
    if match[3] == _computer():
        return not _runs(int(match[2]))
    if match[1] == "mimik" and match[2] is None:  # a name of somebody else
        return False
    try:
        return entry.stat(follow_symlinks=False).st_mtime < time.time() - _SURELY_OVER_S
    except OSError:
        return False


def _runs(process: int) -> bool:
    if os.name == "nt":
        import ctypes

        # Signal 0 would end it there. 0x1000 asks for the right to look at it and no other.
        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        handle = kernel.OpenProcess(0x1000, 0, process)
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _computer() -> str:
    """Four hex digits, the same on every start of this computer."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return f"{zlib.crc32(name.encode()) & 0xFFFF:04x}"
