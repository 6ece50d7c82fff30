"""Add a model: which of its readings agrees best with faces whose expression is known."""

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from fer_core.expressions import display_name
from ui.base import Dialog
from ui.dialogs.capture import CapturePage
from ui.dialogs.edit_reading import EditPage
from ui.presenter.core import Picture
from ui.presenter.models import Checked, Proposed, RankedRow
from ui.presenter.reading import compared, some, title
from ui.presenter.shown import CaptureShown

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_WRAP_PX = 590
#: Widths in the table of faces, and how sure a reading is that goes in at once.
_TITLE_PX, _CELL_PX, _GAP_PX, _SURE = 160, 82, 6, 0.9
#: Faces and readings that are shown; all are tried.
_FACES, _ROWS = 5, 40
#: Room for the pages, so that the dialog keeps its size.
_PAGE_WH = (590, 250)
_LIST, _EDIT, _CAPTURE = "list", "edit", "capture"


class AddModelDialog(Dialog):
    """Three pages: the readings, best first; one reading to edit; the person's own face.

    The person confirms a reading and gives the model its name.
    """

    file, title_key = "add_model.ui", "add.title"

    def __init__(self, window: "MainWindow", proposed: Proposed) -> None:
        self._main, self._proposed = window, proposed
        self._checked: Checked | None = None
        self._rows: list[RankedRow] = []
        self._edited: RankedRow | None = None
        self._warned = self._all = False
        self._images: list[tk.PhotoImage] = []
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Puts in what was found out about the file."""
        wrap = self.theme.px(_WRAP_PX)
        notes = (self.texts.sentence(note) for note in self._proposed.notes)
        self.widget("facts").configure(text=self._proposed.facts)
        self.widget("notes").configure(text=" ".join(notes), wraplength=wrap)
        for name in ("problem", "status"):
            self.widget(name).configure(wraplength=wrap)
        self.variable("name").set(self._proposed.name)
        tree: ttk.Treeview = self.widget("readings")
        tree.configure(columns=("agreement",), yscrollcommand=self.widget("scroll").set)
        tree.column("#0", width=self.theme.px(470))
        tree.column("agreement", width=self.theme.px(110), anchor="e", stretch=False)
        self.widget("scroll").configure(command=tree.yview)
        adding = self._main.presenter.adding
        self._edit = EditPage(self, self.widget("edit_page"), adding, self._proposed.labels)
        self._capture = CapturePage(self, self.widget("capture_page"), adding.capture)
        pages = self.widget("pages")
        pages.columnconfigure(0, minsize=self.theme.px(_PAGE_WH[0]))
        self._show_page(_LIST)
        self._wait()
        self.widget("edit").state(["disabled"])
        self.window.bind("<Escape>", lambda _: self.on_cancel())

    def close(self) -> None:
        """Closes the dialog."""
        self._main.presenter.adding.closed()
        super().close()

    # -- what the presenter shows ------------------------------------------------------------

    def show(self, checked: Checked) -> None:
        """The readings were tried on the faces there are."""
        self._checked, self._edited, self._warned = checked, None, False
        self._fill_list()
        self.widget("edit").state(["!disabled"])
        if self._page == _EDIT:
            self._edit.changed()
        else:
            self._ready()

    def show_tried(self, row: RankedRow) -> None:
        """The edited reading was tried."""
        if self._page == _EDIT:
            self._edited = row
            self._edit.show(row)
            self._ready()

    def show_impossible(self, message: str) -> None:
        """The edited reading is impossible."""
        self._edited = None
        self._edit.show(None)
        self.show_problem(message)
        self._show_faces()

    def show_capture(self, shown: CaptureShown) -> None:
        """Which expression is asked for, and the countdown."""
        self._capture.show(shown)

    def show_picture(self, picture: Picture) -> None:
        """The newest picture of the running source."""
        if self._page == _CAPTURE:
            self._capture.show_picture(picture)

    def show_problem(self, message: str) -> None:
        """One sentence why something cannot be done."""
        self.widget("status").configure(text="")
        self.widget("problem").configure(text=message)
        self._enable_add()

    # -- what the person does ----------------------------------------------------------------

    def on_reading(self, _: "tk.Event[Any]") -> None:
        """Another reading was chosen: show what it says."""
        self._show_faces()

    def on_edit(self) -> None:
        """Change the chosen reading."""
        row = self._chosen()
        if row is not None:
            self._edited = row
            self._show_page(_EDIT)
            self._edit.begin(row)
            self._ready()

    def on_all(self) -> None:
        """All readings in a list, or the best ones side by side."""
        self._all = not self._all
        self._show_page(_LIST)
        self._ready()

    def on_capture(self) -> None:
        """More faces: the person's own."""
        self._show_page(_CAPTURE)
        self._main.presenter.adding.begin_capture()
        self._capture.begin()

    def on_back(self) -> None:
        """Back to the list, with what was edited or captured."""
        page = self._page
        self._show_page(_LIST)
        if page == _CAPTURE:
            self._wait()
            self._main.presenter.adding.end_capture()
        else:
            self._fill_list()
            self._ready()

    def on_folder(self) -> None:
        """More faces, from a folder."""
        self._main.presenter.adding.check_with_folder()

    def on_add(self) -> None:
        """The person confirmed the chosen reading."""
        row = self._chosen()
        if row is None:
            return
        guess = self._is_guess(row)
        if guess and not self._warned:
            self._warned = True
            share = f"{100 * self._checked.sure:.0f} %" if self._checked else "0 %"
            self.widget("problem").configure(text=self.texts("add.guess", share=share))
            self._enable_add()
            return
        self._wait()
        name = self.variable("name").get().strip()
        self._main.presenter.adding.confirm(row.form, name, guess)

    def _is_guess(self, row: RankedRow) -> bool:
        """Whether nothing makes this reading sure; one that the person made up is theirs."""
        return self._checked is None or (row in self._checked.rows and self._checked.sure < _SURE)

    def waiting(self) -> None:
        """The edited reading is not tried yet."""
        self._edited = None
        self._wait()

    def on_cancel(self) -> None:
        """Back to the list; from there the dialog is closed."""
        (self.close if self._page == _LIST else self.on_back)()

    # -- parts -------------------------------------------------------------------------------

    def _show_page(self, page: str) -> None:
        self._page = page
        height = _PAGE_WH[1] if page != _LIST or self._all else 0
        self.widget("pages").rowconfigure(0, minsize=self.theme.px(height))
        self.widget("all").configure(text=self.texts("add.side" if self._all else "add.all"))
        for name, on in (
            ("list_page", page == _LIST and self._all),
            ("faces_title", page == _EDIT or (page == _LIST and not self._all)),
            ("faces", page == _EDIT or (page == _LIST and not self._all)),
            ("edit", page == _LIST),
            ("all", page == _LIST),
            ("edit_page", page == _EDIT),
            ("capture_page", page == _CAPTURE),
            ("faces_part", page != _CAPTURE),
            ("notes", page == _LIST),
            ("name_row", page != _CAPTURE),
            ("back", page != _LIST),
            ("add", page != _CAPTURE),
        ):
            widget = self.widget(name)
            (widget.grid if on else widget.grid_remove)()
        self.widget("back").configure(
            text=self.texts("capture.done" if page == _CAPTURE else "add.back")
        )
        self.widget("status").configure(text="")
        self.widget("problem").configure(text="")

    def _fill_list(self) -> None:
        """The readings; one that the person made stands first."""
        if self._checked is None:
            return
        tree: ttk.Treeview = self.widget("readings")
        tree.delete(*tree.get_children())
        own = [self._edited] if self._edited not in (None, *self._checked.rows) else []
        self._rows = [row for row in (*own, *self._checked.rows[:_ROWS]) if row is not None]
        for index, row in enumerate(self._rows):
            shown = title(row, self.texts)
            text = self.texts("add.own", reading=shown) if index < len(own) else shown
            tree.insert("", "end", iid=str(index), text=text, values=(self._share(row),))
        chosen = self._rows.index(self._edited) if self._edited in self._rows else 0
        tree.selection_set(str(chosen))
        tree.see(str(chosen))

    def _share(self, row: RankedRow) -> str:
        """How many faces it gets right; marked where others do as well."""
        if self._checked is not None and not self._checked.enough:
            count = len(self._checked.faces)  # a share of so few would promise too much
            return self.texts("add.of", right=round(row.accuracy * count), count=count)
        tied = sum(other.tied for other in self._rows)
        return f"{'≈ ' if row.tied and tied > 1 else ''}{100 * row.accuracy:.0f} %"

    def _chosen(self) -> RankedRow | None:
        """The reading that would be taken."""
        if self._page == _EDIT:
            return self._edited
        selection = self.widget("readings").selection()
        return self._rows[int(selection[0])] if selection else None

    def _wait(self) -> None:
        self.widget("status").configure(text=self.texts("add.waiting"))
        self.widget("problem").configure(text="")
        self.widget("add").state(["disabled"])

    def _ready(self) -> None:
        """Says what the readings were tried on."""
        if self._checked is None:
            return
        count = len(self._checked.faces)
        few = "add.few_one" if count == 1 else "add.few"
        text = self.texts("add.checked" if self._checked.enough else few, count=count)
        tied = sum(row.tied for row in self._checked.rows)
        if tied > 1:
            text += " " + self.texts("add.tied", count=tied)
        checked = self._checked
        if checked.seen:
            text += " " + self.texts("add.seen", count=checked.seen)
        if not checked.knows:
            text += " " + self.texts("add.unknown")
        else:
            text += " " + self.texts("add.sure", share=f"{100 * checked.sure:.0f} %")
        self.widget("status").configure(text=text)
        self.widget("problem").configure(text="")
        self._enable_add()
        self._show_faces()

    def _enable_add(self) -> None:
        key = "add.as_guess" if self._warned else "add.confirm"
        self.widget("add").configure(text=self.texts(key))
        self.widget("add").state(["!disabled" if self._chosen() else "disabled"])

    def _show_faces(self) -> None:
        """The faces, and below what the best readings say of each; wrong answers in red."""
        place, chosen = self.widget("faces"), self._chosen()
        for child in place.winfo_children():
            child.destroy()
        faces = self._checked.faces if self._checked else ()
        shown = some([face.label for face in faces], _FACES)
        rows = self._rows if self._page == _LIST else [r for r in (chosen,) if r is not None]
        rows = compared(rows, chosen, shown)
        times = max(1, round(self.theme.scale))
        self._images = [
            tk.PhotoImage(data=faces[index].ppm, format="ppm").zoom(times) for index in shown
        ]
        for column, index in enumerate(shown, 1):
            face = faces[index]
            name = display_name(face.label, self.texts.language)
            text = self.texts("add.as_seen", label=name) if face.seen else name
            self._cell(place, 0, column, text, image=self._images[column - 1], compound="top")
        for number, row in enumerate(rows, 1):
            mark = "Strong.TLabel" if row is chosen else "TLabel"
            words = f"{self._share(row)}  {title(row, self.texts)}"
            cells = [self._cell(place, number, 0, words, wraplength=self.theme.px(_TITLE_PX))]
            cells[0].configure(style=mark)
            for column, index in enumerate(shown, 1):
                # While a new face is being checked, a reading may know one face less.
                said = row.predicted[index] if index < len(row.predicted) else ""
                name = display_name(said, self.texts.language) if said else ""
                cells.append(self._cell(place, number, column, name))
                if said not in (faces[index].label, ""):
                    cells[-1].configure(style="Danger.TLabel")
            for cell in cells:
                cell.bind("<Button-1>", lambda _, wanted=row: self._choose(wanted))

    def _cell(self, place: Any, row: int, column: int, text: str, **options: Any) -> ttk.Label:
        """A label of the table of faces."""
        options = {"wraplength": self.theme.px(_CELL_PX), "style": "Small.TLabel", **options}
        label = ttk.Label(place, text=text, **options)
        gap = self.theme.px(_GAP_PX)
        label.grid(row=row, column=column, sticky="nw", padx=(0, gap), pady=(gap, 0))
        return label

    def _choose(self, row: RankedRow) -> None:
        """A reading of the table was clicked."""
        if self._page == _LIST and row in self._rows:
            self.widget("readings").selection_set(str(self._rows.index(row)))
