"""The timeline of a film: a lane a person, curves of the chosen one, events, the playhead."""

import tkinter as tk
from bisect import bisect_left
from collections.abc import Callable
from math import floor, log10
from typing import Any

from ui.charts import shortened
from ui.presenter.film_data import FilmPerson, FilmShown
from ui.theme import Theme

_LANE_PX, _AXIS_PX, _CURVES_PX = 20, 16, 58
#: Lanes that fit; the chosen person's is always among them.
_MOST_LANES = 5
_STEP, _CLOSEST_S = 1.25, 0.5


class FilmChart:
    """Draws a `FilmShown`; a click or a drag goes there, the wheel looks closer.

    Args:
        canvas: where.
        name: what to call a label.
        go_to: takes a time of the film, seconds. choose: takes a person's number.
    """

    def __init__(
        self,
        canvas: tk.Canvas,
        theme: Theme,
        name: Callable[[str], str],
        go_to: Callable[[float], None],
        choose: Callable[[int], None],
    ) -> None:
        self._canvas, self._theme = canvas, theme
        self._name, self._go_to, self._choose = name, go_to, choose
        self._shown: FilmShown | None = None
        self._drawn: tuple = ()
        self._start_s, self._end_s = 0.0, 0.0
        self._left, self._curves_top = 0, 0
        self._lanes: list[FilmPerson] = []
        canvas.configure(background=theme.colors.surface, highlightthickness=0)
        canvas.bind("<Configure>", lambda _: self._draw())
        canvas.bind("<Button-1>", self._pressed)
        canvas.bind("<B1-Motion>", self._dragged)
        canvas.bind("<Motion>", self._pointed)
        canvas.bind("<Leave>", lambda _: canvas.delete("hover"))
        canvas.bind("<Double-Button-1>", lambda _: self.show_all())
        for wheel in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            canvas.bind(wheel, self._wheel)

    def show(self, shown: FilmShown) -> None:
        """Draws what is new; where only the position moved, only its line."""
        before, self._shown = self._shown, shown
        duration_s = shown.data.duration_s
        other_film = before is None or before.data.duration_s != duration_s
        if other_film or self._end_s <= self._start_s:
            self._start_s, self._end_s = 0.0, duration_s
        elif not self._start_s <= shown.position_s <= self._end_s:
            self._look_from(shown.position_s - 0.1 * (self._end_s - self._start_s))
        now = (id(shown.data), shown.titles, shown.chosen, shown.note, self._start_s, self._end_s)
        if now != self._drawn:
            self._drawn = now
            self._draw()
        else:
            self._draw_playhead()

    def show_all(self) -> None:
        """All of the film."""
        if self._shown is not None:
            self._start_s, self._end_s = 0.0, self._shown.data.duration_s
            self._draw()

    def height(self, lanes: int) -> int:
        """What so many lanes need with curves and axis, px."""
        px = self._theme.px
        return px(_LANE_PX) * min(max(lanes, 1), _MOST_LANES) + px(_CURVES_PX) + px(_AXIS_PX)

    # -- drawing -----------------------------------------------------------------------------

    def _draw(self) -> None:
        canvas, theme, shown = self._canvas, self._theme, self._shown
        canvas.delete("all")
        if shown is None or self._end_s <= self._start_s or canvas.winfo_width() <= 1:
            return
        px, c = theme.px, theme.colors
        titles = dict(shown.titles)
        self._lanes = self._chosen_lanes(shown)
        widest = max((theme.small.measure(titles[p.number]) for p in self._lanes), default=0)
        self._left = min(max(widest, px(40)) + px(12), canvas.winfo_width() // 4)
        bottom = canvas.winfo_height() - px(_AXIS_PX)
        lane = px(_LANE_PX)
        with_curves = bottom >= lane * len(self._lanes) + px(24)
        if not with_curves:
            lane = max(bottom // max(len(self._lanes), 1), px(8))
        self._draw_axis(bottom)
        for index, person in enumerate(self._lanes):
            y = index * lane + lane // 2
            is_chosen = person.number == shown.chosen
            ink = c.text if is_chosen else c.muted
            title = shortened(titles[person.number], theme.small, self._left - px(8))
            canvas.create_text(
                0, y, text=title, anchor="w", fill=ink, font=theme.small,
                tags=("lane", f"person{person.number}"),
            )  # fmt: skip
            self._draw_band(person, y, lane - px(6))
        self._curves_top = lane * len(self._lanes) + px(4)
        chosen = next((p for p in self._lanes if p.number == shown.chosen), None)
        if with_curves and chosen is not None:
            self._draw_curves(chosen, self._curves_top, bottom - px(2))
        self._draw_events(bottom)
        if shown.note:
            self._draw_to_come(bottom)
        self._draw_playhead()

    def _draw_to_come(self, bottom: int) -> None:
        """What is not analysed yet, and how far it is."""
        canvas, theme, shown = self._canvas, self._theme, self._shown
        assert shown is not None
        x, right = self._x(max(shown.data.done_s, self._start_s)), canvas.winfo_width()
        canvas.create_rectangle(x, 0, right, bottom, fill=theme.colors.well, width=0)
        width = theme.small.measure(shown.note) + theme.px(16)
        beside = right - x > width
        canvas.create_text(
            (x if beside else right) + theme.px(8 if beside else -4), bottom // 2,
            text=shown.note, anchor="w" if beside else "e", fill=theme.colors.muted,
            font=theme.small,
        )  # fmt: skip

    def _chosen_lanes(self, shown: FilmShown) -> list[FilmPerson]:
        """Those seen longest, and the chosen one, in the order of their numbers."""
        order = sorted(shown.data.people, key=lambda p: (p.number != shown.chosen, -p.seconds))
        return sorted(order[:_MOST_LANES], key=lambda p: p.number)

    def _draw_band(self, person: FilmPerson, y: int, thick: int) -> None:
        for start_s, end_s, _, color in person.stretches:
            if end_s < self._start_s or start_s > self._end_s:
                continue
            x0, x1 = self._x(start_s), self._x(end_s)
            self._canvas.create_rectangle(
                x0, y - thick // 2, max(x1, x0 + 1), y + thick // 2, fill=color, width=0
            )

    def _draw_curves(self, person: FilmPerson, top: int, bottom: int) -> None:
        self._canvas.create_line(
            self._left, bottom, self._canvas.winfo_width(), bottom, fill=self._theme.colors.line
        )
        for _, color, points in person.curves:
            line: list[float] = []
            for time_s, value in points:
                if value is None:
                    self._line(line, color)
                    line = []
                elif self._start_s <= time_s <= self._end_s:
                    line += [self._x(time_s), bottom - value * (bottom - top)]
            self._line(line, color)

    def _line(self, line: list[float], color: str) -> None:
        if len(line) >= 4:
            self._canvas.create_line(*line, fill=color, width=self._theme.px(1.5))

    def _draw_axis(self, bottom: int) -> None:
        canvas, theme, c = self._canvas, self._theme, self._theme.colors
        room = max((canvas.winfo_width() - self._left) // theme.px(80), 1)
        step = _round_step((self._end_s - self._start_s) / room)
        tick = int(self._start_s / step) * step
        while tick <= self._end_s:
            if tick >= self._start_s:
                x = self._x(tick)
                canvas.create_line(x, 0, x, bottom, fill=c.line)
                canvas.create_text(
                    x, bottom + theme.px(2), text=_clock(tick, step), fill=c.muted,
                    font=theme.small, anchor=self._anchor(x),
                )  # fmt: skip
            tick += step

    def _anchor(self, x: float) -> str:
        """Of a tick's words: those at the ends stay inside."""
        room = self._theme.px(16)
        if x < self._left + room:
            return "nw"
        return "ne" if x > self._canvas.winfo_width() - room else "n"

    def _draw_events(self, bottom: int) -> None:
        """Peaks of the chosen person as dots, markers as flags."""
        shown, px, c = self._shown, self._theme.px, self._theme.colors
        assert shown is not None
        for event in shown.data.events:
            if not self._start_s <= event.time_s <= self._end_s:
                continue
            x = self._x(event.time_s)
            if event.kind == "marker":
                self._canvas.create_line(x, 0, x, bottom, fill=c.accent, width=px(1.5))
                self._canvas.create_polygon(
                    x, 0, x + px(8), px(4), x, px(8), fill=c.accent, outline=""
                )
            elif event.kind == "peak" and event.person == shown.chosen:
                r = px(2)
                self._canvas.create_oval(
                    x - r, bottom - r, x + r, bottom + r, fill=c.text, outline=""
                )

    def _draw_playhead(self) -> None:
        canvas, shown = self._canvas, self._shown
        canvas.delete("playhead")
        if shown is None or not self._start_s <= shown.position_s <= self._end_s:
            return
        x, bottom = self._x(shown.position_s), canvas.winfo_height() - self._theme.px(_AXIS_PX)
        color, r = self._theme.colors.text, self._theme.px(4)
        canvas.create_line(x, 0, x, bottom, fill=color, width=self._theme.px(1.5), tags="playhead")
        canvas.create_polygon(
            x - r, 0, x + r, 0, x, r + r // 2, fill=color, outline="", tags="playhead"
        )

    # -- what the person does ----------------------------------------------------------------

    def _pressed(self, event: "tk.Event[Any]") -> None:
        person = self._person_at(event.y)
        if person is not None:
            self._choose(person.number)
        if event.x >= self._left:
            self._go_to(self._time(event.x))

    def _dragged(self, event: "tk.Event[Any]") -> None:
        if event.x >= self._left:
            self._go_to(self._time(event.x))

    def _wheel(self, event: "tk.Event[Any]") -> None:
        if self._shown is None:
            return
        closer = event.num == 4 or event.delta > 0
        at = self._time(event.x)
        length = (self._end_s - self._start_s) * (1 / _STEP if closer else _STEP)
        length = min(max(length, _CLOSEST_S), self._shown.data.duration_s)
        before = (at - self._start_s) / (self._end_s - self._start_s)
        self._end_s = self._start_s + length
        self._look_from(at - before * length)
        self._draw()

    def _look_from(self, start_s: float) -> None:
        """Moves what is seen along the film, within its ends."""
        assert self._shown is not None
        length = self._end_s - self._start_s
        self._start_s = min(max(start_s, 0.0), max(self._shown.data.duration_s - length, 0.0))
        self._end_s = self._start_s + length

    def _pointed(self, event: "tk.Event[Any]") -> None:
        """The values at the pointer."""
        canvas, theme, c = self._canvas, self._theme, self._theme.colors
        canvas.delete("hover")
        if self._shown is None or event.x < self._left:
            return
        text = self.said_at(self._time(event.x), event.y)
        canvas.create_line(
            event.x, 0, event.x, canvas.winfo_height() - theme.px(_AXIS_PX), fill=c.faint,
            tags="hover",
        )  # fmt: skip
        right = event.x > canvas.winfo_width() * 0.6
        item = canvas.create_text(
            event.x + theme.px(-8 if right else 8), theme.px(2), text=text, fill=c.surface,
            font=theme.small, anchor="ne" if right else "nw", tags="hover",
        )  # fmt: skip
        x0, y0, x1, y1 = canvas.bbox(item)
        ground = canvas.create_rectangle(
            x0 - theme.px(4), y0 - 1, x1 + theme.px(4), y1 + 1, fill=c.text, width=0, tags="hover"
        )
        canvas.tag_raise(item, ground)

    def said_at(self, time_s: float, y: int) -> str:
        """The moment, who, and the three highest values there; a marker says its note."""
        assert self._shown is not None
        titles = dict(self._shown.titles)
        lines = [_clock(time_s, 0.1)]
        chosen = next((p for p in self._lanes if p.number == self._shown.chosen), None)
        person = self._person_at(y) or chosen
        if person is not None:
            values = [
                (value, label)
                for label, _, points in person.curves
                if (value := _value_at(points, time_s)) is not None
            ]
            best = sorted(values, reverse=True)[:3]
            said = ", ".join(f"{self._name(label)} {100 * v:.0f} %" for v, label in best)
            if not values:
                said = next(
                    (self._name(label) for a, b, label, _ in person.stretches if a <= time_s <= b),
                    "–",
                )
            lines.append(f"{titles[person.number]}: {said}")
        near = 6 * (self._end_s - self._start_s) / max(self._canvas.winfo_width(), 1)
        for event in self._shown.data.events:
            if event.kind == "marker" and event.label and abs(event.time_s - time_s) <= near:
                lines.append(event.label)
        return "\n".join(lines)

    def _person_at(self, y: int) -> FilmPerson | None:
        if not self._lanes or y >= self._curves_top - self._theme.px(4):
            return None
        lane = (self._curves_top - self._theme.px(4)) / len(self._lanes)
        return self._lanes[min(int(y / lane), len(self._lanes) - 1)]

    def _x(self, time_s: float) -> float:
        share = (time_s - self._start_s) / (self._end_s - self._start_s)
        width = self._canvas.winfo_width() - 1 - self._left
        return self._left + width * min(max(share, 0.0), 1.0)

    def _time(self, x: float) -> float:
        width = max(self._canvas.winfo_width() - 1 - self._left, 1)
        share = min(max((x - self._left) / width, 0.0), 1.0)
        return self._start_s + share * (self._end_s - self._start_s)


def _value_at(points: tuple[tuple[float, float | None], ...], time_s: float) -> float | None:
    """The value of the point before a time; None where nobody was seen."""
    place = bisect_left(points, time_s + 1e-9, key=lambda point: point[0])
    return points[place - 1][1] if place and place <= len(points) else None


def _round_step(seconds: float) -> float:
    """The next usual distance of ticks: 1, 2, 5, 10, 15, 30 s, minutes, and so on."""
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if step >= seconds:
            return step
    power = 10 ** floor(log10(seconds / 3600))
    return 3600 * power * next(m for m in (1, 2, 5, 10) if 3600 * power * m >= seconds)


def _clock(seconds: float, step: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    text = f"{rest:04.1f}" if step < 1 else f"{int(rest):02d}"
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{text}" if hours else f"{minutes}:{text}"
