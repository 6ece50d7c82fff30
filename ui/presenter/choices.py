"""The pickers for models and detectors, and the download of YuNet."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fer_core.config import DEFAULT_MODEL
from fer_core.names import plain
from fer_core.texts import Texts
from ui.presenter.core import (
    DetectorFailed,
    DetectorReady,
    Downloaded,
    Downloading,
    Listed,
    ModelFailed,
    ModelPreparing,
    ModelReady,
    ModelRemoved,
)
from ui.presenter.listing import caption, detector_choice, model_choice, own_detector_choice
from ui.presenter.models import ModelInfo
from ui.presenter.shell import Manner, Shell
from ui.presenter.shown import Action, Choice
from ui.presenter.words import failure

#: Key of the entry of the detector picker that opens a file dialog.
OPEN_CASCADE = "open-cascade"
#: Keys of the entries of the model picker that add a model: a file, or a folder.
ADD_MODEL, ADD_MODEL_FOLDER = "add-model", "add-model-folder"
#: Detector files of the person's own that are remembered.
_MOST_OWN = 8


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
        """All detectors, those of the person's own behind the others."""
        listed = tuple(detector_choice(self._shell.texts, found) for found in self._detectors)
        known = {found.key for found in listed}
        own = (path for path in self._shell.settings.own_detectors if path not in known)
        return (*listed, *(own_detector_choice(path) for path in own))

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
            self._shell.warn(info.problem, topic="model")
        elif key != (self._loading_model or self.model):
            self.use_model(key)
        self.show()

    def remove_model(self, key: str) -> None:
        """The person no longer wants a model of their own; deleting it has to be confirmed."""
        info = next((m for m in self._models if m.name == key and m.own), None)
        if info is None:
            return
        name = plain(info.title)
        if self._shell.view.ask_yes(self._shell.texts("model.remove_asked", name=name)):
            self._shell.core.remove_model(key)

    def model_removed(self, event: ModelRemoved) -> None:
        """A model is gone; where it was used, the usual one takes over."""
        self._shell.say("message.model_removed", name=event.name)
        if event.name == (self._loading_model or self.model):
            self.use_model(DEFAULT_MODEL)

    def remove_detector(self, key: str) -> None:
        """Takes a detector file of the person's own from the list; the file stays."""
        kept = tuple(path for path in self._shell.settings.own_detectors if path != key)
        self._shell.set(own_detectors=kept)
        self.show()

    def caption(self) -> str:
        """What the corner of the picture says of the model in use; empty where nobody measured."""
        info = next((m for m in self._models if m.name == self.model), None)
        return caption(self._shell.texts, info) if info is not None else ""

    def use_model(self, key: str) -> None:
        """Loads a model; the one before goes on until it is there."""
        self._shell.settled("model")
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
        self._shell.say("message.preparing", name=event.name, shows=Manner(busy=True))

    def model_ready(self, event: ModelReady) -> None:
        """A model took over."""
        self._shell.close_busy_message()
        self._shell.settled("model")
        self.model = event.name
        self._done_with_model(event.name)
        self._shell.set(model=event.name)
        self.show()

    def model_failed(self, event: ModelFailed) -> None:
        """A model could not be loaded."""
        self._done_with_model(event.name)
        self._shell.fail(event.message, topic="model")
        self.show()

    def detector_ready(self, event: DetectorReady) -> None:
        """A detector took over."""
        self._detector = event.name
        self._done_with_detector(event.name)
        if not event.instead:
            self._shell.settled("detector")
            self._keep_own_detector(event.name)
            self._shell.set(detector=event.name)
        self.show()

    def detector_failed(self, event: DetectorFailed) -> None:
        """A detector could not be made."""
        self._done_with_detector(event.name)
        then = partial(_instead, event.instead) if event.instead else None
        self._shell.fail(event.message, topic="detector", then=then)
        self.show()

    def downloading(self, event: Downloading) -> None:
        """The download goes on."""
        self._shell.view.show_download(event.done / event.total if event.total else 0.0, "")

    def downloaded(self, event: Downloaded) -> None:
        """The download is over; YuNet is used at once if it came."""
        said = failure(self._shell.texts, event.message) if event.message else ""
        self._shell.view.show_download(None, said)
        if not event.message:
            self._shell.core.list_models()
            self._loading_detector = "yunet"
            self._shell.core.use_detector("yunet")
            self.show()

    def show(self) -> None:
        """Fills both pickers."""
        shell, texts = self._shell, self._shell.texts
        cascade = Choice(OPEN_CASCADE, texts("main.open_cascade"), action=True)
        model = self._loading_model or self.model or shell.settings.model
        detector = self._loading_detector or self._detector or shell.settings.detector
        models = (
            *(model_choice(texts, info) for info in self._models),
            Choice(ADD_MODEL, texts("main.add_model"), action=True),
            Choice(ADD_MODEL_FOLDER, texts("main.add_model_folder"), action=True),
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
            shell.say("message.copied")

        def action(texts: Texts) -> Action:
            return Action(texts("message.copy_command"), copy)

        shell.say(
            "message.not_trained", name=info.name, command=info.command, shows=Manner(action=action)
        )

    def _keep_own_detector(self, key: str) -> None:
        """A file of the person's own that works stands in the list from now on."""
        own = self._shell.settings.own_detectors
        if any(found.key == key for found in self._detectors) or not Path(key).is_absolute():
            return
        self._shell.set(own_detectors=(key, *(p for p in own if p != key))[:_MOST_OWN])


def _instead(name: str, texts: Texts) -> str:
    return texts("message.instead", name=name)
