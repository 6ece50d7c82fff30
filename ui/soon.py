"""Doing something once Tk has laid out a window.

Tk calls the bindings of `<Configure>` in the middle of laying out. What changes the layout there
makes it break off, and a part keeps its old size.
"""

import tkinter as tk
from collections.abc import Callable
from contextlib import suppress


class Soon:
    """A job that is done once, however often it is asked for before.

    Args:
        widget: with it the job is forgotten.
        job: what is done.
    """

    def __init__(self, widget: tk.Misc, job: Callable[[], object]) -> None:
        self._widget, self._job, self._later = widget, job, ""
        widget.bind("<Destroy>", self._forget, add="+")

    def __call__(self, *_: object) -> None:
        """Asks for it; may be a binding or a callback of Tk."""
        if not self._later:
            self._later = self._widget.after_idle(self._do)

    def _do(self) -> None:
        self._later = ""
        self._job()

    def _forget(self, _: object) -> None:
        if self._later:
            with suppress(tk.TclError):
                self._widget.after_cancel(self._later)
            self._later = ""
