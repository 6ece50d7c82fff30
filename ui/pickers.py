"""The buttons that drop down the lists of models, detectors and cameras."""

import re
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from fer_core.names import plain
from ui.popover import Popover
from ui.presenter.shown import Choice
from ui.tips import Tip

if TYPE_CHECKING:
    from ui.base import Layout

#: Characters of the button.
_BUTTON_CHARS, _NARROW_CHARS = 26, 8


class Picker:
    """A button that reads what is in use, and its list.

    Args:
        layout: the main window.
        name: id of the button.
        choose: takes the key of what was chosen.
        remove: takes the key of one of the person's own that they want to be rid of.
    """

    def __init__(
        self,
        layout: "Layout",
        name: str,
        choose: Callable[[str], None],
        remove: Callable[[str], None] | None = None,
    ) -> None:
        self._layout, self._choose, self._remove = layout, choose, remove
        self._button: ttk.Menubutton = layout.widget(name)
        self._shown: tuple = ()
        self._choices: tuple[Choice, ...] = ()
        self._current = self._name = self._tip = ""
        self._busy = self._narrow = False
        self._list: Popover | None = None
        for sequence in ("<Button-1>", "<space>", "<Return>", "<Down>"):
            self._button.bind(sequence, self._pressed)
        Tip(self._button, lambda: "" if self.list else self._tip, layout.theme)

    @property
    def list(self) -> Popover | None:
        """The list while it is open."""
        return self._list if self._list is not None and self._list.is_open else None

    def narrow(self, on: bool) -> None:
        """Takes less room, or as much as it likes."""
        self._narrow = on
        self._show_button()

    def show(self, choices: Sequence[Choice], current: str, busy: bool = False) -> None:
        """Takes what there is, and which is in use."""
        shown = (tuple(choices), current, busy)
        if shown == self._shown:
            return
        self._shown = shown
        self._choices, self._current, self._busy = shown
        chosen = next((choice for choice in choices if choice.key == current), None)
        title = chosen.title if chosen else plain(re.split(r"[/\\]", current)[-1])
        self._name = re.split(r", | \(| · ", title)[0]
        self._tip = chosen.tip if chosen else ""
        self._show_button()
        if self.list:  # what it shows is no longer so
            self.list.close()

    def _pressed(self, _: Any) -> str:
        if self.list:
            self.list.close()
        else:
            self.open()
        return "break"

    def open(self) -> None:
        """Drops the list down, if there is anything in it."""
        if self._choices and not self.list:
            self._list = Popover(
                self._layout.frame,
                self._button,
                self._layout.theme,
                self._layout.texts,
                self._choices,
                self._current,
                self._choose,
                self._remove,
            )

    def _show_button(self) -> None:
        name = _short(self._name, _NARROW_CHARS if self._narrow else _BUTTON_CHARS)
        busy = " …" if self._narrow else "  " + self._layout.texts("main.busy")
        self._button.configure(text=name + busy if self._busy else name)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
