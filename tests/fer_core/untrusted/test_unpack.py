"""The model inside a folder or a .zip."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core.errors import ModelError, ModelLoadError, ModelNotFoundError, UnsafeModelError
from fer_core.models.classifier import load_classifier
from fer_core.models.library import add_model
from fer_core.models.package import export_model
from fer_core.models.spec import ModelSpec
from fer_core.untrusted.gate import opened
from tests.fer_core.models.builders import FER2013, make_spec, write_hdf5
from tests.fer_core.models.exploits import lambda_in_keras

Write = Callable[..., Path]


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_model_file_stands_for_itself(onnx_file: Write) -> None:
    path = onnx_file()
    with opened(path) as found:
        assert (found.path, found.files, found.format, found.spec) == (path, (path,), "onnx", None)


def test_a_file_in_a_model_folder_is_used_as_its_model_json_says(
    tmp_path: Path, onnx_file: Write
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    file = onnx_file(folder / "model.onnx")
    make_spec(name="mine", labels=FER2013[::-1]).write(folder)
    assert load_classifier(file).labels == FER2013[::-1]
    assert ModelSpec.read(add_model(file)).labels == FER2013[::-1]
    with opened(onnx_file(folder / "other.onnx")) as found:
        assert (found.path, found.spec) == (folder / "other.onnx", None)
    (folder / "model.json").write_text("{}", encoding="utf-8")
    with opened(file) as found:
        assert (found.path, found.spec) == (file, None)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("inside", ["", "export/", "repository-main/models/"])
def test_a_download_from_teachable_machine_is_added(
    keras_files: Path, tmp_path: Path, inside: str
) -> None:
    words = "0 angry\n1 disgust\n2 fear\n3 happy\n4 sad\n5 surprise\n6 neutral\n"
    members = {
        f"{inside}keras_model.h5": (keras_files / "colour.h5").read_bytes(),
        f"{inside}labels.txt": words.encode(),
        f"__MACOSX/{inside}._keras_model.h5": b"x",
    }
    spec = ModelSpec.read(add_model(write_zip(tmp_path / "converted_keras.zip", members)))
    assert spec.labels[:2] == ("anger", "disgust")
    assert spec.labels_confirmed


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", ["zip", "folder", "keras"])
def test_an_unpacked_keras_file_is_added(keras_files: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"mine.{kind}"
    if kind == "zip":
        shutil.copyfile(keras_files / "gray.keras", path)
    else:
        with zipfile.ZipFile(keras_files / "gray.keras") as archive:
            archive.extractall(path)
    spec = ModelSpec.read(add_model(path))
    assert (spec.file, spec.format) == ("mine.keras", "keras")


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", ["folder", "zip", "folder in zip"])
@pytest.mark.parametrize("labels", ["inside", "beside"])
def test_labels_of_an_unpacked_keras_file_are_taken(
    keras_files: Path, tmp_path: Path, kind: str, labels: str
) -> None:
    folder = tmp_path / "download" / "mine"
    with zipfile.ZipFile(keras_files / "gray.keras") as archive:
        archive.extractall(folder)
    place = folder if labels == "inside" or kind == "zip" else folder.parent
    (place / "class_names.txt").write_text("\n".join(FER2013[::-1]), encoding="utf-8")
    path = folder
    if kind != "folder":
        root = folder if kind == "zip" else folder.parent
        path = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", root))
    spec = ModelSpec.read(add_model(path))
    assert spec.labels == FER2013[::-1]
    assert spec.labels_confirmed


def test_labels_beside_the_temporary_folder_are_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "labels.txt").write_text("happy\nsad")
    weights = write_hdf5(tmp_path / "w.h5", {}).read_bytes()
    path = write_zip(tmp_path / "a.zip", {"config.json": b"{}", "model.weights.h5": weights})
    with opened(path) as found:
        assert sorted(p.name for p in found.path.parent.glob("*labels.txt")) == []


def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "locked.zip", {"model.onnx": b"x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the member's own header, and in the archive's list
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ModelLoadError, match="locked with a password; unpack"):
        add_model(path)


def test_a_model_is_loaded_from_a_zip_without_adding_it(tmp_path: Path, onnx_file: Write) -> None:
    bare = write_zip(tmp_path / "bare.zip", {"net.onnx": onnx_file().read_bytes()})
    shared = export_model(add_model(bare).name, "onnx", tmp_path / "shared.zip")
    for path in (bare, shared):
        assert load_classifier(path).predict([np.zeros((24, 24), np.uint8)])


def test_the_only_model_of_a_folder_is_taken(tmp_path: Path, onnx_file: Write) -> None:
    (tmp_path / "runs").mkdir()
    file = onnx_file(tmp_path / "runs" / "best.onnx")
    (tmp_path / "runs" / "best.weights.h5").write_bytes(b"x")
    (tmp_path / "readme.txt").write_text("x")
    with opened(tmp_path) as found:
        assert found.path == file


def test_several_models_are_named(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "models.zip", {"a.keras": b"x", "b/c.h5": b"x"})
    with (
        pytest.raises(ModelLoadError, match=r"2 models \(a\.keras, b.c\.h5\); unpack"),
        opened(path),
    ):
        pass


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_tensorflow_js_is_told_from_our_own_sidecar(tmp_path: Path, kind: str) -> None:
    content = json.dumps({"modelTopology": {}, "format": "layers-model"}).encode()
    folder = tmp_path / "my_model"
    folder.mkdir()
    (folder / "model.json").write_bytes(content)
    path = write_zip(tmp_path / "a.zip", {"model.json": content}) if kind == "zip" else folder
    with pytest.raises(ModelLoadError, match=r"no network of TensorFlow\.js"):
        add_model(path)


def test_problems_name_the_archive_and_not_the_temporary_folder(tmp_path: Path) -> None:
    evil = lambda_in_keras(tmp_path)
    path = write_zip(tmp_path / "evil.zip", {"model.keras": evil.read_bytes()})
    with pytest.raises(UnsafeModelError) as error:
        add_model(path)
    assert str(error.value).startswith(f"{path}: model.keras has a Lambda layer")
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
@pytest.mark.parametrize("name", ["a.zip", "a.keras"])
def test_a_damaged_archive_is_one_sentence(tmp_path: Path, name: str, packed: int) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", packed) as archive:
        member = "model.onnx" if name == "a.zip" else "config.json"
        archive.writestr(member, np.random.default_rng(0).integers(48, 58, 6000, "u1").tobytes())
    data = bytearray(path.read_bytes())
    data[50:2000] = bytes(byte ^ 0x5A for byte in data[50:2000])
    path.write_bytes(data)
    with pytest.raises(ModelLoadError, match=rf"{name} (cannot be unpacked|is damaged)"):
        add_model(path)


def test_what_holds_no_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no archive")
    for path in (tmp_path / "empty", write_zip(tmp_path / "a.zip", {"a.txt": b"x"}), broken):
        with pytest.raises(ModelError) as error, opened(path):
            pass
        assert path.name in str(error.value)
        assert "\n" not in str(error.value)
    with pytest.raises(ModelNotFoundError), opened(tmp_path / "none.zip"):
        pass
