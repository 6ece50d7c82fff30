"""`bench`: how fast it is on this computer, beside what it must reach."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import line, message, print_json, table
from cli.parsing import add_analysis, add_command, add_json

if TYPE_CHECKING:
    from fer_core.benchmark import Figure, Row

_EXAMPLES = """\
  python main.py bench
  python main.py bench --quick --json
  python main.py bench --detectors photos/
  python main.py bench --films
  python main.py bench --serve
  python main.py bench --video clip.mp4 --face-frames 0-312 --detector yunet
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(
        commands, "bench", "measure speed and memory on this computer", run, _EXAMPLES
    )
    add_json(parser)
    parser.add_argument("--quick", action="store_true", help="fewer frames, less steady figures")
    parser.add_argument("--video", type=Path, metavar="FILE", help="a film with one face, too")
    parser.add_argument(
        "--face-frames",
        type=frame_range,
        metavar="A-B",
        help="the frames of FILE that show the face (default: all)",
    )
    parser.add_argument(
        "--detectors",
        nargs="?",
        const="",
        metavar="FOLDER",
        help="compare the face detectors instead: on the pictures of FOLDER (with its boxes.csv, "
        "or what YuNet finds), on pictures drawn from the held-out heads and scenes of its "
        "photos.tar, or on pictures drawn here",
    )
    parser.add_argument(
        "--serve", action="store_true", help="measure the web page's server instead, on loopback"
    )
    parser.add_argument(
        "--films",
        action="store_true",
        help="measure the analysis of whole films instead, FILE of --video first",
    )
    add_analysis(parser)


def run(options: argparse.Namespace) -> int:
    """Measures; a missed target is a figure, not an error."""
    if options.detectors is not None:
        return _run_detectors(options)
    if options.films:
        return _run_films(options)
    if options.serve:
        return _run_serve(options)
    from fer_core.benchmark import REPORT_SCHEMA, Plan, environment, measure
    from fer_core.config import DEFAULT_DETECTOR

    detector = options.detector or DEFAULT_DETECTOR
    plan = Plan(options.model, detector, options.video, options.face_frames, options.quick)
    where = environment()
    rows = []
    for row in measure(plan):
        rows.append(row)
        message(f"measured: {row.what}")
    if options.json:
        print_json(
            {
                "schema": REPORT_SCHEMA,
                "environment": where,
                "model": plan.model,
                "detector": plan.detector,
                "quick": plan.quick,
                "rows": [row.to_dict() for row in rows],
            }
        )
        return 0
    packages = ", ".join(f"{name} {version}" for name, version in where["packages"].items())
    line(f"{where['cpus']} CPUs ({where['cpu']}), {where['system']}")
    line(f"Python {where['python']}, {packages}; {plan.model} with {plan.detector}")
    if where["load"] is not None and where["load"] > 0.5:
        line(f"Other programs are busy (load {where['load']:.1f}): expect slower figures.")
    for row in rows:
        _print_row(row)
    return 0


def _run_detectors(options: argparse.Namespace) -> int:
    from fer_core.benchmark import REPORT_SCHEMA, detectors, environment

    folder = Path(options.detectors) if options.detectors else None
    rows = []
    for row in detectors.measure(detectors.exam_of(folder, options.quick)):
        rows.append(row.to_dict())
        if options.json:
            message(f"measured: {row.what}")
        else:
            _print_row(row)  # the next one may take minutes
    if options.json:
        print_json({"schema": REPORT_SCHEMA, "environment": environment(), "rows": rows})
    return 0


def _run_serve(options: argparse.Namespace) -> int:
    from fer_core.benchmark import REPORT_SCHEMA, environment, serving
    from fer_core.config import DEFAULT_DETECTOR

    detector = options.detector or DEFAULT_DETECTOR
    rows = []
    for row in serving.measure(options.model, detector, serving.QUICK if options.quick else None):
        rows.append(row.to_dict())
        if options.json:
            message(f"measured: {row.what}")
        else:
            _print_row(row)
    if options.json:
        print_json({"schema": REPORT_SCHEMA, "environment": environment(), "rows": rows})
    return 0


def _run_films(options: argparse.Namespace) -> int:
    from cli.reading import open_pipeline
    from fer_core.benchmark import REPORT_SCHEMA, environment, films
    from fer_core.expressions import UNSURE_BELOW

    options.unsure = UNSURE_BELOW
    pipeline = open_pipeline(options, thorough=True, lanes=os.cpu_count() or 1)
    rows = []
    for row in films.measure(pipeline, 150 if options.quick else 1800, options.video):
        rows.append(row.to_dict())
        if not options.json:
            _print_row(row)
    if options.json:
        print_json({"schema": REPORT_SCHEMA, "environment": environment(), "rows": rows})
    return 0


def _print_row(row: "Row") -> None:
    line()
    line(f"{row.what} ({row.note})" if row.note else row.what)
    table(((f.name, _value(f), _target(f), _verdict(f)) for f in row.figures), (1,), indent=2)


def frame_range(text: str) -> tuple[int, int]:
    """`0-312` as two numbers.

    Raises:
        argparse.ArgumentTypeError: it is something else.
    """
    first, dash, last = text.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()) or int(first) > int(last):
        raise argparse.ArgumentTypeError(f"{text!r} is not a range of frames such as 0-312")
    return int(first), int(last)


def _value(figure: "Figure") -> str:
    whole = figure.unit == "MB" or (figure.unit == "" and float(figure.value).is_integer())
    digits = 0 if whole else 2 if figure.unit in ("s", "ms", "") else 1
    return f"{figure.value:,.{digits}f} {figure.unit}".rstrip()


def _target(figure: "Figure") -> str:
    if figure.target is None:
        return ""
    sign = "at least" if figure.at_least else "at most"
    return f"{sign} {figure.target:g} {figure.unit}".rstrip()


def _verdict(figure: "Figure") -> str:
    return {True: "reached", False: "missed", None: ""}[figure.ok]
