"""Labels and scaling that the files around a model tell, weighed against one another."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core.expressions import LABEL_ORDERS
from fer_core.models.propose import Proposal, propose
from fer_core.untrusted.gate import opened

Write = Callable[..., Path]
ALPHABETICAL, FER2013 = LABEL_ORDERS["alphabetical7"], LABEL_ORDERS["fer2013"]
KERAS = {"shape": ("N", 48, 48, 1), "op": "GlobalMaxPool"}


def proposal(path: Path) -> Proposal:
    with opened(path) as model:
        return propose(model)


LISTS = {
    "list": "class_labels=['Surprise','Sad','Neutral','Happy','Fear','Disgust','Angry']",
    "tuple": 'EMOTIONS = ("surprise", "sad", "neutral", "happy", "fear", "disgust", "angry")',
    "numbers first": "d = {0: 'Surprise', 1: 'Sad', 2: 'Neutral', 3: 'Happy', 4: 'Fear', "
    "5: 'Disgust', 6: 'Angry'}",
    "numbers last, mixed": "{'Angry': 6, 'Sad': 1, 'Surprise': 0, 'Neutral': 2, 'Happy': 3, "
    "'Fear': 4, 'Disgust': 5}",
    "in lines": "labels = [\n  'surprised',\n  'sad',  # 1\n  'neutral',\n  'happy',\n  'scared',\n"
    "  'disgusted',\n  'angry',\n]",
    "German": "x = np.array(['Überraschung', 'Trauer', 'neutral', 'Freude', 'Angst', 'Ekel', "
    "'Wut'])",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("file", ["app.py", "train.ipynb"])
def test_a_list_in_the_code_beside_it_is_read(
    tmp_path: Path, onnx_file: Write, text: str, file: str
) -> None:
    """It is only read: the file would fail at once if it were run."""
    whole = f"raise SystemExit('not to be run')\n{text}\nload_model('net.onnx')\n"
    if file.endswith("ipynb"):
        cell = {"cell_type": "code", "source": whole.splitlines(keepends=True)}
        whole = json.dumps({"cells": [cell]})
    (tmp_path / file).write_text(whole, encoding="utf-8")
    found = proposal(onnx_file(tmp_path / "net.onnx"))
    assert found.spec.labels == ALPHABETICAL[::-1]
    assert not found.spec.labels_confirmed
    assert found.sure_labels > 0.7
    assert f"because {file} lists them so" in found.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "Seven classes (0=Angry, 1=Disgust, 2=Fear, 3=Happy, 4=Sad, 5=Surprise, 6=Neutral).",
        "| 0 | Angry |\n| 1 | Disgust |\n| 2 | Fear |\n| 3 | Happy |\n| 4 | Sad |\n"
        "| 5 | Surprise |\n| 6 | Neutral |\n",
        "It knows angry, disgust, fear, happy, sad, surprise and neutral. Have fun.",
    ],
)
def test_a_readme_counts(tmp_path: Path, onnx_file: Write, text: str) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    found = proposal(onnx_file(tmp_path / "net.onnx"))
    assert found.spec.labels == FER2013
    assert "because README.md lists them so" in found.notes[0]
    assert found.sure_labels > (0.6 if "Have fun" in text else 0.8)


@pytest.mark.parametrize(
    "text",
    [
        "x = ['a', 'b', 'c', 'd', 'e', 'f', 'g']",
        "labels = ['Angry', 'Happy', 'Sad']",
        "d = {0: 'Angry', 1: 'Disgust', 2: 'Fear', 9: 'Happy', 4: 'Sad', 5: 'Surprise', "
        "6: 'Neutral'}",
        "a = 'b' * 100_000 + '[' * 100_000",
    ],
)
def test_other_lists_are_no_labels(tmp_path: Path, onnx_file: Write, text: str) -> None:
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    assert proposal(onnx_file(tmp_path / "net.onnx")).spec.labels == FER2013


def test_own_classes_of_a_project_are_found(tmp_path: Path, onnx_file: Write) -> None:
    text = "class_names = ['tired', 'happy', 'hungry', 'confused']"
    (tmp_path / "predict.py").write_text(text, encoding="utf-8")
    found = proposal(onnx_file(tmp_path / "net.onnx", classes=4))
    assert found.spec.labels == ("tired", "happiness", "hungry", "confused")
    assert "classes of their own: tired, hungry, confused" in found.notes[1]


@pytest.mark.parametrize("place", ["", "data/train", "train"])
def test_folders_of_classes_beside_it_are_numbered_by_the_alphabet(
    tmp_path: Path, onnx_file: Write, place: str
) -> None:
    for word in ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"):
        (tmp_path / "project" / place / word).mkdir(parents=True)
    store = tmp_path / "project" / "models"
    store.mkdir()
    found = proposal(onnx_file(store / "net.onnx"))
    assert found.spec.labels == ALPHABETICAL
    assert "has a folder for each" in found.notes[0]
    assert found.sure_labels > 0.8


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_whole_project_is_looked_through(tmp_path: Path, onnx_file: Write, packed: bool) -> None:
    import shutil

    project = tmp_path / "fer-main"
    (project / "src").mkdir(parents=True)
    (project / "weights").mkdir()
    (project / "src" / "app.py").write_text(LISTS["list"], encoding="utf-8")
    onnx_file(project / "weights" / "net.onnx")
    path = Path(shutil.make_archive(str(tmp_path / "p"), "zip", project)) if packed else project
    assert proposal(path).spec.labels == ALPHABETICAL[::-1]


def test_in_a_folder_of_downloads_only_what_names_the_model_counts(
    tmp_path: Path, onnx_file: Write
) -> None:
    for number in range(40):
        (tmp_path / f"other{number}.py").write_text(LISTS["list"], encoding="utf-8")
    path = onnx_file(tmp_path / "net.onnx")
    assert proposal(path).spec.labels == FER2013
    text = f"labels = {list(LABEL_ORDERS['rafdb'])}\nopen('net.onnx')"
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert proposal(path).spec.labels == LABEL_ORDERS["rafdb"]


def test_networks_of_keras_are_first_read_by_the_alphabet(tmp_path: Path, onnx_file: Write) -> None:
    """Their image folders number classes so; how the training read its pictures counts, too."""
    path = onnx_file(tmp_path / "net.onnx", shape=("N", 48, 48, 3), weights=np.ones((48, 7), "f4"))
    found = proposal(path)
    assert found.spec.input.layout == "nhwc"
    assert found.spec.labels == ALPHABETICAL
    assert 0.5 < found.sure_labels < 0.7
    (tmp_path / "train.py").write_text("df = pd.read_csv('fer2013.csv')", encoding="utf-8")
    assert proposal(path).spec.labels == FER2013
    (tmp_path / "train.py").write_text("g.flow_from_directory('train')", encoding="utf-8")
    assert proposal(path).sure_labels > 0.8


@pytest.mark.parametrize(
    ("code", "scale", "mean"),
    [
        ("x = x / 255.0", 1 / 255, 0.0),
        ("img = img / 127.5 - 1", 2 / 255, 1.0),
        ("transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])", 1 / 255, 0.485),
        ("transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))", 2 / 255, 1.0),
    ],
)
def test_scaling_is_told_from_code(
    tmp_path: Path, onnx_file: Write, code: str, scale: float, mean: float
) -> None:
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    found = proposal(onnx_file(tmp_path / "net.onnx", shape=("N", 3, 24, 24)))
    assert found.spec.input.scale == pytest.approx(scale)
    assert found.spec.input.mean[0] == mean
    assert "as the code beside it does" in found.notes[1]
    assert found.sure_scaling > 0.5


def test_how_sure_a_reading_is_is_a_number(tmp_path: Path, onnx_file: Write) -> None:
    path = onnx_file(tmp_path / "net.onnx")
    found = proposal(path)
    assert 0 < found.sure < 0.5
    assert found.sure == pytest.approx(found.sure_labels * found.sure_scaling)
    assert found.orders[0] == found.spec.labels
    (tmp_path / "labels.txt").write_text("\n".join(ALPHABETICAL), encoding="utf-8")
    assert proposal(path).sure_labels == 1
