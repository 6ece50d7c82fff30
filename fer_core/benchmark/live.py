"""Whether the picture keeps moving while a slow model thinks, and while a model is swapped."""

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from fer_core.benchmark.clips import FPS, one_face
from fer_core.benchmark.report import Figure, Row
from fer_core.models.spec import ModelSpec
from fer_core.pipeline import FaceClassifier, FerPipeline
from fer_core.streaming import StreamSession
from fer_core.types import Frame, FrameResult, Prediction
from fer_core.video.base import VideoSource

#: How long the slow model takes for a frame: five a second, as a large network on an old laptop.
SLOW_S = 0.2
#: How often the window asks for the newest picture.
_POLL_S = 0.004
_SWAP_AT_MOST_S = 60.0
#: So long the first two frames may take, on a machine that is very busy.
_TWO_FRAMES_AT_MOST_S = 60.0


class SlowClassifier:
    """A classifier that takes longer: `SLOW_S`, or as said."""

    def __init__(self, classifier: FaceClassifier, wait_s: float | None = None) -> None:
        self._classifier = classifier
        self._wait_s = SLOW_S if wait_s is None else wait_s
        self.name = f"{classifier.name}, slowed down"

    @property
    def spec(self) -> ModelSpec:
        """That of the classifier."""
        return self._classifier.spec

    def predict(self, crops: list[np.ndarray]) -> Sequence[Prediction]:
        """Its predictions, later."""
        time.sleep(self._wait_s)
        return self._classifier.predict(crops)


class ClipCamera(VideoSource):
    """A camera that films a clip at its rate."""

    is_live = True
    fps = FPS
    size_wh = (640, 480)

    def __init__(self, frames: Sequence[Frame]) -> None:
        super().__init__("clip")
        self._frames = frames
        self._count = 0
        self._start_s = time.monotonic()

    def _read(self) -> Frame | None:
        due = self._start_s + self._count / FPS
        if (wait := due - time.monotonic()) > 0:
            self._closed.wait(wait)
        image = self._frames[self._count % len(self._frames)].image
        frame = Frame(image, self._count, self._count / FPS)
        self._count += 1
        return frame


def measure_display(pipeline: FerPipeline, seconds: float) -> Row:
    """Counts the frames that a window would have shown, and the longest time without a new one."""
    frames = list(one_face((640, 480), 30))
    slow = FerPipeline(SlowClassifier(pipeline.classifier), pipeline.detector)
    session = StreamSession(lambda: ClipCamera(frames), slow, reconnect=False)
    session.start()
    try:
        shown = _watch(session, seconds)
        analysed = session.snapshot().analysed_fps
    finally:
        session.stop()
    gaps = np.diff(shown)
    rate = (len(shown) - 1) / (shown[-1] - shown[0]) if len(shown) > 1 else 0.0
    longest = float(gaps.max()) * 1e3 if len(gaps) else seconds * 1e3
    return Row(
        "display",
        "picture shown while a slow model runs",
        (
            Figure("rate", rate, "fps", FPS * 0.98, at_least=True),
            Figure("longest gap", longest, "ms", 100.0),
        ),
        f"a camera with {FPS:.0f} fps, a model that takes {SLOW_S * 1e3:.0f} ms more and reads "
        f"{analysed:.1f} frames a second",
    )


def measure_swap(pipeline: FerPipeline, load: Callable[[], FaceClassifier], seconds: float) -> Row:
    """Loads a converted model into a running stream, in a thread of its own as the window does."""
    frames = list(one_face((640, 480), 30))
    # The name tells the results of the one that runs from those of the one that is loaded.
    running = FerPipeline(SlowClassifier(pipeline.classifier, 0.0), pipeline.detector)
    before = running.classifier.name
    session = StreamSession(lambda: ClipCamera(frames), running, reconnect=False)
    asked: list[float] = []
    first: list[float] = []
    there = threading.Event()

    def swap() -> None:
        asked.append(time.monotonic())
        running.classifier = load()

    def observe(_: Frame, result: FrameResult) -> None:
        if result.model != before and not there.is_set():
            first.append(time.monotonic())
            there.set()

    timer = threading.Timer(seconds / 2, swap)
    session.add_observer(observe)
    session.start()
    timer.start()
    try:
        shown = _watch(session, seconds)
        timer.join()
        there.wait(_SWAP_AT_MOST_S)
    finally:
        session.stop()
    if not first:
        return Row("swap", "another model in a running stream", (), "no result came from it")
    gaps = np.diff([at for at in shown if at > asked[0] - seconds / 4])
    longest = float(gaps.max()) * 1e3 if len(gaps) else seconds * 1e3
    return Row(
        "swap",
        "another model in a running stream",
        (
            Figure("until its first result", first[0] - asked[0], "s", 0.5),
            Figure("longest gap", longest, "ms", 100.0),
        ),
        "loaded from the cache; the picture is watched meanwhile",
    )


def _watch(session: StreamSession, seconds: float) -> list[float]:
    """The times at which a new frame was there, from the first frame on: at least two."""
    shown: list[float] = []
    newest = -1
    give_up = time.monotonic() + seconds + _TWO_FRAMES_AT_MOST_S
    while (now := time.monotonic()) < give_up:
        frame = session.snapshot().frame
        if frame is not None and frame.index != newest:
            newest = frame.index
            shown.append(now)
        if len(shown) > 1 and now >= shown[0] + seconds:
            break
        time.sleep(_POLL_S)
    return shown
