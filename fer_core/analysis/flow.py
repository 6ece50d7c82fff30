"""Frames on their way through a pipeline, several at a time and in their order.

```
frames ─► find ─┐  (a pool, one frame a core)
                ├─► follow ─► read ─┐  (the same pool)
                                    ├─► end ─► result
```

Finding and reading look at one frame alone and take nearly all of the time; following and smoothing
need all frames before and take none. So a core works on each frame, and no more frames are on their
way than there are cores, and a few.
"""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

from fer_core.pipeline import FerPipeline, Followed, Read
from fer_core.types import Face, Frame, FrameResult

#: Frames that wait between two steps, beyond those that are worked on.
_WAITING = 2


def results(
    frames: Iterator[Frame], pipeline: FerPipeline, *, stills: bool
) -> Iterator[tuple[Frame, FrameResult]]:
    """Each frame with its result, in their order.

    Args:
        frames: of one stream, or pictures.
        pipeline: thorough, just reset; `lanes` of it work at a time.
        stills: each frame is a picture of its own.
    """
    most = pipeline.lanes + _WAITING
    finding: deque[tuple[Frame, Future[list[Face]]]] = deque()
    reading: deque[tuple[Followed, Future[Read]]] = deque()
    # A detector that does not say that it may, such as a cascade, is used by one thread at a time.
    alone: Any = nullcontext() if hasattr(pipeline.detector, "use_lanes") else threading.Lock()

    def find(frame: Frame) -> list[Face]:
        with alone:
            return pipeline.find(frame)

    def follow() -> None:
        frame, found = finding.popleft()
        faces = found.result()
        if stills:
            pipeline.reset()
        followed = pipeline.follow(frame, faces)
        reading.append((followed, pool.submit(pipeline.read, followed)))

    def end() -> tuple[Frame, FrameResult]:
        followed, read = reading.popleft()
        return followed.frame, pipeline.end(followed, read.result())

    failed: Exception | None = None
    with _pool(pipeline.lanes) as pool:
        while True:
            try:
                frame = next(frames, None)
            except Exception as error:  # what came before is done first
                failed, frame = error, None
            if frame is None:
                break
            finding.append((frame, pool.submit(find, frame)))
            if len(finding) > most:
                follow()
            if len(reading) > most:
                yield end()
        while finding:
            follow()
            if len(reading) > most:
                yield end()
        while reading:
            yield end()
    if failed is not None:
        raise failed


@contextmanager
def _pool(lanes: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are gone at the end; what has not begun by then is not done."""
    pool = ThreadPoolExecutor(lanes, "mimik-lane")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
