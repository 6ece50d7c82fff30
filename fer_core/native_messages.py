"""What libraries in C write to the terminal goes to the log instead."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

#: A damaged file can lead to thousands of lines; the first ones say what is wrong.
MAX_LINES, MAX_BYTES = 10, 4000


@contextmanager
def native_messages(log: logging.Logger) -> Iterator[None]:
    """Has lines that libtiff, libjpeg and others write to stderr logged as warnings.

    Standard error belongs to the whole process: what other threads write to it meanwhile is logged,
    too. So keep it short, and never use it in two threads at once.
    """
    try:
        terminal = os.dup(2)
    except OSError:  # started without one
        yield
        return
    try:
        with tempfile.TemporaryFile() as sheet:
            os.dup2(sheet.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(terminal, 2)
                _log(sheet.fileno(), log)
    finally:
        os.close(terminal)


def _log(sheet: int, log: logging.Logger) -> None:
    os.lseek(sheet, 0, os.SEEK_SET)
    lines = os.read(sheet, MAX_BYTES).decode("utf-8", "replace").splitlines()
    for line in lines[:MAX_LINES]:
        log.warning("%s", line)


class Demote(logging.Handler):
    """On the logger of another library: its errors become warnings on their way to ours.

    What such a library calls an error is a damaged file; the person gets one sentence about it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Changes one line before the handlers above see it."""
        if record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
