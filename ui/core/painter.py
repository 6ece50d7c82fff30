"""The thread that draws, so that the window never waits for it."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.presenter.core import Look, Picture

if TYPE_CHECKING:
    from ui.core.stage import Present

_log = logging.getLogger(__name__)
_POLL_S = 0.006
_JOIN_S = 5.0


class Painter:
    """Draws the present frame whenever it or the look changes; keeps only the newest picture.

    Args:
        present: gives what is there, or None; called in this thread.
    """

    def __init__(self, present: "Callable[[], Present | None]") -> None:
        self._present = present
        self._look: Look | None = None
        self._lock = threading.Lock()  # guards picture and generation
        self._picture: Picture | None = None
        self._generation = 0
        self._ended = threading.Event()
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mimik-painter", daemon=True)
        self._thread.start()

    def look(self, look: Look) -> None:
        """Changes how the scene is drawn."""
        self._look = look

    def active(self, on: bool) -> None:
        """Wakes the painter for a source, or lets it sleep; a picture not yet taken is dropped."""
        with self._lock:
            self._generation += 1
            self._picture = None
        (self._awake.set if on else self._awake.clear)()

    def take(self) -> Picture | None:
        """The newest picture, once."""
        with self._lock:
            picture, self._picture = self._picture, None
            return picture

    def stop(self) -> None:
        """Asks the thread to end."""
        self._ended.set()
        self._awake.set()

    def join(self) -> None:
        """Waits until the thread has ended, a few seconds at most."""
        self._thread.join(_JOIN_S)

    def _work(self) -> None:
        drawn: tuple = (None, None, None)
        while self._awake.wait() and not self._ended.wait(_POLL_S):
            generation, look = self._generation, self._look
            try:
                present = self._present()
                if present is None or look is None or min(look.size_wh) < 2:
                    continue
                # Frames and results compare by identity: the same objects while nothing is new.
                now = (present.frame, present.result, (generation, look))
                if now == drawn:
                    continue
                drawn = now
                self._draw(present, look, generation)
            except Exception:
                _log.exception("a picture could not be drawn")
                self._ended.wait(1.0)

    def _draw(self, present: "Present", look: Look, generation: int) -> None:
        from ui.core.drawing import draw

        picture = draw(present.frame, present.result, look)
        with self._lock:
            if generation == self._generation:
                self._picture = picture
