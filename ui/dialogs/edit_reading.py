"""The page of the check dialog on which a person changes a reading."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from fer_core.expressions import (
    EXPRESSIONS,
    display_name,
    expression_of,
    in_order,
    own_class,
)
from ui.base import Layout
from ui.presenter.adding import Adding
from ui.presenter.models import RankedRow
from ui.presenter.reading import OWN, Draft, draft

if TYPE_CHECKING:
    from ui.dialogs.add_model import AddModelDialog

#: A change is tried after this long without another one.
_PAUSE_MS = 350
_OUTPUTS = ("softmax", "logits")
_A_ROW = 4
#: More classes are one line, with commas between them; so many boxes would fill the window.
_MOST_BOXES = 16


class EditPage(Layout):
    """Labels, colour, scaling and the rest; every change is tried on the faces at once."""

    file = "edit_reading.ui"

    def __init__(
        self,
        dialog: "AddModelDialog",
        parent: tk.Misc,
        adding: Adding,
        labels: Sequence[str],
    ) -> None:
        super().__init__(parent, dialog.theme, dialog.texts)
        self._dialog, self._adding = dialog, adding
        self._later = ""
        self._colors: tuple[str, ...] = ()
        self._scalings: tuple[str, ...] = ()
        self._names = {
            display_name(name, self.texts.language): name
            for name in in_order((*EXPRESSIONS, *labels))
        }
        shown = range(len(labels)) if len(labels) <= _MOST_BOXES else ()
        self._labels = [self._label_box(index) for index in shown]
        self._line = None if self._labels else self._label_line()
        outputs = [self.texts(f"output.{name}") for name in _OUTPUTS]
        self.widget("output").configure(values=outputs)
        self.frame.bind("<Destroy>", lambda _: self._cancel())

    def begin(self, row: RankedRow) -> None:
        """Puts a reading into the fields."""
        shown = draft(row.form, self._adding.scalings(row.form.color))
        self._colors = self._adding.colors()
        self.widget("color").configure(values=[self.texts(f"color.{c}") for c in self._colors])
        self.widget("color").current(self._colors.index(shown.color))
        self._offer_scalings(shown.color, shown.scaling)
        for box, label in zip(self._labels, shown.labels, strict=False):
            box.set(display_name(label, self.texts.language))
        if self._line is not None:
            names = (display_name(label, self.texts.language) for label in shown.labels)
            self._line.delete(0, "end")
            self._line.insert(0, ", ".join(names))
        for name in ("scale", "mean", "std", "margin", "equalize"):
            self.variable(name).set(getattr(shown, name))
        self.widget("output").current(_OUTPUTS.index(shown.output))
        self.show(row)
        (self._labels or [self.widget("color")])[0].focus_set()

    def show(self, row: RankedRow | None) -> None:
        """How well the reading does; None while nobody knows."""
        text = ""
        if row is not None:
            key = "edit.agrees_tied" if row.tied else "edit.agrees"
            text = self.texts(key, share=f"{100 * row.accuracy:.0f} %")
        self.widget("agreement").configure(text=text)

    def changed(self) -> None:
        """Has the reading tried as it stands in the fields."""
        self._cancel()
        self._dialog.waiting()
        self._adding.edited(self._draft())

    def on_choice(self, _: Any = None) -> None:
        """Something else was chosen."""
        color = self._colors[self.widget("color").current()]
        self._offer_scalings(color, self._scalings[self.widget("scaling").current()])
        self.changed()

    def on_typed(self, _: "tk.Event[Any]") -> None:
        """A number is being typed: wait until it stands."""
        self._cancel()
        self._later = self.frame.after(_PAUSE_MS, self.changed)

    def _draft(self) -> Draft:
        return Draft(
            tuple(self._class(word) for word in self._words()),
            self._colors[self.widget("color").current()],
            self._scalings[self.widget("scaling").current()],
            *(self.variable(name).get() for name in ("scale", "mean", "std")),
            equalize=bool(self.variable("equalize").get()),
            margin=self.variable("margin").get(),
            output=_OUTPUTS[self.widget("output").current()],
        )

    def _words(self) -> list[str]:
        """What stands in the boxes or in the line."""
        if self._line is not None:
            return [word.strip() for word in self._line.get().split(",")]
        return [box.get() for box in self._labels]

    def _label_line(self) -> ttk.Entry:
        """All labels in one line."""
        line = ttk.Entry(self.widget("labels"), width=66)
        line.grid(row=0, column=0, sticky="ew")
        line.bind("<KeyRelease>", self.on_typed)
        return line

    def _class(self, text: str) -> str:
        """What is chosen or typed: an expression in any words, or a class of its own."""
        try:
            return self._names.get(text) or expression_of(text) or own_class(text)
        except ValueError:
            return text

    def _label_box(self, index: int) -> ttk.Combobox:
        """The choice of what one output means."""
        place, px = self.widget("labels"), self.theme.px
        row, column = divmod(index, _A_ROW)
        below = (px(6) if row else 0, 0)
        number = ttk.Label(place, text=str(index + 1), style="Muted.TLabel")
        number.grid(row=row, column=2 * column, padx=(px(14) if column else 0, px(6)), pady=below)
        box = ttk.Combobox(place, values=list(self._names), width=13)
        box.grid(row=row, column=2 * column + 1, pady=below)
        box.bind("<<ComboboxSelected>>", self.on_choice)
        box.bind("<KeyRelease>", self.on_typed)
        return box

    def _offer_scalings(self, color: str, wanted: str) -> None:
        """The usual scalings of a colour; one that it lacks becomes the person's own numbers."""
        known = self._adding.scalings(color)
        self._scalings = (*known, OWN)
        scaling = wanted if wanted in self._scalings else OWN
        shown = [self.texts.get(f"scaling.{name}", name) for name in self._scalings]
        self.widget("scaling").configure(values=shown)
        self.widget("scaling").current(self._scalings.index(scaling))
        own = self.widget("own")
        (own.grid if scaling == OWN else own.grid_remove)()

    def _cancel(self) -> None:
        if self._later:
            self.frame.after_cancel(self._later)
            self._later = ""
