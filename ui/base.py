"""Windows and dialogs from pygubu `.ui` files: load, translate, connect, and fail loudly."""

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Any

import pygubu

from fer_core.texts import Texts
from ui.theme import Theme

LAYOUTS = Path(__file__).resolve().parent / "layouts"


class Layout:
    """One `.ui` file, built under a parent.

    Texts in a `.ui` file are keys of Resources/Locale; commands and bindings are methods of the
    subclass, or of another object. One that is missing raises at once, not when somebody clicks.

    Attributes:
        file: name of the file in ui/layouts.
        frame: the outermost widget, whose id is "top".
    """

    file = ""

    def __init__(
        self, parent: tk.Misc, theme: Theme, texts: Texts, commands: object = None
    ) -> None:
        self.theme, self.texts = theme, texts
        self._builder = pygubu.Builder(texts)
        self._builder.add_from_file(str(LAYOUTS / self.file))
        self.frame: ttk.Frame = self._builder.get_object("top", parent)
        owner = commands or self
        missing = self._builder.connect_callbacks(owner)
        if missing:
            names = ", ".join(missing)
            raise AttributeError(f"{type(owner).__name__} lacks {names} of {self.file}")
        self._scale_spaces(self.frame)

    def widget(self, name: str) -> Any:
        """The widget with an id of the `.ui` file."""
        return self._builder.get_object(name)

    def variable(self, name: str) -> Any:
        """The Tk variable with a name of the `.ui` file."""
        return self._builder.get_variable(name)

    def set_icon(self, name: str, icon: str, color: str | None = None) -> None:
        """Gives a button its icon."""
        image = self.theme.icon_states(icon, color or self.theme.colors.text)
        self.widget(name).configure(image=image)

    def _scale_spaces(self, widget: tk.Misc) -> None:
        """Brings the spaces of a `.ui` file, px at 96 dpi, to the screen's scale."""
        if self.theme.scale == 1.0:
            return
        for child in [widget, *_below(widget)]:
            if isinstance(child, ttk.Frame) and child.cget("padding"):
                edges = [self.theme.px(float(str(v))) for v in child.cget("padding")]
                child.configure(padding=edges)
            manager = child.winfo_manager()
            if manager in ("grid", "pack"):
                info = child.grid_info() if manager == "grid" else child.pack_info()
                scaled = {key: self._scaled(info[key]) for key in ("padx", "pady")}
                (child.grid if manager == "grid" else child.pack)(**scaled)

    def _scaled(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.theme.px(v) for v in value)
        return self.theme.px(int(value))


def _below(widget: tk.Misc) -> list[Any]:
    found = []
    for child in widget.winfo_children():
        found += [child, *_below(child)]
    return found


class Dialog(Layout):
    """A dialog window: over its parent, closed by Escape, gone when it is closed.

    Attributes:
        title_key: key of the window's title.
    """

    title_key = ""

    def __init__(self, parent: tk.Misc, theme: Theme, texts: Texts) -> None:
        self.window = tk.Toplevel(parent)
        self.window.withdraw()
        self.window.configure(background=theme.colors.surface)
        self.window.title(texts(self.title_key))
        super().__init__(self.window, theme, texts)
        self.frame.pack(fill="both", expand=True)
        self.window.bind("<Escape>", lambda _: self.close())
        self.window.protocol("WM_DELETE_WINDOW", self.close)
        self.fill()
        self._place(parent.winfo_toplevel())

    def fill(self) -> None:
        """Puts in what the `.ui` file cannot know; called once, before the dialog is shown."""

    def close(self) -> None:
        """Closes the dialog."""
        self.window.destroy()

    def _place(self, parent: tk.Misc) -> None:
        window = self.window
        window.transient(parent)  # type: ignore[call-overload]
        window.update_idletasks()
        w, h = window.winfo_reqwidth(), window.winfo_reqheight()
        x = parent.winfo_rootx() + (parent.winfo_width() - w) // 2
        y = parent.winfo_rooty() + (parent.winfo_height() - h) // 3
        window.geometry(f"+{max(x, 0)}+{max(y, 0)}")
        window.minsize(w, h)
        window.deiconify()
        window.lift()
        window.focus_set()
