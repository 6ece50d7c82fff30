"""Tool tips: what a button without words does, and its key."""

import tkinter as tk
from collections.abc import Callable
from typing import Any

from ui.base import Layout
from ui.keys import KEYS
from ui.theme import Theme

_DELAY_MS = 500
_WRAP_PX = 420
#: While a tip is there, it is looked after so often: menus and dialogs take the pointer away
#: without a word to the widget.
_WATCH_MS = 150


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
        self._later = self._watching = ""
        widget.bind("<Enter>", self._wait, add="+")
        for leaving in ("<Leave>", "<ButtonPress>", "<Destroy>", "<KeyPress>"):
            widget.bind(leaving, self._hide, add="+")

    @property
    def is_shown(self) -> bool:
        """Whether the text stands there."""
        return self._window is not None

    def _wait(self, _: "tk.Event[Any]") -> None:
        self._hide()
        self._later = self._widget.after(_DELAY_MS, self._show)

    def _is_meant(self) -> bool:
        """Whether the pointer rests on the widget, and nothing else has the keys or the pointer."""
        x, y = self._widget.winfo_pointerxy()
        under = self._widget.tk.call("winfo", "containing", x, y)
        grabbed = self._widget.tk.call("grab", "current")
        return str(under) == str(self._widget) and not str(grabbed)

    def _watch(self) -> None:
        if self._is_meant():
            self._watching = self._widget.after(_WATCH_MS, self._watch)
        else:
            self._hide()

    def _show(self) -> None:
        self._later = ""
        text = self._text()
        if not text or not self._is_meant():
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
        self._watching = self._widget.after(_WATCH_MS, self._watch)

    def _hide(self, _: "tk.Event[Any] | None" = None) -> None:
        for timer in (self._later, self._watching):
            if timer:
                self._widget.after_cancel(timer)
        self._later = self._watching = ""
        if self._window is not None:
            self._window.destroy()
            self._window = None


def add_tips(layout: Layout, names: tuple[str, ...]) -> None:
    """Gives buttons `NAME_button` the text of the key table's command `on_NAME`."""
    found = {key.command: key for key in KEYS}
    for name in names:
        key = found.get(f"on_{name}")
        text = layout.texts(key.text if key else f"tip.{name}")
        shown = f"{text}   {key.said(layout.texts.language)}" if key else text
        Tip(layout.widget(f"{name}_button"), lambda shown=shown: shown, layout.theme)  # type: ignore[misc]
