"""`datasets …`: check a data set on disk, render the cartoon one, mark heads."""

import argparse
from pathlib import Path
from typing import Any

from cli.output import Progress, block, message, print_json
from cli.parsing import add_command, add_group, add_json

_CHECK = """\
  python main.py datasets check fer2013 data/fer2013.csv
  python main.py datasets check folder my-pictures/ --json
"""
_EXPORT = """\
  python main.py datasets export ferplus data/ --out ferplus-png/
  python main.py datasets export rafdb rafdb_basic.tar --out faces/ --split test
"""
_RENDER = "  python main.py datasets render toon --out toon/ --count 4200\n"
_MARK = "  python main.py datasets mark rafdb rafdb_basic.tar --out runs/heads-rafdb\n"


def add_to(commands: Any) -> None:
    """Adds the parsers."""
    datasets = add_group(commands, "datasets", "check or make the data that models are trained on")
    check = add_command(
        datasets, "check", "compare a data set with what was published", run_check, _CHECK
    )
    check.add_argument("name", metavar="NAME", help="fer2013, ferplus, rafdb, folder, …")
    _add_path(check)
    add_json(check)
    export = add_command(
        datasets,
        "export",
        "write a data set as folders of PNG files and a CSV",
        run_export,
        _EXPORT,
    )
    export.add_argument("name", metavar="NAME", help="fer2013, ferplus, rafdb, folder, …")
    _add_path(export)
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    export.add_argument(
        "--split", action="append", metavar="S", help="only this one; can be given several times"
    )
    render = add_command(datasets, "render", "draw a data set of our own", run_render, _RENDER)
    render.add_argument("name", choices=("toon",), help="cartoon faces in FERG-DB's folder form")
    render.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    render.add_argument("--count", type=int, default=8400, metavar="N", help="pictures in all")
    render.add_argument("--seed", type=int, default=1, metavar="N", help="same seed, same pictures")
    mark = add_command(
        datasets, "mark", "make heads for a face finder out of faces", run_mark, _MARK
    )
    mark.add_argument("name", metavar="NAME", help="rafdb, folder, …: one face a picture")
    mark.add_argument("path", metavar="PATH", help="its folder, archive or CSV file")
    mark.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    mark.add_argument(
        "--detector", default="yunet", metavar="D", help="one with landmarks (default: yunet)"
    )


def _add_path(parser: Any) -> None:
    """The data set's place, as a word or, as everywhere else, behind --data."""
    parser.add_argument("path", nargs="?", metavar="PATH", help="its folder, archive or CSV file")
    parser.add_argument("--data", metavar="PATH", help="the same, as other commands have it")


def _opened(options: argparse.Namespace) -> Any:
    """The data set that the options name.

    Raises:
        ConfigError: its place is given twice or not at all.
    """
    from fer_core.datasets.registry import find_dataset
    from fer_core.errors import ConfigError

    given = [path for path in (options.path, options.data) if path is not None]
    if len(given) != 1:
        raise ConfigError(f"Say once where {options.name} lies: --data PATH.")
    return find_dataset(options.name, given[0])


def run_export(options: argparse.Namespace) -> int:
    """Exports; says first what is left out."""
    from fer_core.datasets.export import LIST, export

    dataset = _opened(options)
    for problem in getattr(dataset, "problems", ()):
        message(problem)
    progress = Progress("exporting")
    try:
        written = export(dataset, options.out, options.split or (), progress.update)
    finally:
        progress.close()
    message(f"{written:,} pictures are in {options.out}, their classes in {LIST} there.")
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Checks; gives 2 where something is missing or wrong, so that scripts can rely on it."""
    from fer_core.datasets.report import format_report

    report = _opened(options).check()
    if options.json:
        print_json(report.to_dict())
    else:
        block(format_report(report))
    return 0 if report.ok else 2


def run_render(options: argparse.Namespace) -> int:
    """Renders the cartoon data set."""
    from fer_core.datasets.toon import render

    progress = Progress("rendering")
    try:
        written = render(options.out, options.count, options.seed, progress.update)
    finally:
        progress.close()
    message(f"{written} pictures are in {options.out}.")
    return 0


def run_mark(options: argparse.Namespace) -> int:
    """Writes the heads of a data set's training split, with boxes and landmarks."""
    from fer_core.datasets.drawn.mark import mark
    from fer_core.datasets.registry import open_dataset
    from fer_core.detection import create_detector

    detector = create_detector(options.detector)
    pictures = list(open_dataset(options.name, options.path).load("train").images)
    progress = Progress("marking")
    try:
        written = mark(pictures, detector, options.out, progress.update)
    finally:
        progress.close()
    message(f"{written} of {len(pictures)} heads are in {options.out}.")
    return 0
