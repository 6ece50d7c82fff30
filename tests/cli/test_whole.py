"""The command line as a person starts it: a process, a real model, a real face."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fer_core import paths
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.engine import import_openvino
from fer_core.models.spec import InputSpec, ModelSpec

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = Path("Resources") / "Samples" / "portrait.jpg"


@pytest.fixture
def tiny_model(own_home):
    """A network that looks at nothing and always says happiness, in the person's own models."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 8, 8, 1], np.float32, name="pixels")
    flat = ops.reshape(pixels, np.array([-1, 64]), special_zero=False)
    logits = ops.matmul(flat, np.zeros((64, 7), np.float32), False, False)
    bias = np.array([0, 0, 0, 3, 0, 0, 0], np.float32)
    model = openvino.Model([ops.softmax(ops.add(logits, bias), axis=1)], [pixels], "tiny")
    folder = paths.user_models_dir() / "tiny"
    folder.mkdir(parents=True)
    openvino.serialize(model, folder / "model.xml")
    spec = ModelSpec(
        name="tiny",
        title="Tiny",
        architecture="",
        file="model.xml",
        format="openvino",
        sha256="",
        labels=LABEL_ORDERS["fer2013"],
        input=InputSpec(8, 8, "gray", "nhwc", 1 / 255, (0.0,), (1.0,), "area", False, 0.0, False),
        output="softmax",
        trained_on="",
        metrics={},
        license="",
        source="",
        created="",
    )
    spec.write(folder)
    return "tiny"


def start(*arguments):
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_photo_becomes_json_and_an_annotated_picture(tiny_model, tmp_path):
    done = start(
        *("image", str(PORTRAIT), "--json", "--model", tiny_model, "--out", str(tmp_path / "out"))
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    (face,) = result["faces"]
    assert face["label"] == "happiness"
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
    assert process.wait(timeout=60) == 0
    assert errors == b""
