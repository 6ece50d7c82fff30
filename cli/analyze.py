"""`analyze`: photos, folders and films, mixed, into a folder of results."""

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import bar, line, message, print_json, table
from cli.parsing import add_analysis, add_command, add_json, add_unsure, named
from cli.progress import Rate, clock
from cli.reading import open_pipeline
from fer_core.expressions import display_name

if TYPE_CHECKING:
    from fer_core.analysis.batch import Item, Step

#: As `fer_core.analysis.batch.FORMATS`, which would bring numpy along: a test compares the two.
FORMATS = ("csv", "jsonl", "parquet", "png", "svg", "film", "sheet")
_USUAL = ("csv", "jsonl", "parquet", "png", "sheet")
_EXAMPLES = """\
  python main.py analyze clip.mp4 --out results
  python main.py analyze holiday/ talk.mov --out results --write all
  python main.py analyze films/ --out results --write csv,film
  python main.py analyze films/ --out results --resume     go on after Ctrl-C
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(
        commands, "analyze", "analyse photos, folders and films into tables", run, _EXAMPLES
    )
    parser.add_argument(
        "inputs", nargs="+", metavar="INPUT", help="photos, films, folders with all in them"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="of the results")
    parser.add_argument(
        "--write",
        type=formats,
        default=_USUAL,
        metavar="LIST",
        help=f"which results: any of {', '.join(FORMATS)}, with commas between them, or all; film "
        f"is the annotated copy, png and svg are timelines (default: {','.join(_USUAL)})",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with what an earlier run has left in DIR"
    )
    parser.add_argument(
        "--workers",
        type=workers,
        default=os.cpu_count() or 1,
        metavar="N",
        help="frames that are worked on at a time, each by one core (default: one a core); the "
        "results are the same",
    )
    add_json(parser)
    add_analysis(parser)
    add_unsure(parser)


def formats(text: str) -> tuple[str, ...]:
    """`csv,film` as names, each once.

    Raises:
        argparse.ArgumentTypeError: one of them is none.
    """
    names = [name.strip() for name in text.lower().split(",") if name.strip()]
    if names == ["all"]:
        return FORMATS
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of results; use {', '.join(FORMATS)}, or all"
        )
    return tuple(dict.fromkeys(names))


def workers(text: str) -> int:
    """A number from 1 to 64.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Analyses all inputs; one that cannot be read does not keep the others from it."""
    from fer_core.analysis.batch import Batch, items_of
    from fer_core.analysis.inputs import find_inputs
    from fer_core.analysis.results import write_results

    inputs, problems = find_inputs(named(options.inputs))
    for problem in problems:
        message(problem)
    items = items_of(inputs)
    if not items:
        return 2
    pipeline = open_pipeline(options, thorough=True, lanes=options.workers)
    with Rate() as rate:
        batch = Batch(
            pipeline, options.out, options.write, resume=options.resume, on_step=_shown(rate)
        )
        interrupted = False
        try:
            batch.run(items)
        except KeyboardInterrupt:
            interrupted = True
        made = write_results(batch, items, on_file=rate.note)
    for item in items:
        for sentence in (*item.notes, *item.problems):
            message(sentence)
    if options.json:
        print_json(json.loads(made[-1].read_text(encoding="utf-8")))
    else:
        _print(items, made, options.out)
    if interrupted:
        message("Interrupted; what is done so far is kept. Go on with --resume.")
        return 130
    return 2 if problems or any(item.problems for item in items) else 0


def _shown(rate: Rate) -> Any:
    def show(step: "Step") -> None:
        done = step.progress
        what = f"[{step.number}/{step.items}] {Path(step.item.name).name}"
        unit = "photos/s" if step.item.is_photos else "frames/s"
        left = "" if done.left_s is None else f"{clock(done.left_s)} left"
        rate.show(what, done.frames, done.total, f"{done.fps:.0f} {unit}", left)

    return show


def _print(items: "list[Item]", made: list[Path], folder: Path) -> None:
    """What there is in the end: a line an input, the shares of all, the files."""
    from fer_core.analysis.batch import session_path
    from fer_core.analysis.session import Session
    from fer_core.errors import SessionError

    rows: list[tuple[str, ...]] = []
    seconds: dict[str, float] = {}
    for item in items:
        try:
            with Session.open(session_path(folder, item)) as session:
                rows.append(_row(item, session))
                for person in session.persons():
                    for name, share in person.shares.items():
                        seconds[name] = seconds.get(name, 0.0) + share * person.seconds
        except SessionError:
            rows.append((item.name, item.status, "", ""))
    table(rows)
    total = sum(seconds.values())
    if total:
        line()
        line("Shares of the time in which faces were seen in films:")
        shares = ((name, value / total) for name, value in seconds.items())
        ordered = sorted(shares, key=lambda pair: -pair[1])
        cells = ((display_name(n), f"{100 * share:.0f} %", bar(share)) for n, share in ordered)
        table(cells, right=(1,), indent=2)
    files = [path for item in items for path in item.files]
    message(f"written to {folder}: {', '.join(path.name for path in [*made, *files])}")


def _row(item: "Item", session: Any) -> tuple[str, ...]:
    columns = session.columns()
    frames, faces = len(columns.frame), len(columns.face_frame)
    if item.is_photos:
        bad = len(session.unreadable())
        what = f"{_count(frames, 'photo')}, {_count(faces, 'face')}"
        return item.name, item.status, what, f"{bad} cannot be read" if bad else ""
    persons = len(columns.numbers)
    length = f"{session.duration_s:.1f} s" if session.duration_s else ""
    what = f"{_count(frames, 'frame')}, {length}, {_count(persons, 'person')}"
    return item.name, item.status, what, "as analysed before" if item.reused else ""


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun if number == 1 else noun + 's'}"
