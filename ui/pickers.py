"""Drop-down menus for models, detectors and cameras."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from ui.presenter.shown import Choice
from ui.theme import Theme

_TITLE_CHARS = 26


class Picker:
    """A menu button; entries that cannot be used are faint and say why, and can be chosen to ask."""

    def __init__(
        self, button: ttk.Menubutton, theme: Theme, choose: Callable[[str], None], busy_text: str
    ) -> None:
        self._button, self._theme = button, theme
        self._choose, self._busy_text = choose, busy_text
        self._menu = theme.menu(tk.Menu(button))
        self._value = tk.StringVar(button)
        self._shown: tuple = ()
        button.configure(menu=self._menu)

    def show(self, choices: Sequence[Choice], current: str, busy: bool = False) -> None:
        """Fills the menu and marks the current entry."""
        shown = (tuple(choices), current, busy)
        if shown == self._shown:
            return
        self._shown = shown
        title = next((c.title for c in choices if c.key == current), current.rsplit("/", 1)[-1])
        text = f"{_short(title)}  {self._busy_text}" if busy else _short(title)
        self._button.configure(text=text)
        self._value.set(current)
        self._menu.delete(0, "end")
        for choice in choices:
            label = choice.title if choice.usable else f"{choice.title} – {_short(choice.note, 60)}"
            self._menu.add_radiobutton(
                label=label,
                variable=self._value,
                value=choice.key,
                foreground=self._theme.colors.text if choice.usable else self._theme.colors.faint,
                command=lambda key=choice.key: self._choose(key),  # type: ignore[misc]
            )

    def open(self) -> None:
        """Drops the menu down, as a click does."""
        self._button.focus_set()
        self._button.event_generate("<space>")


def _short(text: str, limit: int = _TITLE_CHARS) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
