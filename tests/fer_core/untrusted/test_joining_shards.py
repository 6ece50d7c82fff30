"""TensorFlow.js and its shards; and files of other programs, which are told their command."""

import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.models.library import add_model
from fer_core.untrusted.gate import opened
from tests.fer_core.untrusted.test_joining import answers, as_keras_2, config_of

WORDS = "angry\ndisgust\nfear\nhappy\nneutral\nsad\nsurprise\n"


def write_tensorflow_js(
    source: Path, folder: Path, *, stored: str = "float32", prefix: str = ""
) -> Path:
    """A layers model as tensorflowjs_converter writes it, of a saved `.h5`, in two shards."""
    folder.mkdir(parents=True)
    data, entries = b"", []
    with h5py.File(source) as file:
        group = file["model_weights"]
        for layer in group.attrs["layer_names"]:
            layer = layer if isinstance(layer, str) else layer.decode()
            for name in group[layer].attrs["weight_names"]:
                name = name if isinstance(name, str) else name.decode()
                values = np.asarray(group[layer][name], np.float32)
                own = f"{prefix}{layer}/{name.rpartition('/')[2].split(':')[0]}"
                entry: dict[str, Any] = {"name": own, "shape": values.shape, "dtype": "float32"}
                if stored != "float32":
                    low, high = float(values.min()), float(values.max())
                    scale = (high - low) / np.iinfo(stored).max or 1.0
                    entry["quantization"] = {"dtype": stored, "min": low, "scale": scale}
                    values = np.round((values - low) / scale).astype(stored)
                entries.append(entry)
                data += values.tobytes()
    half = len(data) // 2
    names = ["group1-shard1of2.bin", "group1-shard2of2.bin"]
    for name, part in zip(names, (data[:half], data[half:]), strict=True):
        (folder / name).write_bytes(part)
    topology = {"keras_version": "2.15.0", "model_config": as_keras_2(config_of(source))}
    model = {
        "format": "layers-model", "modelTopology": topology,
        "weightsManifest": [{"paths": names, "weights": entries}],
    }  # fmt: skip
    (folder / "model.json").write_text(json.dumps(model), encoding="utf-8")
    return folder


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("stored", "prefix", "tolerance"),
    [("float32", "", 1e-5), ("float32", "model/", 1e-5), ("uint16", "", 1e-3)],
)
def test_a_layers_model_of_tensorflow_js_gives_what_keras_gave(
    keras_files: Path, tmp_path: Path, stored: str, prefix: str, tolerance: float
) -> None:
    folder = write_tensorflow_js(
        keras_files / "colour.h5", tmp_path / "web", stored=stored, prefix=prefix
    )
    for path in (folder, folder / "model.json"):
        actual, expected = answers(path, keras_files)
        np.testing.assert_allclose(actual, expected, atol=tolerance)
    with opened(folder) as model:
        assert model.path.name == "web.h5"


def test_shards_that_are_missing_short_or_elsewhere_are_said(
    keras_files: Path, tmp_path: Path
) -> None:
    folder = write_tensorflow_js(keras_files / "colour.h5", tmp_path / "web")
    shard, file = folder / "group1-shard2of2.bin", folder / "model.json"
    whole, text = shard.read_bytes(), file.read_text()
    shard.write_bytes(whole[:100])
    with pytest.raises(ModelLoadError, match=r"model\.json and its shards do not fit"):
        add_model(folder)
    shard.unlink()
    with pytest.raises(ModelLoadError, match=r"needs 'group1-shard2of2\.bin' beside it"):
        add_model(folder)
    (tmp_path / "secret.bin").write_bytes(whole)
    for name in ("../secret.bin", str(tmp_path / "secret.bin")):
        file.write_text(text.replace("group1-shard2of2.bin", name), encoding="utf-8")
        with pytest.raises(UnsafeModelError, match="outside its own folder"):
            add_model(folder)


def test_a_graph_model_of_tensorflow_js_is_told_what_to_export(tmp_path: Path) -> None:
    data = {"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": []}
    (tmp_path / "model.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ModelLoadError, match=r"graph model of TensorFlow\.js.*tf2onnx"):
        add_model(tmp_path)


# -- of others, recognised -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "given", "says"),
    [
        (("face_expression_model-weights_manifest.json", "face_expression_model-shard1"), "",
         r"face-api\.js.*torch\.onnx\.export"),
        (("face_expression_model-weights_manifest.json", "face_expression_model-shard1"),
         "face_expression_model-shard1", r"face-api\.js"),
        (("group1-shard1of1.bin",), "group1-shard1of1.bin", r"add the model\.json beside it"),
        (("frozen.pb",), "frozen.pb", r"tf2onnx\.convert --graphdef frozen\.pb"),
        (("frozen.pb",), "", r"tf2onnx\.convert --graphdef frozen\.pb"),
        (("net.caffemodel", "net.prototxt"), "net.caffemodel", r"--input_proto net\.prototxt"),
        (("net.caffemodel", "net.prototxt"), "", r"mo --input_model net\.caffemodel"),
        (("net.prototxt",), "net.prototxt", r"mo --input_model net\.caffemodel"),
        (("config.json", "model.safetensors"), "", r"optimum-cli export onnx --model"),
        (("config.json", "model.safetensors"), "model.safetensors", "optimum-cli export onnx"),
        (("config.json", "pytorch_model.bin"), "", "optimum-cli export onnx"),
        (("net.mlmodel",), "net.mlmodel", "Core ML"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True], ids=["", "zip"])
def test_files_of_other_programs_are_told_the_one_command(
    tmp_path: Path, files: tuple[str, ...], given: str, says: str, packed: bool
) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    for name in files:
        text = '[{"weights": [], "paths": ["x"]}]' if name.endswith("manifest.json") else "\x08{}"
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / given if given else folder
    if packed and not given:
        path = Path(shutil.make_archive(str(tmp_path / "stranger"), "zip", folder))
    with pytest.raises(ModelLoadError, match=says) as error:
        add_model(path)
    assert "\n" not in str(error.value)
