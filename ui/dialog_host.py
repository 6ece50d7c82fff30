"""The dialogs of the main window: opening them, and handing on what they show."""

import tkinter as tk
from collections.abc import Sequence
from typing import Any

from fer_core.config import Settings
from ui import dialogs
from ui.presenter.models import Checked, Proposed, RankedRow
from ui.presenter.shown import CaptureShown, Choice
from ui.presenter.teach_events import TeachShown


class DialogHost:
    """The part of `MainView` that is shown in dialogs; each is open once at most.

    Attributes:
        root: window over which they stand.
    """

    root: tk.Tk
    _dialogs: dict[str, Any]

    def show_download(self, share: float | None, error: str) -> None:
        """How far the download is."""
        self._tell_dialog("download", "show", share, error)

    def open_settings(
        self, settings: Settings, detectors: Sequence[Choice], cameras: Sequence[Choice]
    ) -> None:
        """Opens the settings."""
        self._open("settings", dialogs.SettingsDialog, settings, detectors, cameras)

    def open_statistics(self) -> None:
        """Opens the statistics."""
        self._open("statistics", dialogs.StatisticsDialog)

    def open_download(self) -> None:
        """Asks whether YuNet may be downloaded."""
        self._open("download", dialogs.DownloadDialog)

    def open_add_model(self, proposed: Proposed) -> None:
        """Shows what a model file is, while its readings are being tried."""
        self.close_add_model()
        self._open("add_model", dialogs.AddModelDialog, proposed)

    def show_checked(self, checked: Checked) -> None:
        """Shows how well each reading does."""
        self._tell_dialog("add_model", "show", checked)

    def show_tried(self, row: RankedRow) -> None:
        """Shows how well the edited reading does."""
        self._tell_dialog("add_model", "show_tried", row)

    def show_impossible(self, message: str) -> None:
        """Says why the edited reading is impossible."""
        self._tell_dialog("add_model", "show_impossible", message)

    def show_capture(self, shown: CaptureShown) -> None:
        """Shows which expression is asked for, and the countdown."""
        self._tell_dialog("add_model", "show_capture", shown)

    def show_adding_problem(self, message: str) -> None:
        """Says in the dialog why something cannot be done."""
        self._tell_dialog("add_model", "show_problem", message)

    def close_add_model(self) -> None:
        """Closes that dialog."""
        self._tell_dialog("add_model", "close")

    def open_teach(self, name: str) -> None:
        """Opens the dialog that teaches."""
        self._tell_dialog("teach", "close")
        self._open("teach", dialogs.TeachDialog, name)

    def show_teach(self, shown: TeachShown) -> None:
        """Shows classes, countdown and what came of it."""
        self._tell_dialog("teach", "show", shown)

    def close_dialogs(self) -> None:
        """Closes all of them."""
        for name in self._dialogs:
            self._tell_dialog(name, "close")

    def _tell_dialog(self, name: str, call: str, *values: Any) -> None:
        """Calls a method of a dialog, if it is open."""
        dialog = self._dialogs.get(name)
        if dialog is not None and dialog.window.winfo_exists():
            getattr(dialog, call)(*values)

    def _open(self, name: str, kind: type, *values: Any) -> None:
        """Opens a dialog, or brings the one that is open to the front."""
        dialog = self._dialogs.get(name)
        if dialog is not None and dialog.window.winfo_exists():
            dialog.window.lift()
            dialog.window.focus_set()
        else:
            self._dialogs[name] = kind(self, *values)

    def dialog(self, name: str) -> Any:
        """The dialog of that name, if it was opened."""
        return self._dialogs.get(name)

    def open_help(self) -> None:
        """Opens the table of keys."""
        self._open("help", dialogs.HelpDialog)

    def open_about(self) -> None:
        """Opens version, privacy and licences."""
        self._open("about", dialogs.AboutDialog)
