"""SHA-256 of model files, remembered where computing it again would be felt."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from fer_core import paths
from fer_core.files import write_text

_BIG = 32 << 20
_MAX_REMEMBERED = 200


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file, 64 hex digits.

    That of a file over 32 MB (50 ms and more) is computed once and known by path, size and time.
    """
    path = Path(path)
    stat = path.stat()
    if stat.st_size < _BIG:
        return _compute(path)
    store = paths.cache_dir() / "hashes.json"
    known = _read(store)
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ino}"
    if key not in known:
        known[key] = _compute(path)
        with contextlib.suppress(OSError):  # then it is computed again next time
            write_text(store, json.dumps(dict(list(known.items())[-_MAX_REMEMBERED:])))
    return known[key]


def model_sha256(path: Path, files: Sequence[Path]) -> str:
    """The SHA-256 of a model: of its file, or of all its files and their names if there are more.

    An OpenVINO `.xml` has its weights in a `.bin`, an ONNX file may have them elsewhere, and a
    SavedModel is a folder.

    Args:
        path: the model file or folder.
        files: all that belong to it, in a fixed order, a file itself first; see `CheckedModel`.
    """
    if list(files) == [path]:
        return sha256(path)
    root = path if path.is_dir() else path.parent
    lines = [f"{f.relative_to(root).as_posix()}\0{sha256(f)}\n" for f in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _read(store: Path) -> dict[str, str]:
    try:
        data = json.loads(store.read_text(encoding="utf-8"))
        return data if isinstance(data, dict) else {}
    except (OSError, ValueError):
        return {}


def _compute(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
