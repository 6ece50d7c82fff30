"""Which order of labels, and which scaling of pixels, is likely, from all that is known.

Evidence multiplies odds: every order begins with how common it is among networks of its kind, and
each hint makes some orders so many times as likely. What comes out is a guess with a number; only
a list of labels beside the file, a person, or pictures make it more than that.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fer_core.expressions import LABEL_ORDERS
from fer_core.models.beside import Beside
from fer_core.untrusted.network import ModelFacts

#: Number of classes → order → how common it is. Of nine networks of Keras from independent
#: projects six had the alphabet's, which their image folders gave them.
_KERAS_ORDERS = {
    7: {"alphabetical7": 0.6, "fer2013": 0.3, "affectnet7": 0.05, "rafdb": 0.05},
    8: {"alphabetical8": 0.5, "ferplus": 0.35, "affectnet8": 0.15},
}
_OTHER_ORDERS = {
    7: {"fer2013": 0.42, "alphabetical7": 0.36, "affectnet7": 0.12, "rafdb": 0.1},
    8: {"ferplus": 0.45, "affectnet8": 0.33, "alphabetical8": 0.22},
}
_DATA_SETS = {  # in a file name → order → by what factor it becomes more likely
    r"fer[_-]?plus|fer\+": {"ferplus": 12.0},
    r"fer[_-]?2013": {"fer2013": 2.5},
    r"raf[_-]?db|\braf\b": {"rafdb": 40.0},
    r"affect[_-]?net": {"affectnet7": 40.0, "affectnet8": 40.0},
}
#: By what factor a list in code, numbers in prose, a sentence, and folders make it more likely.
_SAID = {"code": 60.0, "prose": 20.0, "mention": 4.0, "folders": 40.0}
_NAMES_MODEL, _READING = 3.0, 4.0
#: How likely it is that the order is none of those that are known.
_ANOTHER = 0.05
_STRANGE = 0.02
#: Networks that are usually given −1…1, by file name; the last two are Teachable Machine's.
SIGNED_NAMES = re.compile("xception|mobilenet|inception|^keras_model$|^model_unquant$", re.I)
_SCALINGS = {"0…1": 0.62, "−1…1": 0.22, "0…255": 0.11, "ImageNet": 0.05}
_PYTORCH_COLOUR = {"0…1": 0.4, "−1…1": 0.2, "0…255": 0.05, "ImageNet": 0.35}
_SIGNED_FACTOR, _CODE_FACTOR = 8.0, 12.0


@dataclass(frozen=True, slots=True)
class Guess:
    """One possibility.

    Attributes:
        name: of an order or scaling; of an order without a name, where it is said.
        labels: of an order; empty for a scaling.
        share: how sure it is, 0..1.
        because: half a sentence, or empty where it is only the most common one.
    """

    name: str
    labels: tuple[str, ...]
    share: float
    because: str


def orders(names: Iterable[str], facts: ModelFacts, of_keras: bool, beside: Beside) -> list[Guess]:
    """The possible orders of labels, likeliest first; empty where none is known.

    Args:
        names: of the files and folders that the model goes by.
        facts: what the network says of itself.
        of_keras: it was made with Keras, whatever file it is in.
        beside: what its project says.
    """
    common = (_KERAS_ORDERS if of_keras else _OTHER_ORDERS).get(facts.classes, {})
    weights = {LABEL_ORDERS[name]: share for name, share in common.items()}
    named = {LABEL_ORDERS[name]: name for name in common}
    because: dict[tuple[str, ...], str] = {}
    strongest: dict[tuple[str, ...], float] = {}
    for said in beside.said:
        factor = _SAID[said.kind] * (_NAMES_MODEL if said.names_model else 1.0)
        weights.setdefault(said.labels, _STRANGE)
        named.setdefault(said.labels, said.where)
        if factor > strongest.get(said.labels, 0.0):  # two lists that agree may be one copied
            strongest[said.labels] = factor
            because[said.labels] = (
                f"{said.where} has a folder for each"
                if said.kind == "folders"
                else f"{said.where} lists them so"
            )
    for labels, factor in strongest.items():
        weights[labels] *= factor
    for pattern, factors in _DATA_SETS.items():
        if any(re.search(pattern, name, re.IGNORECASE) for name in names):
            for name, factor in factors.items():
                if LABEL_ORDERS[name] in weights:
                    weights[LABEL_ORDERS[name]] *= factor
                    because.setdefault(LABEL_ORDERS[name], "its name says so")
    reading = {
        "alphabetical7": beside.alphabetical, "alphabetical8": beside.alphabetical,
        "fer2013": beside.of_csv,
    }  # fmt: skip
    for name, seen in reading.items():
        if seen and LABEL_ORDERS[name] in weights:
            weights[LABEL_ORDERS[name]] *= _READING
            because.setdefault(LABEL_ORDERS[name], "its training reads pictures that way")
    total = sum(weights.values()) + _ANOTHER
    found = [
        Guess(named[labels], labels, weight / total, because.get(labels, ""))
        for labels, weight in weights.items()
    ]
    return sorted(found, key=lambda guess: -guess.share)


def scalings(stem: str, facts: ModelFacts, beside: Beside) -> list[Guess]:
    """The possible scalings of pixels, likeliest first.

    Args:
        stem: of the file's name.
        facts: what the network says of itself.
        beside: what its project says.
    """
    is_pytorch = facts.layout == "nchw" and facts.channels == 3
    weights = dict(_PYTORCH_COLOUR if is_pytorch else _SCALINGS)
    if facts.channels == 1:
        del weights["ImageNet"]
    because: dict[str, str] = {}
    if SIGNED_NAMES.search(stem):
        weights["−1…1"] *= _SIGNED_FACTOR
        because["−1…1"] = "as is usual for this network"
    for name in beside.scalings:
        if name in weights and len(beside.scalings) < 3:
            weights[name] *= _CODE_FACTOR
            because[name] = "as the code beside it does"
    if facts.scalings:
        for name in weights:
            weights[name] *= max(facts.scalings.get(name, 0.0), 1e-3)
        best = max(facts.scalings, key=lambda name: facts.scalings[name])
        if facts.scalings[best] > 0.5:
            because.setdefault(best, "as its own numbers tell")
    total = sum(weights.values()) * (1 + _ANOTHER)
    found = [
        Guess(name, (), weight / total, because.get(name, "")) for name, weight in weights.items()
    ]
    return sorted(found, key=lambda guess: -guess.share)
