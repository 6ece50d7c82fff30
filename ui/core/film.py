"""A film that is analysed once, whole, while it plays; what was found is kept."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from fer_core.errors import FerError
from ui.presenter.film_data import CurvePoints, FilmData, FilmEvent, FilmPerson

if TYPE_CHECKING:
    from fer_core.analysis import Session
    from fer_core.analysis.views import Curve
    from fer_core.pipeline import FerPipeline
    from fer_core.types import Frame, FrameResult

_log = logging.getLogger(__name__)
#: What is known so far is brought together so often while a film is analysed, seconds.
_EVERY_S = 1.5
#: Persons whose curves are drawn, and points of each curve.
_CURVES, _POINTS = 6, 400
_JOIN_S = 5.0
#: Times of one frame that differ by less are the same, seconds.
_SAME_S = 1e-3


class Film:
    """One film under one model, detector and threshold.

    Args:
        path: the file.
        make: makes a pipeline of its own; called in the thread of the film.
    """

    def __init__(self, path: str, make: "Callable[[], FerPipeline]") -> None:
        self._path, self._make = path, make
        self._stop = threading.Event()
        self._lock = threading.Lock()  # guards the session and what is ready
        self._session: Session | None = None
        self._ready: FilmData | None = None
        self._told_s = 0.0
        self._thread = threading.Thread(target=self._run, name="mimik-film", daemon=True)
        self._thread.start()

    @property
    def is_complete(self) -> bool:
        """Whether the film was analysed to its end."""
        session = self._session
        return session is not None and session.is_complete

    def result(self, frame: "Frame") -> "FrameResult | None":
        """What was found in exactly this frame; None where it was not analysed yet."""
        session = self._session
        if session is None or self._stop.is_set():
            return None
        try:
            found = session.frame(frame.index)
        except FerError as error:
            _log.warning("%s", error)
            return None
        same = found is not None and abs(found.time_s - frame.time_s) < _SAME_S
        return found if same else None

    def take(self) -> FilmData | None:
        """What is known now, once; None where that is nothing new."""
        with self._lock:
            found, self._ready = self._ready, None
            return found

    def mark(self, time_s: float, note: str) -> None:
        """Marks a moment.

        Raises:
            OutputError: it cannot be kept.
        """
        if self._session is not None:
            self._session.mark(time_s, note)
            self._publish()

    def name(self, person: int, name: str) -> None:
        """Calls a person by a name.

        Raises:
            OutputError: it cannot be kept.
        """
        if self._session is not None:
            self._session.name(person, name)
            self._publish()

    def stop(self) -> None:
        """Ends the analysis; what is not complete is analysed anew the next time."""
        self._stop.set()
        self._thread.join(_JOIN_S)
        if not self._thread.is_alive():  # else it lets go of the session itself
            self._let_go()

    def _let_go(self) -> None:
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            with suppress(FerError):
                session.close()

    def _run(self) -> None:
        try:
            self._analyse()
            if self._stop.is_set():
                self._let_go()
        except FerError as error:  # the film itself says what is wrong with it where it plays
            _log.warning("%s is not analysed: %s", self._path, error)
        except Exception:
            _log.exception("a film could not be analysed")

    def _analyse(self) -> None:
        from fer_core.analysis import (
            analyse,
            conditions_of,
            find_session,
            new_session,
            origin_of,
        )
        from fer_core.video import open_source

        pipeline = self._make()
        if self._stop.is_set():
            return
        with open_source(self._path) as source:
            if source.is_live or source.is_stills:
                return
            origin, conditions = origin_of(source), conditions_of(pipeline)
            session = find_session(origin, conditions)
            known = session is not None
            session = session or new_session(origin, conditions)
            with self._lock:
                self._session = session
            if not known and not self._stop.is_set():
                analyse(source, pipeline, session, on_progress=self._progress, stop=self._stop)
        if not self._stop.is_set():
            self._publish()

    def _progress(self, _: object) -> None:
        if time.monotonic() - self._told_s >= _EVERY_S:
            self._told_s = time.monotonic()
            self._publish()

    def _publish(self) -> None:
        session = self._session
        if session is None:
            return
        data = film_data(session)
        with self._lock:
            self._ready = data


def film_data(session: "Session") -> FilmData:
    """A session in plain values, those who were seen longest first among the curves."""
    from fer_core.expressions import color_rgb
    from ui.presenter.shown import hex_color

    complete = session.is_complete
    times = session.columns().time_s
    done_s = float(times[-1]) if len(times) else 0.0
    duration_s = session.duration_s or done_s
    # The last frame so far stands for itself, and not for all of the film that is still to come.
    end_s = duration_s if complete else done_s
    people = session.persons()
    longest = sorted(people, key=lambda person: -person.seconds)[:_CURVES]
    shown = {person.number for person in longest}

    def color(label: str) -> str:
        return hex_color(color_rgb(label))

    def curves(number: int) -> tuple[CurvePoints, ...]:
        return tuple(
            (label, color(label), _points(session.curve(number, label, _POINTS)))
            for label in session.labels
        )

    found = tuple(
        FilmPerson(
            person.number,
            person.name,
            min(person.seconds, end_s),
            tuple(
                (span.start_s, min(span.end_s, end_s), span.label, color(span.label))
                for span in session.bands(person.number)
            ),
            curves(person.number) if person.number in shown else (),
        )
        for person in people
    )
    events = tuple(FilmEvent(e.kind, e.time_s, e.person, e.label) for e in session.events())
    return FilmData(duration_s, end_s, complete, found, events)


def _points(curve: "Curve") -> tuple[tuple[float, float | None], ...]:
    return tuple(
        (time_s, None if value != value else value)
        for time_s, value in zip(curve.time_s.tolist(), curve.value.tolist(), strict=True)
    )
