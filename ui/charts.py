"""What is drawn on canvases beside the picture: bars of a face, the timeline, statistics."""

import tkinter as tk
from collections.abc import Sequence

from ui.presenter.shown import Bar, Timeline
from ui.theme import Theme

#: A bar of a share that is not nothing is at least so long, px at 96 dpi.
_LEAST_PX = 3
_NOTHING = 0.005


class BarChart:
    """Horizontal bars with a name on the left and a percentage on the right."""

    ROW_PX, LEAST_ROW_PX = 28, 15

    def __init__(self, canvas: tk.Canvas, theme: Theme) -> None:
        self._canvas, self._theme = canvas, theme
        self._bars: Sequence[Bar] = ()
        self._row = theme.px(self.ROW_PX)
        canvas.configure(background=theme.colors.surface, highlightthickness=0, width=1)
        canvas.bind("<Configure>", lambda _: self._draw())

    def show(self, bars: Sequence[Bar]) -> None:
        """Draws bars; the canvas takes the height that they need."""
        if bars == self._bars:
            return
        count, self._bars = len(self._bars), bars
        if len(bars) != count and bars:
            self._canvas.configure(height=self._row * len(bars))
        self._draw()

    def fit(self, height: int) -> None:
        """Makes the rows as high as a height in px allows, within what reads well."""
        if not self._bars:
            return
        px = self._theme.px
        row = min(max(height // len(self._bars), px(self.LEAST_ROW_PX)), px(self.ROW_PX))
        if row != self._row:
            self._row = row
            self._canvas.configure(height=row * len(self._bars))
            self._draw()

    def _draw(self) -> None:
        canvas, theme, c = self._canvas, self._theme, self._theme.colors
        canvas.delete("all")
        if not self._bars:
            return
        tight = self._row < theme.px(20)
        fonts = (theme.small, theme.small) if tight else (theme.font, theme.strong)
        width = canvas.winfo_width()
        # The widest they can be, so that the bars do not jump with the one that leads.
        names = max(fonts[1].measure(bar.label) for bar in self._bars) + theme.px(12)
        names = min(names, width // 2)
        figures = fonts[1].measure("100 %") + theme.px(8)
        left, right = names, width - figures
        if right <= left:  # not on the screen yet
            return
        thick = min(theme.px(8), self._row // 2)
        for index, bar in enumerate(self._bars):
            y = self._row * index + self._row // 2
            ink, font = (c.text, fonts[1]) if bar.leads else (c.muted, fonts[0])
            label = shortened(bar.label, font, names - theme.px(6))
            canvas.create_text(2, y, text=label, anchor="w", fill=ink, font=font)
            self._bar(left, right, y, thick, c.pressed)
            if bar.share >= _NOTHING:
                length = max((right - left) * bar.share, theme.px(_LEAST_PX))
                self._bar(left, left + length, y, thick, bar.color)
            text = f"{100 * bar.share:.0f} %"
            canvas.create_text(width, y, text=text, anchor="e", fill=ink, font=font)

    def _bar(self, x0: float, x1: float, y: int, thick: int, color: str) -> None:
        """Straight where it begins, with a smooth round end; Tk draws no smooth curves itself."""
        disc = self._theme.disc(thick / self._theme.scale, color)
        r = disc.width() / 2
        end = round(x1 - r) if x1 - x0 > 2 * r else round(x1)
        top = round(y - r)
        self._canvas.create_rectangle(round(x0), top, end, top + disc.height(), fill=color, width=0)
        if end < round(x1):
            self._canvas.create_image(end - round(r), top, image=disc, anchor="nw")


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


def shortened(text: str, font: "tk.font.Font", width: int) -> str:
    """A text that is not wider than so many px; what is left out becomes three dots."""
    if font.measure(text) <= width:
        return text
    while text and font.measure(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
