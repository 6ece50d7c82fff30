"""Drop-down menus for models, detectors and cameras."""

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from fer_core.names import plain
from ui.presenter.shown import Choice
from ui.theme import Theme
from ui.tips import Tip

#: Characters of the button, of the titles in the menu, and of the notes beside them.
_BUTTON_CHARS, _NARROW_CHARS, _TITLE_CHARS, _NOTE_CHARS = 26, 8, 52, 44


class Picker:
    """A menu button; each entry has its note beside it, and is faint if it cannot be used."""

    def __init__(
        self, button: ttk.Menubutton, theme: Theme, choose: Callable[[str], None], busy_text: str
    ) -> None:
        self._button, self._theme = button, theme
        self._choose, self._busy_text = choose, busy_text
        self._menu = theme.menu(tk.Menu(button))
        self._shown: tuple = ()
        self._name, self._tip, self._busy, self._narrow = "", "", False, False
        # The menus of macOS have room for keys only on the right.
        self._two_columns = button.tk.call("tk", "windowingsystem") != "aqua"
        button.configure(menu=self._menu)
        Tip(button, lambda: self._tip, theme)

    def narrow(self, on: bool) -> None:
        """Takes less room, or as much as it likes."""
        self._narrow = on
        self._show_button()

    def show(self, choices: Sequence[Choice], current: str, busy: bool = False) -> None:
        """Fills the menu and marks the current entry."""
        shown = (tuple(choices), current, busy)
        if shown == self._shown:
            return
        self._shown = shown
        chosen = next((choice for choice in choices if choice.key == current), None)
        title = chosen.title if chosen else plain(current.rsplit("/", 1)[-1])
        self._name = re.split(r", | \(| · ", title)[0]
        self._tip = chosen.tip if chosen else ""
        self._busy = busy
        self._show_button()
        self._menu.delete(0, "end")
        for choice in choices:
            label, note = _short(choice.title, _TITLE_CHARS), _short(choice.note, _NOTE_CHARS)
            if note and not self._two_columns:
                label, note = f"{label} – {note}", ""
            self._menu.add_command(
                label=f" {label}",
                accelerator=f"   {note}" if note else "",
                image=self._mark(choice.key == current),
                compound="left",
                foreground=self._theme.colors.text if choice.usable else self._theme.colors.muted,
                command=lambda key=choice.key: self._choose(key),  # type: ignore[misc]
            )

    def _show_button(self) -> None:
        name = _short(self._name, _NARROW_CHARS if self._narrow else _BUTTON_CHARS)
        busy = " …" if self._narrow else f"  {self._busy_text}"
        self._button.configure(text=name + busy if self._busy else name)

    def _mark(self, on: bool) -> tk.PhotoImage:
        """A tick, or a gap of the same width."""
        return self._theme.icon("check" if on else "none", self._theme.colors.accent)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
