"""The pipeline that is in use, and swapping its parts while streams go on."""

from typing import TYPE_CHECKING

from fer_core.config import DEFAULT_MODEL, Settings
from fer_core.errors import ModelNotFoundError
from ui.presenter.models import ModelInfo
from ui.presenter.shown import Choice

if TYPE_CHECKING:
    from fer_core.detection import FaceDetector
    from fer_core.models.registry import ModelEntry
    from fer_core.models.spec import ModelSpec
    from fer_core.pipeline import FerPipeline
    from fer_core.types import Frame, FrameResult


class Engine:
    """Analyses frames with whatever model and detector are loaded; before that, finds nothing.

    It is what a stream session calls its pipeline, so that a camera can show its picture while the
    model is still being loaded. `use_model` and `use_detector` are called by one thread only.
    """

    def __init__(self) -> None:
        self._pipeline: FerPipeline | None = None
        self._detector: FaceDetector | None = None
        self._model_name = self._detector_name = ""
        self._smoothing_s = 0.3
        self._unsure_below = Settings().unsure_below

    @property
    def model_name(self) -> str:
        """Of the model in use."""
        return self._model_name

    @property
    def ready(self) -> bool:
        """Whether a model and a detector are loaded."""
        return self._pipeline is not None

    def process(self, frame: "Frame") -> "FrameResult":
        """Analyses one frame."""
        from fer_core.types import FrameResult

        if self._pipeline is None:
            return FrameResult(frame.index, frame.time_s, frame.picture_wh, (), "")
        return self._pipeline.process(frame)

    def reset(self) -> None:
        """A new stream begins."""
        if self._pipeline is not None:
            self._pipeline.reset()

    def smooth(self, seconds: float) -> None:
        """Sets the smoothing of probabilities."""
        self._smoothing_s = seconds
        if self._pipeline is not None:
            self._pipeline.smoothing_s = seconds

    @property
    def unsure_below(self) -> float:
        """The threshold of "not sure", 0..1."""
        return self._unsure_below

    def judge(self, unsure_below: float) -> None:
        """Sets the threshold of "not sure", 0..1."""
        self._unsure_below = unsure_below
        if self._pipeline is not None:
            self._pipeline.unsure_below = unsure_below

    def use_model(self, name: str) -> None:
        """Loads a model and swaps it in; the stream goes on.

        Raises:
            ModelError: it cannot be used; the one before stays.
        """
        from fer_core import load_classifier
        from fer_core.pipeline import FerPipeline

        classifier = load_classifier(name)
        classifier.warm_up()
        self._model_name = name
        if self._pipeline is not None:
            self._pipeline.classifier = classifier
        elif self._detector is not None:
            self._pipeline = FerPipeline(
                classifier,
                self._detector,
                smoothing_s=self._smoothing_s,
                unsure_below=self._unsure_below,
            )

    def thorough_twin(self) -> "FerPipeline":
        """A pipeline of its own with the same model, detector and threshold, for whole films.

        Raises:
            ModelError, DetectorError: one of them can no longer be loaded.
        """
        from fer_core.pipeline import load_pipeline

        return load_pipeline(
            self._model_name,
            self._detector_name,
            smoothing_s=self._smoothing_s,
            unsure_below=self._unsure_below,
            thorough=True,
        )

    def use_detector(self, name: str) -> None:
        """Makes a detector and swaps it in; the stream goes on.

        Raises:
            DetectorError: it cannot be used; the one before stays.
        """
        from fer_core.detection import create_detector

        self._detector = create_detector(name)
        self._detector_name = name
        if self._pipeline is not None:
            self._pipeline.detector = self._detector


def first_usable(models: tuple[ModelInfo, ...], wanted: str) -> str:
    """The wanted model, or the usual one, or the first that can be used.

    Raises:
        ModelNotFoundError: there is no model at all.
    """
    names = [model.name for model in models if model.usable]
    for name in (wanted, DEFAULT_MODEL):
        if name in names:
            return name
    if not names:
        raise ModelNotFoundError("No model was found; put one into Resources/Models.")
    return names[0]


def list_models() -> tuple[ModelInfo, ...]:
    """All model folders, and models that are still to be trained; broken ones say what is wrong."""
    from fer_core.models.registry import ModelRegistry

    registry = ModelRegistry()
    return tuple(_info(entry) for entry in (*registry.entries(), *registry.offered()))


def _info(entry: "ModelEntry") -> ModelInfo:
    if entry.spec is None:
        own = not entry.bundled and not entry.command
        return ModelInfo(entry.name, entry.title, entry.problem or "", entry.command, own=own)
    measured_on, accuracy = headline(entry.spec)
    return ModelInfo(
        entry.name,
        entry.title,
        trained_on=entry.spec.trained_on,
        measured_on=measured_on,
        accuracy=accuracy,
        licence=entry.spec.license,
        own=not entry.bundled,
    )


def needs_preparing(name: str) -> bool:
    """Whether a model has to be converted first, which takes seconds."""
    from fer_core.models.convert import is_prepared
    from fer_core.models.registry import ModelRegistry

    try:
        entry = ModelRegistry().entry(name)
    except ModelNotFoundError:
        return False
    if entry.spec is None:
        return False
    path = entry.folder / entry.spec.file
    return not is_prepared(path, entry.spec.format, entry.spec.sha256)


def list_detectors() -> tuple[Choice, ...]:
    """All detectors; those that are not available say what to do."""
    from fer_core.detection import available_detectors

    return tuple(
        Choice(info.name, info.title, info.note, info.available) for info in available_detectors()
    )


def headline(spec: "ModelSpec") -> tuple[str, float | None]:
    """Of all that was measured, what tells most, and the accuracy there, 0..1.

    That is the data it was trained on, in pictures that it never saw, without copies of those it
    did; ("", None) where nothing was measured.
    """
    found = {}
    for name, figures in spec.metrics.items():
        value = figures.get("accuracy")
        if isinstance(value, (int, float)) and 0 <= value <= 1:
            found[name] = float(value)
    best = max(found, key=lambda name: _weight(name, spec.trained_on), default="")
    return best, found.get(best)


def _weight(name: str, trained_on: str) -> tuple[bool, bool, bool]:
    words = name.split()
    return bool(words) and words[0] in trained_on, "test" in words, "clean" in words
