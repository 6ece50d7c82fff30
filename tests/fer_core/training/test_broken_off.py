import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from cli.app import _parser
from fer_core.datasets.places import parse_data
from fer_core.training.broken_off import Command, what_is_kept
from fer_core.training.checkpoint import CHECKPOINT, Checkpoint


def test_a_training_that_is_broken_off_says_what_is_kept():
    again = Command(Path("a.toml"), "data")
    assert "before the end of the first epoch" in what_is_kept(Path("runs/a"), 0, again)
    said = what_is_kept(Path("runs/a"), 1, again).splitlines()
    assert said[0] == f"Stopped; 1 epoch is kept in {Path('runs/a')}. To go on:"
    assert what_is_kept(Path("runs/a"), 7, again).startswith("Stopped; 7 epochs are kept")
    assert said[1] == 'python main.py train "a.toml" --data "data" --faces as-is --resume'


@pytest.mark.parametrize(
    "command",
    [
        Command(Path("a.toml"), {"": "data"}),
        Command(Path("my recipes/a.toml"), {"": "data", "rafdb": "my pictures/raf"}, "runs/a b"),
        Command(Path("a.toml"), {"": "data"}, None, "cut", "my model", True),
    ],
)
def test_the_command_that_goes_on_is_the_same_call(command):
    program, script, *argv = shlex.split(command.to_go_on())
    assert (program, script) == ("python", "main.py")
    options = _parser().parse_args(argv)
    assert options.resume
    found = Command(
        Path(options.recipe),
        parse_data(options.data),
        None if options.out is None else str(options.out),
        options.faces,
        options.start_from,
        options.quick,
    )
    assert found == command


def test_the_epochs_that_are_kept_are_those_of_the_checkpoint(tmp_path):
    assert Checkpoint.epochs(tmp_path) == 0
    state = json.loads('{"epochs": 3, "fingerprint": "x"}')
    Checkpoint(state, [np.zeros(2)], [], [], []).write(tmp_path)
    assert Checkpoint.epochs(tmp_path) == 3
    (tmp_path / CHECKPOINT).write_bytes(b"half")
    assert Checkpoint.epochs(tmp_path) == 0
