"""A list that drops down inside the window, with columns that stand under each other.

A menu of the system would leave a small window, has no columns, and takes every key for itself.
"""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from fer_core.texts import Texts
from ui.message_bar import leave
from ui.presenter.shown import Choice
from ui.theme import Theme

_COLUMNS = ("note", "figure", "terms")
#: Of the widest text of a column no more is shown, px at 96 dpi.
_MOST_PX = {"#0": 300, "note": 190, "figure": 80, "terms": 150}
_EDGE_PX = 8


class Popover:
    """The open list of one picker.

    Args:
        top: the frame in which it lies.
        button: under which it drops down.
        choices: what there is; the `action` ones become buttons below the list.
        current: key of the one in use.
        choose: takes a key. remove: takes the key of an `own` one.
    """

    def __init__(
        self,
        top: tk.Misc,
        button: tk.Misc,
        theme: Theme,
        texts: Texts,
        choices: Sequence[Choice],
        current: str,
        choose: Callable[[str], None],
        remove: Callable[[str], None] | None,
    ) -> None:
        self._top, self._theme, self._texts = top, theme, texts
        self._choices = {choice.key: choice for choice in choices if not choice.action}
        self._actions = [choice for choice in choices if choice.action]
        self._choose, self._remove = choose, remove
        self._keys = list(self._choices)
        self._frame = ttk.Frame(top, style="Popover.TFrame", padding=theme.px(1))
        inner = ttk.Frame(self._frame, padding=theme.px(6))
        inner.pack(fill="both", expand=True)
        inner.columnconfigure(0, weight=1)
        inner.rowconfigure(0, weight=1)
        self._tree = self._make_list(inner, current)
        self._tip = ttk.Label(inner, style="Small.TLabel", padding=(theme.px(8), theme.px(6)))
        self._tip.grid(row=1, column=0, columnspan=2, sticky="ew")
        self._make_buttons(inner)
        self._place(button)
        self._show_tip()
        self._tree.focus_set()
        toplevel = top.winfo_toplevel()
        self._outside = toplevel.bind("<Button-1>", self._clicked, add="+")

    @property
    def tree(self) -> ttk.Treeview:
        """The list."""
        return self._tree

    @property
    def is_open(self) -> bool:
        """Whether it is still there."""
        return bool(self._frame.winfo_exists())

    def close(self) -> None:
        """Takes the list away."""
        if self.is_open:
            leave(self._frame)
            self._top.winfo_toplevel().unbind("<Button-1>", self._outside)
            self._frame.destroy()

    # -- parts -------------------------------------------------------------------------------

    def _make_list(self, inner: ttk.Frame, current: str) -> ttk.Treeview:
        tree = ttk.Treeview(
            inner, columns=_COLUMNS, show="tree", selectmode="browse", style="Popover.Treeview"
        )
        tree.tag_configure("unusable", foreground=self._theme.colors.muted)
        tree.tag_configure("current", font=self._theme.strong)
        mark, gap = (
            self._theme.icon(name, self._theme.colors.accent) for name in ("check", "none")
        )
        for index, choice in enumerate(self._choices.values()):
            tags = () if choice.usable else ("unusable",)
            is_current = choice.key == current
            tree.insert(
                "", "end", iid=str(index), text=f" {choice.title}",
                image=mark if is_current else gap,
                values=(choice.note, choice.figure, choice.terms),
                tags=(*tags, "current") if is_current else tags,
            )  # fmt: skip
        start = str(self._keys.index(current)) if current in self._keys else "0"
        if self._keys:
            tree.selection_set(start)
            tree.focus(start)
        scroll = ttk.Scrollbar(inner, orient="vertical", command=tree.yview)

        def scrolled(first: str, last: str) -> None:
            scroll.set(first, last)
            if float(first) > 0 or float(last) < 1:
                scroll.grid(row=0, column=1, sticky="ns")
            else:
                scroll.grid_remove()

        tree.configure(yscrollcommand=scrolled, height=max(len(self._keys), 1))
        tree.grid(row=0, column=0, sticky="nsew")
        tree.bind("<<TreeviewSelect>>", lambda _: self._show_tip())
        tree.bind("<Return>", lambda _: self._take())
        tree.bind("<space>", lambda _: self._take())
        tree.bind("<ButtonRelease-1>", self._released)
        tree.bind("<Motion>", self._pointed)
        tree.bind("<Delete>", lambda _: self._take_away())
        tree.bind("<Key>", self._typed)
        tree.bind("<Escape>", self._escaped)
        return tree

    def _make_buttons(self, inner: ttk.Frame) -> None:
        self._remove_button: ttk.Button | None = None
        own = self._remove is not None and any(c.own for c in self._choices.values())
        if not self._actions and not own:
            return
        row = ttk.Frame(inner)
        row.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(self._theme.px(2), 0))
        for choice in self._actions:
            button = ttk.Button(
                row, text=choice.title, style="Tool.TButton",
                command=lambda key=choice.key: self._done(key),  # type: ignore[misc]
            )  # fmt: skip
            button.pack(side="left", padx=(0, self._theme.px(4)))
            button.bind("<Escape>", self._escaped)
        if own:
            self._remove_button = ttk.Button(
                row, text=self._texts("model.remove"), style="Tool.TButton",
                command=self._take_away,
            )  # fmt: skip
            self._remove_button.pack(side="right")
            self._remove_button.bind("<Escape>", self._escaped)

    def _place(self, button: tk.Misc) -> None:
        """Under the button, wholly inside the window."""
        top, px = self._top, self._theme.px
        left = button.winfo_rootx() - top.winfo_rootx()
        under = button.winfo_rooty() - top.winfo_rooty() + button.winfo_height() + px(2)
        most = top.winfo_width() - 2 * px(_EDGE_PX)
        width = self._set_columns(most - px(16))
        self._tip.configure(wraplength=max(width - px(16), px(120)))
        self._tip.configure(text=max((c.tip for c in self._choices.values()), key=len, default=""))
        self._frame.update_idletasks()
        height = min(self._frame.winfo_reqheight(), top.winfo_height() - under - px(_EDGE_PX))
        width = min(max(self._frame.winfo_reqwidth(), width), most)
        x = min(max(left, px(_EDGE_PX)), top.winfo_width() - px(_EDGE_PX) - width)
        self._frame.place(x=x, y=under, width=width, height=max(height, px(120)))
        self._frame.lift()

    def _set_columns(self, room: int) -> int:
        """Gives each column what its texts need; what has no room is left out, the last first."""
        px, font = self._theme.px, self._theme.font
        texts = {
            "#0": [c.title for c in self._choices.values()],
            "note": [c.note for c in self._choices.values()],
            "figure": [c.figure for c in self._choices.values()],
            "terms": [c.terms for c in self._choices.values()],
        }
        needs = {
            name: min(max((font.measure(t) for t in found), default=0), px(_MOST_PX[name]))
            + (px(20) if any(found) else 0)
            for name, found in texts.items()
        }
        needs["#0"] += self._theme.icon("check", self._theme.colors.text).width() + px(16)
        shown = [name for name in _COLUMNS if any(texts[name])]
        for spared in ("terms", "note", "figure"):
            if sum(needs[name] for name in ("#0", *shown)) > room and spared in shown:
                shown.remove(spared)
        self._tree.configure(displaycolumns=shown)
        needs["#0"] = min(needs["#0"], room)
        for name in ("#0", *shown):
            anchor = "e" if name == "figure" else "w"
            self._tree.column(name, width=needs[name], minwidth=px(20), stretch=name == "#0")
            self._tree.column(name, anchor=anchor)
        return sum(needs[name] for name in ("#0", *shown)) + px(30)

    # -- what the person does ----------------------------------------------------------------

    def _selected(self) -> Choice | None:
        selection = self._tree.selection()
        return self._choices[self._keys[int(selection[0])]] if selection else None

    def _show_tip(self) -> None:
        choice = self._selected()
        self._tip.configure(text=choice.tip if choice else "")
        if self._remove_button is not None:
            own = choice is not None and choice.own
            self._remove_button.state(["!disabled" if own else "disabled"])

    def _take(self) -> str:
        choice = self._selected()
        if choice is not None:
            self._done(choice.key)
        return "break"

    def _done(self, key: str) -> None:
        self.close()
        self._choose(key)

    def _take_away(self) -> str:
        choice = self._selected()
        if choice is not None and choice.own and self._remove is not None:
            self.close()
            self._remove(choice.key)
        return "break"

    def _released(self, event: "tk.Event[Any]") -> str | None:
        if self._tree.identify_row(event.y):
            return self._take()
        return None

    def _pointed(self, event: "tk.Event[Any]") -> None:
        row = self._tree.identify_row(event.y)
        if row and self._tree.selection() != (row,):
            self._tree.selection_set(row)
            self._tree.focus(row)

    def _typed(self, event: "tk.Event[Any]") -> str | None:
        """A letter goes to the next line that begins with it; it means nothing else here."""
        if not event.char or not event.char.isprintable():
            return None
        count, letter = len(self._keys), event.char.casefold()
        selection = self._tree.selection()
        start = int(selection[0]) if selection else -1
        for step in range(1, count + 1):
            index = (start + step) % count
            if self._choices[self._keys[index]].title.casefold().startswith(letter):
                self._tree.selection_set(str(index))
                self._tree.focus(str(index))
                self._tree.see(str(index))
                break
        return "break"

    def _escaped(self, _: "tk.Event[Any]") -> str:
        self.close()
        return "break"

    def _clicked(self, event: "tk.Event[Any]") -> None:
        """A click beside it closes it."""
        inside = str(event.widget).startswith(str(self._frame))
        if not inside:
            self._top.after_idle(self.close)
