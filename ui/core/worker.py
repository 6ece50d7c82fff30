"""A thread that does one job after the other."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

from fer_core.errors import FerError

_log = logging.getLogger(__name__)
_JOIN_S = 5.0
#: What a person reads when an error is ours; the log has the rest.
UNEXPECTED = "Something in Mimik itself went wrong ({error}); the log file says more."


class Worker:
    """Does jobs in order; a job that fails tells the person and the next one is done."""

    def __init__(self, name: str, failed: Callable[[str], None]) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._failed = failed
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def do(self, job: Callable[[], None]) -> None:
        """Queues a job."""
        self._jobs.put(job)

    def clear(self) -> None:
        """Forgets the jobs that wait."""
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()

    def stop(self) -> None:
        """Ends the thread after the jobs that are queued; waits a few seconds at most."""
        self._jobs.put(None)

    def join(self) -> None:
        """Waits until the thread has ended, a few seconds at most."""
        self._thread.join(_JOIN_S)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:
                self._failed(sentence(error))


def sentence(error: Exception) -> str:
    """What to tell a person; an error that is not meant for people is logged with its traceback."""
    if isinstance(error, FerError):
        return str(error)
    _log.error("in a worker thread", exc_info=error)
    return UNEXPECTED.format(error=type(error).__name__)
