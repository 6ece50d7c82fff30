"""One model for several streams: what they ask for at the same time goes to it together."""

import threading
from collections.abc import Sequence

import numpy as np

from fer_core.models.classifier import Classifier
from fer_core.models.spec import ModelSpec
from fer_core.types import Prediction


class _Asked:
    """What one stream wants to know, and what came of it."""

    def __init__(self, crops: list[np.ndarray]) -> None:
        self.crops = crops
        self.found: Sequence[Prediction] | None = None
        self.error: Exception | None = None


class SharedClassifier:
    """A classifier for pipelines in several threads; see `pipeline.FaceClassifier`.

    Who comes first reads the faces of all who wait by then, in one call; nobody waits for a second
    one. A thread of its own it does not have.
    """

    def __init__(self, model: Classifier) -> None:
        self._model = model
        self._waiting: list[_Asked] = []
        self._changing = threading.Lock()
        self._reading = threading.Lock()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def spec(self) -> ModelSpec:
        """Its sidecar."""
        return self._model.spec

    def predict(self, crops: list[np.ndarray]) -> Sequence[Prediction]:
        """As `Classifier.predict`; raises what that raises for crops of this call."""
        asked = _Asked(crops)
        with self._changing:
            self._waiting.append(asked)
        with self._reading:
            if asked.found is None and asked.error is None:
                with self._changing:
                    together, self._waiting = self._waiting, []
                self._read(together)
        if asked.error is not None:
            raise asked.error
        assert asked.found is not None
        return asked.found

    def _read(self, together: list[_Asked]) -> None:
        try:
            found = self._model.predict([crop for asked in together for crop in asked.crops])
        except Exception as error:
            if len(together) == 1:
                together[0].error = error
                return
            for asked in together:  # one bad crop is no harm to the others
                self._read([asked])
            return
        start = 0
        for asked in together:
            asked.found = found[start : start + len(asked.crops)]
            start += len(asked.crops)
