"""Statistics of the running or last stream: share of each expression, live."""

from typing import TYPE_CHECKING

from fer_core.expressions import EXPRESSIONS, UNSURE, color_rgb, display_name
from ui.base import Dialog
from ui.charts import BarChart
from ui.presenter.shown import Bar, hex_color

if TYPE_CHECKING:
    from ui.main_window import MainWindow

_EVERY_MS = 500


class StatisticsDialog(Dialog):
    """A bar chart that follows the stream; can be saved as picture and as table."""

    file, title_key = "statistics.ui", "key.statistics"

    def __init__(self, window: "MainWindow") -> None:
        self._main = window
        self._later = ""
        super().__init__(window.root, window.theme, window.texts)

    def fill(self) -> None:
        """Draws the chart and goes on doing so."""
        self._chart = BarChart(self.widget("chart"), self.theme)
        self._follow()

    def close(self) -> None:
        """Closes the dialog."""
        self.window.after_cancel(self._later)
        super().close()

    def on_png(self) -> None:
        """Save as picture was pressed."""
        self._main.presenter.saving.save_statistics(".png")

    def on_csv(self) -> None:
        """Save as table was pressed."""
        self._main.presenter.saving.save_statistics(".csv")

    def _follow(self) -> None:
        try:
            self._show(self._main.presenter.saving.shares())
        finally:
            self._later = self.window.after(_EVERY_MS, self._follow)

    def _show(self, shares: dict[str, float]) -> None:
        summary = self._main.presenter.saving.summary(shares)
        self.widget("summary").configure(text=summary)
        for name in ("png", "csv"):
            self.widget(name).state(["!disabled" if shares else "disabled"])
        most = max(shares, key=lambda name: shares[name], default="")
        own = any(name not in (*EXPRESSIONS, UNSURE) for name in shares)
        names = tuple(shares) if own else (*EXPRESSIONS, UNSURE)
        colors = {name: hex_color(color_rgb(name)) for name in names}
        language = self.texts.language
        self._chart.show(
            tuple(
                Bar(display_name(name, language), shares.get(name, 0.0), color, name == most)
                for name, color in colors.items()
            )
        )
