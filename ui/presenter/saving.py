"""Snapshots, faces, recordings and statistics."""

from collections.abc import Callable, Mapping
from pathlib import Path

from fer_core import paths
from fer_core.texts import Texts
from ui.presenter.core import Failed, Saved
from ui.presenter.panel import Panel
from ui.presenter.shell import Manner, Shell
from ui.presenter.shown import CAMERA, IMAGE, VIDEO, Action


class Saving:
    """Everything that writes files, each only because a person asked."""

    def __init__(self, shell: Shell, panel: Panel) -> None:
        self._shell, self._panel = shell, panel
        self._recording = False
        self._began_s = 0.0

    def tick(self) -> None:
        """Called many times a second: a recording says for how long it runs."""
        if self._recording:
            seconds = int(self._shell.clock() - self._began_s)
            self._shell.view.show_recording(f"{seconds // 60}:{seconds % 60:02d}")

    def snapshot(self) -> None:
        """Saves the picture with and without overlay."""
        self._with_folder(self._shell.core.save_snapshot)

    def faces(self) -> None:
        """Saves the faces of the picture."""
        if self._panel.result is not None and self._panel.result.faces:
            self._with_folder(self._shell.core.save_faces)
        else:
            self._shell.say("message.no_face_to_save")

    def record(self) -> None:
        """Begins to record a stream, or ends it."""
        if self._recording:
            self.stop_recording()
        elif self._shell.mode in (CAMERA, VIDEO) and self._panel.picture is not None:
            self._with_folder(self._start_recording)
        else:
            self._shell.say("message.nothing_to_record")

    def stop_recording(self) -> None:
        """Ends the recording, if there is one."""
        if self._recording:
            self._recording = False
            self._shell.view.show_recording(None)
            self._shell.core.stop_recording()
            self.show()

    def open_statistics(self) -> None:
        """Opens the statistics of the running or last stream."""
        self._shell.view.open_statistics()

    def summary(self, shares: Mapping[str, float]) -> str:
        """What the shares are of."""
        texts = self._shell.texts
        if not shares:
            return texts("statistics.empty")
        photos = self._shell.mode == IMAGE
        return texts("statistics.summary_photos" if photos else "statistics.summary")

    def shares(self) -> dict[str, float]:
        """Share of each expression so far, 0..1."""
        return self._shell.core.shares()

    def save_statistics(self, suffix: str) -> None:
        """Saves the statistics as ".png" or ".csv"."""
        path = self._shell.view.ask_statistics_file(suffix)
        if path:
            self._shell.core.save_statistics(path)

    def saved(self, event: Saved) -> None:
        """Files were written."""
        names = ", ".join(Path(f).name for f in event.paths)
        key = "message.recorded" if event.recording else "message.saved"
        folder = str(Path(event.paths[0]).parent)

        def action(texts: Texts) -> Action:
            return Action(
                texts("message.open_folder"), lambda: self._shell.view.open_folder(folder)
            )

        shows = Manner(brief=not event.recording, action=action)
        self._shell.say(key, names=names, folder=folder, shows=shows)

    def copy(self) -> None:
        """Puts the picture as it is shown into the clipboard."""
        if self._panel.picture is None:
            self._shell.say("message.nothing_to_save")
        else:
            self._shell.core.copy_picture()

    def copied(self) -> None:
        """The picture is in the clipboard."""
        self._shell.say("message.picture_copied")

    def failed(self, event: Failed) -> None:
        """Something could not be written."""
        if event.recording:
            self.stop_recording()
        self._shell.fail(event.message, topic="saving")

    def show(self) -> None:
        """Which tools can be used."""
        live = self._shell.mode in (CAMERA, VIDEO)
        self._shell.view.show_tools(self._panel.picture is not None, live, self._recording)

    def _start_recording(self, folder: str) -> None:
        self._recording = True
        self._began_s = self._shell.clock()
        self._shell.core.record(folder)
        self.show()

    def _with_folder(self, save: Callable[[str], None]) -> None:
        """Saves into the person's folder; without one, into Mimik's among their pictures."""
        if self._panel.picture is None:
            self._shell.say("message.nothing_to_save")
        else:
            save(self._shell.settings.snapshot_dir or str(paths.pictures_dir()))
