"""A tiny finder is trained, goes on, and can be opened by the app."""

import csv
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fer_core
from fer_core.detection.finder.detector import FinderDetector

pytestmark = [
    pytest.mark.train,
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow: make train-env"
    ),
]
ROOT = Path(fer_core.__file__).parents[1]
SCRIPT = Path(__file__).with_name("tiny_training.py")


def train(out, epochs):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, SCRIPT, out, str(epochs)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with (out / "history.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_training_goes_on_where_it_stopped_and_its_network_is_a_detector(tmp_path):
    out = tmp_path / "run"
    first = train(out, 1)
    both = train(out, 2)
    assert [row["epoch"] for row in both] == ["1", "2"]
    assert both[0] == first[0]
    assert np.isfinite([float(row["loss"]) for row in both]).all()
    assert float(both[1]["learning_rate"]) < float(both[0]["learning_rate"])
    faces = FinderDetector(out).candidates(np.full((100, 150, 3), 90, np.uint8))
    assert all(0 <= face.score <= 1 for face in faces)
