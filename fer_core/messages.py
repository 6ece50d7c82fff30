"""What libraries write past Python onto the terminal, taken to the log."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fer_core.names import plain

_MAX_BYTES = 1 << 16


def silent_when_full(handler: logging.Handler) -> None:
    """Has a log that cannot be written, as on a full disk, not write on the terminal instead."""
    handler.handleError = lambda record: None  # type: ignore[method-assign]


@contextmanager
def into_log(logger: logging.Logger) -> Iterator[None]:
    """Has what is written on stderr meanwhile, by whatever library and thread, logged as a warning.

    Only for short parts, such as the import of TensorFlow: nobody sees the lines before its end.
    """
    try:
        real = os.dup(2)
    except OSError:  # there is no stderr, as under pythonw
        yield
        return
    with tempfile.TemporaryFile() as caught:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.flush()
            os.dup2(real, 2)
            os.close(real)
            caught.seek(0)
            for line in caught.read(_MAX_BYTES).decode("utf-8", "replace").splitlines():
                if line.strip():
                    logger.warning("%s", plain(line))
