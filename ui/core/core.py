"""`RealCore`: what the presenter calls, done with fer_core in threads of its own."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from fer_core.config import Settings
from fer_core.errors import FerError, SourceOpenError
from ui.core import engine
from ui.core.painter import Painter
from ui.core.worker import Worker, sentence
from ui.presenter.core import (
    CamerasListed,
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    Event,
    Failed,
    Listed,
    Look,
    ModelFailed,
    ModelReady,
    Picture,
    Progress,
    Saved,
    SourceFailed,
)
from ui.presenter.shown import Choice

if TYPE_CHECKING:
    from fer_core.statistics import StreamStatistics
    from fer_core.streaming import StreamSession
    from fer_core.types import Frame, FrameResult
    from fer_core.video.base import VideoSource
    from ui.core.saving import Recorder

_EVENTS_A_POLL = 50


class RealCore:
    """Two workers (loading; sources and files), a painter, and the threads of a stream session."""

    def __init__(self) -> None:
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._loader = Worker("mimik-loader", self._fail)
        self._jobs = Worker("mimik-jobs", self._fail)
        self._painter = Painter(self._scene)
        self._engine = engine.Engine()
        self._settings = Settings()
        self._look: Look | None = None
        self._lock = threading.Lock()  # guards what follows
        self._source = 0  # counts up with every source; what belongs to an older one is dropped
        self._session: StreamSession | None = None
        self._still: tuple[Frame, FrameResult | None] | None = None
        self._results: deque[FrameResult] = deque(maxlen=3000)
        self._statistics: StreamStatistics | None = None
        self._recorder: Recorder | None = None
        self._told_failed = False

    # -- polled by the window ----------------------------------------------------------------

    def events(self) -> Iterable[Event]:
        """What happened since the last call, a bounded batch."""
        found = []
        for _ in range(_EVENTS_A_POLL):
            try:
                found.append(self._events.get_nowait())
            except Empty:
                break
        return found

    def picture(self) -> Picture | None:
        """The newest picture, once."""
        return self._painter.take()

    def results(self) -> "list[FrameResult]":
        """Every result of the running stream since the last call."""
        with self._lock:
            found = list(self._results)
            self._results.clear()
            return found

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

    # -- models and detectors ----------------------------------------------------------------

    def start(self, settings: Settings) -> None:
        """Begins to load the model and the detector."""
        self._settings = settings
        self._engine.smooth(settings.smoothing_s)
        self._loader.do(self._load_first)

    def list_models(self) -> None:
        """Looks for models and detectors again."""
        self._loader.do(self._list)

    def use_model(self, name: str) -> None:
        """Loads a model and swaps it in."""
        self._loader.do(lambda: self._use_model(name))

    def use_detector(self, name: str) -> None:
        """Makes a detector and swaps it in."""
        self._loader.do(lambda: self._use_detector(name))

    def smooth(self, seconds: float) -> None:
        """Sets the smoothing of probabilities."""
        self._engine.smooth(seconds)

    def _list(self) -> tuple[Choice, ...]:
        models = engine.list_models()
        self._events.put(Listed(models, engine.list_detectors()))
        return models

    def _load_first(self) -> None:
        models = self._list()
        model, detector = self._settings.model, self._settings.detector
        try:
            engine.check_detector(detector)
        except FerError as error:
            self._events.put(DetectorFailed(detector, str(error)))
            detector = "haar"
        try:
            model = engine.first_usable(models, model)
            self._engine.load(model, detector)
        except Exception as error:
            self._events.put(ModelFailed(model, sentence(error)))
            return
        self._events.put(DetectorReady(detector))
        self._events.put(ModelReady(model, self._engine.accuracy))
        self._read_again()

    def _use_model(self, name: str) -> None:
        try:
            self._engine.use_model(name, self._settings.detector)
        except Exception as error:
            self._events.put(ModelFailed(name, sentence(error)))
        else:
            self._events.put(ModelReady(name, self._engine.accuracy))
            self._read_again()

    def _use_detector(self, name: str) -> None:
        try:
            self._engine.use_detector(name)
        except Exception as error:
            self._events.put(DetectorFailed(name, sentence(error)))
        else:
            self._events.put(DetectorReady(name))
            self._read_again()

    # -- sources -----------------------------------------------------------------------------

    def list_cameras(self) -> None:
        """Looks for cameras."""
        self._jobs.do(self._list_cameras)

    def open_camera(self, camera: str) -> None:
        """Shows a camera, by name or index."""
        from_source = self._open_lazily(camera)
        self._begin_stream(from_source, reconnect=True)

    def open_video(self, path: str) -> None:
        """Plays a video file at its own rate."""
        self._begin_stream(self._open_lazily(path), reconnect=False)

    def open_picture(self, what: str | bytes) -> None:
        """Shows a picture file, or the bytes of one."""
        number = self._new_source()
        self._jobs.do(lambda: self._open_picture(number, what))

    def close_source(self) -> None:
        """Stops whatever runs; the picture goes at once, the threads end in the background."""
        self._new_source(active=False)

    def play(self, on: bool) -> None:
        """Goes on with a video, or pauses it."""
        if self._session is not None:
            (self._session.resume if on else self._session.pause)()

    def seek(self, share: float) -> None:
        """Jumps to a place of the video, 0..1."""
        progress = self.progress()
        if self._session is not None and progress is not None and progress.duration_s:
            self._session.seek(share * progress.duration_s)

    def step(self, frames: int) -> None:
        """Pauses and moves by frames."""
        if self._session is None:
            return
        if frames > 0:
            self._session.step()
        else:
            state = self._session.snapshot()
            self._session.pause()
            self._session.seek(max(state.position_s - 1.5 / (state.fps or 25.0), 0.0))

    def _list_cameras(self) -> None:
        from fer_core.video.cameras import probe_cameras

        found = tuple(Choice(camera.name, camera.name) for camera in probe_cameras())
        self._events.put(CamerasListed(found))

    @staticmethod
    def _open_lazily(what: str) -> "Callable[[], VideoSource]":
        def opened() -> "VideoSource":
            from fer_core.video import open_source

            return open_source(what)

        return opened

    def _new_source(self, active: bool = True) -> int:
        """Ends the source before, without waiting for it."""
        with self._lock:
            self._source += 1
            session, self._session = self._session, None
            self._still = None
            self._results.clear()
            self._told_failed = False
            number = self._source
        self._painter.active(active)
        if session is not None:
            self._jobs.do(session.stop)
        return number

    def _begin_stream(self, opened: "Callable[[], VideoSource]", reconnect: bool) -> None:
        number = self._new_source()
        self._jobs.do(lambda: self._start_session(number, opened, reconnect))

    def _start_session(
        self, number: int, opened: "Callable[[], VideoSource]", reconnect: bool
    ) -> None:
        from fer_core.statistics import StreamStatistics
        from fer_core.streaming import StreamSession

        session = StreamSession(opened, self._engine, reconnect=reconnect)
        session.add_observer(lambda frame, result: self._observe(number, frame, result))
        with self._lock:
            if number != self._source:
                return
            self._session = session
            self._statistics = StreamStatistics(unsure_below=self._settings.unsure_below)
        session.start()

    def _observe(self, number: int, frame: "Frame", result: "FrameResult") -> None:
        with self._lock:
            if number != self._source:
                return
            self._results.append(result)
            if self._statistics is not None and self._engine.ready:
                self._statistics.add(result)
            recorder = self._recorder
        if recorder is not None:
            try:
                recorder(frame, result)
            except FerError as error:
                self.stop_recording()
                self._fail(str(error))

    def _open_picture(self, number: int, what: str | bytes) -> None:
        from fer_core.types import Frame
        from fer_core.video.images import decode_image, read_image

        try:
            image = decode_image(what) if isinstance(what, bytes) else read_image(what)
        except SourceOpenError as error:
            if number == self._source:
                self._events.put(SourceFailed(str(error)))
            return
        frame = Frame(image, 0, 0.0)
        with self._lock:
            if number != self._source:
                return
            self._still = (frame, None)
        self._read_still(number, frame)

    def _read_again(self) -> None:
        """The still picture, with the new model or detector."""
        still, number = self._still, self._source
        if still is not None:
            self._jobs.do(lambda: self._read_still(number, still[0]))

    def _read_still(self, number: int, frame: "Frame") -> None:
        if number != self._source or not self._engine.ready:
            return
        self._engine.reset()
        result = self._engine.process(frame)
        with self._lock:
            if number == self._source:
                self._still = (frame, result)

    # -- drawing -----------------------------------------------------------------------------

    def look(self, look: Look) -> None:
        """Changes how pictures are drawn."""
        self._look = look
        self._painter.look(look)

    def _scene(self) -> "tuple[Frame, FrameResult | None, str | None] | None":
        """The present frame and result; called by the painter, which also notices failures."""
        accuracy = self._look is not None and self._look.accuracy
        caption = (self._engine.accuracy or None) if accuracy else None
        present = self._present()
        return (*present, caption) if present else None

    def _present(self) -> "tuple[Frame, FrameResult | None] | None":
        session, still = self._session, self._still
        if session is None:
            return still
        state = session.snapshot()
        if state.status == "failed" and not self._told_failed:
            self._told_failed = True
            self._events.put(SourceFailed(state.message))
        return (state.frame, state.result) if state.frame is not None else None

    # -- saving ------------------------------------------------------------------------------

    def save_snapshot(self, folder: str) -> None:
        """Saves the present picture, with and without overlay."""
        present, look = self._present(), self._look
        if present is not None and look is not None:
            self._jobs.do(lambda: self._save_snapshot(folder, *present, look))

    def save_faces(self, folder: str) -> None:
        """Saves the faces of the present picture."""
        present = self._present()
        if present is not None:
            self._jobs.do(lambda: self._save_faces(folder, *present))

    def record(self, folder: str) -> None:
        """Begins to write an annotated video and a table of results."""
        self._jobs.do(lambda: self._record(folder))

    def stop_recording(self) -> None:
        """Ends the recording."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._jobs.do(lambda: self._events.put(Saved(recorder.close(), recording=True)))

    def shares(self) -> dict[str, float]:
        """Share of each expression in the running or last stream, 0..1."""
        with self._lock:
            return self._statistics.shares() if self._statistics is not None else {}

    def save_statistics(self, path: str) -> None:
        """Writes the statistics as .png or .csv."""
        self._jobs.do(lambda: self._save_statistics(path))

    def _save_snapshot(
        self, folder: str, frame: "Frame", result: "FrameResult | None", look: Look
    ) -> None:
        from ui.core.saving import save_snapshot

        files = save_snapshot(folder, frame, result, look.unsure_below, look.language)
        self._events.put(Saved(files))

    def _save_faces(self, folder: str, frame: "Frame", result: "FrameResult | None") -> None:
        from ui.core.saving import save_faces

        if result is not None and result.faces:
            self._events.put(Saved(save_faces(folder, frame, result)))

    def _record(self, folder: str) -> None:
        from ui.core.saving import Recorder

        session, look = self._session, self._look
        state = session.snapshot() if session is not None else None
        if state is None or state.frame is None or look is None:
            return
        fps = min(max(state.fps, 5.0), 60.0)
        recorder = Recorder(
            folder, fps, state.frame.wh, look.unsure_below, look.language, "recording"
        )
        with self._lock:
            self._recorder = recorder

    def _save_statistics(self, path: str) -> None:
        with self._lock:
            statistics = self._statistics
        if statistics is None:
            return
        language = self._look.language if self._look is not None else "en"
        try:
            if path.lower().endswith(".csv"):
                statistics.to_csv(path)
            else:
                statistics.to_png(path, language=language)
        except OSError as error:
            reason = error.strerror or str(error)
            self._fail(f"{path} cannot be written: {reason}; choose another place.")
        else:
            self._events.put(Saved((path,)))

    # -- the download and the end ------------------------------------------------------------

    def download_yunet(self) -> None:
        """Fetches the YuNet detector."""
        self._jobs.do(self._download)

    def _download(self) -> None:
        from fer_core.detection import download_yunet

        try:
            download_yunet(lambda done, total: self._events.put(Downloading(done, total)))
        except FerError as error:
            self._events.put(Downloaded(str(error)))
        else:
            self._events.put(Downloaded())

    def stop(self) -> None:
        """Ends all threads; waits a few seconds at most."""
        self.stop_recording()
        self._new_source(active=False)
        for worker in (self._jobs, self._loader):
            worker.stop()
        self._painter.stop()
        for worker in (self._jobs, self._loader):
            worker.join()

    def _fail(self, message: str) -> None:
        self._events.put(Failed(message))
