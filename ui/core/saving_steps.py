"""What the presenter has saved, copied and recorded, one job after the other."""

from collections.abc import Callable

from fer_core.errors import OutputError
from ui.core.stage import Stage
from ui.core.worker import Worker, sentence
from ui.presenter.core import Copied, Event, Failed, Look, Saved


class SavingSteps:
    """Writes what is shown; each step ends with an event.

    Args:
        stage: what is shown.
        jobs: does the steps.
        tell: takes what came of a step.
        look: gives how pictures are drawn now; None before the window has said so.
    """

    def __init__(
        self,
        stage: Stage,
        jobs: Worker,
        tell: Callable[[Event], None],
        look: Callable[[], Look | None],
    ) -> None:
        self._stage, self._jobs, self._tell, self._look = stage, jobs, tell, look

    def snapshot(self, folder: str) -> None:
        """Saves the present picture, with and without overlay."""
        present, look = self._stage.present(), self._look()

        def save() -> None:
            from ui.core.saving import save_snapshot

            if present is not None and look is not None:
                self._tell(Saved(save_snapshot(folder, present, look)))

        self._jobs.do(save)

    def copy(self) -> None:
        """Puts the picture with its overlay into the clipboard."""
        present, look = self._stage.present(), self._look()

        def copy() -> None:
            from ui.core.saving import annotated
            from ui.system_clipboard import put_picture

            if present is not None and look is not None:
                put_picture(annotated(present, look))
                self._tell(Copied())

        self._jobs.do(copy)

    def faces(self, folder: str) -> None:
        """Saves the faces of the present picture."""
        present = self._stage.present()

        def save() -> None:
            from ui.core.saving import save_faces

            if present is not None and present.result is not None and present.result.faces:
                self._tell(Saved(save_faces(folder, present.frame, present.result)))

        self._jobs.do(save)

    def record(self, folder: str) -> None:
        """Begins to write an annotated video and a table of results."""

        def begin() -> None:
            from ui.core.saving import Recorder

            session, present, look = self._stage.session, self._stage.present(), self._look()
            if session is not None and present is not None and look is not None:
                state = session.snapshot()  # what is measured is of no use while it is paused
                fps = min(max(state.source_fps or state.fps, 5.0), 60.0)
                try:
                    self._stage.record(Recorder(folder, fps, present.frame.wh, look))
                except Exception as error:
                    self._tell(Failed(sentence(error), recording=True))

        self._jobs.do(begin)

    def stop_recording(self) -> None:
        """Ends the recording."""
        self._jobs.do(self._stage.stop_recording)

    def statistics(self, path: str) -> None:
        """Writes the statistics as .png or .csv."""

        def save() -> None:
            look = self._look()
            try:
                self._stage.save_statistics(path, look.language if look else "en")
            except OutputError as error:
                self._tell(Failed(str(error)))
            except OSError as error:
                reason = error.strerror or str(error)
                self._tell(Failed(f"{path} cannot be written: {reason}; choose another place."))
            else:
                self._tell(Saved((path,)))

        self._jobs.do(save)
