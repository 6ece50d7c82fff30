"""Add a model: which of its readings agrees best with faces whose expression is known."""

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from fer_core.expressions import EXPRESSIONS, display_name
from ui.base import Dialog
from ui.presenter.core import Checked, Proposed

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_WRAP_PX = 560
#: Faces and readings that are shown; all are tried.
_FACES, _ROWS = 7, 40


class AddModelDialog(Dialog):
    """Shows the readings, best first; the person confirms one and gives the model its name."""

    file, title_key = "add_model.ui", "add.title"

    def __init__(self, window: "MainWindow", proposed: Proposed) -> None:
        self._main, self._proposed = window, proposed
        self._checked: Checked | None = None
        self._images: list[tk.PhotoImage] = []
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Puts in what was found out about the file."""
        wrap = self.theme.px(_WRAP_PX)
        self.widget("facts").configure(text=self._proposed.facts)
        self.widget("notes").configure(text=" ".join(self._proposed.notes), wraplength=wrap)
        for name in ("problem", "status"):
            self.widget(name).configure(wraplength=wrap)
        self.variable("name").set(self._proposed.name)
        names = [display_name(name, self.texts.language) for name in EXPRESSIONS]
        self.widget("label").configure(values=names)
        self.widget("label").current(EXPRESSIONS.index("happiness"))
        tree: ttk.Treeview = self.widget("readings")
        tree.configure(columns=("agreement",), yscrollcommand=self.widget("scroll").set)
        tree.column("#0", width=self.theme.px(440))
        tree.column("agreement", width=self.theme.px(90), anchor="e", stretch=False)
        self.widget("scroll").configure(command=tree.yview)
        self._wait()

    def close(self) -> None:
        """Closes the dialog."""
        self._main.presenter.adding.closed()
        super().close()

    def show(self, checked: Checked) -> None:
        """The readings were tried on the faces there are."""
        self._checked = checked
        tree: ttk.Treeview = self.widget("readings")
        tree.delete(*tree.get_children())
        for index, row in enumerate(checked.rows[:_ROWS]):
            share = f"{100 * row.accuracy:.0f} %"
            tree.insert("", "end", iid=str(index), text=row.title, values=(share,))
        tree.selection_set("0")
        count = len(checked.faces)
        key = "add.checked" if checked.enough else "add.few"
        self.widget("status").configure(text=self.texts(key, count=count))
        self.widget("add").state(["!disabled"])
        self._show_faces()

    def show_problem(self, message: str) -> None:
        """One sentence why something cannot be done."""
        self.widget("status").configure(text="")
        self.widget("problem").configure(text=message)
        self.widget("add").state(["!disabled" if self._checked else "disabled"])

    def on_reading(self, _: "tk.Event[Any]") -> None:
        """Another reading was chosen: show what it says."""
        self._show_faces()

    def on_folder(self) -> None:
        """More faces, from a folder."""
        self._main.presenter.adding.check_with_folder()

    def on_shown(self) -> None:
        """One more face: the one in the window."""
        self._wait()
        label = EXPRESSIONS[self.widget("label").current()]
        self._main.presenter.adding.check_with_shown(label)

    def on_add(self) -> None:
        """The person confirmed the chosen reading."""
        selection = self.widget("readings").selection()
        if selection:
            self._wait()
            name = self.variable("name").get().strip()
            self._main.presenter.adding.confirm(int(selection[0]), name)

    def _wait(self) -> None:
        self.widget("status").configure(text=self.texts("add.waiting"))
        self.widget("problem").configure(text="")
        self.widget("add").state(["disabled"])

    def _show_faces(self) -> None:
        """The faces, under each what the chosen reading says; wrong answers in red."""
        place, selection = self.widget("faces"), self.widget("readings").selection()
        for child in place.winfo_children():
            child.destroy()
        if self._checked is None or not selection:
            return
        row = self._checked.rows[int(selection[0])]
        shown = list(zip(self._checked.faces, row.predicted, strict=True))[:_FACES]
        self._images = [tk.PhotoImage(data=face.ppm, format="ppm") for face, _ in shown]
        for column, (face, said) in enumerate(shown):
            style = "Small.TLabel" if said == face.label else "Danger.TLabel"
            ttk.Label(
                place, text=display_name(said, self.texts.language), compound="top",
                image=self._images[column], style=style,
            ).grid(row=0, column=column, padx=(0, self.theme.px(12)))  # fmt: skip
