"""`RealCore`: what the presenter calls, done with fer_core in threads of its own."""

from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from fer_core import leftovers
from fer_core.config import Settings
from fer_core.errors import FerError
from fer_core.names import plain
from ui.core import engine
from ui.core.adding_steps import AddingSteps
from ui.core.painter import Painter
from ui.core.saving_steps import SavingSteps
from ui.core.stage import Stage
from ui.core.teaching import TeachingSteps
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
    ModelPreparing,
    ModelReady,
    ModelRemoved,
    Picture,
    Progress,
)
from ui.presenter.film_data import FilmData
from ui.presenter.models import ModelInfo, ReadingForm
from ui.presenter.shown import Choice

if TYPE_CHECKING:
    from fer_core.types import FrameResult

_EVENTS_A_POLL = 50


class RealCore:
    """Two workers (loading; sources and files), a painter, and the threads of a stream session."""

    def __init__(self) -> None:
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._loader = Worker("mimik-loader", self._fail)
        self._jobs = Worker("mimik-jobs", self._fail)
        self._engine = engine.Engine()
        self._stage = Stage(self._engine, self._jobs, self._events.put)
        self._painter = Painter(self._stage.present)
        self._settings = Settings()
        self._look: Look | None = None
        self._saving = SavingSteps(self._stage, self._jobs, self._events.put, lambda: self._look)
        self._adding = AddingSteps(self._loader, self._events.put)
        self._teaching = TeachingSteps(self._loader, self._events.put)

    # -- polled by the window ----------------------------------------------------------------

    def events(self) -> Iterable[Event]:
        """What happened since the last call, a bounded batch."""
        found = []
        for _ in range(_EVENTS_A_POLL):
            try:
                found.append(self._events.get_nowait())
            except Empty:
                break
        return [event for event in found if not self._stage.is_over(event)]

    def picture(self) -> Picture | None:
        """The newest picture, once."""
        return self._painter.take()

    def results(self) -> "list[FrameResult]":
        """Every result of the running stream since the last call."""
        return self._stage.results()

    def progress(self) -> Progress | None:
        """How the running stream does."""
        return self._stage.progress()

    def look(self, look: Look) -> None:
        """Changes how pictures are drawn."""
        self._look = look
        self._painter.look(look)

    # -- models and detectors ----------------------------------------------------------------

    def start(self, settings: Settings) -> None:
        """Begins to load the model and the detector."""
        self._settings = settings
        self._engine.smooth(settings.smoothing_s)
        self._engine.judge(settings.unsure_below)
        self._loader.do(self._load_first)
        self._loader.do(leftovers.clean_up)

    def list_models(self) -> None:
        """Looks for models and detectors again."""
        self._loader.do(self._relist)

    def use_model(self, name: str) -> None:
        """Loads a model and swaps it in while the stream goes on."""
        self._loader.do(lambda: self._use_model(name))

    def remove_model(self, name: str) -> None:
        """Deletes a model of the person's own."""
        self._loader.do(lambda: self._remove_model(name))

    def use_detector(self, name: str) -> None:
        """Makes a detector and swaps it in while the stream goes on."""
        self._loader.do(lambda: self._use_detector(name))

    def smooth(self, seconds: float) -> None:
        """Sets the smoothing of probabilities."""
        self._engine.smooth(seconds)

    def judge(self, unsure_below: float) -> None:
        """Sets the threshold of "not sure"; what stands still is judged again."""
        self._engine.judge(unsure_below)
        self._stage.judge_again(unsure_below)

    def _list(self) -> tuple[ModelInfo, ...]:
        models = engine.list_models()
        self._events.put(Listed(models, engine.list_detectors()))
        return models

    def _relist(self) -> None:
        self._list()

    def _load_first(self) -> None:
        from fer_core.detection.catalog import INSTEAD

        models = self._list()
        detector = self._settings.detector
        self._use_detector(detector, instead=INSTEAD if detector != INSTEAD else "")
        wanted = self._settings.model
        try:
            name = engine.first_usable(models, wanted)
        except FerError as error:
            self._events.put(ModelFailed(wanted, str(error)))
            return
        if name != wanted:
            problem = next((model.problem for model in models if model.name == wanted), "")
            problem = problem or f"There is no model {wanted!r}; {name} is used."
            self._events.put(ModelFailed(wanted, problem))
        self._use_model(name)

    def _remove_model(self, name: str) -> None:
        from fer_core.models.registry import ModelRegistry

        ModelRegistry().remove(name)  # what goes wrong is told as of any job
        self._list()
        self._events.put(ModelRemoved(name))

    def _use_model(self, name: str) -> None:
        try:
            if engine.needs_preparing(name):
                self._events.put(ModelPreparing(name))
            self._engine.use_model(name)
        except Exception as error:
            self._events.put(ModelFailed(name, sentence(error)))
        else:
            self._events.put(ModelReady(name))
            self._stage.read_again()

    def _use_detector(self, name: str, instead: str = "", chosen: bool = True) -> None:
        """Takes a detector; `instead` of a broken one another, until the next start."""
        try:
            self._engine.use_detector(name)
        except Exception as error:
            self._events.put(DetectorFailed(name, sentence(error), instead))
            if instead:
                self._use_detector(instead, chosen=False)
        else:
            self._events.put(DetectorReady(name, instead=not chosen))
            self._stage.read_again()

    # -- sources -----------------------------------------------------------------------------

    def list_cameras(self) -> None:
        """Looks for cameras."""
        self._jobs.do(self._list_cameras)

    def open_camera(self, camera: str) -> None:
        """Shows a camera, by name or index."""
        self._stage.open_stream(camera, reconnect=True)
        self._painter.active(True)

    def open_video(self, path: str) -> None:
        """Plays a video file at its own rate, and analyses it whole beside that."""
        self._stage.open_stream(path, reconnect=False)
        if "://" not in path:
            self._stage.analyse_film(path)
        self._painter.active(True)

    def open_picture(self, what: str | bytes) -> None:
        """Shows a picture file, or the bytes of one."""
        self._stage.open_picture(what)
        self._painter.active(True)

    def close_source(self) -> None:
        """Stops whatever runs; the picture goes at once, the threads end in the background."""
        self._stage.close()
        self._painter.active(False)

    def film(self) -> FilmData | None:
        """What the analysis of the film has found, once; None where nothing is new."""
        film = self._stage.film
        return film.take() if film is not None else None

    def mark_film(self, time_s: float, note: str) -> None:
        """Marks a moment of the film."""
        film = self._stage.film
        if film is not None:
            self._jobs.do(lambda: film.mark(time_s, note))

    def name_person(self, number: int, name: str) -> None:
        """Calls a person of the film by a name."""
        film = self._stage.film
        if film is not None:
            self._jobs.do(lambda: film.name(number, name))

    def play(self, on: bool) -> None:
        """Goes on with a video, or pauses it."""
        session = self._stage.session
        if session is not None:
            (session.resume if on else session.pause)()

    def seek(self, share: float) -> None:
        """Jumps to a place of the video, 0..1."""
        session, progress = self._stage.session, self.progress()
        if session is not None and progress is not None and progress.duration_s:
            session.seek(share * progress.duration_s)

    def step(self, frames: int) -> None:
        """Pauses and moves by frames, back with a negative number."""
        session = self._stage.session
        if session is not None and frames > 0:
            session.step()
        elif session is not None:
            session.pause()
            # Just before the frame that stands there, the one before it is shown.
            session.seek(max(session.snapshot().position_s - 1e-3, 0.0))

    def _list_cameras(self) -> None:
        from fer_core.video.cameras import probe_cameras

        found = tuple(Choice(camera.name, plain(camera.name)) for camera in probe_cameras())
        self._events.put(CamerasListed(found))

    # -- saving ------------------------------------------------------------------------------

    def save_snapshot(self, folder: str) -> None:
        """Saves the present picture, with and without overlay."""
        self._saving.snapshot(folder)

    def copy_picture(self) -> None:
        """Puts the picture with its overlay into the clipboard."""
        self._saving.copy()

    def save_faces(self, folder: str) -> None:
        """Saves the faces of the present picture."""
        self._saving.faces(folder)

    def record(self, folder: str) -> None:
        """Begins to write an annotated video and a table of results."""
        self._saving.record(folder)

    def stop_recording(self) -> None:
        """Ends the recording."""
        self._saving.stop_recording()

    def shares(self) -> dict[str, float]:
        """Share of each expression in the running or last stream, 0..1."""
        return self._stage.shares()

    def save_statistics(self, path: str) -> None:
        """Writes the statistics as .png or .csv."""
        self._saving.statistics(path)

    # -- adding a model ----------------------------------------------------------------------

    def look_at_model(self, path: str) -> None:
        """Finds out what a model file is; one that brings its model.json is added at once."""
        self._adding.look(path, self._stage.present())

    def check_with_folder(self, folder: str) -> None:
        """Tries all readings on faces of a folder that holds a folder for each expression."""
        self._adding.check_with_folder(folder)

    def check_again(self) -> None:
        """Tries all readings on the faces there are now."""
        self._adding.check()

    def capture_face(self, label: str, chosen: int | None) -> None:
        """Takes the face that is shown, which expresses `label`, for the next check."""
        self._adding.capture(self._stage.present(), label, chosen)

    def try_reading(self, form: ReadingForm) -> None:
        """Tries a reading that the person made up; of several, the last one counts."""
        self._adding.try_reading(form)

    def add_model(self, form: ReadingForm, name: str, guess: bool) -> None:
        """Adds the model that was looked at, read like this; a guess is marked as one."""
        self._adding.add(form, name, guess)

    # -- teaching a model --------------------------------------------------------------------

    def begin_teaching(self, parent: str) -> None:
        """Sees whether a model can be taught."""
        self._teaching.begin(parent)

    def show_taught(self, label: str, chosen: int | None) -> None:
        """Takes the face that is shown for a class; the same picture is taken once."""
        self._teaching.show(self._stage.present(), label, chosen)

    def teach_folder(self, folder: str, label: str) -> None:
        """Takes the faces of a folder's pictures for a class."""
        self._teaching.folder(folder, label)

    def clear_taught(self, label: str) -> None:
        """Forgets the faces of a class."""
        self._teaching.clear(label)

    def teach(self, name: str) -> None:
        """Teaches with the faces there are, and adds the model under a name."""
        self._teaching.teach(name)

    def stop_teaching(self) -> None:
        """Breaks that off; nothing is added then."""
        self._teaching.stop()

    def keep_taught(self, folder: str) -> None:
        """Writes the faces that were shown, one folder a class."""
        self._teaching.keep(folder)

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
        from fer_core.untrusted.child import cancel

        self._stage.stop_recording()
        self.close_source()
        self._teaching.stop()
        self._loader.clear()
        cancel()
        self._adding.forget()
        workers: tuple[Worker | Painter, ...] = (self._painter, self._jobs, self._loader)
        asks: list[Callable[[], None]] = [worker.stop for worker in workers]
        waits: list[Callable[[], None]] = [worker.join for worker in workers]
        for call in asks + waits:
            call()

    def _fail(self, message: str) -> None:
        self._events.put(Failed(message))
