"""The picture in the middle: one reused PhotoImage, centred, and where a click on it falls."""

import tkinter as tk

from ui.presenter.core import Picture
from ui.theme import Theme


class PictureCanvas:
    """Shows pictures on a canvas of the main window."""

    def __init__(self, canvas: tk.Canvas, theme: Theme) -> None:
        self._canvas, self._theme = canvas, theme
        self._photo = tk.PhotoImage(master=canvas)
        self._wh = (0, 0)
        self._drop = False
        self._recorded: tuple = ()
        self._item = canvas.create_image(0, 0, image=self._photo, anchor="nw", state="hidden")
        canvas.configure(
            background=theme.colors.well, highlightbackground=theme.colors.well, width=1, height=1
        )

    @property
    def room_wh(self) -> tuple[int, int]:
        """Room for a picture, px."""
        edge = self._theme.px(12)
        return (
            max(self._canvas.winfo_width() - 2 * edge, 1),
            max(self._canvas.winfo_height() - 2 * edge, 1),
        )

    def show(self, picture: Picture) -> None:
        """Draws a picture in the middle."""
        self._photo.configure(data=picture.ppm, format="ppm")
        self._wh = picture.wh
        self._canvas.itemconfigure(self._item, state="normal")
        self._center()

    def clear(self, drop: bool = False) -> None:
        """Takes the picture away; `drop` outlines a place to drop files on."""
        self._canvas.itemconfigure(self._item, state="hidden")
        self._drop = drop
        self.arrange()

    def invite(self, text: str) -> None:
        """Shows that what is dragged over the window may be dropped; empty takes it away."""
        canvas, px, c = self._canvas, self._theme.px, self._theme.colors
        canvas.delete("invitation")
        if not text:
            return
        w, h, edge = canvas.winfo_width(), canvas.winfo_height(), px(10)
        canvas.create_polygon(
            *_rounded(edge, edge, w - edge, h - edge, px(16)), outline=c.accent, fill="",
            width=px(4), smooth=True, tags="invitation",
        )  # fmt: skip
        words = canvas.create_text(
            w // 2, h - px(36), text=text, fill=c.on_accent, font=self._theme.strong,
            tags="invitation",
        )  # fmt: skip
        x0, y0, x1, y1 = canvas.bbox(words)
        ground = canvas.create_polygon(
            *_rounded(x0 - px(14), y0 - px(8), x1 + px(14), y1 + px(8), px(8)), fill=c.accent,
            outline="", smooth=True, tags="invitation",
        )  # fmt: skip
        canvas.tag_raise(words, ground)

    def record(self, time: str | None) -> None:
        """A red frame and a clock while a recording runs."""
        canvas, px, c = self._canvas, self._theme.px, self._theme.colors
        now = (time, canvas.winfo_width(), canvas.winfo_height())
        if now == self._recorded:
            return
        self._recorded = now
        canvas.delete("recording")
        if time is None:
            return
        _, w, h = now
        edge = px(3)
        canvas.create_rectangle(
            edge // 2, edge // 2, w - edge // 2 - 1, h - edge // 2 - 1, outline=c.danger,
            width=edge, tags="recording",
        )  # fmt: skip
        words = canvas.create_text(
            w - px(18), px(18), text=f"● {time}", anchor="ne", fill="#ffffff",
            font=self._theme.strong, tags="recording",
        )  # fmt: skip
        x0, y0, x1, y1 = canvas.bbox(words)
        ground = canvas.create_rectangle(
            x0 - px(8), y0 - px(4), x1 + px(8), y1 + px(4), fill="#c4212c", width=0,
            tags="recording",
        )  # fmt: skip
        canvas.tag_raise(words, ground)

    def arrange(self) -> None:
        """The canvas changed its size."""
        self._center()
        self._canvas.delete("drop")
        w, h = self._canvas.winfo_width(), self._canvas.winfo_height()
        edge = self._theme.px(22)
        if self._drop and min(w, h) > 4 * edge:
            self._canvas.create_polygon(
                *_rounded(edge, edge, w - edge, h - edge, self._theme.px(16)),
                outline=self._theme.colors.faint, fill="", dash=(7, 6), width=self._theme.px(1.5),
                smooth=True, tags="drop",
            )  # fmt: skip

    def point(self, x: int, y: int) -> tuple[float, float]:
        """A place on the canvas in px of the picture."""
        left, top = self._canvas.coords(self._item)
        return x - left, y - top

    def _center(self) -> None:
        x = (self._canvas.winfo_width() - self._wh[0]) // 2
        y = (self._canvas.winfo_height() - self._wh[1]) // 2
        self._canvas.coords(self._item, x, y)


def _rounded(x0: int, y0: int, x1: int, y1: int, r: int) -> list[int]:
    """A rounded rectangle for a smoothed polygon: each straight end point twice."""
    points = [
        (x0 + r, y0), (x0 + r, y0), (x1 - r, y0), (x1 - r, y0), (x1, y0), (x1, y0 + r),
        (x1, y0 + r), (x1, y1 - r), (x1, y1 - r), (x1, y1), (x1 - r, y1), (x1 - r, y1),
        (x0 + r, y1), (x0 + r, y1), (x0, y1), (x0, y1 - r), (x0, y1 - r), (x0, y0 + r),
        (x0, y0 + r), (x0, y0),
    ]  # fmt: skip
    return [value for point in points for value in point]
