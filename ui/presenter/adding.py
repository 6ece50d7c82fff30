"""Adding a model of the person's own: look, check, confirm."""

from ui.presenter.choices import Choices
from ui.presenter.core import Added, AddingFailed, Checked, Proposed
from ui.presenter.panel import Panel
from ui.presenter.shell import Shell


class Adding:
    """Takes a model file from the dialog or dropped on the window into the picker."""

    def __init__(self, shell: Shell, panel: Panel, choices: Choices) -> None:
        self._shell, self._panel, self._choices = shell, panel, choices
        self._open = False

    def ask(self) -> None:
        """Asks for a model file."""
        path = self._shell.view.ask_model()
        if path:
            self.begin(path)

    def begin(self, path: str) -> None:
        """A model file was chosen or dropped."""
        self._shell.tell(self._shell.texts("message.looking_at_model"))
        self._shell.core.look_at_model(path)

    def proposed(self, event: Proposed) -> None:
        """It can be read; its readings are being tried."""
        self._open = True
        self._shell.close_message()
        self._shell.view.open_add_model(event)

    def check_with_folder(self) -> None:
        """More faces, from a folder."""
        folder = self._shell.view.ask_labelled_folder()
        if folder:
            self._shell.core.check_with_folder(folder)

    def check_with_shown(self, label: str) -> None:
        """One more face: the one in the window, which expresses `label`."""
        self._shell.core.check_with_shown(label, self._panel.shown)

    def checked(self, event: Checked) -> None:
        """The readings were tried."""
        self._shell.view.show_checked(event)

    def confirm(self, index: int, name: str) -> None:
        """The person chose a reading and a name."""
        self._shell.core.add_model(index, name)

    def closed(self) -> None:
        """The person closed the dialog."""
        self._open = False

    def added(self, event: Added) -> None:
        """The model is there; it is used at once."""
        if self._open:
            self._shell.view.close_add_model()
        self._open = False
        self._shell.core.list_models()
        self._choices.use_model(event.name)
        self._shell.tell(self._shell.texts("message.model_added", name=event.name))

    def failed(self, event: AddingFailed) -> None:
        """Something about it cannot be done."""
        if self._open:
            self._shell.view.show_adding_problem(event.message)
        else:
            self._shell.tell(event.message, alarm=True)
