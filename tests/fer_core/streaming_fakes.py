"""Sources and pipelines without pictures of anything, for the tests of streams."""

import threading
import time
from collections.abc import Callable

import numpy as np

from fer_core.errors import SourceLostError
from fer_core.types import Frame, FrameResult
from fer_core.video.base import VideoSource
from tests.waiting import PATIENCE_S, until


class FakeFile(VideoSource):
    """A file of `count` frames, `fps` a second."""

    def __init__(self, count: int = 20, fps: float = 200.0) -> None:
        super().__init__("fake.mp4")
        self.fps, self.frame_count, self.size_wh = fps, count, (8, 6)
        self.position = 0
        self.releases = 0
        self.fail_at: int | None = None

    def _read(self) -> Frame | None:
        assert not self.releases
        if self.position == self.fail_at:
            raise SourceLostError("fake.mp4 can no longer be read.")
        if self.position >= (self.frame_count or 0):
            return None
        image = np.full((6, 8, 3), self.position % 256, np.uint8)
        self.position += 1
        return Frame(image, self.position - 1, (self.position - 1) / (self.fps or 1))

    def _seek(self, index: int) -> None:
        self.position = index

    def _release(self) -> None:
        self.releases += 1


class FakeCamera(FakeFile):
    """Gives frames for ever, or `count` of them and is lost."""

    is_live = True

    def __init__(self, count: int = 10**9, fps: float = 200.0) -> None:
        super().__init__(count, fps)
        self.frame_count = None
        self._count = count

    def _read(self) -> Frame | None:
        if self.position >= self._count:
            raise SourceLostError("The camera stopped giving pictures.")
        time.sleep(1 / (self.fps or 1))
        image = np.full((6, 8, 3), self.position % 256, np.uint8)
        self.position += 1
        return Frame(image, self.position - 1, (self.position - 1) / (self.fps or 1))


class FakePipeline:
    """Finds no face; `gate` and `error` make it slow and broken."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.resets = 0
        self.gate: threading.Event | None = None
        self.error: Exception | None = None

    def reset(self) -> None:
        self.resets += 1

    def process(self, frame: Frame) -> FrameResult:
        if self.gate is not None:
            self.gate.wait(PATIENCE_S)
        if self.error is not None:
            raise self.error
        self.seen.append(frame.index)
        return FrameResult(frame.index, frame.time_s, frame.wh, (), "fake")


def wait_for(condition: Callable[[], object], what: str = "the condition") -> None:
    """Waits until it holds; a test that waits in vain fails."""
    until(condition, what)
