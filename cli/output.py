"""Writing to the terminal: results to stdout, messages to stderr, in any encoding."""

import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, TextIO

from fer_core.names import plain, plain_json


def prepare_streams() -> None:
    """Makes sure that no character can stop the output, whatever the terminal's encoding.

    A process that was started without output (pythonw, a closed descriptor) writes to nowhere.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(OSError, ValueError):
                reconfigure(errors="backslashreplace")


def line(text: str = "") -> None:
    """One line of the result."""
    print(plain(text))


def block(text: str) -> None:
    """Several lines of the result; names in them are plain already."""
    for part in text.split("\n"):
        line(part)


def message(text: str) -> None:
    """One line for the person, apart from the result."""
    print(plain(text), file=sys.stderr)


def print_json(data: Any) -> None:
    """JSON with two blanks of indent; readable letters where the output can carry them."""
    print(plain_json(json.dumps(data, indent=2, ensure_ascii=not _writes_unicode(sys.stdout))))


def table(rows: Iterable[Sequence[object]], right: Sequence[int] = (), indent: int = 0) -> None:
    """Rows with aligned columns.

    Args:
        rows: cells; all rows have the same number.
        right: numbers of the columns that are aligned to the right.
        indent: blanks before each row.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    if not cells:
        return
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        padded = (
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        line(" " * indent + "  ".join(padded).rstrip())


def bar(share: float, width: int = 20) -> str:
    """A bar as long as the share 0..1 of the width, of characters that the output can carry."""
    sign = "▇" if _writes_unicode(sys.stdout) else "#"
    return sign * round(min(max(share, 0.0), 1.0) * width)


class Progress:
    """A line on stderr that rewrites itself; nothing where stderr is no terminal."""

    def __init__(self, label: str) -> None:
        self._label = plain(label)
        self._shown = sys.stderr.isatty()
        self._next_s = 0.0

    def update(self, done: int, total: int | None) -> None:
        """Shows how far it is, a few times a second."""
        now = time.monotonic()
        if not self._shown or now < self._next_s:
            return
        self._next_s = now + 0.2
        part = f"{done} of {total} ({min(done / total, 1):.0%})" if total else f"{done}"
        sys.stderr.write(f"\r{self._label}: {part} ")
        sys.stderr.flush()

    def close(self) -> None:
        """Clears the line."""
        if self._shown:
            width = min(len(self._label) + 30, _columns() - 1)
            sys.stderr.write("\r" + " " * width + "\r")
            sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


def _writes_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") in ("utf8", "utf16")
