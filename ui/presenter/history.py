"""The last minute of a stream, one band a face."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fer_core.texts import Texts
from ui.presenter.faces import color_of, face_title
from ui.presenter.shown import Band, Span, Timeline

if TYPE_CHECKING:
    from fer_core.types import FrameResult

LENGTH_S = 60.0
#: A face that was away for longer begins a new stretch.
GAP_S = 0.6
#: Bands that fit; the faces seen longest stay.
MAX_BANDS = 4


@dataclass(slots=True)
class _Stretch:
    start_s: float
    end_s: float
    color: str


class History:
    """What each face showed, joined to stretches of one expression."""

    def __init__(self) -> None:
        self._faces: dict[int, deque[_Stretch]] = {}
        self._now_s = 0.0

    def clear(self) -> None:
        """A new stream begins."""
        self._faces.clear()
        self._now_s = 0.0

    def add(self, result: "FrameResult") -> None:
        """Takes one result; a jump back in time begins again."""
        if result.time_s < self._now_s - GAP_S:
            self.clear()
        self._now_s = result.time_s
        for number, face in result.numbered:
            self._extend(number, color_of(face))
        self._forget()

    def timeline(self, texts: Texts, chosen: int | None) -> Timeline:
        """The bands, the chosen face first."""
        order = sorted(self._faces, key=lambda key: (key != chosen, -self._seen_s(key)))
        bands = tuple(
            Band(
                face_title(key, texts),
                tuple(Span(s.start_s, s.end_s, s.color) for s in self._faces[key]),
                key == chosen,
            )
            for key in sorted(order[:MAX_BANDS])
        )
        return Timeline(bands, self._now_s, LENGTH_S)

    def _extend(self, key: int, color: str) -> None:
        stretches = self._faces.setdefault(key, deque())
        last = stretches[-1] if stretches else None
        if last is None or self._now_s - last.end_s > GAP_S:
            stretches.append(_Stretch(self._now_s, self._now_s, color))
        elif last.color == color:
            last.end_s = self._now_s
        else:
            last.end_s = self._now_s
            stretches.append(_Stretch(self._now_s, self._now_s, color))

    def _forget(self) -> None:
        oldest = self._now_s - LENGTH_S
        for key, stretches in list(self._faces.items()):
            while stretches and stretches[0].end_s < oldest:
                stretches.popleft()
            if not stretches:
                del self._faces[key]

    def _seen_s(self, key: int) -> float:
        return sum(s.end_s - s.start_s for s in self._faces[key])
