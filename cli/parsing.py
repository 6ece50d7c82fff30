"""What the parsers of several commands share."""

import argparse
import glob
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from fer_core.config import DEFAULT_MODEL
from fer_core.expressions import UNSURE_BELOW

Run = Callable[[argparse.Namespace], int]


class HelpFormat(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples; commands get a column wide enough for their names."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=100)


def add_command(commands: Any, name: str, help: str, run: Run, examples: str = "") -> Any:
    """A command's parser, with --verbose and its examples below the options.

    Args:
        commands: what `add_subparsers` gave.
        help: one line; a capital letter and a full stop are put to it for the command's own help.
        run: gets the options, gives the exit code.
        examples: lines for the end of the help.
    """
    parser = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=HelpFormat,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--verbose", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
    )
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Any, name: str, help: str, alone: Run | None = None) -> Any:
    """A command that has commands of its own, such as `models list`.

    Args:
        commands: what `add_subparsers` gave.
        help: one line.
        alone: what it does without one of its commands; by default it then asks for one.
    """
    parser = commands.add_parser(
        name, help=help, description=help[0].upper() + help[1:] + ".", allow_abbrev=False
    )
    parser.set_defaults(run=alone, json=False)
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=alone is None)


def add_json(parser: Any) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def add_data(parser: Any) -> None:
    """--data, once or several times."""
    parser.add_argument(
        "--data",
        required=True,
        action="append",
        metavar="PATH",
        help="where the data set lies, or the folder of several; NAME=PATH for one of these",
    )


def add_faces(parser: Any) -> None:
    """--faces."""
    parser.add_argument(
        "--faces",
        choices=("auto", "as-is", "cut"),
        default="auto",
        help="find the faces in the pictures and cut them out as the app does (cut), take the "
        "pictures as they are (as-is), or see from a sample which is right (auto, the default)",
    )


def add_analysis(parser: Any) -> None:
    """--model and --detector; the library's own defaults apply without them."""
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="M",
        help=f"name or path (default: {DEFAULT_MODEL})",
    )
    parser.add_argument(
        "--detector",
        metavar="D",
        help="finder, yunet, haar, haar:FILE.xml, or a path to a cascade, an SSD network or the "
        "folder of a trained finder (default: finder)",
    )


def share(text: str) -> float:
    """An argument that is a share 0..1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def add_unsure(parser: Any) -> None:
    """--unsure."""
    parser.add_argument(
        "--unsure",
        type=share,
        default=UNSURE_BELOW,
        metavar="P",
        help=f"confidence 0..1 under which a face is shown as 'not sure' (default: {UNSURE_BELOW})",
    )


def named(given: list[str]) -> Iterator[str]:
    """The names as given; one with * or ? that no shell has replaced stands for what it fits."""
    for name in given:
        pattern = ("*" in name or "?" in name) and not os.path.exists(name)
        yield from (sorted(glob.glob(name)) if pattern else []) or [name]


@contextmanager
def free_path(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """A path that nothing has yet: the name, or the name with the next free number.

    It is there, empty, from now on, so that no other process chooses it; if nothing is written
    until the end of the `with`, it goes again.

    Raises:
        OutputError: no file can be made in the folder.
    """
    from fer_core.files import reserved

    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    with reserved((folder / f"{name}{suffix}",) for name in names) as (path,):
        yield path
