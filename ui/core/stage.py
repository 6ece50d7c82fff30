"""What is being shown: one still picture or one stream, and everything that hangs on it."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from fer_core.errors import FerError, SourceOpenError
from fer_core.names import plain
from fer_core.texts import Texts
from ui.core.engine import Engine
from ui.core.film import Film
from ui.core.worker import Worker
from ui.presenter.core import Event, Failed, Progress, Saved, SourceFailed
from ui.presenter.playlist import shown_name

if TYPE_CHECKING:
    from fer_core.statistics import StreamStatistics
    from fer_core.streaming import StreamSession
    from fer_core.types import Frame, FrameResult
    from ui.core.saving import Recorder

NOTHING_RECORDED = (
    "Nothing was recorded: no picture came while it ran; record while the camera or the video runs."
)
#: Results between two polls of the window; far more than ever pile up.
_MAX_RESULTS = 3000
#: A frame that the film's analysis does not have yet is looked up again after this, seconds.
_LOOK_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The newest frame, with the newest result of it or of one shortly before."""

    frame: "Frame"
    result: "FrameResult | None"


class Stage:
    """Opens sources, analyses them, and ends them without keeping the window waiting.

    Each source has a number; whatever belongs to an older one is dropped when it arrives.
    """

    def __init__(self, engine: Engine, jobs: Worker, tell: Callable[[Event], None]) -> None:
        self._engine, self._jobs, self._tell = engine, jobs, tell
        self._lock = threading.Lock()  # guards all that follows
        self._number = 0
        self._session: StreamSession | None = None
        self._still: Present | None = None
        self._results: deque[FrameResult] = deque(maxlen=_MAX_RESULTS)
        self._statistics: StreamStatistics | None = None
        self._photos: dict[str, FrameResult] = {}  # those that were read, by path
        self._photo = self._name = ""
        self._recorder: Recorder | None = None
        self._told_failed = 0  # number of the source whose failure was told
        self._films: tuple[Film, ...] = ()  # the newest first; an older one until that is complete
        self._film_path = ""
        self._look_up: tuple[Frame, FrameResult | None, float] | None = None

    # -- opening and closing -----------------------------------------------------------------

    def close(self) -> None:
        """Ends what is shown; its threads end in the background."""
        self._next_number()

    def open_picture(self, what: str | bytes) -> None:
        """Shows a picture file, or the bytes of one."""
        number = self._next_number()
        self._photo = what if isinstance(what, str) else f"picture {number}"
        if self._statistics is not None:  # a stream came between
            self._photos, self._statistics = {}, None
        self._jobs.do(lambda: self._open_picture(number, what))

    def open_stream(self, what: str, reconnect: bool) -> None:
        """Shows a camera or a video.

        Args:
            what: as `fer_core.open_source` takes it.
            reconnect: open it again when it stops delivering.
        """
        number = self._next_number()
        self._jobs.do(lambda: self._start_session(number, what, reconnect))

    def analyse_film(self, path: str) -> None:
        """Analyses a film from its beginning to its end, beside the picture that plays."""
        self._film_path = path
        self._begin_film()

    def _begin_film(self) -> None:
        """Under what is loaded now; the film's last whole analysis stays until this one is."""
        number, path = self._number, self._film_path

        def begin() -> None:
            if number != self._number or not path or not self._engine.ready:
                return
            kept = next((film for film in self._films if film.is_complete), None)
            for film in self._films:
                if film is not kept:
                    film.stop()
            new = Film(path, self._engine.thorough_twin)
            with self._lock:
                late = number != self._number
                if not late:
                    self._films = (new,) if kept is None else (new, kept)
            if late:
                new.stop()

        if path:
            self._jobs.do(begin)

    @property
    def film(self) -> "Film | None":
        """The film's newest analysis."""
        return self._films[0] if self._films else None

    def process(self, frame: "Frame") -> "FrameResult":
        """Analyses one frame of a stream, or takes what the film's analysis has of it."""
        return self._from_film(frame) or self._engine.process(frame)

    def reset(self) -> None:
        """A new stream begins."""
        self._engine.reset()

    def _from_film(self, frame: "Frame") -> "FrameResult | None":
        for film in self._films:
            found = film.result(frame)
            if found is not None:
                return found
        return None

    def read_again(self) -> None:
        """Analyses what stands still once more, with the new model or detector."""
        session, still, number = self._session, self._still, self._number
        if still is not None:
            self._jobs.do(lambda: self._read_still(number, still.frame))
        elif session is not None:
            self._begin_film()
            self._read_standing(session)

    def judge_again(self, unsure_below: float) -> None:
        """Puts what stands still under another threshold of "not sure", 0..1."""
        with self._lock:
            still, session = self._still, self._session
            if still is not None and still.result is not None:
                self._still = Present(still.frame, still.result.judged(unsure_below))
        if session is not None:
            self._begin_film()
            self._read_standing(session)

    def _read_standing(self, session: "StreamSession") -> None:
        """A film that does not run is read once more where it stands."""
        state = session.snapshot()
        if state.paused or state.status == "ended":
            session.seek(state.position_s)

    def _next_number(self) -> int:
        with self._lock:
            self._number += 1
            session, self._session = self._session, None
            self._still = None
            self._results.clear()
            number = self._number
            films, self._films, self._film_path = self._films, (), ""
        if session is not None:
            self._jobs.do(session.stop)
        for film in films:
            self._jobs.do(film.stop)
        return number

    def _start_session(self, number: int, what: str, reconnect: bool) -> None:
        from fer_core.statistics import StreamStatistics
        from fer_core.streaming import StreamSession
        from fer_core.video import open_source

        session = StreamSession(lambda: open_source(what), self, reconnect=reconnect)
        session.add_observer(lambda frame, result: self._observe(number, frame, result))
        with self._lock:
            if number != self._number:
                return
            self._session = session
            self._statistics = StreamStatistics()
            self._name = plain(shown_name(what))
        session.start()

    def _open_picture(self, number: int, what: str | bytes) -> None:
        from fer_core.types import Frame
        from fer_core.video.images import decode_photo, read_photo

        if number != self._number:  # the person went on meanwhile
            return
        try:
            photo = decode_photo(what) if isinstance(what, bytes) else read_photo(what)
        except SourceOpenError as error:
            self._tell(SourceFailed(str(error), number))
            return
        frame = Frame(photo.image, 0, 0.0, photo.full_wh)
        with self._lock:
            if number != self._number:
                return
            self._still = Present(frame, None)
        self._read_still(number, frame)

    def _read_still(self, number: int, frame: "Frame") -> None:
        if number != self._number or not self._engine.ready:
            return
        self._engine.reset()
        result = self._engine.process(frame)
        with self._lock:
            if number == self._number:  # the threshold may have been moved meanwhile
                result = result.judged(self._engine.unsure_below)
                self._still = Present(frame, result)
                self._photos[self._photo] = result

    # -- what is there now -------------------------------------------------------------------

    def is_over(self, event: Event) -> bool:
        """Whether it tells of a source that is no longer shown."""
        return isinstance(event, SourceFailed) and event.number != self._number

    @property
    def session(self) -> "StreamSession | None":
        """The running stream."""
        return self._session

    def present(self) -> Present | None:
        """The newest frame and result; notices a stream that failed, and tells it once."""
        with self._lock:
            session, still, number = self._session, self._still, self._number
        if session is None:
            return still
        state = session.snapshot()
        if state.status == "failed" and self._told_failed != number:
            self._told_failed = number
            self._tell(SourceFailed(state.message, number))
        if state.frame is None:
            return None
        return Present(state.frame, self._result_of(state.frame, state.result))

    def _result_of(self, frame: "Frame", newest: "FrameResult | None") -> "FrameResult | None":
        """Of exactly this frame, where the film's analysis has it; else the newest there is."""
        if not self._films or (newest is not None and newest.frame_index == frame.index):
            return newest
        now = time.monotonic()
        if self._look_up is not None:
            seen, found, at_s = self._look_up
            if seen is frame and (found is not None or now - at_s < _LOOK_AGAIN_S):
                return found or newest
        found = self._from_film(frame)
        self._look_up = (frame, found, now)
        return found or newest

    def progress(self) -> Progress | None:
        """How the running stream does."""
        session = self._session
        if session is None:
            return None
        s = session.snapshot()
        status = "paused" if s.paused and s.status == "running" else s.status
        return Progress(
            status, s.message, s.fps, s.latency_ms, s.dropped, s.position_s, s.duration_s
        )

    def results(self) -> "list[FrameResult]":
        """Every result of the stream since the last call."""
        with self._lock:
            found = list(self._results)
            self._results.clear()
            return found

    def shares(self) -> dict[str, float]:
        """Share of each expression in the running or last stream, 0..1."""
        with self._lock:
            found = self._statistics or self._of_photos()
            return found.shares() if found is not None else {}

    def _of_photos(self) -> "StreamStatistics | None":
        """Of the photos that were read so far; each face counts the same."""
        from fer_core.statistics import StreamStatistics

        if not self._photos:
            return None
        statistics = StreamStatistics()
        for result in self._photos.values():
            statistics.add(result, lasts_s=1.0)
        return statistics

    def save_statistics(self, path: str, language: str) -> None:
        """Writes the statistics as .png or .csv; of photos the table has a row a face.

        Raises:
            OSError, OutputError: the file cannot be written.
        """
        with self._lock:
            statistics, photos = self._statistics, dict(self._photos)
            found = statistics or self._of_photos()
        if found is None:
            return
        if not path.lower().endswith(".csv"):
            found.to_png(path, language=language, title=self._title(language, len(photos)))
        elif statistics is not None:
            statistics.to_csv(path)
        else:
            _write_photos(path, photos)

    def _title(self, language: str, photos: int) -> str:
        """What the chart is of: name, model and day."""
        statistics, texts = self._statistics, Texts(language)
        if statistics is None:
            what = texts("statistics.of_photos", count=photos)
        else:
            what = texts("statistics.of", name=self._name, seconds=round(statistics.duration_s))
        return f"{what}\n{self._engine.model_name}, {date.today().isoformat()}"

    # -- recording ---------------------------------------------------------------------------

    def record(self, recorder: "Recorder") -> None:
        """Hands every analysed frame to a recorder from now on."""
        with self._lock:
            self._recorder = recorder

    def stop_recording(self) -> None:
        """Finishes the recording in the background."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._jobs.do(lambda: self._tell(_finished(recorder)))

    def _observe(self, number: int, frame: "Frame", result: "FrameResult") -> None:
        with self._lock:
            if number != self._number:
                return
            self._results.append(result)
            if self._statistics is not None and self._engine.ready:
                self._statistics.add(result)
            recorder = self._recorder
        if recorder is not None:
            try:
                recorder.write(frame, result)
            except FerError as error:
                self.stop_recording()
                self._tell(Failed(str(error), recording=True))


def _write_photos(path: str, photos: "dict[str, FrameResult]") -> None:
    """One row a face."""
    import numpy as np

    from fer_core.types import Frame
    from fer_core.video.sinks import CsvSink

    image = np.zeros((1, 1, 3), np.uint8)
    with CsvSink(path, list(photos)) as sink:
        for index, result in enumerate(photos.values()):
            sink.write(Frame(image, index, 0.0), replace(result, frame_index=index))


def _finished(recorder: "Recorder") -> Event:
    """Closes a recording and says what there is of it."""
    try:
        paths = recorder.close()
    except FerError as error:
        return Failed(str(error), recording=True)
    return Saved(paths, recording=True) if paths else Failed(NOTHING_RECORDED, recording=True)
