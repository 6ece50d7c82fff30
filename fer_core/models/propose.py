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
from fer_core.expressions import LABEL_ORDERS, canonical
from fer_core.models.inspect import inspect
from fer_core.models.legacy import USUAL_PX, takes_any_size
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.untrusted.gate import CheckedModel
from fer_core.untrusted.keras_files import read_config
from fer_core.untrusted.network import ModelFacts
from fer_core.untrusted.unpack import LABEL_FILES

#: How the prototype of this app named its files: alphabetical labels, grey faces equalised.
_PROTOTYPE = re.compile(r"model_(?P<net>.+)_(?P<data>[^_]+)_p(?P<px>\d+)_dim(?P<channels>[13])")
_NUMBERED = re.compile(r"(\d+)\s*[,;:=.)\s]\s*(\S.*)")
_DATA_SETS = {  # in a file name → label order for 7 and for 8 classes
    r"fer[_-]?plus|fer\+": {8: "ferplus"},
    r"fer[_-]?2013": {7: "fer2013"},
    r"raf[_-]?db": {7: "rafdb"},
    r"affect[_-]?net": {7: "affectnet7", 8: "affectnet8"},
}
#: Networks that are usually given −1…1, by file name; the last two are Teachable Machine's.
_SIGNED_NAMES = re.compile("xception|mobilenet|inception|^keras_model$|^model_unquant$", re.I)
_GUESSES = {7: "fer2013", 8: "ferplus"}

UNIT, SIGNED, RAW = (1 / 255, (0.0,), (1.0,)), (2 / 255, (1.0,), (1.0,)), (1.0, (0.0,), (1.0,))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sidecar and what it rests on.

    Attributes:
        spec: the proposed sidecar; `labels_confirmed` is false where the order is a guess.
        notes: sentences for the person, one a decision.
    """

    spec: ModelSpec
    notes: tuple[str, ...]


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
    found, confirmed, label_note = _labels(
        model.origin or path, facts.classes, labels, bool(prototype)
    )
    network_input, input_note = _input(stem, facts, prototype)
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
    notes = [label_note, input_note]
    if not prototype and _takes_any_size(model, facts):
        size = f"{network_input.width}×{network_input.height}"
        notes.append(
            f"The network takes any size; {size} px is a guess: save it with the size that it was "
            "trained on."
        )
    return Proposal(spec, tuple(notes))


def plain_name(text: str) -> str:
    """A name as `ModelSpec.name` allows it."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:60]
    return name or "model"


def canonical_labels(words: Sequence[str], classes: int, where: str) -> tuple[str, ...]:
    """Words of any data set → canonical names.

    Raises:
        ModelSpecError: one is not known, or their number does not fit.
    """
    if len(words) != classes:
        raise ModelSpecError(f"{where} names {len(words)} labels; the network has {classes}.")
    try:
        labels = tuple(canonical(str(word)) for word in words)
    except ValueError as error:
        raise ModelSpecError(f"{where}: {error}") from error
    if len(set(labels)) < len(labels):
        raise ModelSpecError(f"{where} names an expression twice.")
    return labels


def _takes_any_size(model: CheckedModel, facts: ModelFacts) -> bool:
    if model.format in ("keras", "hdf5"):  # the conversion has a size filled in
        return takes_any_size(read_config(model.path))
    return facts.width is None or facts.height is None


def _labels(
    path: Path, classes: int, given: Sequence[str] | None, prototype: bool
) -> tuple[tuple[str, ...], bool, str]:
    if given is not None:
        return canonical_labels(given, classes, "The list of labels"), True, "Labels as given."
    file = _label_file(path)
    if file is not None:
        labels = canonical_labels(_read_labels(file), classes, str(file))
        return labels, True, f"Labels from {file.name}."
    order = f"alphabetical{classes}" if prototype else None
    for pattern, orders in _DATA_SETS.items():
        if order is None and re.search(pattern, path.name, re.IGNORECASE):
            order = orders.get(classes)
    order = order or _GUESSES.get(classes)
    if order not in LABEL_ORDERS:
        raise ModelSpecError(
            f"{path} tells {classes} classes apart, and no order of {classes} expressions is "
            "known; put a labels.txt beside it, one expression a line, or use --labels A,B."
        )
    note = f"Labels guessed: the order of {order}; check that it is right."
    return LABEL_ORDERS[order], False, note


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


def _input(stem: str, facts: ModelFacts, prototype: re.Match[str] | None) -> tuple[InputSpec, str]:
    px = int(prototype["px"]) if prototype else USUAL_PX[facts.channels]
    if facts.rescales:
        scaling, note = RAW, "The network scales pixels itself; it is given 0 to 255."
    elif not prototype and _SIGNED_NAMES.search(stem):
        scaling, note = SIGNED, "Pixels are scaled to −1…1, as is usual for this network."
    else:
        scaling, note = UNIT, "Pixels are scaled to 0…1."
    scale, mean, std = scaling
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
