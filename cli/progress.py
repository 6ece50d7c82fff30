"""A bar with rate and time left, for what takes minutes; nothing where stderr is no terminal."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fer_core.names import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Rate:
    """One line that shows what is being done, how far it is, how quickly, and how long it takes."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        if sys.stderr.isatty():
            self._progress = _progress()

    def __enter__(self) -> Self:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def note(self, text: str) -> None:
        """Something that has no end that is known."""
        self.show(text, 0, None, "", "")

    def show(self, text: str, done: int, total: int | None, rate: str, left: str) -> None:
        """How far it is.

        Args:
            text: what is being done.
            done: so many,
            total: of so many; None if unknown.
            rate: such as "141 frames/s".
            left: such as "0:12:03 left".
        """
        if self._progress is None:
            return
        if self._task is None:
            self._task = self._progress.add_task("", total=None, rate="", left="")
        count = f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""
        self._progress.update(
            self._task,
            description=plain(text),
            total=max(total, done) if total else None,
            completed=done,
            rate=f"{count}  {rate}".strip(),
            left=left,
        )


def clock(seconds: float) -> str:
    """Hours, minutes and seconds: 0:12:03."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[rate]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
        console=Console(stderr=True, highlight=False),
        transient=True,
        refresh_per_second=5,
    )
