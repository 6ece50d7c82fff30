"""What all visitors share: the models, the detector, the decoders, and the processors' time."""

import statistics
import threading
from collections import OrderedDict
from time import perf_counter

import anyio
import numpy as np

from fer_core.detection import create_detector
from fer_core.detection.base import FaceDetector
from fer_core.models.classifier import Classifier
from fer_core.models.diagram import Diagram, diagram
from fer_core.models.registry import ModelRegistry
from fer_core.pipeline import FerPipeline
from fer_core.sharing import SharedClassifier
from fer_core.untrusted import gate
from fer_core.untrusted.pictures import PictureLimits, PictureReader
from fer_core.video.images import Photo
from web.config import WebConfig

#: So many models stay loaded; the one that was asked for least lately goes.
_LOADED = 4
_DIAGRAMS = 64
#: Frames that are decoded and read at a time. They take their turns in the order in which they
#: came, and each visitor has one: nobody waits longer than all others together take.
AT_WORK = 2


class Room:
    """Made once a server; its methods may be called from any thread."""

    def __init__(self, config: WebConfig) -> None:
        self.config = config
        self.registry = ModelRegistry()
        limits = PictureLimits(pixels=config.picture_px)
        self._readers = [PictureReader(limits) for _ in range(AT_WORK)]
        self._next = 0
        self._models: OrderedDict[str, SharedClassifier] = OrderedDict()
        self._diagrams: dict[str, Diagram] = {}
        self._speeds: dict[str, float] = {}
        self._detector: FaceDetector | None = None
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._drawing = threading.Lock()
        self._turns: anyio.CapacityLimiter | None = None

    @property
    def turns(self) -> anyio.CapacityLimiter:
        """Lets so many frames be worked on; first come, first served."""
        if self._turns is None:  # made in the event loop that uses it
            self._turns = anyio.CapacityLimiter(AT_WORK)
        return self._turns

    def start(self) -> None:
        """Gets ready, so that the first frame does not wait."""
        for reader in self._readers:
            reader.start()
        self.pipeline(self.config.model)

    def close(self) -> None:
        """Ends the decoders."""
        for reader in self._readers:
            reader.close()

    def decode(self, data: bytes) -> Photo:
        """A visitor's picture, decoded in a child; raises as `PictureReader.read`."""
        with self._lock:
            self._next = (self._next + 1) % len(self._readers)
            reader = self._readers[self._next]
        return reader.read(data)

    def classifier(self, name: str) -> SharedClassifier:
        """A model, loaded by the first who asks for it.

        Raises:
            ModelError: there is none of that name, or it cannot be used.
        """
        with self._lock:
            if name in self._models:
                self._models.move_to_end(name)
                return self._models[name]
        with self._loading:
            with self._lock:
                if name in self._models:
                    return self._models[name]
            model = self.registry.load(name)
            speed = _milliseconds(model)
            with self._lock:
                self._speeds[name] = speed
                shared = self._models[name] = SharedClassifier(model)
                while len(self._models) > _LOADED:
                    self._models.popitem(last=False)
            return shared

    def detector(self) -> FaceDetector:
        """The detector of all visitors; raises DetectorError."""
        if self._detector is None:
            with self._loading:
                self._detector = self._detector or create_detector(self.config.detector)
        return self._detector

    def pipeline(self, model: str, *, thorough: bool = False) -> FerPipeline:
        """A pipeline of one visitor, with the shared model and detector."""
        return FerPipeline(self.classifier(model), self.detector(), thorough=thorough)

    def diagram(self, name: str) -> Diagram:
        """The layers of a model; read once, and again when its file has changed.

        Raises:
            ModelError: there is none of that name, or it cannot be read.
        """
        checked = gate.check_folder(self.registry.folder(name))
        with self._drawing:  # a conversion takes seconds, and nobody else shall wait for it
            if checked.sha256 not in self._diagrams:
                if len(self._diagrams) >= _DIAGRAMS:
                    self._diagrams.clear()
                self._diagrams[checked.sha256] = diagram(checked)
            return self._diagrams[checked.sha256]

    def speed_ms(self, name: str) -> float | None:
        """How long a face took when the model was loaded; None if it was not yet."""
        return self._speeds.get(name)


def _milliseconds(model: Classifier) -> float:
    """The median of reading one grey face, which is what any face costs."""
    face = np.full((model.spec.input.height, model.spec.input.width), 128, np.uint8)
    taken = []
    for _ in range(5):
        start = perf_counter()
        model.predict([face])
        taken.append((perf_counter() - start) * 1e3)
    return statistics.median(taken)
