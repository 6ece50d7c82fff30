"""The menu behind the button on the right: every action, with its key."""

import tkinter as tk
from typing import TYPE_CHECKING

from ui.keys import KEYS

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_GROUPS = (
    ("on_camera", "on_image", "on_folder", "on_video", "on_paste"),
    ("on_snapshot", "on_save_faces", "on_record", "on_statistics", "on_accuracy"),
    ("on_add_model", "on_add_model_folder", "on_teach", "on_settings", "on_theme"),
    ("on_help", "on_about", "on_quit"),
)
_EXTRA = {
    "on_about": ("menu.about", ""),
    "on_add_model": ("main.add_model", ""),
    "on_add_model_folder": ("main.add_model_folder", ""),
    "on_teach": ("menu.teach", ""),
}


def main_menu(window: "MainWindow") -> None:
    """Builds the menu and hangs it on its button."""
    button = window.widget("menu_button")
    menu = window.theme.menu(tk.Menu(button))
    labels = {key.command: (key.text, key.shown) for key in KEYS} | _EXTRA
    for number, group in enumerate(_GROUPS):
        if number:
            menu.add_separator()
        for command in group:
            text, shown = labels[command]
            menu.add_command(
                label=window.texts(text),
                accelerator=shown.split(", ")[0],
                command=getattr(window.commands, command),
            )
    button.configure(menu=menu)
    return menu
