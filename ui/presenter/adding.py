"""Adding a model of the person's own: look, check, confirm."""

from collections.abc import Mapping

from ui.presenter.capture import Capture
from ui.presenter.choices import Choices
from ui.presenter.core import Added, AddingFailed, Captured, Tried
from ui.presenter.models import Checked, Proposed, ReadingForm, Scaling
from ui.presenter.panel import Panel
from ui.presenter.reading import Draft, read
from ui.presenter.shell import Manner, Shell
from ui.presenter.words import failure


class Adding:
    """Takes a model file from the dialog or dropped on the window into the picker.

    Attributes:
        capture: faces of the person's own to check it on.
    """

    def __init__(self, shell: Shell, panel: Panel, choices: Choices) -> None:
        self._shell, self._choices = shell, choices
        self._open = self._confirmed = False
        self._proposed: Proposed | None = None
        self.capture = Capture(shell, panel)

    def ask(self) -> None:
        """Asks for a model file."""
        path = self._shell.view.ask_model()
        if path:
            self.begin(path)

    def ask_folder(self) -> None:
        """Asks for a folder that is a model."""
        path = self._shell.view.ask_model_folder()
        if path:
            self.begin(path)

    def begin(self, path: str) -> None:
        """A model file was chosen or dropped."""
        self._shell.say("message.looking_at_model", shows=Manner(busy=True))
        self._shell.core.look_at_model(path)

    def proposed(self, event: Proposed) -> None:
        """It can be read; its readings are being tried."""
        self._proposed = event
        self.capture.forget()
        self._shell.close_message()
        self._shell.view.open_add_model(event)  # this closes the dialog of the model before
        self._open = True

    def check_with_folder(self) -> None:
        """More faces, from a folder."""
        folder = self._shell.view.ask_labelled_folder()
        if folder:
            self._shell.core.check_with_folder(folder)

    def begin_capture(self) -> None:
        """More faces: the person's own."""
        if self._proposed is not None:
            self.capture.open(self._proposed.labels)

    def end_capture(self) -> None:
        """All readings are tried again, with the faces that were taken."""
        self.capture.close()
        self._shell.core.check_again()

    def captured(self, event: Captured) -> None:
        """A face was taken, or none was found."""
        self.capture.captured(event)

    def edited(self, draft: Draft) -> None:
        """The person changed a reading; one that is possible is tried on the faces."""
        try:
            form = read(draft, self.scalings(draft.color), self._shell.texts)
        except ValueError as error:
            self._shell.view.show_impossible(str(error))
        else:
            self._shell.core.try_reading(form)

    def colors(self) -> tuple[str, ...]:
        """The colours that fit the network's input."""
        return tuple(self._proposed.scalings) if self._proposed is not None else ()

    def scalings(self, color: str) -> Mapping[str, Scaling]:
        """The usual scalings of a colour, by name."""
        return self._proposed.scalings[color] if self._proposed is not None else {}

    def tried(self, event: Tried) -> None:
        """A reading that the person made up was tried."""
        self._shell.view.show_tried(event.row)

    def checked(self, event: Checked) -> None:
        """The readings were tried."""
        self._shell.view.show_checked(event)

    def confirm(self, form: ReadingForm, name: str, guess: bool = False) -> None:
        """The person chose a reading and a name; a guess is kept as one."""
        self._confirmed = True
        self._shell.core.add_model(form, name, guess)

    def closed(self) -> None:
        """The person closed the dialog."""
        self._open = False
        self.capture.close()

    def added(self, event: Added) -> None:
        """The model is there; it is used at once, unless the person closed the dialog meanwhile."""
        left = self._confirmed and not self._open
        if self._open:
            self._shell.view.close_add_model()
        self._open = self._confirmed = False
        self._shell.core.list_models()
        if not left:
            self._choices.use_model(event.name)
        key = "message.model_added_only" if left else "message.model_added"
        self._shell.say(key, name=event.name)

    def failed(self, event: AddingFailed) -> None:
        """Something about it cannot be done."""
        self._confirmed = False
        if self._open:
            said = failure(self._shell.texts, event.message)
            self._shell.view.show_adding_problem(said)
        else:
            self._shell.fail(event.message, topic="adding")
