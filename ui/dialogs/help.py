"""Help: all keys."""

from tkinter import ttk
from typing import TYPE_CHECKING

from ui.base import Dialog
from ui.keys import KEYS

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class HelpDialog(Dialog):
    """Lists the keys in two columns."""

    file, title_key = "help.ui", "key.help"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Puts in the table of keys."""
        px, half = self.theme.px, (len(KEYS) + 1) // 2
        for index, key in enumerate(KEYS):
            row, column = index % half, 2 * (index // half)
            ttk.Label(
                self.widget("keys"), text=key.said(self.texts.language), style="Strong.TLabel"
            ).grid(
                row=row, column=column, sticky="w", pady=px(3), padx=(px(28) if column else 0, 0)
            )
            ttk.Label(self.widget("keys"), text=self.texts(key.text)).grid(
                row=row, column=column + 1, sticky="w", padx=(px(16), 0)
            )
