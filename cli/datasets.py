"""`datasets …`: check a data set on disk, or render the cartoon one."""

import argparse
from pathlib import Path
from typing import Any

from cli.output import Progress, block, message, print_json
from cli.parsing import add_command, add_group, add_json

_CHECK = """\
  python main.py datasets check fer2013 data/fer2013.csv
  python main.py datasets check folder my-pictures/ --json
"""
_RENDER = "  python main.py datasets render toon --out toon/ --count 4200\n"


def add_to(commands: Any) -> None:
    """Adds the parsers."""
    datasets = add_group(commands, "datasets", "check or make the data that models are trained on")
    check = add_command(
        datasets, "check", "compare a data set with what was published", run_check, _CHECK
    )
    check.add_argument("name", metavar="NAME", help="fer2013, ferplus, rafdb, folder, …")
    check.add_argument("path", metavar="PATH", help="its folder, archive or CSV file")
    add_json(check)
    render = add_command(datasets, "render", "draw a data set of our own", run_render, _RENDER)
    render.add_argument("name", choices=("toon",), help="cartoon faces in FERG-DB's folder form")
    render.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to")
    render.add_argument("--count", type=int, default=8400, metavar="N", help="pictures in all")
    render.add_argument("--seed", type=int, default=1, metavar="N", help="same seed, same pictures")


def run_check(options: argparse.Namespace) -> int:
    """Checks; gives 2 where something is missing or wrong, so that scripts can rely on it."""
    from fer_core.datasets.registry import open_dataset
    from fer_core.datasets.report import format_report

    report = open_dataset(options.name, options.path).check()
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
