"""The pickers for models and detectors, and the download of YuNet."""

from collections.abc import Callable

from ui.presenter.core import (
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    Listed,
    ModelFailed,
    ModelReady,
)
from ui.presenter.shell import Shell
from ui.presenter.shown import Choice

#: Key of the entry of the detector picker that opens a file dialog.
OPEN_CASCADE = "open-cascade"
#: Key of the entry of the model picker that adds a model.
ADD_MODEL = "add-model"


class Choices:
    """Which model and detector there are, are used, and are being loaded.

    Attributes:
        model: the model in use, empty until one is loaded.
        add_model: called when the person wants to add one.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._models: tuple[Choice, ...] = ()
        self._detectors: tuple[Choice, ...] = ()
        self._loading_model = shell.settings.model
        self._loading_detector = shell.settings.detector
        self._detector = ""
        self.model = ""
        self.add_model: Callable[[], None] = lambda: None

    @property
    def detectors(self) -> tuple[Choice, ...]:
        """All detectors."""
        return self._detectors

    @property
    def loading(self) -> bool:
        """Whether a model is being loaded."""
        return bool(self._loading_model)

    def choose_model(self, key: str) -> None:
        """A model was picked; a broken one says why it cannot be used."""
        choice = next((c for c in self._models if c.key == key), None)
        if key == ADD_MODEL:
            self.add_model()
        elif choice is not None and not choice.usable:
            self._shell.tell(choice.note, alarm=True)
        elif key != self.model:
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
        elif key and key != self._detector:
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

    def model_ready(self, event: ModelReady) -> None:
        """A model took over."""
        self.model, self._loading_model = event.name, ""
        self._shell.set(model=event.name)
        self.show()

    def model_failed(self, event: ModelFailed) -> None:
        """A model could not be loaded."""
        self._loading_model = ""
        self._shell.tell(event.message, alarm=True)
        self.show()

    def detector_ready(self, event: DetectorReady) -> None:
        """A detector took over."""
        self._detector, self._loading_detector = event.name, ""
        self._shell.set(detector=event.name)
        self.show()

    def detector_failed(self, event: DetectorFailed) -> None:
        """A detector could not be made."""
        self._loading_detector = ""
        self._shell.tell(event.message, alarm=True)
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
        shell = self._shell
        cascade = Choice(OPEN_CASCADE, shell.texts("main.open_cascade"))
        model = self._loading_model or self.model or shell.settings.model
        detector = self._loading_detector or self._detector or shell.settings.detector
        add = Choice(ADD_MODEL, shell.texts("main.add_model"))
        shell.view.show_models((*self._models, add), model, bool(self._loading_model))
        shell.view.show_detectors(
            (*self._detectors, cascade), detector, bool(self._loading_detector)
        )
