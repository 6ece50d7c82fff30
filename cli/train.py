"""`train`: a model from a recipe and a data set."""

import argparse
from pathlib import Path
from typing import Any

from cli.output import line, message
from cli.parsing import add_command, add_data, add_faces

_EXAMPLES = """\
  python main.py train ML/recipes/mimik-48.toml --data data/fer2013.csv --quick
  python main.py train ML/recipes/mimik-48.toml --data data/fer2013.csv
  python main.py train ML/recipes/mimik-48.toml --data data/fer2013.csv --resume
  python main.py train ML/recipes/mimik.toml --data data/ --data rafdb=RAF-DB/
  python main.py train ML/recipes/fine-tune.toml --data my-pictures/ --start-from mimik-48
  python main.py train ML/recipes/face-finder.toml --data data/faces --data runs/heads-rafdb
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(
        commands, "train", "train a model; needs TensorFlow (make train-env)", run, _EXAMPLES
    )
    parser.add_argument(
        "recipe", metavar="RECIPE", help="a .toml file, such as those in ML/recipes"
    )
    add_data(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write everything there and leave the window's models alone (default: runs/NAME, "
        "and the finished model goes to your models)",
    )
    add_faces(parser)
    parser.add_argument(
        "--start-from",
        default="",
        metavar="MODEL",
        help="begin with the weights of this model, in place of the recipe's",
    )
    parser.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    parser.add_argument(
        "--quick", action="store_true", help="one epoch on a few pictures, to see that all fits"
    )


def run(options: argparse.Namespace) -> int:
    """Trains; without --out the model is in the window afterwards."""
    from fer_core import paths
    from fer_core.datasets.places import parse_data
    from fer_core.training.finder.recipe import is_finder
    from fer_core.training.run import install, train

    if is_finder(options.recipe):
        return _run_finder(options)
    if options.out is None:
        paths.check_home()  # before the hours, not after
    folder = train(
        options.recipe,
        parse_data(options.data),
        options.out,
        quick=options.quick,
        resume=options.resume,
        faces=options.faces,
        start_from=options.start_from,
        say=message,
    )
    if options.out is None:
        folder = install(folder)
    line(str(folder))
    return 0


def _run_finder(options: argparse.Namespace) -> int:
    """Trains a face finder; the folder is a detector."""
    from fer_core.training.finder.run import train_finder

    folder = train_finder(
        options.recipe,
        options.data,
        options.out,
        quick=options.quick,
        resume=options.resume,
        say=message,
    )
    line(str(folder))
    return 0
