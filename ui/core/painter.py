"""The thread that draws, so that the window never waits for it."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.presenter.core import Look, Picture

if TYPE_CHECKING:
    from fer_core.types import Frame, FrameResult

    Scene = tuple[Frame, FrameResult | None, str | None]

_log = logging.getLogger(__name__)
_POLL_S = 0.006


class Painter:
    """Draws the present scene whenever it or the look changes; keeps only the newest picture.

    Args:
        scene: gives frame, result and caption, or None while there is none; called in this thread.
    """

    def __init__(self, scene: "Callable[[], Scene | None]") -> None:
        self._scene = scene
        self._look: Look | None = None
        self._lock = threading.Lock()
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
        if on:
            self._awake.set()
        else:
            self._awake.clear()

    def take(self) -> Picture | None:
        """The newest picture, once."""
        with self._lock:
            picture, self._picture = self._picture, None
            return picture

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self._awake.set()
        self._thread.join(5.0)

    def _work(self) -> None:
        drawn: tuple = ()
        while self._awake.wait() and not self._ended.wait(_POLL_S):
            generation = self._generation
            scene, look = self._scene(), self._look
            if scene is None or look is None or min(look.size_wh) < 2:
                continue
            frame, result, caption = scene
            now = (generation, frame, result, caption, look)
            if len(drawn) == 5 and _same(now, drawn):
                continue
            drawn = now
            try:
                from ui.core.drawing import draw

                picture = draw(frame, result, look, caption)
            except Exception:
                _log.exception("a picture could not be drawn")
                continue
            with self._lock:
                if generation == self._generation:
                    self._picture = picture


def _same(a: tuple, b: tuple) -> bool:
    return a[0] == b[0] and a[1] is b[1] and a[2] is b[2] and a[3] == b[3] and a[4] == b[4]
