"""docs/your-own-model.md, typed as it stands there: a network, its notebook cell, the commands."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields

import cv2
import numpy as np
import pytest

from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import InputSpec, ModelSpec
from main import wants_window
from tests.docs.documents import PORTRAIT, ROOT, blocks, commands

DOCUMENT = "docs/your-own-model.md"
#: What the reader has already: a network that reads brightness. Grey is angry, white is happy.
NOTEBOOK = """
import keras, numpy as np
class_names = ["angry", "happy", "neutral"]
layers = keras.layers
model = keras.Sequential([
    keras.Input((48, 48, 1)),
    layers.Rescaling(1 / 255),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3, activation="softmax"),
])
model.layers[-1].set_weights([np.array([[0.0, 40, -40]]), np.array([0.0, -30, 10])])
"""


@pytest.fixture
def folder(tmp_path):
    """The reader's folder: pictures with their expressions, and the portrait."""
    place = tmp_path / "Mein Ordner"
    for label, level in (("angry", 128), ("happy", 255), ("neutral", 0)):
        for number in range(10):
            path = place / "faces" / label / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(".png", np.full((48, 48), level, np.uint8))[1].tobytes())
    (place / PORTRAIT).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / PORTRAIT, place / PORTRAIT)
    return place


def start(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            **os.environ,
            "KERAS_BACKEND": "openvino",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def run_commands(folder, block):
    said = ""
    for arguments in commands(block):
        if not wants_window(arguments):
            said += start(folder, str(ROOT / "main.py"), *arguments)
    return said


def test_from_the_notebook_to_the_portrait_and_back(folder):
    cell, program = blocks(DOCUMENT, "python")
    first, afterwards = blocks(DOCUMENT, "sh")
    assert len(cell.split("\n\n")[-1].splitlines() + first.splitlines()) <= 10

    start(folder, "-c", NOTEBOOK + cell)
    said = run_commands(folder, first)
    assert "Labels from smiles.labels.txt." in said
    assert "The network scales pixels itself" in said
    assert "100.0 %  given labels, grey, 0…255" in said
    spec = ModelRegistry().spec("smiles")
    assert spec.labels == ("anger", "happiness", "neutral")
    assert spec.labels_confirmed

    assert re.search(r"\['\w+'\]", start(folder, "-c", program))
    said = run_commands(folder, afterwards)
    assert "smiles" in said
    again = ModelRegistry().spec("smiles")
    assert again.labels == spec.labels
    assert next(iter(again.metrics.values()))["accuracy"] == 1


def test_the_sidecar_shown_is_one_and_all_its_keys_are_explained():
    (shown,) = blocks(DOCUMENT, "json")
    spec = ModelSpec.from_dict(json.loads(shown))
    assert spec.input.scale == pytest.approx(1 / 255)
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    table = text.split("| key | what |")[1].split("\n\n")[0]
    explained = set(re.findall(r"`([\w.]+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.M))))
    keys = {f.name for f in fields(ModelSpec)} - {"input"}
    assert explained == keys | {f"input.{f.name}" for f in fields(InputSpec)}
