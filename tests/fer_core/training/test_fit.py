import csv
import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fer_core
from tests.waiting import PATIENCE_S, until

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(
        importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow: make train-env"
    ),
]
ROOT = Path(fer_core.__file__).parents[1]
SCRIPT = Path(__file__).with_name("tiny_training.py")


def start(root, *jobs):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("KERAS_BACKEND", None)
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(root), json.dumps(jobs)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    try:
        output, _ = process.communicate(timeout=3 * PATIENCE_S)
    finally:
        process.kill()  # what hangs must not go on behind the tests
    assert process.returncode == 0, output


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The folder in which all these trainings were, one after the other."""
    root = tmp_path_factory.mktemp("trainings")
    never_better = {"schedule": "plateau", "plateau_patience": 1, "learning_rate": 1e-9, "ema": 0.0}
    sharp = {"sam_epochs": 10}
    finish(
        start(
            root,
            {"name": "teacher", "epochs": 20},
            {"name": "pupil", "epochs": 20, "teacher": "teacher"},
            {"name": "another", "teacher": "nobody"},
            {"name": "a"},
            {"name": "b"},
            {"name": "few", "pictures": 5},
            {"name": "few again", "folder": "few", "pictures": 5, "epochs": 2, "resume": True},
            {"name": "other data", "folder": "a", "epochs": 2, "resume": True, "seed": 4},
            {
                "name": "other recipe",
                "folder": "a",
                "epochs": 2,
                "resume": True,
                "changes": {"batch_size": 4},
            },
            {"name": "averaged", "epochs": 20, "changes": {"optimizer": {"ema": 0.999}}},
            {
                "name": "stopped",
                "epochs": 50,
                "changes": {"patience": 3, "monitor": "accuracy", "optimizer": never_better},
            },
            {
                "name": "sharp",
                "epochs": 20,
                "changes": {
                    "bootstrap": 0.2,
                    "optimizer": sharp,
                    "augment": {"cutmix_alpha": 1.0},
                },
            },
        )
    )
    return root


def history(out):
    with (out / "history.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def what_it_says_of_a_bright_middle(out):
    bright_middle = np.zeros((16, 16), np.uint8)
    bright_middle[5:10] = 150
    (prediction,) = fer_core.load_classifier(str(out)).predict([bright_middle])
    return prediction.label


def test_a_training_killed_at_any_moment_goes_on_to_a_usable_model(tmp_path):
    out = tmp_path / "run"
    process = start(tmp_path, {"name": "run", "epochs": 10**5})
    until((out / "checkpoint.npz").exists, "the first checkpoint")
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.communicate()
    done = len(history(out))
    assert done >= 1

    finish(start(tmp_path, {"name": "run", "epochs": done + 8, "resume": True}))
    rows = history(out)
    assert [int(row["epoch"]) for row in rows] == list(range(1, done + 9))
    assert what_it_says_of_a_bright_middle(out) == "sadness"


def test_a_pupil_believes_its_teacher(root):
    assert what_it_says_of_a_bright_middle(root / "pupil") == "sadness"
    assert "nobody holds no finished training" in (root / "another.txt").read_text("utf-8")


def test_the_same_seed_gives_the_same_first_steps(root):
    losses = [float(history(root / name)[0]["loss"]) for name in "ab"]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_fewer_pictures_than_a_batch_are_a_smaller_batch(root):
    assert [row["epoch"] for row in history(root / "few")] == ["1", "2"]


@pytest.mark.parametrize("name", ["other data", "other recipe"])
def test_a_checkpoint_of_other_data_or_another_recipe_is_refused(root, name):
    said = (root / f"{name}.txt").read_text("utf-8")
    assert "holds a training on other pictures or by another recipe" in said
    assert [row["epoch"] for row in history(root / "a")] == ["1"]


@pytest.mark.parametrize("name", ["averaged", "sharp", "teacher"])
def test_long_averages_and_sharp_steps_learn_in_a_short_training(root, name):
    assert float(history(root / name)[-1]["val_accuracy"]) > 0.9
    assert what_it_says_of_a_bright_middle(root / name) == "sadness"


def test_a_training_that_gets_no_better_lowers_its_rate_and_stops(root):
    rows = history(root / "stopped")
    said = (root / "stopped.txt").read_text("utf-8").splitlines()
    best = max(index for index, line in enumerate(said) if "best so far" in line) + 1
    assert len(rows) == best + 3
    assert float(rows[-1]["learning_rate"]) < float(rows[-2]["learning_rate"])
