"""No model file reaches a file outside its folder, whichever way it comes in."""

import importlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, get_type_hints

import cv2
import numpy as np
import pytest

from cli import main
from fer_core import paths
from fer_core.errors import FerError, ModelSpecError
from fer_core.models import check, classifier, convert, inspect, library, package, propose
from fer_core.models.classifier import load_classifier
from fer_core.models.engine import Engine, read_network
from fer_core.models.library import add_model
from fer_core.models.package import export_model
from fer_core.models.spec import ModelSpec
from fer_core.untrusted import child, gate
from tests.fer_core.untrusted.escapes import ESCAPES, Make, ir, network


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a child process does is done here; `models add` below has real ones."""

    def call(function: str, arguments: dict[str, Any], *_: Any, **__: Any) -> Any:
        module, name = function.split(":")
        return json.loads(json.dumps(getattr(importlib.import_module(module), name)(**arguments)))

    monkeypatch.setattr(child, "call", call)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the model lies: home/a/b/c."""
    made = tmp_path / "home" / "a" / "b" / "c"
    made.mkdir(parents=True)
    (tmp_path / "home" / ".profile").write_bytes(b"this is mine, and 28 bytes long")
    faces = tmp_path / "faces" / "happy"
    faces.mkdir(parents=True)
    picture = np.zeros((24, 24), np.uint8)
    (faces / "0.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return made


def tree(root: Path) -> dict[str, bytes | str]:
    """Every file under a folder with its content, but what the app keeps for itself."""
    found: dict[str, bytes | str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith("mimik-home/cache"):
            continue
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not (path.is_dir() and name.startswith("mimik-home")):
            found[name] = "folder" if path.is_dir() else "pipe"
    return found


def one_sentence(error: pytest.ExceptionInfo[FerError]) -> None:
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert len(str(error.value)) < 700


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("make", ESCAPES.values(), ids=ESCAPES)
def test_library_window_and_check_refuse_it_and_write_nothing(
    tmp_path: Path, folder: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.core import adding

    path = make(folder, tmp_path / "home" / ".profile")
    before = tree(tmp_path)
    for use in (load_classifier, add_model, adding.look):
        with pytest.raises(FerError) as error:
            use(str(path))
        one_sentence(error)
    faces = str(tmp_path / "faces")
    assert main(["models", "add", str(path), "--check", faces, "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert tree(tmp_path) == before


@pytest.mark.parametrize("make", ESCAPES.values(), ids=ESCAPES)
def test_models_add_refuses_it_and_writes_nothing(
    tmp_path: Path, folder: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make(folder, tmp_path / "home" / ".profile")
    before = tree(tmp_path)
    assert main(["models", "add", str(path), "--yes"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert tree(tmp_path) == before


IN_A_FOLDER = {
    name: make
    for name, make in ESCAPES.items()
    if ("described" in name and "zip" not in name) or "model.json" in name or "model folder" in name
}


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("make", IN_A_FOLDER.values(), ids=IN_A_FOLDER)
def test_a_model_folder_that_somebody_put_there_is_not_exported(
    tmp_path: Path, folder: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    make(folder, tmp_path / "home" / ".profile")
    shutil.copytree(folder, paths.user_models_dir() / "evil", symlinks=True)
    before = tree(tmp_path)
    for kind in ("onnx", "openvino"):
        with pytest.raises(FerError) as error:
            export_model("evil", kind, tmp_path / "out.zip")
        one_sentence(error)
        arguments = ["--format", kind, "--out", str(tmp_path / "out.zip")]
        assert main(["models", "export", "evil", *arguments]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["models", "check", "evil"]) == 2
    assert tree(tmp_path) == before


def test_a_file_that_is_two_things_is_what_its_name_says(tmp_path: Path) -> None:
    """OpenVINO alone would take this ONNX file for the OpenVINO network in its producer's name."""
    path = tmp_path / "model.onnx"
    path.write_bytes(network(producer=ir().decode()))
    kinds = {operator.get_type_name() for operator in read_network(path).get_ops()}
    assert "MatMul" in kinds
    model = gate.check(path)
    assert model.format == "onnx"
    assert Engine(model.path).run(np.zeros((1, 1, 24, 24))).shape == (1, 7)


def test_nobody_else_makes_a_checked_model(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(network())
    with pytest.raises(TypeError, match="only"):
        gate.CheckedModel(path, "onnx", (path,), "", None, None, object())  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_model_json_that_is_a_pipe_is_not_waited_for(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(network())
    os.mkfifo(folder / "model.json")
    with pytest.raises(ModelSpecError, match="it is no file"):
        ModelSpec.read(folder)
    with gate.opened(folder / "model.onnx") as model:
        assert model.spec is None


def test_only_checked_models_are_taken() -> None:
    """The types say so, and mypy has everybody keep to them."""
    for use in (
        check.rank_readings, check.try_reading, classifier.load_checked, convert.engine_file,
        convert.keras_to_onnx, convert.ship, inspect.inspect, library.take_model, package._fill,
        propose.propose,
    ):  # fmt: skip
        assert gate.CheckedModel in get_type_hints(use).values(), use
    for file in (paths.PROJECT_ROOT / "fer_core").rglob("*.py"):
        assert file.name == "gate.py" or "_Stamp" not in file.read_text("utf-8"), file


def test_what_changes_while_it_is_added_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(network())
    copy = gate.CheckedModel.copy_into

    def change_and_copy(model: gate.CheckedModel, folder: Path) -> Path:
        path.write_bytes(network(producer="another"))
        return copy(model, folder)

    monkeypatch.setattr(gate.CheckedModel, "copy_into", change_and_copy)
    with pytest.raises(FerError, match="SHA-256 differs"):
        add_model(path)
    assert list(paths.user_models_dir().iterdir()) == []
