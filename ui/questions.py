"""The questions of the main window that are answered in the system's file dialogs."""

import os
import shutil
import subprocess
import sys
import tkinter as tk
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tkinter import filedialog, messagebox, simpledialog
from typing import Any

from fer_core.paths import user_pictures
from fer_core.texts import Texts
from ui.presenter.playlist import MODELS, PICTURES, VIDEOS


class Questions:
    """The part of `MainView` that asks for files; an empty answer is a closed dialog.

    Attributes:
        root: window over which the dialogs stand.
        texts: for their titles.
    """

    root: tk.Tk
    texts: Texts
    presenter: Any
    _last_folder: Path = user_pictures()

    def ask_pictures(self) -> list[str]:
        """Asks for photos, one or several."""
        kinds = [
            (self.texts("files.pictures"), _patterns(PICTURES)),
            (self.texts("files.all"), "*"),
        ]
        chosen = filedialog.askopenfilenames(
            title=self.texts("files.open_pictures"), filetypes=kinds, **self._place()
        )
        self._remember(chosen)
        return list(chosen or ())

    def ask_video(self) -> str:
        """Asks for a video."""
        kinds = [(self.texts("files.videos"), _patterns(VIDEOS)), (self.texts("files.all"), "*")]
        title = self.texts("files.open_video")
        return self._ask_file(title, kinds)

    def ask_cascade(self) -> str:
        """Asks for a cascade XML file or a network."""
        kinds = [(self.texts("files.cascades"), "*.xml *.onnx")]
        title = self.texts("files.open_cascade")
        return self._ask_file(title, kinds)

    def ask_model(self) -> str:
        """Asks for a model file."""
        kinds = [
            (self.texts("files.models"), _patterns(MODELS | {".xml"})),
            (self.texts("files.all"), "*"),
        ]
        title = self.texts("files.open_model")
        return self._ask_file(title, kinds)

    def _ask_existing_folder(self, title: str) -> str:
        """Asks for a folder that is there."""
        chosen = filedialog.askdirectory(title=title, mustexist=True, **self._place())
        self._remember(chosen and [f"{chosen}/."])
        return chosen or ""

    def _ask_file(self, title: str, kinds: list) -> str:
        """Asks for one file that is there."""
        chosen = filedialog.askopenfilename(title=title, filetypes=kinds, **self._place())
        self._remember(chosen and [chosen])
        return chosen or ""

    def _place(self) -> dict[str, Any]:
        """Over the window, in the folder of the last answer, at first among the person's pictures.

        Where Tk draws the dialog itself, it would show hidden files, and begin where the program
        was started.
        """
        hide_hidden_files(self.root)
        folder = self._last_folder
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return {"parent": self.root, "initialdir": str(folder)}

    def _remember(self, chosen: Sequence[str]) -> None:
        if chosen:
            Questions._last_folder = Path(chosen[0]).parent

    def ask_text(self, question: str) -> str | None:
        """Asks for a line of text."""
        return simpledialog.askstring("Mimik", question, parent=self.root)

    def ask_yes(self, question: str) -> bool:
        """Asks something that only a yes lets happen."""
        return bool(messagebox.askyesno("Mimik", question, parent=self.root, icon="warning"))

    def open_folder(self, path: str) -> None:
        """Shows a folder in the system's file manager."""
        if not shown_in_file_manager(path):
            self.presenter.say_no_file_manager(path)

    def ask_folder(self, start: str) -> str:
        """Asks where snapshots go; begins at the nearest folder that exists."""
        place = Path(start)
        while not place.is_dir() and place != place.parent:
            place = place.parent
        title = self.texts("files.snapshot_folder")
        hide_hidden_files(self.root)
        chosen = filedialog.askdirectory(parent=self.root, title=title, initialdir=str(place))
        return chosen or ""

    def ask_statistics_file(self, suffix: str) -> str:
        """Asks where to save the statistics."""
        name = f"mimik-statistics-{datetime.now():%Y%m%d-%H%M%S}{suffix}"
        chosen = filedialog.asksaveasfilename(
            parent=self.root,
            title=self.texts("files.save_statistics"),
            defaultextension=suffix,
            initialfile=name,
            filetypes=[(suffix[1:].upper(), f"*{suffix}")],
        )
        return chosen or ""

    def ask_pictures_folder(self) -> str:
        """Asks for a folder of photos."""
        return self._ask_existing_folder(self.texts("files.open_folder"))

    def ask_model_folder(self) -> str:
        """Asks for a folder that is a model."""
        return self._ask_existing_folder(self.texts("files.open_model_folder"))

    def ask_labelled_folder(self) -> str:
        """Asks for a folder that holds a folder for each expression."""
        return self._ask_existing_folder(self.texts("files.labelled_folder"))

    def ask_class_folder(self, title: str) -> str:
        """Asks for a folder with pictures of a class."""
        return self._ask_existing_folder(self.texts("files.class_folder", label=title))


def hide_hidden_files(root: tk.Misc) -> None:
    """Has the file dialogs that Tk draws leave out what begins with a dot, unless asked for."""
    # The first call only loads the dialogs; that it has a wrong argument is how it ends at once.
    root.tk.eval("catch {tk_getOpenFile -no-such-option}; catch {tk_chooseDirectory -no-such}")
    root.tk.eval("set ::tk::dialog::file::showHiddenBtn 1; set ::tk::dialog::file::showHiddenVar 0")


def shown_in_file_manager(path: str) -> bool:
    """Opens a folder outside of Mimik; False where nothing can."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
            return True
        tool = "open" if sys.platform == "darwin" else "xdg-open"
        program = shutil.which(tool)
        if program is None:
            return False
        subprocess.Popen(
            [program, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError:
        return False
    return True


def _patterns(suffixes: frozenset[str]) -> list[str]:
    found = sorted(suffixes)
    return [f"*{s}" for s in found] + [f"*{s.upper()}" for s in found]
