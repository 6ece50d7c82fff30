"""`models add`: take a model file into the window, in the reading that fits best."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import pictures
from cli.output import Progress, line, message, table
from cli.parsing import add_command

if TYPE_CHECKING:
    from fer_core.models.propose import Proposal
    from fer_core.models.spec import ModelSpec
    from fer_core.untrusted.gate import CheckedModel

_EXAMPLES = """\
  python main.py models add my_model.h5
  python main.py models add my_model.keras --labels angry,happy,neutral --name mine
  python main.py models add my_model.onnx --check pictures/ --yes
"""
_SHOWN_READINGS = 8
#: From here on a reading is sure, and an order of labels proven by labelled faces.
SURE, _PROVEN = 0.9, 0.95


def add_to(models: Any) -> None:
    """Adds the parser."""
    parser = add_command(models, "add", "add a model that you trained", run, _EXAMPLES)
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=".keras, .h5, .json with its .h5, .onnx, .xml, …, a folder or .zip",
    )
    parser.add_argument(
        "--labels", metavar="A,B,C", help="what its outputs mean, in order, in any words"
    )
    parser.add_argument("--name", metavar="N", help="what to call it (default: the file's name)")
    parser.add_argument(
        "--check",
        metavar="DIR",
        help="try the plausible readings on the faces there, in one folder a class; on pictures "
        "without labels they are compared with our own model",
    )
    parser.add_argument("--yes", action="store_true", help="take the best reading without asking")


def run(options: argparse.Namespace) -> int:
    """Proposes a reading, checks it where there are faces to do so, asks, and adds the model."""
    from fer_core.untrusted.gate import opened

    labels = _labels(options.labels)
    with opened(options.file) as model:
        folder, sure = _add(model, labels, options)
    if folder is None:
        message("Nothing was added.")
        return 2
    message(f"Added {folder.name}; the window and --model {folder.name} can use it now.")
    if sure < SURE:
        message(
            f"Nobody has confirmed how it is read; that is {100 * sure:.0f} % sure. Settle it with "
            "--check PICTURES or --labels A,B,C."
        )
    return 0


def _add(
    model: "CheckedModel", labels: tuple[str, ...] | None, options: argparse.Namespace
) -> tuple[Path | None, float]:
    """Adds a model, and how sure its reading is; None where the person does not want it so."""
    from fer_core.models.library import take_model

    sure = 1.0
    orders: tuple[tuple[str, ...], ...] = ()
    if model.spec is None:
        proposal = _proposal(model, labels)
        spec, sure, orders = proposal.spec, proposal.sure, proposal.orders
    elif options.check:
        spec = model.spec
        if labels:
            spec = replace(spec, labels=labels, stands_for=None)
    else:
        return take_model(model, name=options.name, labels=labels), sure
    if options.check:
        spec, sure = _checked(model, spec, options.check, orders, fixed=labels is not None)
        if not sure and not options.yes:
            message("Say --yes to add it all the same.")
            return None, sure
    if not options.yes:
        if not _agrees():
            return None, sure
        spec, sure = replace(spec, labels_confirmed=True), 1.0
    return take_model(model, name=options.name, spec=spec), sure


def _labels(text: str | None) -> tuple[str, ...] | None:
    """Any data set's words as canonical names; others are classes of their own.

    Raises:
        ModelSpecError: one of them is no word, or stands there twice.
    """
    from fer_core.errors import ModelSpecError
    from fer_core.expressions import understood

    if text is None:
        return None
    try:
        return understood([word.strip() for word in text.split(",")])
    except ValueError as error:
        raise ModelSpecError(f"--labels: {error}") from error


def _proposal(model: "CheckedModel", labels: tuple[str, ...] | None) -> "Proposal":
    from fer_core.models.propose import propose

    proposal = propose(model, labels=labels)
    size = f"{proposal.spec.input.width}×{proposal.spec.input.height} {proposal.spec.input.color}"
    line(f"{model.path.name}: {proposal.spec.format}, faces of {size}")
    line(f"  labels in order: {', '.join(proposal.spec.labels)}")
    for note in proposal.notes:
        line(f"  {note}")
    if proposal.sure < 1:
        line(f"  How sure this reading is: {100 * proposal.sure:.0f} %")
    return proposal


def _checked(
    model: "CheckedModel",
    spec: "ModelSpec",
    folder: str,
    orders: "tuple[tuple[str, ...], ...]",
    *,
    fixed: bool,
) -> "tuple[ModelSpec, float]":
    """The reading that agrees best with the faces there, and how sure they make it.

    Args:
        orders: further ones to try, which the files beside the model name.
        fixed: the person named the labels; only readings with these count.
    """
    from fer_core.models.asking import beats_chance, how_sure
    from fer_core.models.check import ENOUGH_FACES, rank_readings

    faces, labelled = pictures.faces(folder, spec)
    progress = Progress("trying readings")
    try:
        ranked = rank_readings(model, faces, spec, orders=orders, progress=progress.update)
    finally:
        progress.close()
    if fixed:
        ranked = [entry for entry in ranked if entry.reading.spec.labels == spec.labels]
    line()
    what = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
    whose = "" if labelled else f", as our own model {pictures.TEACHER} sees them"
    line(f"Readings on {what} of {folder}{whose}, best first:")
    table(
        ((f"{100 * r.accuracy:.1f} %", r.reading.title) for r in ranked[:_SHOWN_READINGS]),
        right=(0,),
        indent=2,
    )
    if len(faces) < ENOUGH_FACES:
        line(f"  So few faces prove little; {ENOUGH_FACES} or more, of all expressions, would.")
    best = ranked[0].reading.spec
    if not beats_chance(ranked[0], faces, seen=not labelled):
        line("  No reading beats chance: this network does not recognise these pictures.")
        line("  The order of the labels stays a guess.")
        return replace(spec, labels_confirmed=fixed), 0.0
    known = fixed or (spec.labels_confirmed and best.labels == spec.labels)
    sure = 1.0 if known else how_sure(ranked, faces)
    if len(faces) < ENOUGH_FACES and not known:
        sure = min(sure, 0.5)
    line(f"  How sure the order of the labels is: {100 * sure:.0f} %")
    known = known or (labelled and sure >= _PROVEN)
    if not known:
        line("  The order of the labels stays a guess; more faces may settle it, or --labels.")
    return replace(best, labels_confirmed=known), sure


def _agrees() -> bool:
    """Asks; where nobody can answer, the answer is no."""
    if not sys.stdin.isatty():
        message("Say --yes to take this reading without being asked.")
        return False
    sys.stderr.write("Add it like this? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja")
