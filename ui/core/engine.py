"""The pipeline that is in use, and swapping its parts while streams go on."""

from typing import TYPE_CHECKING

from fer_core.errors import ModelNotFoundError
from ui.presenter.shown import Choice

if TYPE_CHECKING:
    from fer_core.detection import FaceDetector
    from fer_core.models.spec import ModelSpec
    from fer_core.pipeline import FerPipeline
    from fer_core.types import Frame, FrameResult


class Engine:
    """Analyses frames with whatever model and detector are loaded; before that, finds nothing.

    It is what a stream session calls its pipeline, so that a camera can show its picture while the
    model is still being loaded. `use_model` and `use_detector` are called by one thread only.

    Attributes:
        accuracy: the model's measured figures in one line, or empty.
    """

    def __init__(self) -> None:
        self._pipeline: FerPipeline | None = None
        self._detector: FaceDetector | None = None
        self._smoothing_s = 0.3
        self.accuracy = ""

    @property
    def ready(self) -> bool:
        """Whether a model and a detector are loaded."""
        return self._pipeline is not None

    def process(self, frame: "Frame") -> "FrameResult":
        """Analyses one frame."""
        from fer_core.types import FrameResult

        if self._pipeline is None:
            return FrameResult(frame.index, frame.time_s, frame.wh, (), "")
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

    def use_model(self, name: str) -> None:
        """Loads a model and swaps it in; the stream goes on.

        Raises:
            ModelError: it cannot be used; the one before stays.
        """
        from fer_core import load_classifier
        from fer_core.pipeline import FerPipeline

        classifier = load_classifier(name)
        classifier.warm_up()
        self.accuracy = accuracy_line(classifier.spec)
        if self._pipeline is not None:
            self._pipeline.classifier = classifier
        elif self._detector is not None:
            self._pipeline = FerPipeline(classifier, self._detector, smoothing_s=self._smoothing_s)

    def use_detector(self, name: str) -> None:
        """Makes a detector and swaps it in; the stream goes on.

        Raises:
            DetectorError: it cannot be used; the one before stays.
        """
        from fer_core.detection import create_detector

        self._detector = create_detector(name)
        if self._pipeline is not None:
            self._pipeline.detector = self._detector


def first_usable(models: tuple[Choice, ...], wanted: str) -> str:
    """The wanted model, or the first that can be used.

    Raises:
        ModelNotFoundError: there is no model at all.
    """
    names = [choice.key for choice in models if choice.usable]
    if wanted in names:
        return wanted
    if not names:
        raise ModelNotFoundError("No model was found; put one into Resources/Models.")
    return names[0]


def list_models() -> tuple[Choice, ...]:
    """All model folders; broken ones say what is wrong."""
    from fer_core.models.registry import ModelRegistry

    return tuple(
        Choice(entry.name, entry.name, entry.problem or "", entry.problem is None)
        for entry in ModelRegistry().entries()
    )


def list_detectors() -> tuple[Choice, ...]:
    """All detectors; those that are not available say what to do."""
    from fer_core.detection import available_detectors

    return tuple(
        Choice(info.name, info.title, info.note, info.available) for info in available_detectors()
    )


def accuracy_line(spec: "ModelSpec") -> str:
    """The measured accuracy of a model in one line; empty where none is known."""
    parts = []
    for data_set, figures in spec.metrics.items():
        value = figures.get("accuracy")
        if isinstance(value, (int, float)):
            parts.append(f"{data_set} {100 * value:.1f} %")
    return f"{spec.name}: {', '.join(parts)}" if parts else ""
