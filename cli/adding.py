"""`models add`: take a model file into the window, in the reading that fits best."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import Progress, line, message, table
from cli.parsing import add_command

if TYPE_CHECKING:
    from fer_core.models.check import Labelled, RankedReading
    from fer_core.models.spec import ModelSpec
    from fer_core.untrusted.gate import CheckedModel

_EXAMPLES = """\
  python main.py models add my_model.h5
  python main.py models add my_model.keras --labels angry,happy,neutral --name mine
  python main.py models add my_model.onnx --check pictures/ --yes
"""
#: Faces that --check looks at: enough to tell the readings apart, soon done.
_CHECKED_FACES = 200
_SHOWN_READINGS = 8
#: By what factor a network must beat the commonest answer for its order of labels to be known.
_BETTER_THAN_CHANCE = 1.5


def add_to(models: Any) -> None:
    """Adds the parser."""
    parser = add_command(models, "add", "add a model that you trained", run, _EXAMPLES)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=".keras, .h5, .onnx, .xml, a model folder or .zip"
    )
    parser.add_argument("--labels", metavar="A,B,C", help="the expressions in the network's order")
    parser.add_argument("--name", metavar="N", help="what to call it (default: the file's name)")
    parser.add_argument(
        "--check",
        metavar="DIR",
        help="try the plausible readings on the faces there, in one folder an expression",
    )
    parser.add_argument("--yes", action="store_true", help="take the best reading without asking")


def run(options: argparse.Namespace) -> int:
    """Proposes a reading, checks it where there are faces to do so, asks, and adds the model."""
    from fer_core.untrusted.gate import opened

    labels = _labels(options.labels)
    with opened(options.file) as model:
        folder = _add(model, labels, options)
    if folder is None:
        message("Nothing was added.")
        return 2
    message(f"Added {folder.name}; the window and --model {folder.name} can use it now.")
    return 0


def _add(
    model: "CheckedModel", labels: tuple[str, ...] | None, options: argparse.Namespace
) -> Path | None:
    """Adds a model; None where the person does not want it like this."""
    from fer_core.models.library import take_model

    if model.spec is None:
        spec = _proposal(model, labels)
    elif options.check:
        spec = replace(model.spec, labels=labels or model.spec.labels)
    else:
        return take_model(model, name=options.name, labels=labels)
    if options.check:
        spec = _checked(model, spec, options.check, fixed=labels is not None)
    if not options.yes:
        if not _agrees():
            return None
        spec = replace(spec, labels_confirmed=True)
    return take_model(model, name=options.name, spec=spec)


def _labels(text: str | None) -> tuple[str, ...] | None:
    """Any data set's words as canonical names.

    Raises:
        ModelSpecError: one of them is not known.
    """
    from fer_core.errors import ModelSpecError
    from fer_core.expressions import canonical

    if text is None:
        return None
    try:
        return tuple(canonical(word) for word in text.split(","))
    except ValueError as error:
        raise ModelSpecError(f"--labels: {error}") from error


def _proposal(model: "CheckedModel", labels: tuple[str, ...] | None) -> "ModelSpec":
    from fer_core.models.propose import propose

    proposal = propose(model, labels=labels)
    size = f"{proposal.spec.input.width}×{proposal.spec.input.height} {proposal.spec.input.color}"
    line(f"{model.path.name}: {proposal.spec.format}, faces of {size}")
    line(f"  labels in order: {', '.join(proposal.spec.labels)}")
    for note in proposal.notes:
        line(f"  {note}")
    return proposal.spec


def _checked(model: "CheckedModel", spec: "ModelSpec", folder: str, *, fixed: bool) -> "ModelSpec":
    """The reading that agrees best with labelled faces.

    Args:
        fixed: the person named the labels; only readings with these count.
    """
    from fer_core.models.check import ENOUGH_FACES, rank_readings

    faces = _faces(folder)
    progress = Progress("trying readings")
    try:
        ranked = rank_readings(model, faces, spec, progress=progress.update)
    finally:
        progress.close()
    if fixed:
        ranked = [entry for entry in ranked if entry.reading.spec.labels == spec.labels]
    line()
    what = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
    line(f"Readings on {what} of {folder}, best first:")
    table(
        ((f"{100 * r.accuracy:.1f} %", r.reading.title) for r in ranked[:_SHOWN_READINGS]),
        right=(0,),
        indent=2,
    )
    if len(faces) < ENOUGH_FACES:
        line(f"  So few faces prove little; {ENOUGH_FACES} or more, of all expressions, would.")
    best = ranked[0].reading.spec
    known = fixed or (spec.labels_confirmed and best.labels == spec.labels)
    known = known or (len(faces) >= ENOUGH_FACES and _is_clear(ranked, faces))
    if not known:
        line("  The order of the labels stays a guess; more faces may settle it, or --labels.")
    return replace(best, labels_confirmed=known)


def _faces(folder: str) -> "list[Labelled]":
    """Labelled faces, the same number of each expression as far as there are.

    Raises:
        DatasetError: there are none.
    """
    from fer_core.datasets.registry import open_dataset
    from fer_core.errors import DatasetError

    dataset = open_dataset("folder", folder)
    by_label: dict[str, list[Labelled]] = {}
    for name in dataset.splits():
        split = dataset.load(name)
        for index, target in enumerate(split.targets.tolist()):
            label = split.labels[target]
            chosen = by_label.setdefault(label, [])
            if len(chosen) < _CHECKED_FACES // len(split.labels):
                chosen.append((split.images[index], label))
    faces = [face for chosen in by_label.values() for face in chosen]
    if not faces:
        raise DatasetError(f"{folder} has no pictures; put faces into one folder an expression.")
    return faces


def _is_clear(ranked: "list[RankedReading]", faces: "list[Labelled]") -> bool:
    """Whether the best reading knows the faces, and no other order of labels does as well.

    A network that answers at random or always the same has a best order, too.
    """
    from fer_core.models.check import as_good

    best = ranked[0]
    truth = [label for _, label in faces]
    commonest = max(truth.count(label) for label in set(truth)) / len(truth)
    rivals = [r for r in ranked if r.reading.spec.labels != best.reading.spec.labels]
    better = best.accuracy > _BETTER_THAN_CHANCE * commonest
    return better and not any(as_good(best, rival, faces) for rival in rivals)


def _agrees() -> bool:
    """Asks; where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        message("Say --yes to take this reading without being asked.")
        return False
    sys.stderr.write("Add it like this? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja")
