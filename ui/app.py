"""Starts the window: shows it first, then loads what is slow."""

import gc
import json
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from fer_core import paths
from fer_core.config import Settings, load_settings
from fer_core.messages import silent_when_full
from fer_core.names import PlainFormatter

_STARTED = time.monotonic()
_log = logging.getLogger(__name__)
NO_TKINTER = (
    "Mimik's window needs Tkinter, which this Python lacks; install python3-tk (Debian, Ubuntu), "
    "python3-tkinter (Fedora) or python-tk (Homebrew)."
)
NO_DISPLAY = (
    "Mimik cannot open a window: there is no display. Start it in a desktop session, or use "
    "the command line: python main.py --help."
)
#: The smallest window, px at 96 dpi: half a small screen.
_MIN_WH = (480, 400)
#: So much of the window has to lie on the screen when it comes back to its last place, px.
_SEEN_PX = 120
#: The start-up report gives up after this long without an overlay.
_REPORT_LIMIT_S = 60.0


def main(arguments: Sequence[str] = ()) -> int:
    """Runs the window.

    Args:
        arguments: files to open, or `--camera` or `--camera=NAME`; `--report-startup` prints how
            long the start took and ends.

    Returns:
        Exit code: 0, or 2 if there is no Tkinter or no display.
    """
    report = "--report-startup" in arguments
    camera = next((a[8:].lstrip("=") for a in arguments if a.split("=")[0] == "--camera"), None)
    files = [a for a in arguments if not a.startswith("--")]
    try:
        import tkinter as tk
    except ImportError:
        return _refuse(NO_TKINTER)
    _sharp_on_windows()
    try:
        root = tk.Tk(className="Mimik")
    except tk.TclError:
        return _refuse(NO_DISPLAY)
    _log_to_file()
    App(root, files, camera, report).run()
    return 0


class App:
    """The running program: root window, main window, presenter and core."""

    def __init__(
        self, root: Any, files: Sequence[str] = (), camera: str | None = None, report: bool = False
    ) -> None:
        from fer_core.texts import Texts
        from ui.core import RealCore
        from ui.main_window import MainWindow
        from ui.presenter import Presenter
        from ui.theme import Theme

        self.root, self._files, self._camera = root, files, camera
        self._ended = False
        self._delayed: str | None = None
        root.withdraw()
        settings, self._notice = load_settings()
        texts = Texts(settings.language)
        theme = Theme(root)
        theme.use(settings.theme)
        self.window = MainWindow(root, theme, texts)
        self.core = RealCore()
        self.presenter = Presenter(self.window, self.core, settings)
        self._report = StartupReport(self) if report else None
        self._garbage = GarbageCollector(root)
        self._place(theme, settings)
        root.protocol("WM_DELETE_WINDOW", self.quit)
        root.bind("<<MimikQuit>>", lambda _: self.quit())
        root.report_callback_exception = self._unexpected

    def run(self) -> None:
        """Shows the window and stays until it is closed."""
        self.start()
        self.root.mainloop()

    def start(self) -> None:
        """Shows the window; the rest is loaded behind it."""
        self.root.deiconify()
        self.root.update()
        if self._report:
            self._report.visible()
        self.presenter.start(self._files, self._notice, self._camera)
        self.window.run(self.presenter)
        self._delayed = self.root.after(300, self._later)

    def quit(self) -> None:
        """Ends all threads and closes the window."""
        self._ended = True
        if self._delayed:
            self.root.after_cancel(self._delayed)
        self.window.stop()
        self._keep_place()
        self.root.withdraw()
        self.root.update_idletasks()
        self.presenter.stop()
        self._garbage.stop()
        self.root.destroy()
        del self.window, self.presenter, self.core, self._report, self._icons
        gc.collect()

    def _later(self) -> None:
        """What a person does not need in the first moment."""
        from ui.dnd import accept_files

        accept_files(self.root, self.presenter.sources.open_paths, self.window.invite)

    def _place(self, theme: Any, settings: Settings) -> None:
        root = self.root
        import tkinter as tk

        icons = paths.resources_dir() / "Icons"
        self._icons = [
            tk.PhotoImage(master=root, file=str(icons / f"mimik-{size}.png")) for size in (128, 32)
        ]
        root.iconphoto(True, *self._icons)
        screen = (root.winfo_screenwidth(), root.winfo_screenheight())
        w, h = min(theme.px(1180), screen[0] - 40), min(theme.px(760), screen[1] - 80)
        x, y = (screen[0] - w) // 2, (screen[1] - h) // 3
        if settings.window:
            w, h = (min(size, most) for size, most in zip(settings.window[:2], screen, strict=True))
            x = min(max(settings.window[2], _SEEN_PX - w), screen[0] - _SEEN_PX)
            y = min(max(settings.window[3], 0), screen[1] - _SEEN_PX)
        root.geometry(f"{w}x{h}+{x}+{y}")
        if settings.maximized:
            _maximize(root)
        root.minsize(theme.px(_MIN_WH[0]), theme.px(_MIN_WH[1]))

    def _keep_place(self) -> None:
        """Where the window is, for the next start; of a maximised one, where it was before."""
        root = self.root
        if self.window.is_full_screen:
            return
        maximized = _is_maximized(root)
        place = self.presenter.settings.window
        root.update_idletasks()
        if not maximized:
            size, *corner = re.split(r"(?<=\d)[+]|(?=-)", root.geometry())
            place = (*(int(v) for v in size.split("x")), *(int(v) for v in corner))
        self.presenter.keep_window(place, maximized)

    def _unexpected(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        """Never a traceback to a person: the log has it, the window says one sentence."""
        if self._ended:  # what waited for an answer in a file dialog finds no window
            return
        _log.error("in the window", exc_info=(kind, error, trace))
        self.presenter.unexpected(kind.__name__)


class GarbageCollector:
    """Collects garbage in the window's thread only.

    Tk's images and variables call Tk when they die. Where Python collects them in another thread,
    that thread waits for the window, which may be waiting for that thread.
    """

    EVERY_MS = 2000
    #: Every so many times everything is looked at, not only what is young.
    FULL = 15

    def __init__(self, root: Any) -> None:
        self._root, self._count = root, 0
        gc.disable()
        self._later = root.after(self.EVERY_MS, self._collect)

    def stop(self) -> None:
        """Leaves it to Python again."""
        self._root.after_cancel(self._later)
        gc.enable()

    def _collect(self) -> None:
        self._count += 1
        gc.collect(2 if self._count % self.FULL == 0 else 1)
        self._later = self._root.after(self.EVERY_MS, self._collect)


class StartupReport:
    """Measures the start for the benchmark, prints it as JSON and ends the program."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._visible_s = 0.0
        app.presenter.panel.first_overlay = self._overlay
        app.root.after(int(_REPORT_LIMIT_S * 1000), lambda: self._end(None))

    def visible(self) -> None:
        """The window is on the screen."""
        self._visible_s = since_start()

    def _overlay(self) -> None:
        self._app.root.update_idletasks()
        self._end(since_start())

    def _end(self, overlay_s: float | None) -> None:
        report = {"visible_s": round(self._visible_s, 3), "first_overlay_s": overlay_s}
        if overlay_s is not None:
            report["first_overlay_s"] = round(overlay_s, 3)
        sys.stdout.write(json.dumps(report) + "\n")
        sys.stdout.flush()
        self._app.root.after_idle(self._app.quit)


def since_start() -> float:
    """Seconds since this process began; where the system does not tell, since this module."""
    try:
        fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
        uptime_s = float(Path("/proc/uptime").read_text().split()[0])
        return uptime_s - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return time.monotonic() - _STARTED


def _is_maximized(root: Any) -> bool:
    if root.tk.call("tk", "windowingsystem") == "x11":
        return bool(root.attributes("-zoomed"))
    return bool(root.state() == "zoomed")


def _maximize(root: Any) -> None:
    if root.tk.call("tk", "windowingsystem") == "x11":
        root.attributes("-zoomed", True)
    else:
        root.state("zoomed")


def _refuse(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 2


def _log_to_file() -> None:
    """What goes wrong is written to a small file; without one the window works all the same."""
    path = paths.cache_dir() / "mimik.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=1, encoding="utf-8")
    except OSError:
        return
    silent_when_full(handler)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)


def _sharp_on_windows() -> None:
    """Asks Windows for real pixels, so that it does not blow the window up."""
    if sys.platform == "win32":
        import ctypes

        try:
            ctypes.windll.shcore.SetProcessDpiAwareness(1)
        except (AttributeError, OSError):
            _log.info("this Windows cannot be asked for real pixels")
