"""The panel beside the picture: the chosen face with its bars, and the list of faces."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import TYPE_CHECKING

from ui.charts import BarChart, shortened
from ui.presenter.shown import FaceDetail, FaceRow
from ui.soon import Soon

if TYPE_CHECKING:
    from ui.base import Layout

#: The panel's width, px at 96 dpi: a share of the window's, within these.
_SHARE, _LEAST_PX, _MOST_PX = 0.36, 196, 316
#: Rows of the list that are kept while the bars give up height.
_LEAST_ROWS = 2
#: In a panel narrower than this a face of the list is only its number, px at 96 dpi.
_SHORT_PX = 250


class PanelView:
    """Shows faces in the part "panel" of main.ui.

    Args:
        layout: the main window.
    """

    def __init__(self, layout: "Layout") -> None:
        self._layout, self._theme, self._texts = layout, layout.theme, layout.texts
        self._bars = BarChart(layout.widget("bars"), layout.theme)
        self._panel: ttk.Frame = layout.widget("panel")
        self._detail: FaceDetail | None = None
        self._tree: ttk.Treeview = layout.widget("faces")
        self._rows: tuple[FaceRow, ...] = ()
        self._short = False
        self._tree.configure(
            yscrollcommand=self._scrolled, columns=("reading", "percent"), takefocus=True
        )
        layout.widget("faces_scroll").configure(command=self._tree.yview)
        self._panel.grid_propagate(False)
        # The column has the width. A part that asks its surroundings for another size while they
        # give it one may keep the old one.
        self._panel.configure(width=1)
        layout.widget("body").grid_propagate(False)
        self._fit_soon = Soon(self._panel, self.fit)
        self._scroll_soon = Soon(self._panel, self._show_scroll)
        self._scrolls = False
        self._panel.bind("<Configure>", self._fit_soon)

    def arrange(self, width: int) -> None:
        """The window has a new width, px."""
        px = self._theme.px
        wanted = min(max(round(_SHARE * width), px(_LEAST_PX)), px(_MOST_PX))
        body = self._layout.widget("body")
        if int(body.columnconfigure(2, "minsize")) != wanted:
            body.columnconfigure(2, minsize=wanted)

    def fit(self) -> None:
        """Divides the panel's height between bars and list, and fits the headline into its width.

        Both have to be there in a low window: the bars become tighter before the list goes.
        """
        px, panel = self._theme.px, self._panel
        if panel.winfo_height() <= 1:  # not on the screen yet
            return
        inner = panel.winfo_width() - px(36)
        self._layout.widget("face_hint").configure(wraplength=max(inner, px(80)))
        self._fit_headline(inner)
        self._fit_columns(inner)
        bars, rows = self._layout.widget("bars"), min(len(self._rows), _LEAST_ROWS)
        room = panel.winfo_height() - self._height_of_others() - rows * self._row_height()
        self._bars.fit(room)
        # One face stands above already; its list is for windows that have room to spare.
        spare = room - (bars.winfo_reqheight() if bars.winfo_manager() else 0) >= 0
        listed = len(self._rows) > 1 or (bool(self._rows) and spare)
        for name in ("faces_frame", "faces_title"):
            self._show(name, listed)
        self._show("panel_line", listed and self._detail is not None)

    def show_faces(self, rows: Sequence[FaceRow], chosen: int | None) -> None:
        """Fills the list of faces."""
        tree = self._tree
        wanted = [str(row.key) for row in rows]
        if list(tree.get_children()) != wanted:
            tree.delete(*tree.get_children())
            for key in wanted:
                tree.insert("", "end", iid=key)
        for row in rows:
            values = (row.reading, row.percent)
            shown = (self._title(row), values)
            if (tree.item(str(row.key), "text"), tree.item(str(row.key), "values")) != shown:
                dot = self._theme.disc(10, row.color)
                tree.item(str(row.key), text=shown[0], values=values, image=dot)
        selected = (str(chosen),) if chosen is not None else ()
        if tree.selection() != selected:
            tree.selection_set(selected)
            for key in selected:
                tree.focus(key)  # from here the arrow keys go on
                tree.see(key)
        count = "" if not rows else self._texts("panel.faces", count=len(rows))
        self._layout.widget("faces_title").configure(text=count)
        changed = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        if changed:
            self._fit_soon()

    def show_face(self, detail: FaceDetail | None, hint: str) -> None:
        """Shows the chosen face; without one the hint says why there is none."""
        below = detail.hint if detail else hint
        title = detail.title if detail else self._texts("panel.title")
        self._layout.widget("face_title").configure(text=title)
        self._layout.widget("face_hint").configure(text=below)
        changed = bool(self._show("face_hint", bool(below)))
        for name in ("face_head", "bars"):
            changed |= self._show(name, detail is not None)
        before, self._detail = self._detail, detail
        if detail is not None:
            dot = self._theme.disc(14, detail.color)
            self._layout.widget("face_headline").configure(image=dot)
            self._layout.widget("face_percent").configure(text=detail.percent)
            self._bars.show(detail.bars)
            if before is None or (before.headline, before.percent) != (
                detail.headline,
                detail.percent,
            ):
                self._fit_headline(self._panel.winfo_width() - self._theme.px(36))
            changed |= before is None or len(before.bars) != len(detail.bars)
        if changed:
            self._fit_soon()

    def _fit_headline(self, inner: int) -> None:
        """The largest type in which word and number stand beside each other."""
        detail, theme = self._detail, self._theme
        if detail is None:
            return
        mark = theme.px(14 + 14)
        fonts = ((theme.figure, "Figure"), (theme.title, "Title"), (theme.strong, "Strong"))
        words = f" {detail.headline} {detail.percent}"
        fitting = [pair for pair in fonts if mark + pair[0].measure(words) <= inner]
        font, style = (fitting or fonts[-1:])[0]
        room = inner - mark - font.measure(detail.percent)
        self._layout.widget("face_headline").configure(
            text=f" {shortened(detail.headline, font, room)}", style=f"{style}.TLabel"
        )
        self._layout.widget("face_percent").configure(style=f"{style}.TLabel")

    def _fit_columns(self, inner: int) -> None:
        theme, tree = self._theme, self._tree
        percent = theme.font.measure("100 %") + theme.px(14)
        inner -= theme.px(14) if self._layout.widget("faces_scroll").winfo_manager() else 0
        self._short = inner < theme.px(_SHORT_PX)
        titles = [theme.font.measure(self._title(row)) for row in self._rows] or [theme.px(60)]
        title = max(titles) + theme.px(26)
        for row in self._rows:
            if tree.exists(str(row.key)):
                tree.item(str(row.key), text=self._title(row))
        tree.column("#0", width=title, minwidth=title, stretch=False)
        tree.column("percent", width=percent, minwidth=percent, stretch=False, anchor="e")
        tree.column("reading", width=max(inner - title - percent, theme.px(40)), stretch=True)

    def _title(self, row: FaceRow) -> str:
        return f"  {row.key}" if self._short else f"  {row.title}"

    def _height_of_others(self) -> int:
        """What stands in the panel beside bars and list, with its margins, px."""
        px = self._theme.px
        total = px(28)
        for name, around in (
            ("face_title", 0), ("face_head", 2), ("face_hint", 10), ("bars", 6),
            ("panel_line", 20), ("faces_title", 4),
        ):  # fmt: skip
            widget = self._layout.widget(name)
            if name in ("panel_line", "faces_title"):
                on = bool(self._rows)
            else:
                on = bool(widget.winfo_manager())
            if on:
                total += px(around) + (0 if name == "bars" else widget.winfo_reqheight())
        return total

    def _row_height(self) -> int:
        return int(ttk.Style(self._tree).lookup("Treeview", "rowheight"))

    def _scrolled(self, first: str, last: str) -> None:
        """The scroll bar is there only while there is something to scroll."""
        self._layout.widget("faces_scroll").set(first, last)
        self._scrolls = float(first) > 0 or float(last) < 1
        self._scroll_soon()

    def _show_scroll(self) -> None:
        if self._show("faces_scroll", self._scrolls):
            self._fit_soon()

    def _show(self, name: str, on: bool) -> bool:
        """Shows or hides a part; whether that changed anything."""
        widget: tk.Widget = self._layout.widget(name)
        if on == bool(widget.winfo_manager()):
            return False
        (widget.grid if on else widget.grid_remove)()
        return True
