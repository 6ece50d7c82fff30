"""Adding, checking, exporting and removing models."""

import importlib.util
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core import paths
from fer_core.errors import ModelError, ModelLoadError, ModelNotFoundError, UnsafeModelError
from fer_core.models import library
from fer_core.models.library import add_model, check_model, free_name
from fer_core.models.package import export_model
from fer_core.models.propose import propose
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec
from fer_core.untrusted.gate import check
from tests.fer_core.models.builders import make_spec

Write = Callable[..., Path]
CROP = np.random.default_rng(0).integers(0, 256, (30, 30, 3), dtype=np.uint8)


def own() -> list[str]:
    root = paths.user_models_dir()
    return sorted(os.listdir(root)) if root.exists() else []


def test_a_model_is_copied_tried_and_visible_at_once(tmp_path: Path, onnx_file: Write) -> None:
    source = onnx_file(tmp_path / "my model.onnx")
    folder = add_model(source)
    source.unlink()
    assert folder == paths.user_models_dir() / "my-model"
    registry = ModelRegistry()
    assert "my-model" in registry.names()
    assert registry.load("my-model").predict([CROP])
    assert any("guess" in line for line in check_model("my-model"))


def test_a_free_name_is_found(tmp_path: Path, onnx_file: Write) -> None:
    assert free_name("mine") == "mine"
    add_model(onnx_file(tmp_path / "fer2013.onnx"), name="mine")
    assert free_name("Mine") == "Mine-2"


def test_names_that_are_taken_get_a_number_or_are_an_error(
    tmp_path: Path, onnx_file: Write
) -> None:
    source = onnx_file(tmp_path / "net.onnx")
    assert [add_model(source).name for _ in range(3)] == ["net", "net-2", "net-3"]
    assert ModelRegistry().spec("net-2").name == "net-2"
    with pytest.raises(ModelError, match="already"):
        add_model(source, name="NET")
    assert own() == ["net", "net-2", "net-3"]


def test_labels_and_a_confirmed_sidecar_are_taken_over(tmp_path: Path, onnx_file: Write) -> None:
    source = onnx_file(tmp_path / "net.onnx", classes=3)
    folder = add_model(source, labels=["sad", "happy", "calm"])
    assert ModelSpec.read(folder).labels == ("sadness", "happiness", "neutral")
    spec = propose(check(source), labels=["sad", "happy", "calm"]).spec
    spec = replace(spec, title="Confirmed", labels_confirmed=True)
    assert ModelSpec.read(add_model(source, spec=spec, name="other")).title == "Confirmed"


def test_weights_outside_the_file_come_along(tmp_path: Path, onnx_file: Write) -> None:
    weights = np.random.default_rng(1).normal(size=(1, 7)).astype(np.float32)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "w.bin").write_bytes(weights.tobytes())
    folder = add_model(onnx_file(tmp_path / "net.onnx", external="data/w.bin"))
    assert ModelRegistry().load(folder.name).predict([CROP])
    (folder / "data" / "w.bin").write_bytes(bytes(28))
    with pytest.raises(ModelLoadError, match="SHA-256"):
        check_model(folder.name)


@pytest.mark.parametrize("stage", ["broken file", "no labels", "fails on its first face"])
def test_what_does_not_work_is_not_taken(tmp_path: Path, onnx_file: Write, stage: str) -> None:
    source = tmp_path / "net.onnx"
    if stage == "broken file":
        source.write_bytes(b"no network")
    elif stage == "no labels":
        onnx_file(source, classes=5)
    else:
        onnx_file(source, weights=np.full((1, 7), np.nan, np.float32), softmax=False)
    with pytest.raises(ModelError):
        add_model(source)
    assert own() == []


def test_a_crash_while_adding_leaves_nothing_visible(
    tmp_path: Path, onnx_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "load_folder", crash)
    with pytest.raises(KeyboardInterrupt):
        add_model(onnx_file(tmp_path / "net.onnx"))
    assert own() == []


@pytest.mark.parametrize("model_format", ["onnx", "openvino"])
def test_an_exported_model_can_be_added_again_and_says_the_same(
    tmp_path: Path, onnx_file: Write, model_format: str
) -> None:
    folder = add_model(onnx_file(tmp_path / "net.onnx"))
    archive = export_model("net", model_format, tmp_path / "für dich.zip")
    with zipfile.ZipFile(archive) as opened:
        card = opened.read("card.md").decode("utf-8")
    assert "## Intended use" in card
    assert "anger, disgust" in card
    again = add_model(archive)
    assert again != folder
    assert ModelSpec.read(again).format == model_format
    registry = ModelRegistry()
    np.testing.assert_allclose(
        registry.load(again.name).predict([CROP])[0].probs,
        registry.load("net").predict([CROP])[0].probs,
        atol=1e-6,
    )


@pytest.mark.usefixtures("warm")
def test_a_keras_model_is_exported_as_keras_or_openvino(keras_files: Path, tmp_path: Path) -> None:
    name = add_model(keras_files / "gray.keras").name
    expected = ModelRegistry().load(name).predict([CROP])[0].probs
    for model_format in ("keras", "openvino"):
        again = add_model(export_model(name, model_format, tmp_path / "out.zip"))
        probs = ModelRegistry().load(again.name).predict([CROP])[0].probs
        np.testing.assert_allclose(probs, expected, atol=1e-6)
    with pytest.raises(ModelError, match="keras, onnx, openvino"):
        export_model(name, "pickle", tmp_path / "out.zip")


@pytest.mark.train
@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("file", ["gray.keras", "colour.h5"])
def test_a_keras_model_is_exported_as_onnx(keras_files: Path, tmp_path: Path, file: str) -> None:
    pytest.importorskip("tf2onnx")
    name = add_model(keras_files / file).name
    again = add_model(export_model(name, "onnx", tmp_path / "out.zip"))
    assert ModelSpec.read(again).format == "onnx"
    assert sorted(os.listdir(again)) == ["model.json", "model.onnx"]
    registry = ModelRegistry()
    for crops in ([CROP], [CROP] * 4):
        expected = registry.load(name).predict(crops)
        for one, other in zip(registry.load(again.name).predict(crops), expected, strict=True):
            np.testing.assert_allclose(one.probs, other.probs, atol=1e-5)


@pytest.mark.parametrize("missing", ["tensorflow", "tf2onnx"])
@pytest.mark.usefixtures("warm")
def test_what_an_export_as_onnx_needs_is_said(
    keras_files: Path, tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = add_model(keras_files / "gray.keras").name
    monkeypatch.setattr(importlib.util, "find_spec", lambda package: package != missing or None)
    with pytest.raises(ModelLoadError, match=r"requirements-train\.txt .* export it as openvino"):
        export_model(name, "onnx", tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_openvino_models_are_given_on_as_such(tmp_path: Path, onnx_file: Write) -> None:
    add_model(onnx_file(tmp_path / "net.onnx"))
    name = add_model(export_model("net", "openvino", tmp_path / "net.zip")).name
    with pytest.raises(ModelError, match="export it as openvino"):
        export_model(name, "onnx", tmp_path / "out.zip")


@pytest.mark.parametrize(
    ("own_format", "possible"),
    [("tflite", "openvino"), ("savedmodel", "openvino"), ("onnx", "onnx or openvino")],
)
def test_a_format_that_cannot_be_written_names_those_that_can(
    tmp_path: Path, own_format: str, possible: str
) -> None:
    folder = paths.user_models_dir() / "small"
    make_spec(format=own_format).write(folder)
    (folder / "model.onnx").touch()
    with pytest.raises(ModelError, match=rf"export it as {possible}\.$"):
        export_model("small", "keras", tmp_path / "out.zip")


@pytest.mark.parametrize("member", ["../../out.txt", "/out.txt"])
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path, member: str) -> None:
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.json", "{}")
        archive.writestr(member, "x")
    with pytest.raises(UnsafeModelError, match="outside"):
        add_model(path)
    assert own() == []


def test_other_archives_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(ModelError, match="holds no"):
        add_model(path)
    path.write_bytes(b"PK no archive")
    with pytest.raises(ModelError, match="cannot be unpacked"):
        add_model(path)
    with pytest.raises(ModelNotFoundError):
        add_model(tmp_path / "none.onnx")


def test_a_network_that_was_trained_again_is_told_from_its_model_json(
    tmp_path: Path, onnx_file: Write
) -> None:
    source = tmp_path / "shared"
    source.mkdir()
    file = onnx_file(source / "model.onnx")
    make_spec(sha256="0" * 64).write(source)
    with pytest.raises(ModelLoadError, match=r"model\.json beside it .* empty sha256") as error:
        add_model(source)
    assert str(error.value).startswith(f"{file} is not the file")
    make_spec(sha256="").write(source)
    assert ModelSpec.read(add_model(source)).sha256
    assert len(own()) == 1


def test_what_fails_while_adding_names_the_persons_own_file(
    tmp_path: Path, onnx_file: Write
) -> None:
    make_spec(labels=("anger", "fear")).write(tmp_path)
    file = onnx_file(tmp_path / "model.onnx")
    with pytest.raises(ModelLoadError) as error:
        add_model(file)
    assert str(error.value).startswith(f"{file} gives 7 numbers")


def test_a_model_folder_can_be_added(tmp_path: Path, onnx_file: Write) -> None:
    source = tmp_path / "shared"
    source.mkdir()
    onnx_file(source / "model.onnx")
    make_spec(name="from-a-friend").write(source)
    assert add_model(source).name == "from-a-friend"
    ModelRegistry().remove("from-a-friend")
    assert own() == []
