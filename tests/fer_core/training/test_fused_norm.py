"""Fused batch norm needs TensorFlow: it is compared with Keras's own in a process with that."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(
        not importlib.util.find_spec("tensorflow"), reason="needs TensorFlow: make train-env"
    ),
]
CASES = ("same", "scale", "center", "back", "frozen", "rows")


@pytest.fixture(scope="module")
def answers():
    """What the script found, one number a case: the largest difference."""
    script = Path(__file__).with_name("compare_fused_norm.py")
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.mark.parametrize("case", CASES)
def test_it_does_what_kerass_own_layer_does(answers, case):
    assert float(answers[case]) < 1e-4
