"""What was found out about a file, by its SHA-256, so that each is looked into once.

Only what passed is kept: a file that took too long on a busy day is tried again.
"""

import json
from contextlib import suppress
from typing import Any

from fer_core import paths
from fer_core.files import write_text

#: Raise it when more is checked: every file is then looked into anew.
VERSION = 5
_MAX_BYTES = 1 << 20


def find(kind: str, sha256: str) -> dict[str, Any] | None:
    """What is known about a file of that format and content; None where it is unknown."""
    try:
        with _file(kind, sha256).open("rb") as stream:
            verdict = json.loads(stream.read(_MAX_BYTES))
    except (OSError, ValueError):
        return None
    return verdict if isinstance(verdict, dict) and verdict.get("version") == VERSION else None


def remember(kind: str, sha256: str, verdict: dict[str, Any]) -> None:
    """Keeps what was found out; where that is not possible, it is found out again."""
    with suppress(OSError):
        write_text(_file(kind, sha256), json.dumps({"version": VERSION, **verdict}))


def _file(kind: str, sha256: str) -> "Any":
    return paths.cache_dir() / "checked" / f"{sha256}-{kind}.json"
