"""Download of the YuNet detector; nothing is fetched before the person presses the button."""

from typing import TYPE_CHECKING

from ui.base import Dialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_WRAP_PX = 440


class DownloadDialog(Dialog):
    """Says what would be fetched from where, then shows how far it is."""

    file, title_key = "download.ui", "download.title"

    def __init__(self, window: "MainWindow") -> None:
        self._main = window
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Puts in size and source."""
        from fer_core.detection.yunet import YUNET_URL

        wrap = self.theme.px(_WRAP_PX)
        self.widget("explain").configure(text=self.texts("download.text"), wraplength=wrap)
        self.widget("source").configure(text=YUNET_URL, wraplength=wrap)
        self.widget("problem").configure(wraplength=wrap)
        self.widget("bar").grid_remove()
        self.widget("problem").grid_remove()

    def on_start(self) -> None:
        """The person agreed."""
        self.widget("start").state(["disabled"])
        self.widget("problem").grid_remove()
        self.widget("bar").configure(value=0)
        self.widget("bar").grid()
        self._main.presenter.choices.download()

    def show(self, share: float | None, error: str) -> None:
        """How far it is, 0..1; None at the end, with an error or without."""
        if share is not None:
            self.widget("bar").configure(value=share)
        elif error:
            self.widget("bar").grid_remove()
            self.widget("problem").configure(text=error)
            self.widget("problem").grid()
            self.widget("start").state(["!disabled"])
        else:
            self.close()
