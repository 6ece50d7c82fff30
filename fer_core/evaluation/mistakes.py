"""The pictures that a model is surest about and wrong: wrong labels, or what it has not learnt."""

from dataclasses import dataclass

import numpy as np

from fer_core.datasets.base import Split
from fer_core.evaluation.runner import predict_all, to_model_classes
from fer_core.models.classifier import Classifier


@dataclass(frozen=True, slots=True)
class Mistake:
    """A picture that is read wrong.

    Attributes:
        index: its place in the split.
        label: what the data set says.
        said: what the model says, and how sure it is of it, 0..1.
    """

    index: int
    label: str
    said: str
    confidence: float

    def __str__(self) -> str:
        return f"{self.label}, read as\n{self.said} {self.confidence:.0%}"


def worst_mistakes(classifier: Classifier, split: Split, count: int = 8) -> list[Mistake]:
    """The wrong answers of which the model is surest, the surest first.

    Pictures of a class that the model does not know are left out.

    Raises:
        DatasetError: the split is empty, or has no class that the model knows.
    """
    targets, known = to_model_classes(classifier, split)
    probs = predict_all(classifier, split)
    said = probs.argmax(axis=1)
    sure = np.where(known & (said != targets), probs.max(axis=1), -1)
    worst = [int(i) for i in np.argsort(-sure, kind="stable")[:count] if sure[i] > 0]
    labels = classifier.labels
    return [Mistake(i, labels[targets[i]], labels[said[i]], float(sure[i])) for i in worst]
