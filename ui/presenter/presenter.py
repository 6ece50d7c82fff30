"""What happens when: the person's actions, and what the core reports."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core import paths
from fer_core.config import Settings, save_settings
from fer_core.errors import ConfigError
from ui.presenter import faces
from ui.presenter.core import (
    CamerasListed,
    Core,
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
    Saved,
    SourceFailed,
)
from ui.presenter.history import History
from ui.presenter.playlist import Playlist, kind_of, playlist
from ui.presenter.shown import (
    CAMERA,
    IMAGE,
    NONE,
    VIDEO,
    Action,
    Card,
    Choice,
    Message,
)
from ui.presenter.status import status_line, transport
from ui.presenter.view import MainView
from ui.texts import Texts

if TYPE_CHECKING:
    from fer_core.types import FrameResult

#: Key of the entry of the detector picker that opens a file dialog.
OPEN_CASCADE = "open-cascade"
_NOTICE_S = 6.0
_PANEL_S, _TIMELINE_S = 0.1, 0.25


class Presenter:
    """Sits between the window and the core; holds what is chosen and what is shown."""

    def __init__(
        self,
        view: MainView,
        core: Core,
        settings: Settings,
        texts: Texts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._view, self._core, self._clock = view, core, clock
        self.settings, self._texts = settings, texts
        self._mode = NONE
        self._models: tuple[Choice, ...] = ()
        self._detectors: tuple[Choice, ...] = ()
        self._cameras: tuple[Choice, ...] = ()
        self._loading_model = ""
        self._loading_detector = ""
        self._model = ""
        self._camera = settings.camera
        self._list: Playlist | None = None
        self._card: Card | None = None
        self._picture: Picture | None = None
        self._result: FrameResult | None = None
        self._chosen: int | None = None
        self._history = History()
        self._recording = False
        self._message: Message | None = None
        self._message_until = 0.0
        self._next_panel = self._next_timeline = 0.0
        self._first_overlay: Callable[[], None] | None = None

    # -- start and end ------------------------------------------------------------------------

    def start(self, files: Sequence[str] = (), notice: str | None = None) -> None:
        """Shows the empty window, begins loading, and opens what the command line named."""
        self._loading_model, self._loading_detector = self.settings.model, self.settings.detector
        self._show_empty()
        self.show_all()
        self._core.start(self.settings)
        if files:
            self.open_paths(list(files))
        if notice:
            self._tell(notice, alarm=True)

    def stop(self) -> None:
        """Ends all threads of the core."""
        self._core.stop()

    def on_first_overlay(self, done: Callable[[], None]) -> None:
        """Calls `done` once, when the first picture with a result is on the screen."""
        self._first_overlay = done

    def unexpected(self, name: str) -> None:
        """An error of our own in the window; the log has the rest."""
        self._tell(self._texts("message.unexpected", error=name), alarm=True)

    def show_all(self) -> None:
        """Shows everything again, as after a change of language."""
        view = self._view
        view.show_mode(self._mode)
        self._show_pickers()
        view.show_card(self._card)
        view.show_message(self._message)
        self._show_tools()
        self._show_panel()
        self._show_timeline()
        self._show_status()
        self.resized()

    # -- the pump ----------------------------------------------------------------------------

    def tick(self) -> None:
        """Called by the window many times a second; shows what is new."""
        for event in self._core.events():
            self._handle(event)
        for result in self._core.results():
            self._history.add(result, self.settings.unsure_below)
        picture = self._core.picture()
        if picture is not None and self._mode != NONE:
            self._take_picture(picture)
        now = self._clock()
        if now >= self._next_panel:
            self._next_panel = now + _PANEL_S
            self._show_panel()
            self._show_status()
        if now >= self._next_timeline:
            self._next_timeline = now + _TIMELINE_S
            self._show_timeline()
        if self._message and not self._message.alarm and now >= self._message_until:
            self.close_message()

    def _take_picture(self, picture: Picture) -> None:
        first = self._picture is None
        self._picture, self._result = picture, picture.result
        if self._card is not None:
            self._show_card(None)
        self._view.show_picture(picture)
        if first:
            self._show_tools()
        if picture.result is not None and self._first_overlay:
            self._first_overlay()
            self._first_overlay = None

    def _handle(self, event: Event) -> None:
        match event:
            case Listed(models, detectors):
                self._models, self._detectors = models, detectors
                self._show_pickers()
            case CamerasListed(cameras):
                self._take_cameras(cameras)
            case ModelReady(name):
                self._model = name
                self._loading_model = ""
                self._set(model=name)
            case ModelFailed(name, message):
                self._loading_model = ""
                self._show_pickers()
                self._tell(message, alarm=True)
            case DetectorReady(name):
                self._loading_detector = ""
                self._set(detector=name)
            case DetectorFailed(name, message):
                self._loading_detector = ""
                self._show_pickers()
                self._tell(message, alarm=True)
            case SourceFailed(message):
                self._show_problem(message)
            case Saved(files, recording):
                self._saved(files, recording)
            case Failed(message):
                self._recording = False
                self._show_tools()
                self._tell(message, alarm=True)
            case Downloading(done, total):
                self._view.show_download(done / total if total else 0.0, "")
            case Downloaded(message):
                self._view.show_download(None, message)
                if not message:
                    self._core.list_models()
                    self.choose_detector("yunet")

    # -- sources -----------------------------------------------------------------------------

    def choose_mode(self, mode: str) -> None:
        """Camera, Image or Video was pressed."""
        {CAMERA: self.open_camera, IMAGE: self.ask_pictures, VIDEO: self.ask_video}[mode]()

    def open_camera(self) -> None:
        """Looks for cameras and shows the one that was used last, else the first."""
        self._begin(CAMERA, self._texts("loading.camera"))
        self._core.list_cameras()

    def choose_camera(self, key: str) -> None:
        """Another camera was picked."""
        self._set(camera=key)
        self._open_listed_camera()

    def ask_pictures(self) -> None:
        """Asks for photos and opens them."""
        chosen = self._view.ask_pictures()
        self._view.show_mode(self._mode)
        if chosen:
            self.open_paths(chosen)

    def ask_video(self) -> None:
        """Asks for a video and plays it."""
        chosen = self._view.ask_video()
        self._view.show_mode(self._mode)
        if chosen:
            self.open_paths([chosen])

    def paste(self) -> None:
        """Opens what is in the clipboard: a picture, or the path of one."""
        content = self._view.clipboard()
        if isinstance(content, bytes):
            self._list = None
            self._begin(IMAGE, self._texts("loading.picture"))
            self._core.open_picture(content)
        elif content:
            self.open_paths(content)
        else:
            self._tell(self._texts("message.clipboard_empty"))

    def open_paths(self, given: Sequence[str]) -> None:
        """Opens photos, a folder, a video, or a cascade; whatever was dropped or named."""
        kind = kind_of(given[0])
        if kind == "video":
            self._list = None
            self._begin(VIDEO, self._texts("loading.video", name=Path(given[0]).name))
            self._core.open_video(given[0])
        elif kind == "cascade":
            self.choose_detector(given[0])
        elif kind == "model":
            self._tell(self._texts("message.model_file", folder=paths.user_models_dir()))
        else:
            found = playlist(given)
            if found is None:
                self._show_problem(self._texts("message.folder_empty", path=given[0]))
            else:
                self._show_listed(found)

    def move(self, by: int) -> None:
        """The arrow keys: other pictures of the folder, or single frames of a video."""
        if self._mode == VIDEO:
            self._core.step(by)
        elif self._list is not None and self._list.moved(by) != self._list:
            self._show_listed(self._list.moved(by))

    def play_or_pause(self) -> None:
        """Pauses a video or goes on; from its end it begins again."""
        progress = self._core.progress()
        if self._mode != VIDEO or progress is None:
            return
        self._core.play(progress.status in ("paused", "ended"))

    def seek(self, share: float) -> None:
        """Jumps to a place of the video, 0..1."""
        self._core.seek(share)

    def _show_listed(self, pictures: Playlist) -> None:
        self._list = pictures
        name = pictures.current.name
        self._begin(IMAGE, self._texts("loading.named", name=name), keep=self._mode == IMAGE)
        self._core.open_picture(str(pictures.current))

    def _begin(self, mode: str, waiting: str, keep: bool = False) -> None:
        """A new source is on its way; with `keep` the last picture stays until it comes."""
        self.stop_recording()
        self._core.close_source()
        self._mode = mode
        self._chosen = None
        self._history.clear()
        self._result = None
        if not keep or self._picture is None:
            self._picture = None
            self._show_card(Card("looking", waiting))
        if mode != CAMERA:
            self._cameras = ()
        if mode != IMAGE:
            self._list = None
        self._view.show_mode(mode)
        self._show_pickers()
        self._show_tools()
        self._show_panel()
        self._show_timeline()

    def _take_cameras(self, cameras: tuple[Choice, ...]) -> None:
        if self._mode != CAMERA:
            return
        self._cameras = cameras
        if cameras:
            self._open_listed_camera()
        else:
            self._show_problem(self._texts("message.no_camera"))

    def _open_listed_camera(self) -> None:
        keys = [camera.key for camera in self._cameras]
        wanted = self.settings.camera
        self._camera = wanted if wanted in keys else keys[0]
        self._show_pickers()
        self._show_card(Card("looking", self._texts("loading.camera")))
        self._picture = self._result = None
        self._core.open_camera(self._camera)

    def _show_empty(self) -> None:
        t = self._texts
        actions = (
            Action(t("card.use_camera"), self.open_camera),
            Action(t("card.open_file"), self.ask_pictures),
        )
        self._show_card(Card("looking", t("card.empty_title"), t("card.empty_text"), actions, True))

    def _show_problem(self, text: str) -> None:
        """An error in place of the picture, with a way out."""
        t = self._texts
        self._core.close_source()
        self._picture = self._result = None
        again = {
            CAMERA: (
                Action(t("card.try_again"), self.open_camera),
                Action(t("card.open_photo"), self.ask_pictures),
            ),
            VIDEO: (Action(t("card.other_video"), self.ask_video),),
        }.get(self._mode, (Action(t("card.other_photo"), self.ask_pictures),))
        self._show_card(Card("warning", t("card.problem_title"), text, again))
        self._show_tools()
        self._show_panel()

    # -- pickers and settings ----------------------------------------------------------------

    def choose_model(self, key: str) -> None:
        """A model was picked; a broken one says why it cannot be used."""
        choice = next((c for c in self._models if c.key == key), None)
        if choice is not None and not choice.usable:
            self._tell(choice.note, alarm=True)
        elif key != self._model:
            self._loading_model = key
            self._core.use_model(key)
        self._show_pickers()

    def choose_detector(self, key: str) -> None:
        """A detector was picked, or a cascade is to be opened, or YuNet has to be fetched first."""
        if key == OPEN_CASCADE:
            key = self._view.ask_cascade()
            if not key:
                return
        choice = next((c for c in self._detectors if c.key == key), None)
        if key == "yunet" and choice is not None and not choice.usable:
            self._view.open_download()
        else:
            self._loading_detector = key
            self._core.use_detector(key)
        self._show_pickers()

    def download(self) -> None:
        """The person agreed to the download of YuNet."""
        self._core.download_yunet()

    def open_settings(self) -> None:
        """Opens the settings."""
        self._view.open_settings(self.settings, self._detectors, self._cameras)

    def apply_settings(self, settings: Settings) -> None:
        """Takes over what was set."""
        before, self.settings = self.settings, settings
        self._save()
        if settings.smoothing_s != before.smoothing_s:
            self._core.smooth(settings.smoothing_s)
        if settings.detector != before.detector:
            self.settings = settings.with_(detector=before.detector)
            self.choose_detector(settings.detector)
        if (settings.theme, settings.language) != (before.theme, before.language):
            self._restyle(settings)
        self.resized()
        self._show_panel()

    def toggle_theme(self) -> None:
        """From light to dark or back."""
        other = "light" if self.settings.theme == "dark" else "dark"
        self.apply_settings(self.settings.with_(theme=other))

    def toggle_accuracy(self) -> None:
        """Writes the model's measured accuracy on the picture, or no longer."""
        shown = not self.settings.show_accuracy
        self._set(show_accuracy=shown)
        self._tell(self._texts("message.accuracy_on" if shown else "message.accuracy_off"))

    def _restyle(self, settings: Settings) -> None:
        self._texts = Texts(settings.language)
        self._view.restyle(settings.theme, settings.language)
        if self._mode == NONE:
            self._show_empty()
        elif self._card is not None:
            self._card = None
        self.show_all()
        if self._picture is not None:
            self._view.show_picture(self._picture)

    def _set(self, **changes: object) -> None:
        self.settings = self.settings.with_(**changes)
        self._save()
        self._show_pickers()
        self.resized()

    def _save(self) -> None:
        try:
            save_settings(self.settings)
        except ConfigError as error:
            self._tell(str(error), alarm=True)

    # -- saving ------------------------------------------------------------------------------

    def snapshot(self) -> None:
        """Saves the picture with and without overlay."""
        self._with_folder(self._core.save_snapshot)

    def save_faces(self) -> None:
        """Saves the faces of the picture."""
        if self._result is not None and self._result.faces:
            self._with_folder(self._core.save_faces)
        else:
            self._tell(self._texts("message.no_face_to_save"))

    def record(self) -> None:
        """Begins to record a stream, or ends it."""
        if self._recording:
            self.stop_recording()
        elif self._mode in (CAMERA, VIDEO) and self._picture is not None:
            self._with_folder(self._start_recording)
        else:
            self._tell(self._texts("message.nothing_to_record"))

    def stop_recording(self) -> None:
        """Ends the recording, if there is one."""
        if self._recording:
            self._recording = False
            self._core.stop_recording()
            self._show_tools()

    def open_statistics(self) -> None:
        """Opens the statistics of the running or last stream."""
        self._view.open_statistics()

    def shares(self) -> dict[str, float]:
        """Share of each expression so far, 0..1."""
        return self._core.shares()

    def save_statistics(self, suffix: str) -> None:
        """Saves the statistics as ".png" or ".csv"."""
        path = self._view.ask_statistics_file(suffix)
        if path:
            self._core.save_statistics(path)

    def _start_recording(self, folder: str) -> None:
        self._recording = True
        self._core.record(folder)
        self._show_tools()

    def _with_folder(self, save: Callable[[str], None]) -> None:
        """Saves into the person's folder; asks for it the first time."""
        if self._picture is None:
            self._tell(self._texts("message.nothing_to_save"))
            return
        folder = self.settings.snapshot_dir
        if not folder:
            folder = self._view.ask_folder(str(paths.pictures_dir()))
            if not folder:
                return
            self._set(snapshot_dir=folder)
        save(folder)

    def _saved(self, files: tuple[str, ...], recording: bool) -> None:
        names = ", ".join(Path(f).name for f in files)
        key = "message.recorded" if recording else "message.saved"
        folder = Path(files[0]).parent if files else ""
        self._tell(self._texts(key, names=names, folder=folder))

    # -- showing -----------------------------------------------------------------------------

    def choose_face(self, key: int | None) -> None:
        """A face of the list, or one in the picture, was chosen."""
        if key != self._chosen:
            self._chosen = key
            self.resized()
            self._show_panel()
            self._show_timeline()

    def choose_face_at(self, x: float, y: float) -> None:
        """A click on the picture, px of the shown picture: the smallest face there."""
        if self._result is None:
            return
        hits = []
        for index, face in enumerate(self._result.faces):
            x0, y0, x1, y1 = face.face.box_xyxy.tolist()
            if x0 <= x <= x1 and y0 <= y <= y1:
                hits.append(((x1 - x0) * (y1 - y0), faces.face_key(face, index)))
        if hits:
            self.choose_face(min(hits)[1])

    def choose_next_face(self, by: int) -> None:
        """The next or the previous face of the list."""
        if self._result is None or not self._result.faces:
            return
        keys = [row.key for row in self._rows()]
        place = keys.index(self._chosen) if self._chosen in keys else -1
        self.choose_face(keys[(place + by) % len(keys)])

    def resized(self) -> None:
        """The room for the picture, or how it is drawn, changed."""
        s = self.settings
        mirror = s.mirror and self._mode == CAMERA
        look = Look(
            self._view.picture_room(), s.unsure_below, s.language, mirror, s.show_accuracy,
            self._chosen,
        )  # fmt: skip
        self._core.look(look)

    def close_message(self) -> None:
        """Takes the message away."""
        self._message = None
        self._view.show_message(None)

    def _tell(self, text: str, alarm: bool = False, action: Action | None = None) -> None:
        self._message = Message(text, alarm, action)
        self._message_until = self._clock() + _NOTICE_S
        self._view.show_message(self._message)

    def _rows(self) -> tuple[faces.FaceRow, ...]:
        if self._result is None:
            return ()
        return faces.rows(self._result, self._texts, self.settings.unsure_below)

    def _show_card(self, card: Card | None) -> None:
        self._card = card
        self._view.show_card(card)

    def _show_pickers(self) -> None:
        t = self._texts
        cascade = Choice(OPEN_CASCADE, t("main.open_cascade"))
        model, detector = self.settings.model, self.settings.detector
        self._view.show_models(
            self._models, self._loading_model or model, bool(self._loading_model)
        )
        self._view.show_detectors(
            (*self._detectors, cascade),
            self._loading_detector or detector,
            bool(self._loading_detector),
        )
        self._view.show_cameras(self._cameras, self._camera)

    def _show_tools(self) -> None:
        live = self._mode in (CAMERA, VIDEO)
        self._view.show_tools(self._picture is not None, live, self._recording)

    def _show_panel(self) -> None:
        rows = self._rows()
        keys = [row.key for row in rows]
        if rows and self._chosen not in keys:
            shown: int | None = self._largest()
        else:
            shown = self._chosen if rows else None
        self._view.show_faces(rows, shown)
        found = None
        if self._result is not None and shown is not None:
            found = faces.detail(self._result, shown, self._texts, self.settings.unsure_below)
        hint = "panel.no_picture" if self._picture is None else "panel.no_face"
        if self._picture is not None and self._result is None:
            hint = "panel.reading"
        self._view.show_face(found, self._texts(hint))

    def _largest(self) -> int | None:
        """The face that is shown while none is chosen."""
        assert self._result is not None
        sizes = [
            (min(face.face.wh_px), faces.face_key(face, index))
            for index, face in enumerate(self._result.faces)
        ]
        return max(sizes)[1] if sizes else None

    def _show_timeline(self) -> None:
        live = self._mode in (CAMERA, VIDEO)
        self._view.show_timeline(
            self._history.timeline(self._texts, self._chosen) if live else None
        )

    def _show_status(self) -> None:
        progress = self._core.progress()
        self._view.show_status(
            status_line(self._texts, self._mode, self._picture, progress, self._model)
        )
        self._view.show_transport(transport(self._texts, self._mode, self._list, progress))
        if progress and progress.status == "reconnecting" and self._message is None:
            again = Action(self._texts("card.open_photo"), partial(self.choose_mode, IMAGE))
            self._tell(self._texts("message.reconnecting"), action=again)
