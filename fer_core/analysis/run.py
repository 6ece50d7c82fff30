"""A whole source through the pipeline, into a session and into files: no frame is ever left out."""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue

from fer_core.analysis import flow
from fer_core.analysis.session import Session
from fer_core.pipeline import FerPipeline
from fer_core.streaming import Analyser
from fer_core.types import Frame, FrameResult
from fer_core.video.base import VideoSource
from fer_core.video.sinks import Sink
from fer_core.video.stills import StillsSource

#: Frames that are decoded ahead while one is analysed.
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an analysis is.

    Attributes:
        frames: done.
        total: in all, as announced; None if unknown.
        time_s: of the last frame.
        fps: frames a second so far.
        left_s: seconds until it is done, if all goes on like that; None if unknown.
    """

    frames: int
    total: int | None
    time_s: float
    fps: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an analysis did.

    Attributes:
        frames: frames analysed.
        with_face: those of them with at least one face.
        faces: in all of them together.
        stopped: it was ended before the source did.
        seconds: how long it took.
    """

    frames: int
    with_face: int
    faces: int
    stopped: bool
    seconds: float


def analyse(
    source: VideoSource,
    pipeline: Analyser,
    session: Session | None = None,
    *,
    sinks: Sequence[Sink] = (),
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Analyses every frame of a source; returns when all is done.

    The caller opens and closes everything that is given. What was written before an error or before
    `stop` stays; the session is complete only if the source was read to its end.

    Args:
        source: opened already, at its start.
        pipeline: best one made with `thorough=True`, so that each face is read in each frame.
        session: keeps the results; None keeps nothing.
        sinks: get every frame with its result, too.
        on_progress: called after every frame, in the caller's thread.
        stop: set it from another thread to end early.

    Raises:
        SourceError: the source failed; all frames before that are written.
        OutputError: the session or a sink cannot be written.
    """
    pipeline.reset()
    meter = _Meter(source.frame_count)
    pictures = _Pictures(source, session)
    frames = with_face = faces = 0
    stopped = False
    reader = _Reader(source)
    results = _results(reader, pipeline, source.is_stills)
    try:
        for frame, result in results:
            if stop is not None and stop.is_set():
                stopped = True
                break
            pictures.keep(result)
            for sink in sinks:
                sink.write(frame, result)
            frames += 1
            with_face += bool(result.faces)
            faces += len(result.faces)
            if on_progress is not None:
                on_progress(meter.after(frames, frame.time_s))
    finally:
        results.close()
        reader.stop()
        if session is not None:
            session.commit()
    if session is not None and not stopped:
        pictures.end()
        # Of photos that were read in an earlier run nobody else remembers what was wrong.
        problems = dict.fromkeys([*session.unreadable().values(), *source.problems])
        session.finish([problem for problem in problems if problem], source.duration_s)
    return Outcome(frames, with_face, faces, stopped, meter.seconds)


def _results(
    reader: "_Reader", pipeline: Analyser, stills: bool
) -> Generator[tuple[Frame, FrameResult]]:
    """Each frame with its result; several at a time where the pipeline has lanes."""
    if isinstance(pipeline, FerPipeline) and pipeline.thorough and pipeline.lanes > 1:
        yield from flow.results(iter(reader.next, None), pipeline, stills=stills)
        return
    while (frame := reader.next()) is not None:
        if stills:
            pipeline.reset()
        yield frame, pipeline.process(frame)


class _Pictures:
    """Keeps results in a session, and of photos which picture each is of."""

    def __init__(self, source: VideoSource, session: Session | None) -> None:
        self._session = session
        self._paths: list[str] = []
        self._unreadable: Mapping[int, str] = {}
        if isinstance(source, StillsSource):
            self._paths, self._unreadable = [str(path) for path in source.paths], source.unreadable
        self._next = 0 if session is None else session.newest + 1

    def keep(self, result: FrameResult) -> None:
        if self._session is None:
            return
        if not self._paths:
            self._session.add(result)
            return
        self._pass_over(result.frame_index)
        self._session.add(result, self._paths[result.frame_index])
        self._next = result.frame_index + 1

    def end(self) -> None:
        self._pass_over(len(self._paths))

    def _pass_over(self, index: int) -> None:
        """Says of the pictures before an index that they could not be read."""
        if self._session is not None:
            for missing in range(self._next, index):
                problem = self._unreadable.get(missing, "")
                self._session.add_unreadable(missing, self._paths[missing], problem)


class _Meter:
    """How quick it is, over the last few seconds."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._begun_s = time.monotonic()
        self._marks = [(self._begun_s, 0)]

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._begun_s

    def after(self, frames: int, time_s: float) -> Progress:
        """Where it is after so many frames."""
        now = time.monotonic()
        if now - self._marks[-1][0] > 1.0:
            self._marks = [*self._marks[-9:], (now, frames)]
        begun, before = self._marks[0]
        fps = (frames - before) / max(now - begun, 1e-6)
        left = None if not self._total or not fps else max(self._total - frames, 0) / fps
        return Progress(frames, self._total, time_s, fps, left)


class _Reader:
    """Decodes ahead in a thread, at most `_AHEAD` frames."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._queue: Queue[Frame | Exception | None] = Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mimik-reader", daemon=True)
        self._thread.start()

    def next(self) -> Frame | None:
        """The next frame, None at the end; raises what reading raised."""
        item = self._queue.get()
        if isinstance(item, Exception):
            raise item
        return item

    def stop(self) -> None:
        """Ends the thread."""
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._queue.get_nowait()
            except Empty:
                self._thread.join(0.05)

    def _run(self) -> None:
        try:
            for frame in self._source:
                self._put(frame)
                if self._stopped.is_set():
                    return
            self._put(None)
        except Exception as error:  # raised again where the frames are taken
            self._put(error)

    def _put(self, item: Frame | Exception | None) -> None:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=0.2)
                return
            except Full:
                continue
