"""Which expressions a stream showed, for how long, and on whose face."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fer_core.expressions import (
    UNSURE,
    color_rgb,
    display_name,
    in_order,
)
from fer_core.files import replacing, write_text
from fer_core.names import csv_line
from fer_core.types import FrameResult

#: A frame of a live stream counts the time since the one before it; a longer step is a pause or a
#: jump.
MAX_FRAME_S = 1.0
#: What the first frame counts, and with it a single picture.
DEFAULT_FRAME_S = 1 / 30
#: Faces kept one by one; beyond that the shortest seen are summed up as `OTHERS`.
MAX_FACES = 200
#: Key of the faces that are summed up.
OTHERS = -1
_MAX_SPANS = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a face's timeline with one expression; `label` may be `UNSURE`."""

    start_s: float
    end_s: float
    label: str


@dataclass(slots=True)
class _FaceRecord:
    seconds: dict[str, float] = field(default_factory=dict)
    spans: deque[Span] = field(default_factory=lambda: deque(maxlen=_MAX_SPANS))

    @property
    def total_s(self) -> float:
        return sum(self.seconds.values())


class StreamStatistics:
    """Sums up the results of one stream; its memory does not grow with the stream's length.

    One thread may add while another one reads.

    Args:
        timeline_s: how far back `timeline` can look.
    """

    def __init__(self, *, timeline_s: float = 60.0) -> None:
        self.frames = 0
        self.duration_s = 0.0
        self._timeline_s = timeline_s
        self._records: dict[int, _FaceRecord] = {}
        self._time_s: float | None = None
        self._frame_s = DEFAULT_FRAME_S
        self._seen = 0
        self._lock = threading.Lock()

    def add(self, result: FrameResult, lasts_s: float | None = None) -> None:
        """Takes the next result.

        Args:
            result: of the next frame.
            lasts_s: how long the frame stands, in seconds, where that is known, as in a file.
                Without it the frame counts the time since the one before; a jump (a seek, a pause)
                counts as one usual frame.
        """
        with self._lock:
            end_s = result.time_s + (lasts_s or 0.0)
            if lasts_s is not None:
                self._frame_s = lasts_s
            elif self._time_s is not None and 0 < result.time_s - self._time_s <= MAX_FRAME_S:
                self._frame_s = result.time_s - self._time_s
            self._time_s = result.time_s
            self.frames += 1
            self.duration_s += self._frame_s
            for number, face in result.numbered:
                record, label = self._record(number), face.shows
                _add(record.seconds, {label: self._frame_s})
                _extend(record, label, end_s, self._frame_s)
                while record.spans[0].end_s < result.time_s - self._timeline_s:
                    record.spans.popleft()

    @property
    def face_count(self) -> int:
        """Different faces so far."""
        return self._seen

    def shares(self, track_id: int | None = None) -> dict[str, float]:
        """Share of each expression, and of `UNSURE`, in the time in which a face was seen.

        Args:
            track_id: one face only; None is all of them.

        Returns:
            Class → 0..1 in the order of `expressions.in_order`, summing to 1; empty without a face.
        """
        seconds = self.seconds(track_id)
        total = sum(seconds.values())
        return {name: value / total for name, value in seconds.items()} if total else {}

    def seconds(self, track_id: int | None = None) -> dict[str, float]:
        """Like `shares`, in seconds of face time."""
        total: dict[str, float] = {}
        with self._lock:
            for track, record in self._records.items():
                if track_id in (None, track):
                    _add(total, record.seconds)
        unsure = total.pop(UNSURE, 0.0)
        ordered = {name: total[name] for name in in_order(sorted(total)) if total[name] > 0}
        return ordered | ({UNSURE: unsure} if unsure > 0 else {})

    def faces(self) -> dict[int, float]:
        """Track id → seconds seen, longest first; `OTHERS` sums up the rest of a crowd."""
        with self._lock:
            totals = {track: record.total_s for track, record in self._records.items()}
        return dict(sorted(totals.items(), key=lambda item: (item[0] == OTHERS, -item[1])))

    def timeline(self, seconds: float = 60.0) -> dict[int, tuple[Span, ...]]:
        """What each face showed lately, for bands on a time axis.

        Args:
            seconds: how far back from the newest frame.

        Returns:
            Track id → spans in order of time, in seconds of the stream, cut at the window's start.
        """
        with self._lock:
            start = (self._time_s or 0.0) - seconds
            bands = {
                track: tuple(
                    Span(max(span.start_s, start), span.end_s, span.label)
                    for span in record.spans
                    if span.end_s > start
                )
                for track, record in sorted(self._records.items())
                if track != OTHERS
            }
        return {track: spans for track, spans in bands.items() if spans}

    def to_csv(self, path: str | Path) -> None:
        """Writes face, expression, seconds and share, first for all faces together.

        Raises:
            OSError: the file cannot be written.
        """
        rows = [csv_line(("face", "expression", "seconds", "share"))]
        for track in (None, *self.faces()):
            name = "all" if track is None else "others" if track == OTHERS else str(track)
            seconds = self.seconds(track)
            total = sum(seconds.values())
            rows += [
                csv_line((name, expression, f"{value:.3f}", f"{value / total:.4f}"))
                for expression, value in seconds.items()
            ]
        write_text(path, "".join(rows))

    def to_png(self, path: str | Path, *, language: str = "en", title: str = "") -> None:
        """Writes a bar chart of the shares of all faces together.

        Raises:
            OSError: the file cannot be written.
        """
        with replacing(path) as temporary:
            _draw(self.shares(), temporary, language, title)

    def _record(self, track: int) -> _FaceRecord:
        if track not in self._records:
            self._seen += 1
            if len(self._records) >= MAX_FACES:
                self._sum_up()
            self._records[track] = _FaceRecord()
        return self._records[track]

    def _sum_up(self) -> None:
        """Moves the half of the faces that was seen least into `OTHERS`."""
        others = self._records.pop(OTHERS, None) or _FaceRecord()
        by_time = sorted(self._records, key=lambda track: self._records[track].total_s)
        for track in by_time[: len(by_time) // 2]:
            _add(others.seconds, self._records.pop(track).seconds)
        self._records[OTHERS] = others


def _add(total: dict[str, float], more: Mapping[str, float]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0.0) + value


def _extend(record: _FaceRecord, label: str, end_s: float, step_s: float) -> None:
    """Lengthens the last span, or begins one where the label changed or the time jumped."""
    last = record.spans[-1] if record.spans else None
    follows = last is not None and -1e-6 < end_s - last.end_s < 1.5 * step_s
    if last is not None and follows and last.label == label:
        record.spans[-1] = Span(last.start_s, end_s, label)
    else:
        record.spans.append(Span(max(end_s - step_s, 0.0), end_s, label))


def _draw(shares: Mapping[str, float], path: Path, language: str, title: str) -> None:
    from matplotlib.figure import Figure

    names = list(shares)
    colors = [color_rgb(name) for name in names]
    figure = Figure(figsize=(7, 4), dpi=120, layout="constrained")
    axes = figure.subplots()
    bars = axes.bar(
        [display_name(name, language) for name in names],
        [100 * shares[name] for name in names],
        color=[tuple(channel / 255 for channel in color) for color in colors],
    )
    axes.bar_label(bars, fmt="%.0f %%", padding=2)
    axes.set_ylim(0, 110)
    axes.set_ylabel("Anteil der Zeit in %" if language == "de" else "share of the time in %")
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", labelrotation=20)
    figure.savefig(path, format="png")
