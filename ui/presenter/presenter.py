"""What happens when: the pump that polls the core, and the settings."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fer_core.config import Settings
from fer_core.texts import Texts
from ui.presenter.adding import Adding
from ui.presenter.choices import Choices
from ui.presenter.core import (
    Added,
    AddingFailed,
    CamerasListed,
    Captured,
    Copied,
    Core,
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    Event,
    Failed,
    Listed,
    ModelFailed,
    ModelPreparing,
    ModelReady,
    ModelRemoved,
    Progress,
    Saved,
    SourceFailed,
    Tried,
)
from ui.presenter.models import Checked, Proposed
from ui.presenter.panel import Panel
from ui.presenter.saving import Saving
from ui.presenter.shell import Manner, Shell
from ui.presenter.shown import NONE, Action
from ui.presenter.sources import Sources
from ui.presenter.status import status_line, transport
from ui.presenter.teach_events import Shown, Taught, TeachFailed, TeachReady, TeachStep
from ui.presenter.teaching import Teaching
from ui.presenter.view import MainView

_PANEL_S, _TIMELINE_S = 0.1, 0.25


class Presenter:
    """Sits between the window and the core; each part below has one job.

    Attributes:
        adding: models of the person's own.
        choices: models and detectors.
        panel: picture and faces.
        saving: files that are written.
        sources: camera, photos and videos.
        teaching: a last layer for the person's own faces.
    """

    def __init__(
        self,
        view: MainView,
        core: Core,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shell = Shell(view, core, settings, clock)
        self._shell.changed = self._settings_changed
        self.choices = Choices(self._shell)
        self.panel = Panel(self._shell)
        self.saving = Saving(self._shell, self.panel)
        self.adding = Adding(self._shell, self.panel, self.choices)
        self.choices.add_model = self.adding.ask
        self.choices.add_model_folder = self.adding.ask_folder
        self.sources = Sources(self._shell, self.panel, self.choices, self.saving, self.adding)
        self.teaching = Teaching(self._shell, self.panel, self.choices)
        self.adding.capture.open_camera = self.sources.open_camera
        self.teaching.open_camera = self.sources.open_camera
        self.panel.caption = self.choices.caption
        self._next_panel = self._next_timeline = 0.0
        self._told = ""

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._shell.settings

    # -- start, pump, end --------------------------------------------------------------------

    def start(
        self, files: Sequence[str] = (), notice: str | None = None, camera: str | None = None
    ) -> None:
        """Shows the empty window, begins loading, and opens what the command line named.

        Args:
            files: to open.
            notice: a sentence about damaged settings.
            camera: to open, empty for the first; None opens none.
        """
        self.sources.show_empty()
        self.show_all()
        self._shell.core.start(self.settings)
        if files:
            self.sources.open_paths(list(files))
        elif camera is not None and _is_file(camera):  # --camera=clip.mp4
            self.sources.open_paths([camera])
        elif camera is not None:
            if camera:
                self._shell.set(camera=camera)
            self.sources.open_camera()
        if notice:
            self._shell.warn(notice)

    def tick(self) -> None:
        """Called by the window many times a second; shows what is new."""
        core = self._shell.core
        for event in core.events():
            self._handle(event)
        for result in core.results():
            self.panel.take_result(result)
        self.panel.film.take()
        picture = core.picture()
        if picture is not None and self._shell.mode != NONE:
            first = self.panel.picture is None
            self.panel.take_picture(picture)
            if first:
                self.saving.show()
        now = self._shell.clock()
        if now >= self._next_panel:
            self._next_panel = now + _PANEL_S
            self.panel.show_faces()
            self._show_status()
        if now >= self._next_timeline:
            self._next_timeline = now + _TIMELINE_S
            self.panel.show_timeline()
        self.saving.tick()
        self.adding.capture.tick()
        self.teaching.tick()
        self._shell.tick()

    def stop(self) -> None:
        """Ends all threads of the core."""
        self._shell.core.stop()

    def resized(self) -> None:
        """The room for the picture changed."""
        self.panel.redraw()

    def close_message(self) -> None:
        """Takes the message away."""
        self._shell.close_message()

    def say_no_file_manager(self, folder: str) -> None:
        """Nothing can show a folder."""
        self._shell.say("message.no_file_manager", folder=folder)

    def unexpected(self, name: str) -> None:
        """An error of our own in the window; the log has the rest."""
        self._shell.say("message.unexpected", error=name, shows=Manner(alarm=True))

    def show_all(self) -> None:
        """Shows everything again, as after a change of language."""
        self._shell.show_all()
        self.choices.show()
        self.sources.show()
        self.panel.show_all()
        self._show_status()

    def _handle(self, event: Event) -> None:
        match event:
            case Listed():
                self.choices.listed(event)
            case ModelPreparing():
                self.choices.model_preparing(event)
            case ModelReady():
                self.choices.model_ready(event)
            case ModelRemoved():
                self.choices.model_removed(event)
            case Copied():
                self.saving.copied()
            case ModelFailed():
                self.choices.model_failed(event)
            case DetectorReady():
                self.choices.detector_ready(event)
            case DetectorFailed():
                self.choices.detector_failed(event)
            case Downloading():
                self.choices.downloading(event)
            case Downloaded():
                self.choices.downloaded(event)
            case Proposed():
                self.adding.proposed(event)
            case Checked():
                self.adding.checked(event)
            case Added():
                self.adding.added(event)
            case Tried():
                self.adding.tried(event)
            case Captured():
                self.adding.captured(event)
            case AddingFailed():
                self.adding.failed(event)
            case TeachReady():
                self.teaching.ready(event)
            case Shown():
                self.teaching.shown(event)
            case TeachStep():
                self.teaching.step(event)
            case Taught():
                self.teaching.taught(event)
            case TeachFailed():
                self.teaching.failed(event)
            case CamerasListed(cameras):
                self.sources.cameras_listed(cameras)
            case SourceFailed(message):
                self.sources.failed(message)
            case Saved():
                self.saving.saved(event)
            case Failed():
                self.saving.failed(event)

    def _show_status(self) -> None:
        shell, progress = self._shell, self._shell.core.progress()
        line = status_line(shell.texts, shell.mode, self.panel.picture, progress, self.choices)
        shell.view.show_status(line)
        shell.view.show_transport(
            transport(shell.texts, shell.mode, self.sources.pictures, progress)
        )
        if progress is not None:
            self._tell_trouble(progress)

    def _tell_trouble(self, progress: Progress) -> None:
        """A camera that went away, or a model that fails: said once, not with every frame."""
        trouble = progress.status if progress.status == "reconnecting" else progress.message
        if trouble == self._told or progress.status == "failed":
            return
        if self._told == "reconnecting":
            self._shell.close_message()
        self._told = trouble
        if trouble == "reconnecting":

            def action(texts: Texts) -> Action:
                return Action(texts("message.reconnect"), self.sources.open_again)

            self._shell.say("message.reconnecting", shows=Manner(alarm=True, action=action))
        elif trouble:
            self._shell.warn(trouble, topic="source")

    # -- settings ----------------------------------------------------------------------------

    def open_settings(self) -> None:
        """Opens the settings."""
        self._shell.view.open_settings(self.settings, self.choices.detectors, self.sources.cameras)

    def apply_settings(self, settings: Settings) -> None:
        """Takes over what was set; a detector only once it is there."""
        before = self.settings
        self._shell.replace(settings.with_(detector=before.detector))
        if settings.smoothing_s != before.smoothing_s:
            self._shell.core.smooth(settings.smoothing_s)
        if settings.unsure_below != before.unsure_below:
            self._shell.core.judge(settings.unsure_below)
        if settings.detector != before.detector:
            self.choices.choose_detector(settings.detector)
        if (settings.theme, settings.language) != (before.theme, before.language):
            self._shell.texts = Texts(settings.language)
            self._shell.view.restyle(settings.theme, settings.language)
            self.show_all()

    def keep_window(self, place: tuple[int, ...], maximized: bool) -> None:
        """Keeps where the window was, for the next start."""
        self._shell.set(window=place, maximized=maximized)

    def toggle_theme(self) -> None:
        """From light to dark or back."""
        other = "light" if self.settings.theme == "dark" else "dark"
        self.apply_settings(self.settings.with_(theme=other))

    def toggle_accuracy(self) -> None:
        """Writes the model's measured accuracy on the picture, or no longer."""
        shown = not self.settings.show_accuracy
        self._shell.set(show_accuracy=shown)
        key = "message.accuracy_on" if shown else "message.accuracy_off"
        self._shell.say(key)

    def _settings_changed(self) -> None:
        self.panel.redraw()


def _is_file(name: str) -> bool:
    """Whether a camera is called like a file that is there; devices are none."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False
