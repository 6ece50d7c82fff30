"""`models teach`: a model of one's own from another one and a few faces of each class."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import Progress, line, message, table
from cli.parsing import add_command

if TYPE_CHECKING:
    from fer_core.teaching.teach import Taught

_EXAMPLES = """\
  python main.py models teach mimik-48 faces/ --name mine
  faces/ holds one folder a class (happy, tired, …), each with 20 pictures of it
"""
_NAMED = 5


def add_to(models: Any) -> None:
    """Adds the parser."""
    parser = add_command(
        models, "teach", "teach a model's last layer your own classes or faces", run, _EXAMPLES
    )
    parser.add_argument("parent", metavar="PARENT", help="model to begin with; it stays as it is")
    parser.add_argument("folder", metavar="FOLDER", help="pictures, in one folder a class")
    parser.add_argument("--name", required=True, metavar="N", help="what to call the new model")


def run(options: argparse.Namespace) -> int:
    """Finds the faces, teaches, and says how well that went."""
    from fer_core.detection import usual_detector
    from fer_core.models.registry import ModelRegistry
    from fer_core.teaching import faces
    from fer_core.teaching.teach import check_free, teach

    check_free(options.name)
    spec = ModelRegistry().spec(options.parent)
    pictures = faces.class_folders(Path(options.folder))
    progress = Progress("finding faces")
    try:
        found = faces.faces_of(pictures, spec, usual_detector(message), progress.update)
    finally:
        progress.close()
    faces.check_found(found, options.folder)
    if found.left_out:
        named = ", ".join(found.left_out[:_NAMED])
        more = ", …" if len(found.left_out) > _NAMED else ""
        message(
            f"No face was found in {len(found.left_out)} of {len(pictures)} pictures: "
            f"{named}{more}; they are left out."
        )
    progress = Progress("teaching")
    try:
        taught = teach(options.parent, found.faces, options.name, progress=progress.update)
    finally:
        progress.close()
    _tell(taught, options.parent)
    message(f"Added {taught.folder.name}; the window and --model {taught.folder.name} can use it.")
    return 0


def _tell(taught: "Taught", parent: str) -> None:
    """Per class and in all, on faces that were held out."""
    from fer_core.teaching.teach import FEW

    count = sum(taught.counts.values())
    line(f"Held out in {taught.folds} parts, one after the other, of {count} faces right:")
    rows = [(label, f"{taught.right[label]} of {n}") for label, n in taught.counts.items()]
    table([*rows, ("all", f"{100 * taught.accuracy:.1f} %")], right=(1,), indent=2)
    if taught.before is not None:
        line(f"  {parent} on the same faces: {100 * taught.before:.1f} %")
    line("  Faces of other people, and other light, may be read less well.")
    if taught.few:
        line(f"  Fewer than {FEW} faces of {', '.join(taught.few)}: these figures say little.")
