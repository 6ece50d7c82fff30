"""About: version, privacy, licences."""

import platform
import tkinter as tk
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import fer_core
from fer_core import paths
from ui.base import Dialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_PARTS = {"OpenVINO": "openvino", "OpenCV": "opencv-contrib-python", "NumPy": "numpy"}


class AboutDialog(Dialog):
    """Says what this is."""

    file, title_key = "about.ui", "menu.about"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Puts in versions and texts."""
        icon = paths.resources_dir() / "Icons" / "mimik-64.png"
        self._logo = tk.PhotoImage(master=self.window, file=str(icon))
        self.widget("logo").configure(image=self._logo)
        parts = [f"Python {platform.python_version()}", f"Tk {tk.TkVersion}"]
        parts += [f"{name} {_version(package)}" for name, package in _PARTS.items()]
        self.widget("version").configure(
            text=self.texts("about.version", version=fer_core.__version__) + "\n" + ", ".join(parts)
        )
        for name in ("privacy", "limits", "licences"):
            label = self.widget(name)
            label.configure(text=self.texts(f"about.{name}"), wraplength=self.theme.px(460))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"
