import csv
import importlib.util
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


def start(out, epochs, resume="fresh", pictures=48, teacher=""):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("KERAS_BACKEND", None)
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(out), str(epochs), resume, str(pictures), teacher],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, output


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
    process = start(out, 10**6)
    until((out / "checkpoint.keras").exists, "the first checkpoint")
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.communicate()
    done = len(history(out))
    assert done >= 1

    finish(start(out, done + 8, "resume"))
    rows = history(out)
    assert [int(row["epoch"]) for row in rows] == list(range(1, done + 9))

    assert what_it_says_of_a_bright_middle(out) == "sadness"


def test_a_pupil_believes_its_teacher(tmp_path):
    finish(start(tmp_path / "teacher", 20))
    finish(start(tmp_path / "pupil", 20, teacher="teacher"))
    assert what_it_says_of_a_bright_middle(tmp_path / "pupil") == "sadness"
    process = start(tmp_path / "another", 1, teacher="nobody")
    assert "nobody holds no finished training" in process.communicate(timeout=PATIENCE_S)[0]


def test_the_same_seed_gives_the_same_first_steps(tmp_path):
    first, second = start(tmp_path / "a", 1), start(tmp_path / "b", 1)
    finish(first)
    finish(second)
    losses = [float(history(tmp_path / name)[0]["loss"]) for name in "ab"]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_fewer_pictures_than_a_batch_are_a_smaller_batch(tmp_path):
    out = tmp_path / "run"
    finish(start(out, 1, pictures=5))
    finish(start(out, 2, "resume", pictures=5))
    assert [row["epoch"] for row in history(out)] == ["1", "2"]
