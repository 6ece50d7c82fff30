"""Teach: the last layer of the model in use learns faces that a person shows."""

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from ui.base import Dialog
from ui.presenter.core import Picture
from ui.presenter.teach_events import TeachShown

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_WRAP_PX = 580
_CLASS_PX, _NOTE_PX = 190, 90


class TeachDialog(Dialog):
    """The live picture, the classes with their faces, and what came of the teaching.

    Args:
        name: proposed for the new model.
    """

    file, title_key = "teach.ui", "teach.title"

    def __init__(self, window: "MainWindow", name: str) -> None:
        self._main, self._name = window, name
        self._teaching = window.presenter.teaching
        self._shown: TeachShown | None = None
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Scales what the `.ui` file gives in px."""
        px = self.theme.px
        self._canvas: tk.Canvas = self.widget("picture")
        self._wh = (px(int(self._canvas.cget("width"))), px(int(self._canvas.cget("height"))))
        self._canvas.configure(
            background=self.theme.colors.well, width=self._wh[0], height=self._wh[1]
        )
        self._photo = tk.PhotoImage(master=self._canvas)
        self._canvas.create_image(self._wh[0] // 2, self._wh[1] // 2, image=self._photo)
        big = (self.theme.title.actual("family"), -px(64), "bold")
        self._number = [
            self._canvas.create_text(self._wh[0] - px(36) + d, px(44) + d, font=big, fill=ink)
            for d, ink in ((px(3), "#000000"), (0, "#ffffff"))
        ]
        tree: ttk.Treeview = self.widget("classes")
        tree.configure(columns=("faces",), yscrollcommand=self.widget("scroll").set)
        tree.column("#0", width=px(_CLASS_PX))
        tree.column("faces", width=px(_NOTE_PX), anchor="e", stretch=False)
        self.widget("scroll").configure(command=tree.yview)
        for name in ("of", "status"):
            self.widget(name).configure(wraplength=px(_WRAP_PX))
        self.variable("name").set(self._name)
        picture = self._main.presenter.panel.picture
        if picture is not None:  # a photo does not come again
            self.show_picture(picture)

    def show(self, shown: TeachShown) -> None:
        """Shows it as it is now."""
        before, self._shown = self._shown, shown
        self.widget("of").configure(text=shown.title)
        if before is None or (before.rows, before.chosen) != (shown.rows, shown.chosen):
            self._show_classes(shown)
        for item in self._number:
            self._canvas.itemconfigure(item, text=str(shown.count or ""))
        style = "Danger.TLabel" if shown.bad else "Strong.TLabel" if shown.good else "Muted.TLabel"
        self.widget("status").configure(text=shown.status, style=style)
        if not shown.live:
            self._photo.blank()
        camera = self.widget("camera")
        (camera.grid_remove if shown.live else camera.grid)()
        works = shown.share is not None
        key = "teach.stop" if shown.taking else "teach.start"
        self.widget("start").configure(text=self.texts(key))
        self._enable("start", shown.taking or (shown.live and bool(shown.chosen) and not works))
        self._enable("folder", bool(shown.chosen) and not shown.taking and not works)
        self._enable("keep", shown.faces and not shown.taking and not works)
        for name in ("add_class", "remove_class"):
            self._enable(name, not shown.taking and not works)
        self.widget("teach").configure(text=self.texts("teach.break" if works else "teach.teach"))
        self._enable("teach", works or shown.ready)
        bar = self.widget("bar")
        (bar.grid if works else bar.grid_remove)()
        bar.configure(value=100 * (shown.share or 0.0))

    def show_picture(self, picture: Picture) -> None:
        """The newest picture, as large as there is room."""
        from ui.core.drawing import shrunk

        self._photo.configure(data=shrunk(picture, self._wh), format="ppm")

    def close(self) -> None:
        """Closes the dialog; the faces are still there when it is opened again."""
        self._teaching.closed()
        super().close()

    def on_start(self) -> None:
        """Takes faces, or stops that."""
        self._teaching.start()

    def on_camera(self) -> None:
        """Nothing runs: use the camera."""
        self._teaching.open_camera()

    def on_folder(self) -> None:
        """Pictures of the chosen class."""
        self._teaching.take_folder()

    def on_keep(self) -> None:
        """Writes the faces."""
        self._teaching.keep()

    def on_teach(self) -> None:
        """Teaches, or breaks it off."""
        self._teaching.teach(self.variable("name").get().strip())

    def on_add_class(self, _event: object = None) -> None:
        """A class more."""
        self._teaching.add_class(self.variable("new_class").get())
        if self._shown is not None and not self._shown.bad:
            self.variable("new_class").set("")

    def on_remove_class(self) -> None:
        """The chosen class goes, with its faces."""
        self._teaching.remove_class()

    def on_choose(self, _event: object = None) -> None:
        """A class was chosen."""
        selection = self.widget("classes").selection()
        if selection and self._shown is not None and selection[0] != self._shown.chosen:
            self._teaching.choose(selection[0])

    def _show_classes(self, shown: TeachShown) -> None:
        tree: ttk.Treeview = self.widget("classes")
        tree.delete(*tree.get_children())
        for row in shown.rows:
            tree.insert("", "end", iid=row.label, text=row.title, values=(row.note,))
        if shown.chosen:
            tree.selection_set(shown.chosen)
            tree.see(shown.chosen)

    def _enable(self, name: str, on: bool) -> None:
        self.widget(name).state(["!disabled" if on else "disabled"])
