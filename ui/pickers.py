"""Drop-down menus for models, detectors and cameras."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from ui.presenter.shown import Choice
from ui.theme import Theme

_TITLE_CHARS, _NOTE_CHARS = 26, 44


class Picker:
    """A menu button; an entry that cannot be used is faint and says why."""

    def __init__(
        self, button: ttk.Menubutton, theme: Theme, choose: Callable[[str], None], busy_text: str
    ) -> None:
        self._button, self._theme = button, theme
        self._choose, self._busy_text = choose, busy_text
        self._menu = theme.menu(tk.Menu(button))
        self._shown: tuple = ()
        button.configure(menu=self._menu)

    def show(self, choices: Sequence[Choice], current: str, busy: bool = False) -> None:
        """Fills the menu and marks the current entry."""
        shown = (tuple(choices), current, busy)
        if shown == self._shown:
            return
        self._shown = shown
        title = next((c.title for c in choices if c.key == current), current.rsplit("/", 1)[-1])
        name = _short(title.split(", ")[0].split(" (")[0])
        text = f"{name}  {self._busy_text}" if busy else name
        self._button.configure(text=text)
        self._menu.delete(0, "end")
        for choice in choices:
            label = (
                choice.title
                if choice.usable
                else f"{choice.title} – {_short(choice.note, _NOTE_CHARS)}"
            )
            self._menu.add_command(
                label=f" {label}",
                image=self._mark(choice.key == current),
                compound="left",
                foreground=self._theme.colors.text if choice.usable else self._theme.colors.faint,
                command=lambda key=choice.key: self._choose(key),  # type: ignore[misc]
            )

    def _mark(self, on: bool) -> tk.PhotoImage:
        """A tick, or a gap of the same width."""
        return self._theme.icon("check" if on else "none", self._theme.colors.accent)


def _short(text: str, limit: int = _TITLE_CHARS) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
