"""Every kind of bad model file: refused with one sentence, and nothing of it is run."""

import importlib.util
import json
import os
import pickle
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.errors import ModelError, ModelLoadError, UnsafeModelError
from fer_core.models.classifier import load_classifier
from fer_core.models.library import add_model
from fer_core.untrusted.formats import detect_format
from fer_core.untrusted.keras_files import ACTIVATIONS
from fer_core.untrusted.look import look
from tests.fer_core.models.builders import sequential, write_hdf5, write_keras
from tests.fer_core.models.exploits import EXPLOITS, lambda_layer, old_lambda_layer, write_all


def examine(path: Path) -> str:
    """What the gate has a child process do, here without one: it takes a tenth of the time."""
    kind = detect_format(path)
    look(str(path), kind, None)
    return kind


def one_sentence(error: pytest.ExceptionInfo[ModelError], path: Path) -> str:
    message = str(error.value)
    assert path.name in message
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < 500
    return message


@pytest.mark.parametrize("make", EXPLOITS.values(), ids=EXPLOITS)
def test_files_with_code_or_paths_are_refused_and_nothing_happens(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    for use in (examine, load_classifier, add_model):
        with pytest.raises(UnsafeModelError) as error:
            use(path)
        one_sentence(error, path)
    assert not (tmp_path / "hacked").exists()


def test_keras_itself_runs_none_of_them_either(tmp_path: Path) -> None:
    """What requirements.txt allows must hold alone; Keras 3.8 runs five of them in safe mode."""
    write_all(tmp_path)
    script = Path(__file__).with_name("load_exploits.py")
    environment = {**os.environ, "KERAS_BACKEND": "openvino"}
    subprocess.run([sys.executable, script, tmp_path], check=True, env=environment)
    assert not list(tmp_path.rglob("hacked*"))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_lambda_layer_inside_another_layer_is_found(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "hacked"
    inner = lambda_layer(target) if suffix == ".keras" else old_lambda_layer(target)
    config = sequential({"class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}})
    path = (write_keras if suffix == ".keras" else write_hdf5)(tmp_path / f"model{suffix}", config)
    with pytest.raises(UnsafeModelError, match="Lambda") as error:
        load_classifier(path)
    one_sentence(error, path)
    assert not target.exists()


@pytest.mark.parametrize(
    ("module", "name", "registered"),
    [
        ("os", "system", None),
        ("builtins", "eval", None),
        ("numpy", "load", None),
        ("keras.src.utils.file_utils", "get_file", None),
        ("keras.utils", "get_file", "get_file"),
        ("keras.saving", "load_model", None),
        ("my_project.layers", "Attention", "my_project>Attention"),
        (None, "Attention", "Custom>Attention"),
        ("keras.layers", "TFSMLayer", None),
        ("keras.layers", "StringLookup", None),
        ("keras.layers", "TorchModuleWrapper", None),
    ],
)
@pytest.mark.parametrize("as_function", [False, True], ids=["class", "function"])
def test_classes_and_functions_from_outside_are_refused(
    tmp_path: Path, module: str, name: str, registered: str | None, as_function: bool
) -> None:
    if as_function:
        function = {"class_name": "function", "config": name, "module": module}
        layer: dict[str, Any] = {
            "class_name": "Activation",
            "config": {"name": "a", "activation": {**function, "registered_name": registered}},
        }
    else:
        layer = {"class_name": name, "config": {"name": "a"}, "module": module}
        layer["registered_name"] = registered
    path = write_keras(tmp_path / "model.keras", sequential(layer))
    with pytest.raises(UnsafeModelError) as error:
        examine(path)
    one_sentence(error, path)


@pytest.mark.parametrize("write", [write_keras, write_hdf5])
def test_an_activation_of_ones_own_is_refused(tmp_path: Path, write: Callable[..., Path]) -> None:
    layer = {"class_name": "Activation", "config": {"name": "a", "activation": "my_act"}}
    path = write(tmp_path / "model.keras", sequential(layer))
    with pytest.raises(UnsafeModelError, match=r"activation 'my_act'.* ONNX") as error:
        examine(path)
    one_sentence(error, path)


def test_all_activations_of_keras_are_known() -> None:
    keras = importlib.util.find_spec("keras")
    assert keras is not None
    assert keras.origin is not None
    source = Path(keras.origin).parent / "src" / "activations" / "__init__.py"
    names = re.findall(r"activations\.activations import (\w+)", source.read_text("utf-8"))
    assert "hard_silu" in names
    assert set(names) <= ACTIVATIONS


def test_what_only_training_needs_may_be_anything(tmp_path: Path) -> None:
    config = sequential()
    config["compile_config"] = {"loss": {"class_name": "function", "module": "my", "config": "f"}}
    assert examine(write_keras(tmp_path / "model.keras", config)) == "keras"


class Trap:
    def __init__(self, target: Path):
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.target), "w")


@pytest.mark.parametrize("name", ["model.pkl", "model.pth", "model.joblib", "model.h5", "model"])
def test_pickles_are_refused_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(pickle.dumps(Trap(tmp_path / "hacked.txt")))
    with pytest.raises(UnsafeModelError, match=r"accepted are|torch\.onnx\.export") as error:
        load_classifier(path)
    one_sentence(error, path)
    assert not (tmp_path / "hacked.txt").exists()


@pytest.mark.parametrize("name", ["model.keras", "model.pt", "model.torchscript", "model"])
def test_a_pytorch_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps([1]))
    with pytest.raises(UnsafeModelError, match=r"PyTorch file.* torch\.onnx\.export") as error:
        examine(path)
    one_sentence(error, path)


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".onnx", ".tflite", ".xml", ".pt", ".zip"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "git lfs pull"),
        (b"\n<!DOCTYPE html>\n<html><title>Quota exceeded</title></html>", "a web page"),
        (b"", "is empty"),
    ],
    ids=["Git LFS", "web page", "empty"],
)
def test_what_lies_in_place_of_a_download_is_named(
    tmp_path: Path, suffix: str, content: bytes, says: str
) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=says) as error:
        add_model(path)
    one_sentence(error, path)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_half_a_download_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    (write_keras if suffix == ".keras" else write_hdf5)(path, sequential())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ModelLoadError, match="only a part of it") as error:
        examine(path)
    one_sentence(error, path)


@pytest.mark.parametrize("member", ["../out.txt", "/out.txt", "a/../../out", "C:\\out", "..\\out"])
def test_members_outside_the_archive_are_refused(tmp_path: Path, member: str) -> None:
    path = write_keras(tmp_path / "model.keras", sequential(), {member: b"x"})
    with pytest.raises(UnsafeModelError, match="outside"):
        examine(path)


def test_links_bombs_doubles_and_crowds_in_an_archive_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link.keras"
    write_keras(link, sequential())
    with zipfile.ZipFile(link, "a") as archive:
        info = zipfile.ZipInfo("model.weights.h5")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    bomb = tmp_path / "bomb.keras"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(sequential()))
        archive.writestr("model.weights.h5", bytes(8 << 20))
    double = tmp_path / "double.keras"
    write_keras(double, sequential(), {"Config.json": b"{}"})
    crowd = write_keras(tmp_path / "crowd.keras", sequential(), {f"{i}": b"" for i in range(30)})
    monkeypatch.setattr("fer_core.untrusted.archives._MAX_MEMBERS", 20)
    for path in (link, bomb, double, crowd):
        with pytest.raises(UnsafeModelError) as error:
            examine(path)
        one_sentence(error, path)


def test_links_and_foreign_data_in_hdf5_are_refused(tmp_path: Path) -> None:
    import h5py

    secret = write_hdf5(tmp_path / "other.h5", sequential())
    makers: dict[str, Callable[[Any], Any]] = {
        "external": lambda f: f.__setitem__("x", h5py.ExternalLink(str(secret), "/model_weights")),
        "soft": lambda f: f.__setitem__("x", h5py.SoftLink("/model_weights")),
        "raw": lambda f: f.create_dataset(
            "x", (4,), "u1", external=[(str(secret), 0, h5py.h5f.UNLIMITED)]
        ),
        "huge": lambda f: f.create_dataset("x", (1 << 40,), "f4", chunks=(1024,)),
    }
    for name, make in makers.items():
        path = write_hdf5(tmp_path / f"{name}.h5", sequential())
        with h5py.File(path, "a") as file:
            make(file)
        with pytest.raises(UnsafeModelError) as error:
            examine(path)
        one_sentence(error, path)
        inside = write_keras(
            tmp_path / f"{name}.keras", sequential(), {"model.weights.h5": path.read_bytes()}
        )
        with pytest.raises(UnsafeModelError):
            examine(inside)


def test_deeply_nested_configurations_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", '{"a":' * 100_000 + "1" + "}" * 100_000)
    with pytest.raises(UnsafeModelError, match="deep"):
        examine(path)


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/passwd", "a/../../b", "C:\\x", ""])
def test_onnx_weights_outside_the_folder_are_refused(
    tmp_path: Path, onnx_file: Callable[..., Path], location: str
) -> None:
    path = onnx_file(tmp_path / "model.onnx", external=location)
    with pytest.raises(UnsafeModelError, match="outside"):
        load_classifier(path)


def test_onnx_weights_behind_a_link_are_refused(
    tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    outside = tmp_path / "secret.bin"
    outside.write_bytes(bytes(28))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "w.bin").symlink_to(outside)
    with pytest.raises(UnsafeModelError, match="outside"):
        examine(onnx_file(folder / "model.onnx", external="w.bin"))


def test_onnx_weights_that_are_missing_are_named(
    tmp_path: Path, onnx_file: Callable[..., Path]
) -> None:
    with pytest.raises(ModelLoadError, match=r"w\.bin"):
        examine(onnx_file(tmp_path / "model.onnx", external="w.bin"))


def test_foreign_onnx_operators_are_refused(tmp_path: Path, onnx_file: Callable[..., Path]) -> None:
    path = onnx_file(tmp_path / "model.onnx", op="Run", domain="my.shell")
    with pytest.raises(UnsafeModelError, match=r"my\.shell\.Run"):
        examine(path)


@pytest.mark.parametrize(
    ("op", "says"),
    [
        ("Bernoulli", r"augmentation inside \(Bernoulli\); save the network as \.keras"),
        ("RandomUniformLike", r"at work inside \(RandomUniform\), so that it answers differently"),
        ("ImageDecoder", r"operators that OpenVINO does not know \(ImageDecoder\)"),
    ],
)
def test_operators_of_augmentation_are_named(
    tmp_path: Path, onnx_file: Callable[..., Path], op: str, says: str
) -> None:
    path = onnx_file(tmp_path / "net.onnx", prepare=[(op,)])
    with pytest.raises(ModelLoadError, match=says) as error:
        load_classifier(path)
    one_sentence(error, path)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "aaaa">]><net>&a;</net>',
        '<?xml version="1.0"?><!doctype net SYSTEM "file:///etc/passwd"><net/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_entities_are_refused(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "model.xml"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(UnsafeModelError, match="entities"):
        load_classifier(path)


def test_openvino_weights_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    path.write_text('<net><layers><layer><data offset="0" size="100"/></layer></layers></net>')
    with pytest.raises(ModelLoadError, match=r"model\.bin is missing"):
        examine(path)
    path.with_suffix(".bin").write_bytes(bytes(99))
    with pytest.raises(ModelLoadError, match="too short"):
        examine(path)


def test_a_file_over_two_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with path.open("wb") as stream:
        stream.seek((2 << 30) + 1)
        stream.write(b"x")
    with pytest.raises(ModelLoadError, match="2 GB") as error:
        load_classifier(path)
    one_sentence(error, path)


@pytest.mark.parametrize(
    "suffix", [".keras", ".h5", ".hdf5", ".onnx", ".xml", ".tflite", ".txt", ""]
)
@pytest.mark.parametrize("content", [b"", b"hello world, I am no model", bytes(range(256)) * 8])
def test_other_files_are_refused_with_a_sentence(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"no model{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        load_classifier(path)
    one_sentence(error, path)


@pytest.mark.parametrize(
    "magic", [b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", struct.pack("<I", 28) + b"TFL3"]
)
def test_damaged_files_are_refused_with_a_sentence(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / "damaged.keras"
    path.write_bytes(magic + np.random.default_rng(0).bytes(4000))
    with pytest.raises(ModelError) as error:
        load_classifier(path)
    one_sentence(error, path)


def test_files_with_weights_only_say_so(tmp_path: Path) -> None:
    import h5py

    hdf5 = tmp_path / "w.h5"
    with h5py.File(hdf5, "w") as file:
        file.create_group("model_weights")
    archive = tmp_path / "w.keras"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("model.weights.h5", hdf5.read_bytes())
    numpy, safetensors = tmp_path / "w.npz", tmp_path / "w.safetensors"
    numpy.write_bytes(b"PK\x03\x04")
    safetensors.write_bytes(bytes(16))
    for path in (hdf5, archive, numpy, safetensors):
        with pytest.raises(ModelLoadError, match="only weights"):
            examine(path)
