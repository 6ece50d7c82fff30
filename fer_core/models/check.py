"""Which reading of a model file is right? Try the plausible ones on faces with known labels.

A model file does not say in which order its labels are, how pixels are scaled or in which order
the colours come; wrong guesses give the well-known "everything is sad". Ten labelled faces an
expression settle it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np

from fer_core import preprocess
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.classifier import checked_outputs, to_probs
from fer_core.models.convert import engine_file
from fer_core.models.engine import Engine
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.untrusted.gate import CheckedModel

#: A face crop, uint8 (H, W, 3) BGR or (H, W) grey, and its canonical expression.
Labelled = tuple[np.ndarray, str]
Progress = Callable[[int, int], None]

#: From here on the faces decide alone; fewer do not overrule what the file itself tells.
ENOUGH_FACES = 20
_FIRST_ROUND = 28
_KEPT_SHARE = 3

#: Chance, 0..1, under which a lead is no longer taken for luck.
_LUCK = 0.05
#: Scale, mean, std; means in the order of the named colours.
Scaling = tuple[float, tuple[float, ...], tuple[float, ...]]
_SCALINGS_ANY: dict[str, Scaling] = {
    "0…1": (1 / 255, (0.0,), (1.0,)),
    "−1…1": (2 / 255, (1.0,), (1.0,)),
    "0…255": (1.0, (0.0,), (1.0,)),
}
_IMAGENET_RGB = (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_CAFFE_BGR = (1.0, (103.939, 116.779, 123.68), (1.0,))
#: Parkhi et al. 2015 and Cao et al. 2018, as keras-vggface subtracts them.
_VGGFACE_BGR = (1.0, (93.5940, 104.7624, 129.1863), (1.0,))
_VGGFACE2_BGR = (1.0, (91.4953, 103.8827, 131.0912), (1.0,))
_SCALINGS_COLOR: dict[str, dict[str, Scaling]] = {
    "rgb": {"ImageNet": _IMAGENET_RGB},
    "gray3": {"ImageNet": _IMAGENET_RGB},
    "bgr": {
        "ImageNet (Caffe)": _CAFFE_BGR,
        "VGGFace": _VGGFACE_BGR,
        "VGGFace2": _VGGFACE2_BGR,
    },
}
_COLOR_WORDS = {"gray": "grey", "gray3": "grey in three channels", "rgb": "RGB", "bgr": "BGR"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a model file.

    Attributes:
        spec: the sidecar that says so.
        labels, color, scaling: in words for a person; `equalized` is a column of its own.
    """

    spec: ModelSpec
    labels: str
    color: str
    scaling: str

    @property
    def equalized(self) -> bool:
        """Whether the histogram is equalised."""
        return self.spec.input.equalize

    @property
    def title(self) -> str:
        """All of it on one line."""
        equalized = ", equalised" if self.equalized else ""
        return f"{self.labels} labels, {self.color}, {self.scaling}{equalized}"


@dataclass(frozen=True, slots=True, eq=False)
class RankedReading:
    """How well a reading agrees with faces whose expression is known.

    Attributes:
        reading: the reading.
        accuracy: share of the faces whose label it finds, 0..1.
        log_likelihood: mean of log p(true label), higher is better, at least −7.
        predicted: its label for each face, in the order given.
    """

    reading: Reading
    accuracy: float
    log_likelihood: float
    predicted: tuple[str, ...]


def scalings(color: str) -> dict[str, Scaling]:
    """The usual ways to scale pixels of a colour, by name: (scale, mean, std) each."""
    return {**_SCALINGS_ANY, **_SCALINGS_COLOR.get(color, {})}


def readings(spec: ModelSpec) -> list[Reading]:
    """The proposed reading first, then all other plausible ones."""
    return [
        Reading(replace(spec, input=inputs, labels=labels), order, color, scaling)
        for inputs, color, scaling in _input_readings(spec.input)
        for order, labels in _label_orders(spec)
    ]


def rank_readings(
    model: CheckedModel,
    labelled: Sequence[Labelled],
    spec: ModelSpec,
    *,
    orders: Sequence[tuple[str, ...]] = (),
    progress: Progress | None = None,
) -> list[RankedReading]:
    """Tries all readings, best first.

    With fewer faces than `ENOUGH_FACES` the proposed reading comes first where none finds more of
    the labels: so few cannot tell the others from chance. Else the likelihood decides.

    The network runs once for each way to prepare its input, however many label orders there are.
    With more than 28 faces, all ways are tried on 28, and the best third of them on the rest.

    Args:
        model: the model.
        labelled: faces with their expressions; about 30 to 200, of several expressions.
        spec: the proposed sidecar.
        orders: further orders of labels to try, such as those that a project names.
        progress: called with how many ways are done and how many there are.

    Raises:
        ValueError: no faces.
        ModelLoadError: the network fails.
    """
    if not labelled:
        raise ValueError("rank_readings needs at least one labelled face")
    engine = Engine(engine_file(model), shown=model.path)
    order = _spread([label for _, label in labelled])
    first, rest = order[:_FIRST_ROUND], order[_FIRST_ROUND:]
    ways = _input_readings(spec.input)
    total = len(ways) + (len(ways) // _KEPT_SHARE if rest else 0)
    probs: dict[int, np.ndarray] = {}
    for index, (inputs, _, _) in enumerate(ways):
        probs[index] = _run(engine, replace(spec, input=inputs), labelled, first)
        if progress:
            progress(index + 1, total)
    ranked = _rank(spec, ways, probs, labelled, first, orders)
    if rest:
        best = list(dict.fromkeys(index for index, _ in ranked))[: max(1, len(ways) // _KEPT_SHARE)]
        for done, index in enumerate(best):
            more = _run(engine, replace(spec, input=ways[index][0]), labelled, rest)
            probs[index] = np.concatenate([probs[index], more])
            if progress:
                progress(len(ways) + done + 1, total)
        ranked = _rank(spec, ways, {index: probs[index] for index in best}, labelled, order, orders)
    back = np.argsort(order if rest else first)
    found = [replace(r, predicted=tuple(r.predicted[i] for i in back)) for _, r in ranked]
    if len(labelled) < ENOUGH_FACES:
        highest = found[0].accuracy
        found.sort(key=lambda r: r.accuracy < highest or r.reading.spec != spec)
    return found


def try_reading(
    model: CheckedModel, labelled: Sequence[Labelled], spec: ModelSpec
) -> RankedReading:
    """How well one reading agrees with labelled faces, such as one that a person made up.

    Raises:
        ValueError: no faces.
        ModelLoadError: the network fails.
    """
    if not labelled:
        raise ValueError("try_reading needs at least one labelled face")
    chosen = range(len(labelled))
    ways = [_words(spec.input)]
    engine = Engine(engine_file(model), shown=model.path)
    probs = {0: _run(engine, spec, labelled, chosen)}
    ranked = _rank(spec, ways, probs, labelled, chosen)
    return next(entry for _, entry in ranked if entry.reading.spec.labels == spec.labels)


def as_good(best: RankedReading, other: RankedReading, labelled: Sequence[Labelled]) -> bool:
    """Whether the lead of one reading over another may be luck.

    Of the faces that only one of the two gets right, the better one would have its share or more
    by tossing a coin in at least 5 of 100 cases (the sign test, one-sided).

    Args:
        best: the better one. other: any other one, tried on the same faces.
        labelled: those faces, in the order of `predicted`.
    """
    truth = [label for _, label in labelled]
    pairs = list(zip(best.predicted, other.predicted, truth, strict=True))
    won = sum(a == t != b for a, b, t in pairs)
    decided = won + sum(b == t != a for a, b, t in pairs)
    chance = sum(comb(decided, k) for k in range(won, decided + 1)) / 2**decided
    return chance >= _LUCK


def _words(inputs: InputSpec) -> tuple[InputSpec, str, str]:
    """An input with its colour and its scaling in words."""
    return inputs, _COLOR_WORDS[inputs.color], scaling_name(inputs) or "as in model.json"


def scaling_name(inputs: InputSpec) -> str:
    """What a usual way to scale pixels is called; empty for another one."""
    numbers = (inputs.scale, inputs.mean, inputs.std)
    known = scalings(inputs.color)
    return next((name for name in known if known[name] == numbers), "")


def _input_readings(proposed: InputSpec) -> list[tuple[InputSpec, str, str]]:
    colors = ["gray"] if proposed.channels == 1 else ["rgb", "bgr", "gray3"]
    found: list[tuple[InputSpec, str, str]] = []
    for color in sorted(colors, key=lambda c: c != proposed.color):
        for words, (scale, mean, std) in scalings(color).items():
            for equalize in (proposed.equalize, not proposed.equalize):
                way = replace(
                    proposed, color=color, scale=scale, mean=mean, std=std, equalize=equalize
                )
                found.append((way, _COLOR_WORDS[color], words))
    same = [entry for entry in found if entry[0] == proposed]
    return (same or [_words(proposed)]) + [entry for entry in found if entry[0] != proposed]


def _label_orders(
    spec: ModelSpec, more: Sequence[tuple[str, ...]] = ()
) -> list[tuple[str, tuple[str, ...]]]:
    named = {labels: name for name, labels in LABEL_ORDERS.items()}
    orders = {spec.labels: named.get(spec.labels, "given")}
    for name, labels in LABEL_ORDERS.items():
        if set(labels) == set(spec.labels):
            orders.setdefault(labels, name)
    for labels in more:
        if len(labels) == len(spec.labels):
            orders.setdefault(labels, named.get(labels, "found"))
    return [(name, labels) for labels, name in orders.items()]


def _spread(labels: Sequence[str]) -> list[int]:
    """Indices so that every beginning holds all expressions about equally often."""
    seen: dict[str, int] = {}
    turn = []
    for index, label in enumerate(labels):
        seen[label] = seen.get(label, 0) + 1
        turn.append((seen[label], index))
    return [index for _, index in sorted(turn)]


def _run(
    engine: Engine, spec: ModelSpec, labelled: Sequence[Labelled], chosen: Sequence[int]
) -> np.ndarray:
    """float32 (len(chosen), K), rows sum to 1."""
    rows = [engine.run(preprocess.to_batch([labelled[i][0]], spec.input)) for i in chosen]
    outputs = checked_outputs(np.concatenate(rows), len(spec.labels), engine.path)
    return to_probs(outputs, spec)


def _rank(
    spec: ModelSpec,
    ways: Sequence[tuple[InputSpec, str, str]],
    probs: dict[int, np.ndarray],
    labelled: Sequence[Labelled],
    chosen: Sequence[int],
    more: Sequence[tuple[str, ...]] = (),
) -> list[tuple[int, RankedReading]]:
    truth = [labelled[i][1] for i in chosen]
    found = []
    for index in sorted(probs):
        inputs, color, scaling = ways[index]
        shares = probs[index][: len(chosen)]
        for order, labels in _label_orders(spec, more):
            reading = Reading(replace(spec, input=inputs, labels=labels), order, color, scaling)
            meant = replace(spec, labels=labels).expressions
            predicted = tuple(
                t if t in (labels[k], meant[k]) else labels[k]
                for k, t in zip(shares.argmax(axis=1), truth, strict=True)
            )
            right = [p == t for p, t in zip(predicted, truth, strict=True)]
            true = [
                sum(row[k] for k in range(len(labels)) if t in (labels[k], meant[k]))
                for row, t in zip(shares, truth, strict=True)
            ]
            likelihood = float(np.log(np.clip(true, 1e-3, 1)).mean())
            found.append(
                (index, RankedReading(reading, float(np.mean(right)), likelihood, predicted))
            )
    return sorted(found, key=lambda e: (-round(e[1].accuracy, 9), -e[1].log_likelihood))
