"""A whole source through the pipeline into files: no frame is ever left out."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue

from fer_core.streaming import Analyser
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.sinks import Sink

#: Frames that are decoded ahead while one is analysed.
_AHEAD = 4
#: Frames done, and frames in all or None.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export did.

    Attributes:
        frames: frames analysed and written.
        with_face: those of them with at least one face.
        cancelled: it was ended before the source did.
    """

    frames: int
    with_face: int
    cancelled: bool


def export(
    source: VideoSource,
    pipeline: Analyser,
    sinks: Sequence[Sink],
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> ExportSummary:
    """Analyses every frame of a source and writes it to every sink; returns when all is done.

    The caller opens and closes source and sinks; what was written before an error or a cancellation
    stays.

    Args:
        source: opened already.
        pipeline: best one made with `thorough=True`, so that each face is read in each frame.
        sinks: opened already.
        progress: called after every frame, in the caller's thread.
        cancel: set it from another thread to end early.

    Raises:
        SourceError: the source failed; all frames before that are written.
        OutputError: a sink failed.
    """
    pipeline.reset()
    frames = with_face = 0
    reader = _Reader(source)
    try:
        while (frame := reader.next()) is not None:
            if cancel is not None and cancel.is_set():
                return ExportSummary(frames, with_face, cancelled=True)
            if source.is_stills:
                pipeline.reset()
            result = pipeline.process(frame)
            for sink in sinks:
                sink.write(frame, result)
            frames += 1
            with_face += bool(result.faces)
            if progress is not None:
                progress(frames, source.frame_count)
    finally:
        reader.stop()
    return ExportSummary(frames, with_face, cancelled=False)


class _Reader:
    """Decodes ahead in a thread, at most `_AHEAD` frames."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._queue: Queue[Frame | Exception | None] = Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mimik-export-reader", daemon=True)
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
