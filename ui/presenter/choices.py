"""The pickers for models and detectors, and the download of YuNet."""

from collections.abc import Callable

from fer_core.names import plain
from ui.presenter.core import (
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    Listed,
    ModelFailed,
    ModelPreparing,
    ModelReady,
)
from ui.presenter.listing import detector_choice, model_choice
from ui.presenter.models import ModelInfo
from ui.presenter.shell import Shell
from ui.presenter.shown import Action, Choice

#: Key of the entry of the detector picker that opens a file dialog.
OPEN_CASCADE = "open-cascade"
#: Keys of the entries of the model picker that add a model: a file, or a folder.
ADD_MODEL, ADD_MODEL_FOLDER = "add-model", "add-model-folder"


class Choices:
    """Which model and detector there are, are used, and are being loaded.

    Attributes:
        model: the model in use, empty until one is loaded.
        add_model, add_model_folder: called when the person wants to add one.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._models: tuple[ModelInfo, ...] = ()
        self._detectors: tuple[Choice, ...] = ()
        self._loading_model = shell.settings.model
        self._loading_detector = shell.settings.detector
        self._detector = ""
        self.model = ""
        self.add_model: Callable[[], None] = lambda: None
        self.add_model_folder: Callable[[], None] = lambda: None

    @property
    def detectors(self) -> tuple[Choice, ...]:
        """All detectors."""
        return tuple(detector_choice(self._shell.texts, found) for found in self._detectors)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all models."""
        return tuple(info.name for info in self._models)

    @property
    def loading(self) -> bool:
        """Whether a model is being loaded."""
        return bool(self._loading_model)

    def choose_model(self, key: str) -> None:
        """A model was picked; one that cannot be used says why, or how to train it."""
        info = next((m for m in self._models if m.name == key), None)
        if key == ADD_MODEL:
            self.add_model()
        elif key == ADD_MODEL_FOLDER:
            self.add_model_folder()
        elif info is not None and info.command:
            self._tell_how_to_train(info)
        elif info is not None and info.problem:
            self._shell.tell(self._shell.texts.sentence(info.problem), alarm=True)
        elif key != (self._loading_model or self.model):
            self.use_model(key)
        self.show()

    def use_model(self, key: str) -> None:
        """Loads a model; the one before goes on until it is there."""
        self._loading_model = key
        self._shell.core.use_model(key)
        self.show()

    def choose_detector(self, key: str) -> None:
        """A detector was picked, or a cascade is to be opened, or YuNet has to be fetched first."""
        if key == OPEN_CASCADE:
            key = self._shell.view.ask_cascade()
        choice = next((c for c in self._detectors if c.key == key), None)
        if key == "yunet" and choice is not None and not choice.usable:
            self._shell.view.open_download()
        elif key and key != (self._loading_detector or self._detector):
            self._loading_detector = key
            self._shell.core.use_detector(key)
        self.show()

    def download(self) -> None:
        """The person agreed to the download of YuNet."""
        self._shell.core.download_yunet()

    def listed(self, event: Listed) -> None:
        """The lists are there."""
        self._models, self._detectors = event.models, event.detectors
        self.show()

    def model_preparing(self, event: ModelPreparing) -> None:
        """A model is being converted, which happens once and takes a while."""
        text = self._shell.texts("message.preparing", name=event.name)
        self._shell.tell(text, busy=True)

    def model_ready(self, event: ModelReady) -> None:
        """A model took over."""
        self._shell.close_busy_message()
        self.model = event.name
        self._done_with_model(event.name)
        self._shell.set(model=event.name)
        self.show()

    def model_failed(self, event: ModelFailed) -> None:
        """A model could not be loaded."""
        self._done_with_model(event.name)
        self._shell.tell(event.message, alarm=True)
        self.show()

    def detector_ready(self, event: DetectorReady) -> None:
        """A detector took over."""
        self._detector = event.name
        self._done_with_detector(event.name)
        if not event.instead:
            self._shell.set(detector=event.name)
        self.show()

    def detector_failed(self, event: DetectorFailed) -> None:
        """A detector could not be made."""
        self._done_with_detector(event.name)
        text = event.message
        if event.instead:
            text += " " + self._shell.texts("message.instead", name=event.instead)
        self._shell.tell(text, alarm=True)
        self.show()

    def downloading(self, event: Downloading) -> None:
        """The download goes on."""
        self._shell.view.show_download(event.done / event.total if event.total else 0.0, "")

    def downloaded(self, event: Downloaded) -> None:
        """The download is over; YuNet is used at once if it came."""
        self._shell.view.show_download(None, event.message)
        if not event.message:
            self._shell.core.list_models()
            self._loading_detector = "yunet"
            self._shell.core.use_detector("yunet")
            self.show()

    def show(self) -> None:
        """Fills both pickers."""
        shell, texts = self._shell, self._shell.texts
        cascade = Choice(OPEN_CASCADE, texts("main.open_cascade"))
        model = self._loading_model or self.model or shell.settings.model
        detector = self._loading_detector or self._detector or shell.settings.detector
        models = (
            *(model_choice(texts, info) for info in self._models),
            Choice(ADD_MODEL, texts("main.add_model")),
            Choice(ADD_MODEL_FOLDER, texts("main.add_model_folder")),
        )
        shell.view.show_models(models, model, bool(self._loading_model))
        detectors = (*self.detectors, cascade)
        shell.view.show_detectors(detectors, detector, bool(self._loading_detector))

    def _done_with_model(self, name: str) -> None:
        """One that was picked after it is still on its way."""
        if name == self._loading_model:
            self._loading_model = ""

    def _done_with_detector(self, name: str) -> None:
        if name == self._loading_detector:
            self._loading_detector = ""

    def _tell_how_to_train(self, info: ModelInfo) -> None:
        shell = self._shell

        def copy() -> None:
            shell.view.copy_text(info.command)
            shell.tell(shell.texts("message.copied"))

        name, command = plain(info.name), plain(info.command)
        text = shell.texts("message.not_trained", name=name, command=command)
        shell.tell_lines(text, action=Action(shell.texts("message.copy_command"), copy))
