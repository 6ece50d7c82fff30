"""What the dialog that adds a model asks of the core, one job after the other in the loader."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from fer_core.errors import ModelError
from ui.core.stage import Present
from ui.core.worker import Worker, sentence
from ui.presenter.core import Added, AddingFailed, Captured, Event, Tried
from ui.presenter.models import ReadingForm

if TYPE_CHECKING:
    from ui.core.adding import Adding


class AddingSteps:
    """The model that is being added, and the steps on its way; each ends with an event.

    Args:
        loader: does the steps, so that they neither overlap nor meet a model that is loaded.
        tell: takes what came of a step, `AddingFailed` where it failed.
    """

    def __init__(self, loader: Worker, tell: Callable[[Event], None]) -> None:
        self._loader, self._tell = loader, tell
        self._model: Adding | None = None
        self._wanted_form: ReadingForm | None = None

    def look(self, path: str, present: Present | None = None) -> None:
        """Finds out what a model file is; one that brings its model.json is added at once.

        Args:
            path: of the file.
            present: what the window shows; its faces are tried, too.
        """

        def look() -> None:
            from ui.core import adding

            found = adding.look(path)
            self._close()  # not before: with a broken file the model before stays
            if isinstance(found, str):
                self._tell(Added(found))
                return
            self._model = found
            self._tell(found.proposed())
            found.add_present(present)
            self._tell(found.check())

        self._do(look)

    def check_with_folder(self, folder: str) -> None:
        """Tries all readings on faces of a folder that holds a folder for each expression."""

        def check() -> None:
            found = self._looked_at()
            found.add_folder(folder)
            self._tell(found.check())

        self._do(check)

    def check(self) -> None:
        """Tries all readings on the faces there are now."""
        self._do(lambda: self._tell(self._looked_at().check()))

    def capture(self, present: Present | None, label: str, chosen: int | None) -> None:
        """Takes a face of the picture in the window, which expresses `label`, for the next check.

        Args:
            present: what is shown.
            chosen: number of the face; None: the largest.
        """

        def capture() -> None:
            found = self._looked_at().add_shown(present, label, chosen)
            self._tell(Captured(label, found))

        self._do(capture)

    def try_reading(self, form: ReadingForm) -> None:
        """Tries a reading that the person made up; of several, the last one counts."""
        self._wanted_form = form

        def attempt() -> None:
            if form is self._wanted_form:
                self._tell(Tried(self._looked_at().try_reading(form)))

        self._do(attempt)

    def add(self, form: ReadingForm, name: str, guess: bool) -> None:
        """Adds the model that was looked at, read like this; a guess is marked as one."""
        self._do(lambda: self._tell(Added(self._looked_at().take(form, name, guess))))

    def forget(self) -> None:
        """Deletes what was unpacked for the model."""
        self._do(self._close)

    def _looked_at(self) -> "Adding":
        if self._model is None:
            raise ModelError("No model is being added any more; choose its file again.")
        return self._model

    def _close(self) -> None:
        if self._model is not None:
            self._model.close()
            self._model = None

    def _do(self, job: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                job()
            except Exception as error:
                self._tell(AddingFailed(sentence(error)))

        self._loader.do(guarded)
