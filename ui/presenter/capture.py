"""Taking the person's own face, expression after expression, from the running picture."""

from collections import Counter
from collections.abc import Callable
from math import ceil

from fer_core.expressions import in_order
from ui.presenter.core import Captured
from ui.presenter.panel import Panel
from ui.presenter.shell import Shell
from ui.presenter.shown import CAMERA, NONE, VIDEO, CaptureShown

_COUNT_S = 3.0


class Capture:
    """Counts down, takes the face, and goes on to the next expression.

    Attributes:
        open_camera: called when the person asks for their camera.
    """

    def __init__(self, shell: Shell, panel: Panel) -> None:
        self._shell, self._panel = shell, panel
        self._labels: tuple[str, ...] = ()
        self._taken: Counter[str] = Counter()
        self._label = ""
        self._until: float | None = None
        self._last: Captured | None = None
        self._shown: CaptureShown | None = None
        self.open_camera: Callable[[], None] = lambda: None

    @property
    def is_open(self) -> bool:
        """Whether the page is shown."""
        return bool(self._labels)

    def forget(self) -> None:
        """Another model is looked at: nothing was taken for it."""
        self._taken.clear()
        self.close()

    def open(self, labels: tuple[str, ...]) -> None:
        """Shows the page for the expressions that the model tells apart."""
        self._labels = in_order(labels)
        self._label = self._next()
        self._last, self._until, self._shown = None, None, None
        self.show()

    def close(self) -> None:
        """The page is left, perhaps in the middle of a countdown."""
        self._labels, self._until = (), None

    def choose(self, label: str) -> None:
        """The person wants to show this expression."""
        self._label, self._last, self._until = label, None, None
        self.show()

    def start(self) -> None:
        """Counts down to the picture; a still one is taken at once."""
        if self._until is not None or not self._live:
            return
        self._last = None
        if self._shell.mode in (CAMERA, VIDEO):
            self._until = self._shell.clock() + _COUNT_S
            self.show()
        else:
            self._take()

    def tick(self) -> None:
        """Called many times a second."""
        if not self.is_open:
            return
        if self._until is not None and not self._live:
            self._until = None
        if self._until is not None and self._shell.clock() >= self._until:
            self._until = None
            self._take()
        self.show()

    def captured(self, event: Captured) -> None:
        """The picture was taken; without a face in it the same expression is asked for again."""
        self._last = event
        if event.found:
            self._taken[event.label] += 1
            if self.is_open:
                self._label = self._next()
        self.show()

    def show(self) -> None:
        """Shows the page as it is now."""
        if not self.is_open:
            return
        shown = self._state()
        if shown != self._shown:
            self._shown = shown
            self._shell.view.show_capture(shown)

    @property
    def _live(self) -> bool:
        if self._panel.picture is None or self._shell.has_card:
            return False
        return not self._is_over

    @property
    def _is_over(self) -> bool:
        """Whether what stands there is the rest of something that has ended."""
        progress = self._shell.core.progress()
        return (
            self._shell.mode in (CAMERA, VIDEO)
            and progress is not None
            and progress.status in ("ended", "failed", "reconnecting")
        )

    def _take(self) -> None:
        self._shell.core.capture_face(self._label, self._panel.shown)

    def _next(self) -> str:
        """The expression of which there are fewest, in order after the present one."""
        place = self._labels.index(self._label) + 1 if self._label in self._labels else 0
        turn = self._labels[place:] + self._labels[:place]
        return min(turn, key=lambda name: self._taken[name])

    def _state(self) -> CaptureShown:
        taken = tuple((name, self._taken[name]) for name in self._labels)
        left = self._until - self._shell.clock() if self._until is not None else 0.0
        status, last = self._status(), self._last
        good, bad = bool(last and last.found), bool(last and not last.found)
        return CaptureShown(self._label, taken, ceil(left), status, good, bad, self._live)

    def _status(self) -> str:
        shell, texts = self._shell, self._shell.texts
        if not self._live:
            if self._panel.picture is not None and self._is_over:
                return texts("capture.over")
            card = shell.card if shell.mode != NONE else None
            return f"{card.title} {card.text}".strip() if card else texts("capture.no_picture")
        if self._until is not None:
            return texts("capture.hold")
        if self._last is not None:
            return texts("capture.taken" if self._last.found else "capture.no_face")
        return texts("capture.hint")
