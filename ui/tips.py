"""Tool tips: what a button without words does, and its key."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

from ui.base import Layout
from ui.keys import KEYS
from ui.theme import Theme

_DELAY_MS = 500
_WRAP_PX = 420


class Tip:
    """Shows a text under a widget after the pointer rested on it.

    Args:
        widget: the widget.
        text: gives the text as it is at that moment; nothing is shown while it is empty.
        theme: how it looks.
    """

    def __init__(self, widget: tk.Misc, text: Callable[[], str], theme: Theme) -> None:
        self._widget, self._text, self._theme = widget, text, theme
        self._window: tk.Toplevel | None = None
        self._later = ""
        widget.bind("<Enter>", self._wait, add="+")
        for leaving in ("<Leave>", "<ButtonPress>", "<Destroy>", "<KeyPress>"):
            widget.bind(leaving, self._hide, add="+")

    def _wait(self, _: "tk.Event[Any]") -> None:
        self._later = self._widget.after(_DELAY_MS, self._show)

    def _show(self) -> None:
        text = self._text()
        if not text:
            return
        c, px = self._theme.colors, self._theme.px
        self._window = window = tk.Toplevel(self._widget, background=c.text)
        window.wm_overrideredirect(True)
        tk.Label(
            window, text=text, background=c.text, foreground=c.surface, justify="left",
            font=self._theme.small, padx=px(8), pady=px(4), wraplength=px(_WRAP_PX),
        ).pack()  # fmt: skip
        window.update_idletasks()
        middle = self._widget.winfo_rootx() + self._widget.winfo_width() // 2
        most = self._widget.winfo_screenwidth() - window.winfo_reqwidth() - px(4)
        x = min(max(middle - window.winfo_reqwidth() // 2, px(4)), most)
        y = self._widget.winfo_rooty() + self._widget.winfo_height() + px(4)
        if y + window.winfo_reqheight() > self._widget.winfo_screenheight():
            y = self._widget.winfo_rooty() - window.winfo_reqheight() - px(4)
        window.geometry(f"+{x}+{y}")

    def _hide(self, _: "tk.Event[Any]") -> None:
        if self._later:
            self._widget.after_cancel(self._later)
            self._later = ""
        if self._window is not None:
            self._window.destroy()
            self._window = None


def add_tips(layout: Layout, names: tuple[str, ...]) -> None:
    """Gives buttons `NAME_button` the text of the key table's command `on_NAME`."""
    found = {key.command: key for key in KEYS}
    for name in names:
        key = found.get(f"on_{name}")
        text = layout.texts(key.text if key else f"tip.{name}")
        shown = f"{text}   {key.shown}" if key else text
        Tip(layout.widget(f"{name}_button"), lambda shown=shown: shown, layout.theme)  # type: ignore[misc]
