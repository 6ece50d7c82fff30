import io
import re
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

from cli import main
from fer_core.config import DEFAULT_MODEL
from fer_core.expressions import LABEL_ORDERS
from fer_core.models.engine import import_openvino
from fer_core.models.propose import propose
from fer_core.models.registry import ModelRegistry
from fer_core.untrusted.gate import check


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def faces(tmp_path):
    """White pictures are happy, black ones sad, grey ones angry: as the network sees it."""
    for label, level in (("happy", 255), ("sad", 0), ("angry", 128)):
        for number in range(10):
            path = tmp_path / "faces" / label / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = np.full((20, 20), level, np.uint8)
            path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return tmp_path / "faces"


def test_yes_takes_the_proposal_and_marks_the_labels_as_a_guess(network, capsys):
    assert main(["models", "add", str(network), "--yes"]) == 0
    out, err = capsys.readouterr()
    assert "faces of 8×8 gray" in out
    assert "guessed" in out
    assert "Added tiny" in err
    assert ModelRegistry().spec("tiny").labels_confirmed is False


def test_without_anybody_to_ask_nothing_is_added(network, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["models", "add", str(network)]) == 2
    assert "Say --yes" in capsys.readouterr().err
    assert "tiny" not in ModelRegistry().names()


@pytest.mark.parametrize(("answer", "added"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_person_is_asked_and_confirms_the_labels(answer, added, network, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert main(["models", "add", str(network)]) == (0 if added else 2)
    assert ("tiny" in ModelRegistry().names()) is added
    if added:
        assert ModelRegistry().spec("tiny").labels_confirmed is True


def test_labels_are_taken_in_any_words(network):
    words = "happy,sad,angry,fear,surprise,neutral,disgust"
    assert main(["models", "add", str(network), "--labels", words, "--name", "mine", "--yes"]) == 0
    spec = ModelRegistry().spec("mine")
    assert spec.labels[:3] == ("happiness", "sadness", "anger")
    assert spec.labels_confirmed is True


@pytest.mark.parametrize("words", ["happy,sad", "happy,sad,angry,fear,surprise,bored,bored"])
def test_wrong_labels_are_one_sentence(words, network, capsys):
    assert main(["models", "add", str(network), "--labels", words, "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_faces_settle_the_reading(network, faces, capsys):
    argv = ["models", "add", str(network), "--check", str(faces), "--yes"]
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert "Readings on 30 faces" in out
    assert "100.0 %  fer2013 labels, grey, 0…1" in out
    spec = ModelRegistry().spec("tiny")
    assert spec.labels == LABEL_ORDERS["fer2013"]
    assert spec.labels_confirmed is True


@pytest.mark.parametrize("kind", ["constant", "random"])
def test_an_order_that_fits_by_chance_stays_a_guess(kind, tmp_path, capsys):
    rng = np.random.default_rng(4)
    openvino = import_openvino()
    from openvino import opset13 as ops

    weights = rng.normal(size=(64, 7)).astype(np.float32) * (0 if kind == "constant" else 1)
    pixels = ops.parameter([-1, 8, 8, 1], np.float32, name="pixels")
    flat = ops.reshape(pixels, np.array([-1, 64]), special_zero=False)
    logits = ops.add(ops.matmul(flat, weights, False, False), np.eye(7, dtype=np.float32)[5])
    model = openvino.Model([ops.softmax(logits, axis=1)], [pixels], "chance")
    openvino.serialize(model, tmp_path / "chance.xml")
    for label, count in (("happy", 6), ("sad", 9), ("angry", 6), ("fear", 5), ("neutral", 5)):
        for number in range(count):
            path = tmp_path / "faces" / label / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), rng.integers(0, 256, (20, 20), np.uint8))
    argv = ["models", "add", str(tmp_path / "chance.xml"), "--check", str(tmp_path / "faces")]
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert "No reading beats chance: this network does not recognise these pictures." in out
    assert "Say --yes to add it all the same." in err
    assert "chance" not in ModelRegistry().names()
    assert main([*argv, "--yes"]) == 0
    assert ModelRegistry().spec("chance").labels_confirmed is False
    out, err = capsys.readouterr()
    assert "stays a guess" in out
    assert "that is 0 % sure" in err


class Teacher:
    """A model of ours that sees what the fixture `faces` shows."""

    labels = ("anger", "happiness", "sadness")

    def __init__(self, spec):
        self.spec = spec

    def predict_probs(self, crops):
        level = np.array([int(crop.mean()) for crop in crops])
        sees = np.select([level > 200, level < 60], [1, 2], 0)
        return np.where(np.eye(3)[sees] > 0, 0.9, 0.05).astype(np.float32)


def test_pictures_without_labels_are_shown_to_our_own_model(network, tmp_path, capsys, monkeypatch):
    spec = propose(check(network)).spec
    monkeypatch.setattr(ModelRegistry, "load", lambda self, name: Teacher(spec))
    for number in range(30):
        level = (255, 0, 128)[number % 3]
        picture = np.full((20, 20), level, np.uint8)
        (tmp_path / "camera").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "camera" / f"{number}.png"), picture)
    argv = ["models", "add", str(network), "--check", str(tmp_path / "camera"), "--yes"]
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert "Readings on 30 faces" in out
    assert f"as our own model {DEFAULT_MODEL} sees them, best first" in out
    assert "100.0 %  fer2013 labels, grey, 0…1" in out
    assert "How sure the order of the labels is: 100 %" in out
    spec = ModelRegistry().spec("tiny")
    assert spec.labels == LABEL_ORDERS["fer2013"]
    assert spec.labels_confirmed is False, "nobody has labelled them"


def test_yes_says_how_sure_it_is(network, capsys):
    assert main(["models", "add", str(network), "--yes"]) == 0
    out, err = capsys.readouterr()
    assert re.search(r"How sure this reading is: \d\d? %", out)
    assert re.search(r"Nobody has confirmed how it is read; that is \d\d? % sure\. Settle it", err)
    assert main(["models", "info", "tiny"]) == 0
    assert re.search(r"scaling +0…1", capsys.readouterr().out)


def test_labels_that_were_given_stay_whatever_the_faces_say(network, faces):
    words = ",".join(LABEL_ORDERS["alphabetical7"])
    argv = ["models", "add", str(network), "--check", str(faces), "--labels", words, "--yes"]
    assert main(argv) == 0
    assert ModelRegistry().spec("tiny").labels == LABEL_ORDERS["alphabetical7"]


def test_a_folder_without_faces_is_one_sentence(network, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["models", "add", str(network), "--check", str(tmp_path / "empty"), "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_is_exported_can_be_added_again(network, tmp_path, capsys):
    main(["models", "add", str(network), "--yes"])
    shared = tmp_path / "shared.zip"
    argv = ["models", "export", "tiny", "--format", "openvino", "--out", str(shared)]
    assert main(argv) == 0
    assert main(["models", "add", str(shared), "--name", "again"]) == 0
    capsys.readouterr()
    assert main(["models", "check", "again"]) == 0
    assert "It runs" in capsys.readouterr().out


@pytest.fixture
def described(network):
    """The network in a folder with a model.json that has the labels in the wrong order."""
    spec = propose(check(network)).spec
    spec = replace(spec, labels=LABEL_ORDERS["alphabetical7"], labels_confirmed=True)
    spec.write(network.parent)
    return network.parent


def test_faces_settle_the_reading_of_a_model_folder_too(described, faces, capsys):
    assert main(["models", "add", str(described), "--check", str(faces), "--yes"]) == 0
    assert "100.0 %  fer2013 labels, grey, 0…1" in capsys.readouterr().out
    assert ModelRegistry().spec("tiny").labels == LABEL_ORDERS["fer2013"]


def test_a_model_folder_is_taken_as_it_says_without_faces(described):
    assert main(["models", "add", str(described)]) == 0
    assert ModelRegistry().spec("tiny").labels == LABEL_ORDERS["alphabetical7"]


def test_a_model_folder_without_its_network_is_one_sentence(described, faces, capsys):
    (described / "tiny.xml").unlink()
    assert main(["models", "add", str(described), "--check", str(faces), "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_missing_file_is_one_sentence(capsys):
    assert main(["models", "add", "nothing.keras", "--yes"]) == 2
    assert capsys.readouterr().err == "nothing.keras does not exist.\n"
