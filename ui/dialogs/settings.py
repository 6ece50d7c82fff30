"""Settings, kept between runs."""

from collections.abc import Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from fer_core.config import Settings
from fer_core.names import plain
from ui.base import Dialog
from ui.presenter.shown import Choice
from ui.scales import set_steps

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class SettingsDialog(Dialog):
    """All that can be set; nothing changes before Save."""

    file, title_key = "settings.ui", "key.settings"

    def __init__(
        self,
        window: "MainWindow",
        settings: Settings,
        detectors: Sequence[Choice],
        cameras: Sequence[Choice],
    ) -> None:
        self._main, self._settings = window, settings
        self._detectors = [c for c in detectors if c.usable]
        if settings.detector not in [c.key for c in self._detectors]:
            self._detectors.append(Choice(settings.detector, plain(settings.detector)))
        self._cameras = [Choice("", window.texts("settings.first_camera")), *cameras]
        if settings.camera not in [c.key for c in self._cameras]:
            self._cameras.append(Choice(settings.camera, plain(settings.camera)))
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Shows what is set now."""
        s = self._settings
        _choose(self.widget("detector"), self._detectors, s.detector)
        _choose(self.widget("camera"), self._cameras, s.camera)
        self.widget("unsure").set(s.unsure_below)
        self.widget("smoothing").set(s.smoothing_s)
        set_steps(self.widget("unsure"), lambda: 0.05)
        set_steps(self.widget("smoothing"), lambda: 0.1)
        self.on_unsure(str(s.unsure_below))
        self.on_smoothing(str(s.smoothing_s))
        for name in ("show_accuracy", "mirror", "theme", "language", "snapshot_dir"):
            self.variable(name).set(getattr(s, name))
        self.window.bind("<Return>", lambda _: self.on_save())

    def on_unsure(self, value: str) -> None:
        """The threshold moved."""
        self.widget("unsure_value").configure(text=f"{100 * float(value):.0f} %")

    def on_smoothing(self, value: str) -> None:
        """The smoothing moved."""
        self.widget("smoothing_value").configure(text=f"{float(value):.1f} s")

    def on_folder(self) -> None:
        """Choose… was pressed."""
        chosen = self._main.ask_folder(self.variable("snapshot_dir").get())
        if chosen:
            self.variable("snapshot_dir").set(chosen)
        self.window.lift()

    def on_save(self) -> None:
        """Takes everything over and closes."""
        values: dict[str, Any] = {
            "detector": self._detectors[self.widget("detector").current()].key,
            "camera": self._cameras[self.widget("camera").current()].key,
            "unsure_below": round(float(self.widget("unsure").get()), 2),
            "smoothing_s": round(float(self.widget("smoothing").get()), 1),
        }
        for name in ("show_accuracy", "mirror", "theme", "language", "snapshot_dir"):
            values[name] = self.variable(name).get()
        # Only what the person changed here: meanwhile a key or the tool bar may have changed more.
        changed = {k: v for k, v in values.items() if v != getattr(self._settings, k)}
        self.close()
        self._main.presenter.apply_settings(self._main.presenter.settings.with_(**changed))


def _choose(box: ttk.Combobox, choices: Sequence[Choice], current: str) -> None:
    box.configure(values=[c.title for c in choices])
    keys = [c.key for c in choices]
    box.current(keys.index(current))
