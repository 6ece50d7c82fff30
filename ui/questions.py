"""The questions of the main window that are answered in the system's file dialogs."""

import tkinter as tk
from datetime import datetime
from pathlib import Path
from tkinter import filedialog

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

    def ask_pictures(self) -> list[str]:
        """Asks for photos, one or several."""
        kinds = [
            (self.texts("files.pictures"), _patterns(PICTURES)),
            (self.texts("files.all"), "*"),
        ]
        chosen = filedialog.askopenfilenames(
            parent=self.root, title=self.texts("files.open_pictures"), filetypes=kinds
        )
        return list(chosen or ())

    def ask_video(self) -> str:
        """Asks for a video."""
        kinds = [(self.texts("files.videos"), _patterns(VIDEOS)), (self.texts("files.all"), "*")]
        title = self.texts("files.open_video")
        return filedialog.askopenfilename(parent=self.root, title=title, filetypes=kinds) or ""

    def ask_cascade(self) -> str:
        """Asks for a cascade XML file or a network."""
        kinds = [(self.texts("files.cascades"), "*.xml *.onnx")]
        title = self.texts("files.open_cascade")
        return filedialog.askopenfilename(parent=self.root, title=title, filetypes=kinds) or ""

    def ask_model(self) -> str:
        """Asks for a model file."""
        kinds = [
            (self.texts("files.models"), _patterns(MODELS | {".xml"})),
            (self.texts("files.all"), "*"),
        ]
        title = self.texts("files.open_model")
        return filedialog.askopenfilename(parent=self.root, title=title, filetypes=kinds) or ""

    def _ask_existing_folder(self, title: str) -> str:
        """Asks for a folder that is there."""
        return filedialog.askdirectory(parent=self.root, title=title, mustexist=True) or ""

    def ask_folder(self, start: str) -> str:
        """Asks where snapshots go; begins at the nearest folder that exists."""
        place = Path(start)
        while not place.is_dir() and place != place.parent:
            place = place.parent
        title = self.texts("files.snapshot_folder")
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


def _patterns(suffixes: frozenset[str]) -> list[str]:
    found = sorted(suffixes)
    return [f"*{s}" for s in found] + [f"*{s.upper()}" for s in found]
