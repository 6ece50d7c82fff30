"""The page of the check dialog that takes the person's own face."""

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from fer_core.expressions import display_name
from ui.base import Layout
from ui.presenter.capture import Capture
from ui.presenter.core import Picture
from ui.presenter.shown import CaptureShown

if TYPE_CHECKING:
    from ui.dialogs.add_model import AddModelDialog

_STATUS_PX = 210
_LABELS_A_ROW, _LABEL_PX = 4, 150


class CapturePage(Layout):
    """The live picture, which expression to show, the countdown, and what there is already."""

    file = "capture.ui"

    def __init__(self, dialog: "AddModelDialog", parent: tk.Misc, capture: Capture) -> None:
        super().__init__(parent, dialog.theme, dialog.texts)
        self._capture = capture
        self._buttons: dict[str, ttk.Button] = {}
        self._canvas: tk.Canvas = self.widget("picture")
        px, c = self.theme.px, self.theme.colors
        self._wh = (px(int(self._canvas.cget("width"))), px(int(self._canvas.cget("height"))))
        self._canvas.configure(background=c.well, width=self._wh[0], height=self._wh[1])
        middle, corner = (self._wh[0] // 2, self._wh[1] // 2), (self._wh[0] - px(36), px(44))
        self._photo = tk.PhotoImage(master=self._canvas)
        self._image = self._canvas.create_image(*middle, image=self._photo)
        big = (self.theme.title.actual("family"), -px(64), "bold")
        self._shadow, self._number = (
            self._canvas.create_text(corner[0] + d, corner[1] + d, font=big, fill=ink)
            for d, ink in ((px(3), "#000000"), (0, "#ffffff"))
        )
        self.widget("status").configure(wraplength=px(_STATUS_PX))

    def begin(self) -> None:
        """The page appears: the space bar takes pictures."""
        self.widget("start").focus_set()

    def show(self, shown: CaptureShown) -> None:
        """Which expression is asked for, and how far it is."""
        name = display_name(shown.label, self.texts.language)
        self.widget("asked").configure(text=name)
        for item in (self._shadow, self._number):
            self._canvas.itemconfigure(item, text=str(shown.count or ""))
        style = "Danger.TLabel" if shown.bad else "Strong.TLabel" if shown.good else "Muted.TLabel"
        self.widget("status").configure(text=shown.status, style=style)
        ready = shown.live and not shown.count
        self.widget("start").state(["!disabled" if ready else "disabled"])
        camera = self.widget("camera")
        (camera.grid_remove if shown.live else camera.grid)()
        if not shown.live:
            self._photo.blank()
        self._show_labels(shown)

    def show_picture(self, picture: Picture) -> None:
        """The newest picture, as large as there is room."""
        from ui.core.drawing import shrunk

        self._photo.configure(data=shrunk(picture, self._wh), format="ppm")

    def on_start(self) -> None:
        """Take the picture."""
        self._capture.start()

    def on_camera(self) -> None:
        """Nothing runs: use the camera."""
        self._capture.open_camera()

    def _show_labels(self, shown: CaptureShown) -> None:
        """A button an expression: how many faces there are, and which one is asked for."""
        place, px = self.widget("labels"), self.theme.px
        for index, (label, count) in enumerate(shown.taken):
            if label not in self._buttons:
                button = ttk.Button(
                    place, compound="left", command=lambda name=label: self._capture.choose(name)  # type: ignore[misc]
                )  # fmt: skip
                row, column = divmod(index, _LABELS_A_ROW)
                place.columnconfigure(column, minsize=px(_LABEL_PX))
                above = px(8) if row else 0
                button.grid(row=row, column=column, sticky="ew", padx=(0, px(8)), pady=(above, 0))
                self._buttons[label] = button
            name = display_name(label, self.texts.language)
            mark = self.theme.icon("check", self.theme.colors.accent) if count else ""
            self._buttons[label].configure(
                text=f"{name}  {count}" if count else name,
                image=mark,
                style="Asked.TButton" if label == shown.label else "TButton",
            )
