"""The menu behind the button on the right: every action, with its key."""

import tkinter as tk
from typing import TYPE_CHECKING

from ui.keys import KEYS

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_GROUPS = (
    ("on_camera", "on_image", "on_folder", "on_video", "on_paste", "on_again"),
    ("on_copy", "on_snapshot", "on_save_faces", "on_record", "on_statistics", "on_accuracy"),
    ("on_next_event", "on_last_event", "on_mark", "on_name"),
    ("on_zoom_in", "on_zoom_out", "on_fit", "on_full_screen"),
    ("on_add_model", "on_add_model_folder", "on_teach", "on_settings", "on_theme"),
    ("on_help", "on_about", "on_quit"),
)
_PICTURE_GROUPS = (
    ("on_copy", "on_snapshot", "on_save_faces"),
    ("on_zoom_in", "on_zoom_out", "on_fit", "on_full_screen"),
    ("on_next_face", "on_previous_face"),
)
_EXTRA = {
    "on_about": ("menu.about", ""),
    "on_add_model": ("main.add_model", ""),
    "on_add_model_folder": ("main.add_model_folder", ""),
    "on_teach": ("menu.teach", ""),
}


def main_menu(window: "MainWindow") -> tk.Menu:
    """Builds the menu and hangs it on its button."""
    button = window.widget("menu_button")
    menu = window.theme.menu(tk.Menu(button))
    language = window.texts.language
    labels = {key.command: (key.text, key.said(language)) for key in KEYS} | _EXTRA
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
    for sequence in ("<Button-1>", "<space>", "<Return>", "<Down>"):
        button.bind(sequence, lambda _: post_under(menu, button))
    return menu


def picture_menu(window: "MainWindow") -> tk.Menu:
    """What can be done with the picture, for the other button of the mouse."""
    menu = window.theme.menu(tk.Menu(window.widget("picture")))
    language = window.texts.language
    keys = {key.command: key for key in KEYS}
    for number, group in enumerate(_PICTURE_GROUPS):
        if number:
            menu.add_separator()
        for command in group:
            key = keys[command]
            menu.add_command(
                label=window.texts(key.text), accelerator=key.said(language).split(", ")[0],
                command=getattr(window.commands, command),
            )  # fmt: skip
    return menu


def post_under(menu: tk.Menu, button: tk.Misc) -> str:
    """Under its button, with its right edge under the button's: it stays over the window."""
    x = button.winfo_rootx() + button.winfo_width() - menu.winfo_reqwidth()
    y = button.winfo_rooty() + button.winfo_height()
    menu.tk_popup(max(x, 0), y)
    return "break"
