import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

import fer_core
from cli import main
from fer_core import paths
from fer_core.models.classifier import Classifier
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.training import run
from tests.fer_core.datasets import trees

PIXELS = InputSpec(8, 8, "gray", "nhwc", 1.0, (0.0,), (1.0,), "area", False, 0.0, False)


class BrightIsHappy:
    path = Path("mine.onnx")

    def run(self, batch):
        mean = batch.mean(axis=(1, 2, 3)) / 255
        return np.stack([mean, 1 - mean], axis=1).astype(np.float32)


def write_onnx(path):
    """A network that the gate lets in: 8×8 grey to two classes."""
    helper = onnx.helper
    face = helper.make_tensor_value_info("face", onnx.TensorProto.FLOAT, [None, 8, 8, 1])
    probs = helper.make_tensor_value_info("probs", onnx.TensorProto.FLOAT, [None, 2])
    kernel = onnx.numpy_helper.from_array(np.zeros((64, 2), np.float32), "kernel")
    nodes = [
        helper.make_node("Flatten", ["face"], ["flat"]),
        helper.make_node("MatMul", ["flat", "kernel"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probs"]),
    ]
    graph = helper.make_graph(nodes, "small", [face], [probs], [kernel])
    opsets = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


@pytest.fixture
def model(monkeypatch):
    """A model folder in the person's models, run by a stand-in for its network."""
    spec = ModelSpec.from_dict(
        {
            "schema": 1,
            "name": "mine",
            "title": "Mine",
            "architecture": "none",
            "file": "mine.onnx",
            "format": "onnx",
            "sha256": "",
            "labels": ["happiness", "sadness"],
            "input": {key: getattr(PIXELS, key) for key in PIXELS.__slots__},
            "output": "softmax",
            "trained_on": "",
            "metrics": {},
            "license": "",
            "source": "",
            "created": "",
        }
    )
    folder = paths.user_models_dir() / "mine"
    spec.write(folder)
    write_onnx(folder / "mine.onnx")
    classifier = Classifier(spec, BrightIsHappy())
    monkeypatch.setitem(vars(fer_core), "load_classifier", lambda name: classifier)
    return folder


@pytest.fixture
def pictures(tmp_path):
    for split in ("train", "test"):
        for grey, label in ((200, "happy"), (50, "sad")):
            folder = tmp_path / "pictures" / split / label
            folder.mkdir(parents=True)
            for number in range(3):
                image = np.full((8, 8), grey + number + 10 * (split == "test"), np.uint8)
                cv2.imencode(".png", image)[1].tofile(folder / f"{number}.png")
    return tmp_path / "pictures"


@pytest.mark.parametrize("by", ["name", "path", "folder around", "file"])
def test_evaluate_writes_figures_into_the_model(model, pictures, tmp_path, capsys, by):
    shutil.copytree(model, tmp_path / "around" / "mine")
    model, what = {
        "name": (model, "mine"),
        "path": (model, str(model)),
        "folder around": (tmp_path / "around" / "mine", str(tmp_path / "around")),
        "file": (model, str(model / "mine.onnx")),
    }[by]
    argv = ["evaluate", what, "--dataset", "folder", "--data", str(pictures)]
    assert main(argv) == 0
    assert ModelSpec.read(model).metrics == {}
    assert main([*argv, "--write"]) == 0
    assert "model.json" in capsys.readouterr().err
    metrics = ModelSpec.read(model).metrics
    assert metrics["folder test"]["accuracy"] == 1.0
    assert metrics["folder test clean"]["pictures"] == 6


def pack(model, tmp_path):
    return shutil.make_archive(str(tmp_path / "mine"), "zip", model)


def bare(model, tmp_path):
    shutil.copyfile(model / "mine.onnx", tmp_path / "bare.onnx")
    return str(tmp_path / "bare.onnx")


@pytest.mark.parametrize("make", [pack, bare])
def test_figures_that_have_no_place_are_refused_before_the_evaluation(
    model, pictures, tmp_path, capsys, make
):
    what = make(model, tmp_path)
    argv = ["evaluate", what, "--dataset", "folder", "--data", str(pictures), "--write"]
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{what} has no model.json for --write")


def test_a_place_that_cannot_be_written_is_said_before_the_evaluation(
    model, pictures, tmp_path, capsys
):
    (tmp_path / "file").touch()
    out = str(tmp_path / "file" / "report")
    argv = ["evaluate", "mine", "--dataset", "folder", "--data", str(pictures), "--out", out]
    assert main(argv) == 2
    written, said = capsys.readouterr()
    assert written == ""
    assert said.startswith(f"{out} cannot be written: ")
    assert len(said.splitlines()) == 1


def test_evaluate_takes_all_pictures_if_asked(model, pictures, capsys):
    argv = ["evaluate", "mine", "--dataset", "folder", "--data", str(pictures), "--split", "all"]
    assert main([*argv, "--write"]) == 0
    ((name, figures),) = ModelSpec.read(model).metrics.items()
    assert (name, figures["pictures"]) == ("folder all", 12)


def test_evaluate_goes_on_with_another_detector_where_the_usual_one_is_broken(
    model, pictures, tmp_path, capsys, monkeypatch
):
    (tmp_path / "finder").mkdir()
    monkeypatch.setattr(paths, "bundled_detectors_dir", lambda: tmp_path)
    places = ["--data", str(pictures), "--data", f"toon={trees.ferg(tmp_path / 'drawn')}"]
    argv = ["evaluate", "mine", "--dataset", "folder", "--dataset", "toon", *places]
    assert main([*argv, "--faces", "auto"]) == 0
    said = capsys.readouterr().err
    assert "detector.json" in said
    assert said.count("The detector haar is used instead.") == 1


def test_several_models_and_data_sets_become_a_table(model, pictures, tmp_path, capsys):
    shutil.copytree(model, tmp_path / "other")
    out = tmp_path / "report"
    places = ["--data", str(pictures), "--data", f"toon={trees.ferg(tmp_path / 'drawn')}"]
    argv = ["evaluate", "mine", str(model), "--dataset", "folder", "--dataset", "toon", *places]
    assert main([*argv, "--faces", "as-is", "--out", str(out)]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split("  ")[0] == "right, %"
    assert "folder test clean" in head
    assert "toon test" in head
    assert " ".join(rows[0].split()).startswith("mine 100.0 (61.0 to 100.0)")
    assert rows[1].startswith("pictures")
    assert sum(1 for row in rows if row.startswith("mine")) == 2
    with (out / "models-and-data-sets.csv").open(newline="", encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    assert {row["dataset"] for row in table} == {"folder", "toon"}
    assert (out / "mine on folder" / "confusion.png").is_file()
    assert main([*argv, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["table"][0]["accuracy"] == 1.0


def test_train_puts_the_model_into_the_window_unless_a_folder_is_named(
    tmp_path, monkeypatch, capsys
):
    asked, installed = [], []

    def train(recipe, data, out, *, quick, resume, faces, start_from, say):
        assert (faces, start_from) == ("auto", "")
        asked.append((recipe, data, out, quick, resume))
        say("Training.")
        return tmp_path / "trained"

    def install(folder):
        installed.append(folder)
        return tmp_path / "models"

    monkeypatch.setattr(run, "train", train)
    monkeypatch.setattr(run, "install", install)
    assert main(["train", "a.toml", "--data", "d", "--quick"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'models'}\n"
    assert captured.err == "Training.\n"
    assert main(["train", "a.toml", "--data", "d", "--out", str(tmp_path), "--resume"]) == 0
    where = {"": "d"}
    assert asked == [("a.toml", where, None, True, False), ("a.toml", where, tmp_path, False, True)]
    assert installed == [tmp_path / "trained"]


def test_a_missing_recipe_is_one_sentence(tmp_path, capsys):
    assert main(["train", str(tmp_path / "no.toml"), "--data", str(tmp_path)]) == 2
    assert "no.toml cannot be read" in capsys.readouterr().err
