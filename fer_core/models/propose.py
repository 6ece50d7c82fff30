"""From a bare model file to a proposed sidecar, marked as a guess where it is one."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fer_core.errors import ModelSpecError
from fer_core.expressions import EXPRESSIONS, LABEL_ORDERS, canonical, understood
from fer_core.models.beside import Beside, look_around
from fer_core.models.inspect import inspect
from fer_core.models.legacy import USUAL_PX, takes_any_size
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.models.weighing import Guess, orders, scalings
from fer_core.untrusted.gate import CheckedModel
from fer_core.untrusted.keras_files import read_config
from fer_core.untrusted.network import ModelFacts
from fer_core.untrusted.unpack import LABEL_FILES

#: How the prototype of this app named its files: alphabetical labels, grey faces equalised.
_PROTOTYPE = re.compile(r"model_(?P<net>.+)_(?P<data>[^_]+)_p(?P<px>\d+)_dim(?P<channels>[13])")
_NUMBERED = re.compile(r"(\d+)\s*[,;:=.)\s]\s*(\S.*)")
_KERAS = ("keras", "hdf5", "savedmodel", "tflite")
#: From here on a guess is called sure; people who know better are asked below.
SURE = 0.9

#: Usual scalings by name: factor, mean, standard deviation; ImageNet's are those of RGB.
_SCALINGS: dict[str, tuple[float, tuple[float, ...], tuple[float, ...]]] = {
    "0…1": (1 / 255, (0.0,), (1.0,)),
    "−1…1": (2 / 255, (1.0,), (1.0,)),
    "0…255": (1.0, (0.0,), (1.0,)),
    "ImageNet": (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sidecar and what it rests on.

    Attributes:
        spec: the proposed sidecar; `labels_confirmed` is false where the order is a guess.
        notes: sentences for the person, one a decision.
        sure_labels, sure_scaling: how sure they are, 0..1; 1 for what is given.
        orders: the possible orders of labels, likeliest first; one where they are given.
    """

    spec: ModelSpec
    notes: tuple[str, ...]
    sure_labels: float = 1.0
    sure_scaling: float = 1.0
    orders: tuple[tuple[str, ...], ...] = ()

    @property
    def sure(self) -> float:
        """How sure the whole reading is, 0..1."""
        return self.sure_labels * self.sure_scaling


def propose(
    model: CheckedModel, *, labels: Sequence[str] | None = None, name: str | None = None
) -> Proposal:
    """A sidecar for a model file.

    Args:
        model: it is converted on the way where that is needed.
        labels: what the outputs mean, in order, in any data set's words; else a file beside the
            model, else a guess.
        name: of the model; else from the file name.

    Raises:
        ModelLoadError: the model cannot be converted, or is none for pictures of faces.
        ModelSpecError: the labels do not fit, or there are none and no order is known.
    """
    path, facts = model.path, inspect(model)
    stem = path.stem if path.suffix else path.name
    prototype = _PROTOTYPE.fullmatch(stem)
    beside = look_around(model, facts.classes)
    guesses, confirmed, label_note = _labels(model, facts, labels, bool(prototype), beside)
    found = guesses[0].labels
    scaling = _scaling(stem, facts, prototype, beside)
    network_input, input_note = _input(facts, prototype, scaling)
    spec = ModelSpec(
        name=name or plain_name(stem),
        title=stem,
        architecture=prototype["net"] if prototype else "",
        file=path.name,
        format=model.format,
        sha256=model.sha256,
        labels=found,
        input=network_input,
        output=facts.output,
        trained_on=prototype["data"] if prototype else "",
        metrics={},
        license="",
        source="",
        created=date.today().isoformat(),
        labels_confirmed=confirmed,
    )
    notes = [label_note, *own_note(spec), input_note]
    if not prototype and _takes_any_size(model, facts):
        size = f"{network_input.width}×{network_input.height}"
        notes.append(
            f"The network takes any size; {size} px is a guess: save it with the size that it was "
            "trained on."
        )
    possible = tuple(guess.labels for guess in guesses)
    return Proposal(spec, tuple(notes), guesses[0].share, scaling.share, possible)


def own_note(spec: ModelSpec) -> list[str]:
    """One sentence that names the classes which are no expressions; none where there are none."""
    own = [label for label in spec.labels if label not in EXPRESSIONS]
    if not own:
        return []
    what = "a class of its own" if len(own) == 1 else "classes of their own"
    meant = spec.stands_for or {}
    named = (f"{name} (stands for {meant[name]})" if name in meant else name for name in own)
    return [f"No expressions, so {what}: {', '.join(named)}."]


def plain_name(text: str) -> str:
    """A name as `ModelSpec.name` allows it."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:60]
    return name or "model"


def canonical_labels(words: Sequence[str], classes: int, where: str) -> tuple[str, ...]:
    """Words of any data set → canonical names; others are classes of their own.

    Raises:
        ModelSpecError: one is no word or stands there twice, or their number does not fit.
    """
    if len(words) != classes:
        raise ModelSpecError(f"{where} names {len(words)} labels; the network has {classes}.")
    try:
        return understood([str(word) for word in words])
    except ValueError as error:
        raise ModelSpecError(f"{where}: {error}") from error


def _takes_any_size(model: CheckedModel, facts: ModelFacts) -> bool:
    if model.format in ("keras", "hdf5"):  # the conversion has a size filled in
        return takes_any_size(read_config(model.path))
    return facts.width is None or facts.height is None


def _labels(
    model: CheckedModel,
    facts: ModelFacts,
    given: Sequence[str] | None,
    prototype: bool,
    beside: Beside,
) -> tuple[list[Guess], bool, str]:
    path, classes = model.origin or model.path, facts.classes
    if given is not None:
        labels = canonical_labels(given, classes, "The list of labels")
        return [Guess("given", labels, 1.0, "")], True, "Labels as given."
    file = _label_file(path)
    if file is not None:
        labels = canonical_labels(_read_labels(file), classes, str(file))
        return [Guess(file.name, labels, 1.0, "")], True, f"Labels from {file.name}."
    names = {path.name, model.path.name}
    if prototype and f"alphabetical{classes}" in LABEL_ORDERS:
        order = f"alphabetical{classes}"
        found = [Guess(order, LABEL_ORDERS[order], 0.99, "its name says so")]
    else:
        of_keras = model.format in _KERAS or facts.layout == "nhwc"
        found = orders(names, facts, of_keras, beside)
    if not found:
        raise ModelSpecError(
            f"{path} tells {classes} classes apart, and no order of {classes} expressions is "
            "known; put a labels.txt beside it, one class a line, or use --labels A,B."
        )
    best = found[0]
    sure = f"{100 * best.share:.0f} %"
    note = f"Labels guessed: the order of {best.name}, {sure} sure; check that it is right."
    if best.because:
        note = (
            f"Labels guessed: the order of {best.name}, {sure} sure, because {best.because}; check "
            "that it is right."
        )
    return found, False, note


def _scaling(
    stem: str, facts: ModelFacts, prototype: re.Match[str] | None, beside: Beside
) -> Guess:
    if facts.rescales:
        return Guess("0…255", (), 0.99, "it scales them itself")
    if prototype:
        return Guess("0…1", (), 0.99, "its name says so")
    return scalings(stem, facts, beside)[0]


def _label_file(path: Path) -> Path | None:
    """The file beside the model that says what its outputs mean.

    One that only bears the model's name may as well be notes or the history of its training.
    """
    stem = path.stem
    bare = (f"{stem}.txt", f"{stem}.json")
    for name in (f"{stem}.labels.txt", f"{stem}_labels.txt", *bare, *LABEL_FILES):
        file = path.parent / name
        if file.is_file() and (name not in bare or _names_expressions(file)):
            return file
    return None


def _names_expressions(file: Path) -> bool:
    """Whether it is a list in which at least one word is an expression."""
    try:
        words = _read_labels(file)
    except ModelSpecError:
        return False
    for word in words:
        with suppress(ValueError):
            canonical(word)
            return True
    return False


def _read_labels(file: Path) -> list[str]:
    try:
        if file.stat().st_size > 1 << 16:
            raise ModelSpecError(f"{file} is too long for a list of labels.")
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix == ".json":
            return _labels_of_json(json.loads(text), file)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelSpecError(f"{file} cannot be read as a list of labels ({error}).") from error
    for separators in (r"\n", r"[\n,;]"):
        lines = [line.strip() for line in re.split(separators, text) if line.strip()]
        numbered = [m for m in map(_NUMBERED.fullmatch, lines) if m]
        words = [m[2] for m in sorted(numbered, key=lambda m: int(m[1]))]
        if len(words) == len(lines) and not re.search("[,;]", "".join(words)):
            return [_unquoted(word) for word in words]
    return [_unquoted(line) for line in lines]


def _unquoted(word: str) -> str:
    return word.strip().strip("\"'").strip()


def _labels_of_json(data: Any, file: Path) -> list[str]:
    if isinstance(data, list):
        return [str(item) for item in data]
    if isinstance(data, dict) and data:
        if all(str(key).isdigit() for key in data):
            return [str(data[key]) for key in sorted(data, key=int)]
        places = sorted(value for value in data.values() if isinstance(value, int))
        # Numbers that do not count through are something else, such as pictures a class.
        if places in (list(range(len(data))), list(range(1, len(data) + 1))):
            return sorted(data, key=lambda word: data[word])
    raise ModelSpecError(f"{file} holds no list of labels.")


def _input(
    facts: ModelFacts, prototype: re.Match[str] | None, scaling: Guess
) -> tuple[InputSpec, str]:
    px = int(prototype["px"]) if prototype else USUAL_PX[facts.channels]
    if facts.rescales:
        note = "The network scales pixels itself; it is given 0 to 255."
    else:
        sure = f"{100 * scaling.share:.0f} %"
        note = f"Pixels are scaled to {scaling.name}, {sure} sure."
        if scaling.because:
            note = f"Pixels are scaled to {scaling.name}, {sure} sure, {scaling.because}."
    scale, mean, std = _SCALINGS[scaling.name]
    gray = facts.channels == 1
    spec = InputSpec(
        width=facts.width or px,
        height=facts.height or px,
        color="gray" if gray else "rgb",
        layout=facts.layout,
        scale=scale,
        mean=mean,
        std=std,
        interpolation="area",
        equalize=gray and prototype is not None,
        crop_margin=0.0,
        align=False,
    )
    return spec, note
