"""A network in two files: Keras's JSON and its weights."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fer_core.errors import ModelError, ModelLoadError, UnsafeModelError
from fer_core.models.convert import engine_file
from fer_core.models.engine import Engine
from fer_core.models.library import add_model
from fer_core.models.registry import ModelRegistry
from fer_core.models.spec import ModelSpec, is_described
from fer_core.untrusted.gate import opened
from tests.fer_core.models.builders import make_spec, sequential, write_hdf5

WORDS = "angry\ndisgust\nfear\nhappy\nneutral\nsad\nsurprise\n"


def config_of(file: Path) -> Any:
    with h5py.File(file) as opened_file:
        return json.loads(opened_file.attrs["model_config"])


def weights_of(file: Path, target: Path) -> Path:
    """What `save_weights` of Keras 1 and 2 writes: the groups of the layers, and their names."""
    with h5py.File(file) as source, h5py.File(target, "w") as made:
        for name in source["model_weights"]:
            source.copy(source["model_weights"][name], made, name)
        for key, value in source["model_weights"].attrs.items():
            made.attrs[key] = value
    return target


def as_keras_2(config: Any) -> Any:
    """The words of Keras 2: no modules, and `batch_input_shape`."""
    if isinstance(config, list):
        return [as_keras_2(item) for item in config]
    if not isinstance(config, dict):
        return config
    gone = ("module", "registered_name", "build_config", "optional", "ragged")
    renamed = {"batch_shape": "batch_input_shape"}
    return {renamed.get(k, k): as_keras_2(v) for k, v in config.items() if k not in gone}


@pytest.fixture
def pair(keras_files: Path, tmp_path: Path) -> Callable[..., Path]:
    """Writes colour.h5 as a JSON file and its weights into a folder."""

    def write(
        architecture: str = "fer.json", weights: str = "fer.h5", *, twice: bool = False
    ) -> Path:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        text = json.dumps(as_keras_2(config_of(keras_files / "colour.h5")))
        (folder / architecture).write_text(json.dumps(text) if twice else text, encoding="utf-8")
        weights_of(keras_files / "colour.h5", folder / weights)
        (folder / "labels.txt").write_text(WORDS, encoding="utf-8")
        return folder

    return write


def answers(path: Path, keras_files: Path, name: str = "colour.npz") -> tuple[Any, Any]:
    """What the network at a path gives, and what Keras gave."""
    expected = np.load(keras_files / name)
    with opened(path) as model:
        return Engine(engine_file(model)).run(expected["x"]), expected["y"]


@pytest.mark.usefixtures("warm")
def test_an_architecture_and_its_weights_give_what_keras_gave(
    pair: Callable[..., Path], keras_files: Path
) -> None:
    actual, expected = answers(pair() / "fer.json", keras_files)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("architecture", "weights", "made"),
    [
        ("fer.json", "fer.h5", "fer.h5"),
        ("model.json", "model.h5", "model.h5"),
        ("model.json", "model_weights.h5", "model.h5"),
        ("emotiondetector.json", "emotiondetector.hdf5", "emotiondetector.h5"),
        ("model_4layer_2_2_pool.json", "weights-best.h5", "model_4layer_2_2_pool.h5"),
        ("model.json", "fer2013_weights.h5", "fer2013_weights.h5"),
    ],
)
@pytest.mark.parametrize("given", ["json", "weights", "folder", "zip"])
def test_either_file_the_folder_and_a_zip_are_one_model(
    pair: Callable[..., Path], architecture: str, weights: str, made: str, given: str
) -> None:
    folder = pair(architecture, weights)
    path = {"json": folder / architecture, "weights": folder / weights, "folder": folder}.get(given)
    if path is None:
        path = Path(shutil.make_archive(str(folder.parent / "packed"), "zip", folder))
    with opened(path) as model:
        assert (model.path.name, model.format) == (made, "hdf5")
        assert model.origin is not None
        wanted = {"json": (architecture,), "weights": (weights,)}
        assert model.origin.name in wanted.get(given, (architecture, weights))
        with h5py.File(model.path) as file:
            assert set(file["model_weights"]) == set(h5py.File(folder / weights))


@pytest.mark.usefixtures("warm")
def test_it_is_added_with_its_labels_and_used_like_any_other(pair: Callable[..., Path]) -> None:
    spec = ModelSpec.read(add_model(pair() / "fer.json"))
    assert (spec.name, spec.file, spec.format) == ("fer", "fer.h5", "hdf5")
    assert spec.labels[4] == "neutral"
    assert spec.labels_confirmed
    assert ModelRegistry().load("fer").predict([np.zeros((48, 48, 3), np.uint8)])


@pytest.mark.usefixtures("warm")
def test_json_inside_json_is_unwrapped(pair: Callable[..., Path], keras_files: Path) -> None:
    """`json.dump(model.to_json(), file)` writes a text that is JSON once more."""
    actual, expected = answers(pair(twice=True) / "fer.json", keras_files)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.usefixtures("warm")
def test_the_weights_of_keras_3_are_packed_with_its_json(keras_files: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(keras_files / "gray.keras") as archive:
        (tmp_path / "small.weights.h5").write_bytes(archive.read("model.weights.h5"))
        (tmp_path / "small.json").write_bytes(archive.read("config.json"))
    for name in ("small.json", "small.weights.h5"):
        with opened(tmp_path / name) as model:
            assert (model.path.name, model.format) == ("small.keras", "keras")
        actual, expected = answers(tmp_path / name, keras_files, "gray.npz")
        np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.usefixtures("warm")
def test_a_network_of_keras_1_is_read(tmp_path: Path) -> None:
    layers = [
        {
            "class_name": "Convolution2D",
            "config": {
                "name": "convolution2d_1", "batch_input_shape": [None, 24, 24, 1],
                "nb_filter": 1, "nb_row": 1, "nb_col": 1, "border_mode": "valid",
                "subsample": [1, 1], "dim_ordering": "tf", "bias": True, "init": "glorot_uniform",
                "activation": "linear",
            },
        },
        {"class_name": "Flatten", "config": {"name": "flatten_1"}},
        {
            "class_name": "Dense",
            "config": {"name": "dense_1", "output_dim": 7, "activation": "softmax", "bias": True},
        },
    ]  # fmt: skip
    data = {"class_name": "Sequential", "config": layers, "keras_version": "1.2.2"}
    (tmp_path / "model.json").write_text(json.dumps(data), encoding="utf-8")
    parts = {
        "convolution2d_1": [np.ones((1, 1, 1, 1)), np.zeros(1)],
        "flatten_1": [],
        "dense_1": [np.zeros((576, 7)), np.arange(7)],
    }
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in parts]
        for name, values in parts.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}_{i}".encode() for i in range(len(values))]
            for index, value in enumerate(values):
                group.create_dataset(f"{name}_{index}", data=value.astype(np.float32))
    with opened(tmp_path) as model:
        output = Engine(engine_file(model)).run(np.zeros((1, 24, 24, 1)))
    expected = np.exp(np.arange(7)) / np.exp(np.arange(7)).sum()
    np.testing.assert_allclose(output[0], expected, atol=1e-5)


@pytest.mark.parametrize("given", ["model.json", "folder"])
def test_a_whole_file_beside_a_json_file_stands_for_itself(tmp_path: Path, given: str) -> None:
    """In a folder Keras's model.json was taken for our sidecar."""
    whole = write_hdf5(tmp_path / "model.h5", sequential())
    (tmp_path / "model.json").write_text(json.dumps(sequential()), encoding="utf-8")
    assert not is_described(tmp_path)
    with opened(tmp_path if given == "folder" else tmp_path / given) as model:
        assert (model.path, model.spec) == (whole, None)


def test_our_own_model_json_is_told_from_keras_s(tmp_path: Path, onnx_file: Any) -> None:
    onnx_file(tmp_path / "model.onnx")
    make_spec().write(tmp_path)
    assert is_described(tmp_path)
    for text in (
        '{"modelTopology": {}}',
        '{"class_name": "Model", "config": {}}',
        '"{\\"class_name',
    ):
        (tmp_path / "model.json").write_text(text, encoding="utf-8")
        assert not is_described(tmp_path)
    (tmp_path / "model.json").write_text('{"schema": 1, "nam', encoding="utf-8")
    assert is_described(tmp_path), "a damaged one of ours is said"


def test_the_weights_that_fit_are_taken_of_several(tmp_path: Path) -> None:
    other = sequential({"class_name": "Flatten", "config": {"name": "other"}})
    whole = write_hdf5(tmp_path / "whole.hdf5", sequential())
    weights_of(whole, tmp_path / "a.h5")
    weights_of(whole, tmp_path / "b.h5")
    whole.unlink()
    with h5py.File(tmp_path / "b.h5", "a") as file:
        file.move("dense", "elsewhere")
        file.move("flatten", "flat")
        file.attrs["layer_names"] = [b"flat", b"elsewhere", b"another"]
        another = file.create_group("another")
        another.create_dataset("x", data=np.zeros(3))
        another.attrs["weight_names"] = [b"x"]
    (tmp_path / "net.json").write_text(json.dumps(sequential()), encoding="utf-8")
    with opened(tmp_path / "net.json") as model:
        assert model.origin == tmp_path / "net.json"
        with h5py.File(model.path) as file:
            assert set(file["model_weights"]) == {"dense", "flatten"}
    weights_of(write_hdf5(tmp_path / "whole.hdf5", other), tmp_path / "c.h5")
    (tmp_path / "whole.hdf5").unlink()
    with (
        pytest.raises(ModelLoadError, match=r"fits 2 weights files \(a\.h5, c\.h5\)"),
        opened(tmp_path / "net.json"),
    ):
        pass
    with opened(tmp_path / "c.h5") as model:
        assert model.origin == tmp_path / "c.h5"


@pytest.mark.parametrize(
    ("present", "says"),
    [
        (("fer.json",), r"without weights, and no \.h5"),
        (("fer.h5",), r"only weights, without their network; put the model's \.json"),
        (("fer.json", "strange.h5"), r"strange\.h5 beside it belongs to another"),
        (("fer.h5", "strange.json"), r"strange\.json describes another"),
    ],
)
def test_what_is_missing_is_said(
    pair: Callable[..., Path], tmp_path: Path, present: tuple[str, ...], says: str
) -> None:
    folder = pair()
    (folder / "strange.json").write_text(json.dumps(sequential()), encoding="utf-8")
    write_hdf5(tmp_path / "s.h5", sequential())
    weights_of(tmp_path / "s.h5", folder / "strange.h5")
    for file in folder.iterdir():
        if file.name not in present:
            file.unlink()
    with pytest.raises(ModelLoadError, match=says) as error, opened(folder / present[0]):
        pass
    assert str(tmp_path / "project") in str(error.value)
    assert "\n" not in str(error.value)
    assert "mimik-" not in str(error.value).replace("mimik-home", "")


def test_the_other_file_is_found_in_a_crowd(pair: Callable[..., Path]) -> None:
    folder = pair()
    for number in range(100):
        (folder / f"a{number}.png").touch()
    with opened(folder / "fer.json") as model:
        assert model.path.name == "fer.h5"


def test_names_that_only_sound_like_others(tmp_path: Path, onnx_file: Any) -> None:
    path = onnx_file(tmp_path / "my-sharded.onnx")
    with opened(path) as model:
        assert model.path == path
    (tmp_path / "smiles").mkdir()
    (tmp_path / "smiles" / "saved_model.pb").write_bytes(b"\x08")
    with pytest.raises(ModelLoadError) as error, opened(tmp_path / "smiles" / "saved_model.pb"):
        pass
    assert "frozen" not in str(error.value), "the folder is the model"


def test_code_in_a_json_file_is_refused_as_in_any_other(pair: Callable[..., Path]) -> None:
    folder = pair()
    trap = {"class_name": "Lambda", "config": {"name": "l", "function": ["4wEA", None, None]}}
    config = json.loads((folder / "fer.json").read_text())
    config["config"]["layers"].append(trap)
    (folder / "fer.json").write_text(json.dumps(config), encoding="utf-8")
    for file in ("fer.json", "fer.h5"):
        with pytest.raises(UnsafeModelError, match=r"fer\.\w+ has a Lambda layer"):
            add_model(folder / file)


def test_weights_with_links_are_refused(pair: Callable[..., Path]) -> None:
    folder = pair()
    with h5py.File(folder / "fer.h5", "a") as file:
        file["link"] = h5py.ExternalLink("/etc/passwd", "/")
    with pytest.raises(UnsafeModelError, match="link to another place"):
        add_model(folder / "fer.json")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"class_name": ', '{"class_name": 1}'])
def test_damaged_json_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fer.json"
    path.write_text('"class_name' + text if text[0] == "[" else text, encoding="utf-8")
    with pytest.raises(ModelError) as error, opened(path):
        pass
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
