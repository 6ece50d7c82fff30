"""The annotated copy of a film."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from fer_core.analysis.session import Session
from fer_core.errors import OutputError
from fer_core.overlay import annotate
from fer_core.types import FrameResult
from fer_core.video.base import VideoSource
from fer_core.video.film import FilmSource
from fer_core.video.film_sink import MAX_GAP_S, VideoSink

#: Frames a second of a copy where the source has no rate of its own.
_FPS = 25.0
#: Gives the path for a suffix, and takes it back at the end if nothing was written.
Paths = Callable[[str], AbstractContextManager[Path]]


def annotated_film(stack: ExitStack, source: VideoSource, paths: Paths) -> VideoSink:
    """A sink for a copy with boxes and labels, at the film's own times and with its sound.

    It is an MP4, or an AVI where the pictures are too large for that.

    Args:
        stack: closes it.
        source: the film, at its start.
        paths: says where.

    Raises:
        OutputError: neither can be made.
    """
    fps, wh = source.fps, source.size_wh
    if source.is_stills:
        fps, wh = 1.0, _first_size(source)
    max_gap_s = MAX_GAP_S if source.is_live else math.inf
    sound = source if isinstance(source, FilmSource) and not source.is_live else None

    def made(suffix: str) -> VideoSink:
        with ExitStack() as inner:
            target = inner.enter_context(paths(suffix))
            sink = VideoSink(target, fps or _FPS, wh, annotate, max_gap_s=max_gap_s, sound=sound)
            inner.enter_context(sink)
            stack.push(inner.pop_all())
        return sink

    try:
        return made(".mp4")
    except OutputError as error:
        try:
            return made(".avi")
        except OutputError:
            raise error from None


def render(source: VideoSource, session: Session, sink: VideoSink) -> None:
    """Writes a film again, with what a session says of its frames.

    Args:
        source: the film of the session, at its start.
        session: frames that it lacks are written as they are.
        sink: see `annotated_film`.

    Raises:
        SourceError: the film cannot be read to its end.
        OutputError: the copy cannot be written.
    """
    for frame in source:
        nothing = FrameResult(frame.index, frame.time_s, frame.picture_wh, (), "")
        sink.write(frame, session.frame(frame.index) or nothing)


def _first_size(source: VideoSource) -> tuple[int, int]:
    """Width and height of the first picture that can be read; the others are fitted to it."""
    first = source.read()
    source.seek(0)
    return first.wh if first is not None else source.size_wh
