"""SHA-256 of files, remembered where computing it again would be felt."""

import hashlib
import json
from pathlib import Path

from fer_core import paths
from fer_core.files import write_text

_BIG = 32 << 20
_MAX_REMEMBERED = 200


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, or of a folder's files and their names; 64 hex digits.

    A file over 32 MB (0.05 s and more) is computed once and known by path, size and time.
    """
    path = Path(path)
    if path.is_dir():
        whole = hashlib.sha256()
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            whole.update(f"{file.relative_to(path).as_posix()}\0{_of_file(file)}\n".encode())
        return whole.hexdigest()
    return _of_file(path)


def _of_file(path: Path) -> str:
    stat = path.stat()
    if stat.st_size < _BIG:
        return _compute(path)
    store = paths.cache_dir() / "hashes.json"
    known = _read(store)
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ino}"
    if key not in known:
        known[key] = _compute(path)
        try:
            write_text(store, json.dumps(dict(list(known.items())[-_MAX_REMEMBERED:])))
        except OSError:
            pass  # it is computed again next time
    return known[key]


def _read(store: Path) -> dict[str, str]:
    try:
        data = json.loads(store.read_text(encoding="utf-8"))
        return data if isinstance(data, dict) else {}
    except (OSError, ValueError):
        return {}


def _compute(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
