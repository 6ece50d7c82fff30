"""The command line as a person starts it: a process, a real model, a real face."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fer_core.expressions import LABEL_ORDERS
from fer_core.models.library import add_model
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = Path("Resources") / "Samples" / "portrait.jpg"


@pytest.fixture
def tiny_model(network):
    """The network among the person's own models."""
    add_model(network, name="tiny")
    return "tiny"


def start(*arguments):
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_photo_becomes_json_and_an_annotated_picture(tiny_model, tmp_path):
    done = start(
        *("image", str(PORTRAIT), "--json", "--model", tiny_model, "--out", str(tmp_path / "out"))
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    (face,) = result["faces"]
    assert tuple(face["probs"]) == LABEL_ORDERS["alphabetical7"], "it is laid out as Keras does"
    assert (tmp_path / "out" / "portrait.jpg").is_file()
    assert len(done.stderr.splitlines()) == 1


def test_no_window_is_needed_for_a_sentence_about_a_bad_model(tiny_model):
    done = start("image", str(PORTRAIT), "--model", "nope")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_the_reader_may_go_away(tiny_model):
    process = subprocess.Popen(
        [sys.executable, "main.py", "models", "list", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=PATIENCE_S) == 0
    assert errors == b""
