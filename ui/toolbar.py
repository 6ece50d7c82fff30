"""The tool bar of the main window, which gives up what can be spared where there is little room."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ui.soon import Soon

if TYPE_CHECKING:
    from ui.base import Layout
    from ui.pickers import Picker

_MODES = ("camera_button", "image_button", "video_button")
_LABELS = ("model_label", "detector_label")
#: They are in the menu, too.
_TOOLS = ("snapshot_button", "record_button", "statistics_button", "settings_button")


class Toolbar:
    """Gives up, in this order: labels, words of the modes, long names in the pickers, tools.

    Args:
        layout: the main window.
        pickers: its pickers.
    """

    def __init__(self, layout: "Layout", pickers: "tuple[Picker, ...]") -> None:
        self._layout, self._pickers = layout, pickers
        self._bar: Any = layout.widget("toolbar")
        self._steps: tuple[Callable[[bool], None], ...] = (
            lambda on: self._show(_LABELS, on),
            self._show_words,
            self._show_names,
            lambda on: self._show(_TOOLS, on),
        )
        self._given_up = 0
        #: The width in px that the bar needed before each thing that was given up.
        self._needed: list[int] = []
        self._fit_soon = fit_soon = Soon(self._bar, self._fit)
        self._bar.bind("<Configure>", fit_soon)
        for name in ("model_picker", "detector_picker", "camera_picker"):
            layout.widget(name).bind("<Configure>", fit_soon, add="+")

    def _fit(self) -> None:
        width = self._bar.winfo_width()
        if width <= 1:  # not on the screen yet
            return
        while self._given_up and width >= self._needed[-1]:
            self._given_up -= 1
            self._needed.pop()
            self._steps[self._given_up](True)
        if self._given_up < len(self._steps) and self._bar.winfo_reqwidth() > width:
            self._needed.append(self._bar.winfo_reqwidth())
            self._steps[self._given_up](False)
            self._given_up += 1
            self._fit_soon()  # how much that was is known once Tk has laid it out

    def _show(self, names: tuple[str, ...], on: bool) -> None:
        for name in names:
            widget = self._layout.widget(name)
            (widget.grid if on else widget.grid_remove)()

    def _show_names(self, on: bool) -> None:
        for picker in self._pickers:
            picker.narrow(not on)

    def _show_words(self, on: bool) -> None:
        for name in _MODES:
            self._layout.widget(name).configure(compound="left" if on else "image")
