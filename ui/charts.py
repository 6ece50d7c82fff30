"""What is drawn on canvases beside the picture: bars of a face, the timeline, statistics."""

import tkinter as tk
from collections.abc import Sequence

from ui.presenter.shown import Bar, Timeline
from ui.theme import Theme


class BarChart:
    """Horizontal bars with a name on the left and a percentage on the right."""

    ROW_PX = 28

    def __init__(self, canvas: tk.Canvas, theme: Theme) -> None:
        self._canvas, self._theme = canvas, theme
        self._bars: Sequence[Bar] = ()
        canvas.configure(background=theme.colors.surface, highlightthickness=0)
        canvas.bind("<Configure>", lambda _: self._draw())

    def show(self, bars: Sequence[Bar]) -> None:
        """Draws bars; the canvas takes the height that they need."""
        if bars == self._bars:
            return
        if len(bars) != len(self._bars) and bars:
            self._canvas.configure(height=self._theme.px(self.ROW_PX) * len(bars))
        self._bars = bars
        self._draw()

    def _draw(self) -> None:
        canvas, theme, c = self._canvas, self._theme, self._theme.colors
        canvas.delete("all")
        if not self._bars:
            return
        name_px = max(theme.font.measure(bar.label) for bar in self._bars) + theme.px(14)
        left, right = name_px, canvas.winfo_width() - theme.px(50)
        if right <= left:  # not on the screen yet
            return
        thick = theme.px(8)
        for index, bar in enumerate(self._bars):
            y = theme.px(self.ROW_PX) * index + theme.px(self.ROW_PX) // 2
            ink = c.text if bar.leads else c.muted
            font = theme.strong if bar.leads else theme.font
            canvas.create_text(2, y, text=bar.label, anchor="w", fill=ink, font=font)
            _pill(canvas, left, right, y, thick, c.pressed)
            length = (right - left) * bar.share
            if length >= 2:
                _pill(canvas, left, left + length, y, thick, bar.color)
            text = f"{100 * bar.share:.0f} %"
            canvas.create_text(canvas.winfo_width(), y, text=text, anchor="e", fill=ink, font=font)


class TimelineChart:
    """The last minute, one band a face."""

    def __init__(self, canvas: tk.Canvas, theme: Theme, now_text: str) -> None:
        self._canvas, self._theme, self._now_text = canvas, theme, now_text
        self._timeline = Timeline((), 60.0)
        canvas.configure(background=theme.colors.surface, highlightthickness=0)
        canvas.bind("<Configure>", lambda _: self._draw())

    def show(self, timeline: Timeline) -> None:
        """Draws the bands."""
        if timeline != self._timeline:
            self._timeline = timeline
            self._draw()

    def _draw(self) -> None:
        canvas, theme, c, shown = self._canvas, self._theme, self._theme.colors, self._timeline
        canvas.delete("all")
        titles = [band.title for band in shown.bands]
        left = max([theme.small.measure(t) for t in titles] + [theme.px(40)]) + theme.px(12)
        right, floor = canvas.winfo_width() - 1, canvas.winfo_height() - theme.px(16)
        start_s = shown.end_s - shown.length_s

        def x(time_s: float) -> float:
            return left + (right - left) * min(max(time_s - start_s, 0), shown.length_s) / (
                shown.length_s
            )

        for ago in range(0, int(shown.length_s) + 1, 10):
            at = x(shown.end_s - ago)
            canvas.create_line(at, 0, at, floor, fill=c.line)
            text = f"−{ago} s" if ago else self._now_text
            anchor = "ne" if ago == 0 else ("nw" if ago == shown.length_s else "n")
            canvas.create_text(
                at, floor + theme.px(2), text=text, anchor=anchor, fill=c.muted, font=theme.small
            )
        if not shown.bands:
            return
        row = min(floor / len(shown.bands), theme.px(22))
        thick = max(row - theme.px(5), 3)
        for index, band in enumerate(shown.bands):
            y = index * row + row / 2
            ink, font = (c.text, theme.small) if band.chosen else (c.muted, theme.small)
            canvas.create_text(0, y, text=band.title, anchor="w", fill=ink, font=font)
            for span in band.spans:
                x0, x1 = x(span.start_s), max(x(span.end_s), x(span.start_s) + 1)
                canvas.create_rectangle(
                    x0, y - thick / 2, x1, y + thick / 2, fill=span.color, outline=""
                )


def _pill(canvas: tk.Canvas, x0: float, x1: float, y: float, thick: float, color: str) -> None:
    """A bar with round ends."""
    r = min(thick, x1 - x0) / 2
    canvas.create_line(
        x0 + r, y, max(x1 - r, x0 + r + 0.1), y, fill=color, width=2 * r, capstyle="round"
    )
