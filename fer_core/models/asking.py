"""Asking the pictures: how sure faces make a reading, and what our own model sees in them.

Labelled faces decide. Where nobody has any, Mimik's own model names the expressions of unlabelled
ones, and readings are ranked by how well they agree with it.
"""

from collections.abc import Sequence
from math import comb

import numpy as np

from fer_core.models.check import ENOUGH_FACES, Labelled, RankedReading
from fer_core.models.classifier import Classifier

#: Faces that our own model is less sure of say nothing.
LEAST_SURE = 0.6
#: Share of faces on which a network must agree with our own model, else that ranks nothing: of 50
#: networks that were made to be tried, two agreed on less, and one of them in a wrong order.
_LEAST_AGREED = 0.45
#: Chance, 0..1, under which more right answers than the commonest one has are no luck; readings
#: are many, so it is small.
_LUCK = 0.001


def as_seen(
    teacher: Classifier, for_teacher: Sequence[np.ndarray], faces: Sequence[np.ndarray]
) -> list[Labelled]:
    """Faces with the expressions that a model of ours sees in them.

    Args:
        teacher: the model.
        for_teacher: the faces as it wants them cut, uint8 (H, W, 3) BGR or (H, W).
        faces: the same as the model that is checked wants them.

    Returns:
        Those that it is at least `LEAST_SURE` of.
    """
    shares = teacher.predict_probs(for_teacher)
    found = []
    for face, row in zip(faces, shares, strict=True):
        if float(row.max()) >= LEAST_SURE:
            found.append((face, teacher.labels[int(row.argmax())]))
    return found


def beats_chance(best: RankedReading, labelled: Sequence[Labelled], *, seen: bool = False) -> bool:
    """Whether a reading is right more often than its answers would be of other faces, by no luck.

    Always to say the commonest answer is right as often of any faces, and so is no knowledge.
    Of fewer than `ENOUGH_FACES` nothing can be said; then it is.

    Args:
        best: the reading.
        labelled: the faces that it was tried on.
        seen: our own model labelled them; then it must agree on `_LEAST_AGREED` of them, too.
    """
    count = len(labelled)
    if count < ENOUGH_FACES:
        return True
    if seen and best.accuracy < _LEAST_AGREED:
        return False
    truth = [label for _, label in labelled]
    commonest = max(truth.count(label) for label in set(truth)) / count
    right = round(best.accuracy * count)
    said = best.predicted
    by_chance = sum(truth.count(label) * said.count(label) for label in set(truth)) / count**2
    if commonest >= 1.0:  # of one expression alone
        return right > count / 2
    luck = sum(
        comb(count, k) * by_chance**k * (1 - by_chance) ** (count - k)
        for k in range(right, count + 1)
    )
    return luck < _LUCK


def how_sure(ranked: Sequence[RankedReading], labelled: Sequence[Labelled]) -> float:
    """How sure the faces make the order of labels of the best reading, 0..1.

    It is the chance that its lead over the best reading of another order is no luck (sign test).
    """
    best = ranked[0]
    if not beats_chance(best, labelled):
        return 0.0
    order = best.reading.spec.labels
    rival = next((r for r in ranked if r.reading.spec.labels != order), None)
    if rival is None:
        return 1.0
    truth = [label for _, label in labelled]
    pairs = list(zip(best.predicted, rival.predicted, truth, strict=True))
    won = sum(a == t != b for a, b, t in pairs)
    decided = won + sum(b == t != a for a, b, t in pairs)
    return 1 - sum(comb(decided, k) for k in range(won, decided + 1)) / 2**decided
