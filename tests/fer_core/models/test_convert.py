"""Keras files → OpenVINO: verified, cached, in a child process, without a network."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fer_core import paths
from fer_core.errors import ModelLoadError
from fer_core.models import convert, legacy
from fer_core.models.engine import Engine
from fer_core.models.propose import propose
from fer_core.untrusted.gate import check
from tests.fer_core.models.builders import sequential, write_hdf5, write_keras


@pytest.mark.parametrize("name", ["gray.keras", "colour.h5"])
@pytest.mark.usefixtures("warm")
def test_the_converted_network_gives_what_keras_gives(keras_files: Path, name: str) -> None:
    expected = np.load((keras_files / name).with_suffix(".npz"))
    engine = Engine(convert.engine_file(check(keras_files / name)))
    np.testing.assert_allclose(engine.run(expected["x"]), expected["y"], atol=1e-5)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("two_outputs.keras", "1 inputs and 2 outputs"),
        ("rgba.keras", "pictures of 4 channels"),
        ("smile.h5", "one number a face"),
    ],
)
def test_networks_that_no_conversion_makes_fit_are_refused(
    keras_files: Path, file: str, says: str
) -> None:
    with pytest.raises(ModelLoadError, match=says) as error:
        convert.engine_file(check(keras_files / file))
    assert "with TensorFlow" not in str(error.value), "which would not help"
    assert "without TensorFlow" not in str(error.value)
    assert not list(convert.cache_folder().glob(".converting-*"))


def test_a_keras_2_file_with_everything_keras_3_refuses_is_opened(tmp_path: Path) -> None:
    """A Sequential without an InputLayer, in mixed precision, augmentation, a slash in a name."""
    layers = [
        {
            "class_name": "SeparableConv2D",
            "config": {
                "name": "none",
                "batch_input_shape": [None, 24, 24, 1],
                "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}},
                "filters": 1,
                "kernel_size": [1, 1],
                "groups": 1,
                "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
                "kernel_regularizer": None,
                "kernel_constraint": None,
            },
        },
        {"class_name": "RandomFlip", "config": {"name": "flip", "rng_type": "stateful"}},
        {"class_name": "LeakyReLU", "config": {"name": "stage1/leaky", "alpha": 0.2}},
        {"class_name": "SpatialDropout2D", "config": {"name": "drop", "rate": 0.1, "trainable": 1}},
    ]
    config = sequential(*layers)
    del config["config"]["layers"][0]
    config["config"] = config["config"]["layers"]  # Keras 2.1 wrote a bare list
    path = tmp_path / "Ünïcödé old.hdf5"
    write_hdf5(path, config)
    import h5py

    with h5py.File(path, "a") as file:
        names = [b"none/depthwise_kernel:0", b"none/pointwise_kernel:0", b"none/bias:0"]
        group = file["model_weights"].create_group("none")
        group.attrs["weight_names"] = names
        for name, shape in zip(names, [(1, 1, 1, 1), (1, 1, 1, 1), (1,)], strict=True):
            group.create_dataset(name.decode(), data=np.ones(shape, np.float32))
        file["model_weights"].attrs["layer_names"] = [b"none", b"flatten", b"dense"]
    output = Engine(convert.engine_file(check(path))).run(np.zeros((1, 24, 24, 1)))
    expected = np.exp(np.arange(7)) / np.exp(np.arange(7)).sum()
    np.testing.assert_allclose(output[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        (
            "MyAttention",
            "it uses MyAttention, which is not part of Keras; rebuild the network from Keras's own "
            "layers, or export it as ONNX.",
        ),
        (
            "TrueDivide",
            "it has a layer TrueDivide that .h5 files do not explain; save it as .keras, or export "
            "it as ONNX.",
        ),
    ],
)
def test_a_layer_that_hdf5_does_not_explain_is_named(tmp_path: Path, layer: str, says: str) -> None:
    """One's own, or one of Keras's operators."""
    path = write_hdf5(
        tmp_path / "model.h5", sequential({"class_name": layer, "config": {"name": "a"}})
    )
    with pytest.raises(ModelLoadError) as error:
        convert.engine_file(check(path))
    assert str(error.value) == f"{path}: {says}"


def test_a_file_without_all_its_weights_says_so_and_does_not_ask_for_tensorflow(
    tmp_path: Path,
) -> None:
    import h5py

    path = write_hdf5(tmp_path / "model.h5", sequential())
    with h5py.File(path, "a") as file:
        del file["model_weights/dense/dense/kernel:0"]
    with pytest.raises(ModelLoadError) as error:
        convert.engine_file(check(path))
    assert str(error.value).startswith(f"{path}: Keras cannot open it (")
    assert "TensorFlow" not in str(error.value)
    assert "requirements" not in str(error.value)


@pytest.mark.parametrize("name", ["Conv1DTranspose", "Conv2DTranspose"])
def test_groups_of_a_transposed_convolution_are_dropped(name: str) -> None:
    layer = {"class_name": name, "config": {"name": "up", "filters": 4, "groups": 1}}
    assert legacy.repair(layer)["config"] == {"name": "up", "filters": 4}


def test_softmax_under_tensorflows_name_is_understood() -> None:
    layer = {"class_name": "Dense", "config": {"name": "d", "activation": "softmax_v2"}}
    assert legacy.repair(layer)["config"]["activation"] == "softmax"


def test_a_keras_1_file_is_opened(tmp_path: Path) -> None:
    """Checked by hand: one 1×1 filter that doubles, in the words of 2016."""
    import h5py

    convolution = {
        "class_name": "Convolution2D",
        "config": {
            "name": "conv", "batch_input_shape": [None, 24, 24, 1], "input_dtype": "float32",
            "nb_filter": 1, "nb_row": 1, "nb_col": 1, "subsample": [1, 1], "border_mode": "same",
            "dim_ordering": "tf", "init": "glorot_uniform", "activation": "relu", "bias": True,
            "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None,
            "W_constraint": None, "b_constraint": None, "trainable": True,
        },
    }  # fmt: skip
    pooling = {
        "class_name": "MaxPooling2D",
        "config": {
            "name": "pool", "pool_size": [24, 24], "strides": [24, 24], "border_mode": "valid",
            "dim_ordering": "tf", "trainable": True,
        },
    }  # fmt: skip
    dropout = {"class_name": "Dropout", "config": {"name": "drop", "p": 0.5, "trainable": True}}
    dense = {
        "class_name": "Dense",
        "config": {
            "name": "dense", "output_dim": 7, "init": "uniform", "activation": "linear",
            "bias": True, "W_regularizer": None, "input_dim": 1,
        },
    }  # fmt: skip
    flatten = {"class_name": "Flatten", "config": {"name": "flatten"}}
    path = tmp_path / "keras1.hdf5"
    layers = [convolution, pooling, dropout, flatten, dense]
    write_hdf5(path, {"class_name": "Sequential", "config": layers})
    with h5py.File(path, "a") as file:
        weights = file["model_weights"]
        del weights["dense"]
        weights.attrs["layer_names"] = [b"conv", b"pool", b"drop", b"flatten", b"dense"]
        for name in ("pool", "drop"):
            weights.create_group(name).attrs["weight_names"] = []
        values = {
            "conv": [np.full((1, 1, 1, 1), 2, np.float32), np.zeros(1, np.float32)],
            "dense": [np.arange(7, dtype=np.float32)[None], np.ones(7, np.float32)],
        }
        for name, arrays in values.items():
            group = weights.create_group(name)
            group.attrs["weight_names"] = [f"{name}_W".encode(), f"{name}_b".encode()]
            for suffix, array in zip("Wb", arrays, strict=True):
                group.create_dataset(f"{name}_{suffix}", data=array)
    x = np.full((1, 24, 24, 1), 0.25, np.float32)
    output = Engine(convert.engine_file(check(path))).run(x)
    np.testing.assert_allclose(output[0], 0.5 * np.arange(7) + 1, atol=1e-5)


def test_what_keras_cannot_open_is_said_in_one_sentence(tmp_path: Path) -> None:
    layer = {"class_name": "Attention3D", "config": {"name": "a"}}
    path = write_keras(tmp_path / "model.keras", sequential(layer))
    with pytest.raises(ModelLoadError, match="Attention3D") as error:
        convert.engine_file(check(path))
    assert "\n" not in str(error.value)
    assert not list(convert.cache_folder().iterdir())


def test_a_conversion_that_takes_too_long_is_stopped(
    keras_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "TIMEOUT_S", 0.01)
    with pytest.raises(ModelLoadError, match=r"more than 0\.06 s"):
        convert.engine_file(check(keras_files / "gray.keras"))


@pytest.fixture
def converted(
    keras_files: Path, warm: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The cached conversion of gray.keras, in this test's own home."""
    folder = convert.engine_file(check(keras_files / "gray.keras")).parent
    monkeypatch.undo()  # what `warm` has set
    monkeypatch.setenv("MIMIK_HOME", str(own_home))
    target = convert.cache_folder() / folder.name
    shutil.copytree(folder, target)
    return target


@pytest.mark.parametrize("damage", ["missing", "shorter", "changed", "no entry", "empty entry"])
def test_a_damaged_cache_entry_is_made_anew(
    keras_files: Path, converted: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights, entry = converted / "model.bin", converted / "entry.json"
    good = weights.read_bytes()
    if damage == "missing":
        weights.unlink()
    elif damage == "shorter":
        weights.write_bytes(good[:-1])
    elif damage == "changed":
        weights.write_bytes(b"\x01" + good[1:])
    elif damage == "no entry":
        entry.unlink()
    else:
        entry.write_text("{}", encoding="utf-8")

    def run(path: Path, work: Path) -> None:
        (work / "model.bin").write_bytes(good)
        (work / "model.xml").write_text("<net/>")

    monkeypatch.setattr(convert, "_run_children", run)
    assert convert.engine_file(check(keras_files / "gray.keras")) == converted / "model.xml"
    assert weights.read_bytes() == good
    assert sorted(p.name for p in converted.parent.iterdir()) == [converted.name]


def test_a_whole_cache_entry_is_used_as_it_is(
    keras_files: Path, converted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_run_children", lambda *_: pytest.fail("converted again"))
    assert convert.engine_file(check(keras_files / "gray.keras")) == converted / "model.xml"


def test_whether_a_conversion_is_needed_is_told_without_making_one() -> None:
    assert convert.is_prepared("a.onnx", "onnx", "0" * 64), "OpenVINO reads it as it is"
    assert not convert.is_prepared("a.keras", "keras", "0" * 64)
    (convert.cache_folder() / f"{'0' * 64}-{convert.CONVERTER_VERSION}").mkdir(parents=True)
    assert convert.is_prepared("a.keras", "keras", "0" * 64)


def test_several_at_once_all_end_with_a_whole_entry(
    keras_files: Path, converted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {p.name: p.read_bytes() for p in converted.iterdir() if p.name != "entry.json"}
    shutil.rmtree(converted)

    def run(path: Path, work: Path) -> None:
        for name, data in made.items():
            (work / name).write_bytes(data)

    monkeypatch.setattr(convert, "_run_children", run)
    file = keras_files / "gray.keras"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: convert.engine_file(check(file)), range(16)))
    assert found == {converted / "model.xml"}
    assert convert._is_whole(converted, check(file).sha256)
    assert [p.name for p in converted.parent.iterdir()] == [converted.name]


def test_the_cache_can_be_emptied(converted: Path) -> None:
    size = sum(p.stat().st_size for p in converted.iterdir())
    assert convert.empty_cache() == size
    assert not convert.cache_folder().exists()
    assert convert.empty_cache() == 0


_FORBID_SOCKETS = """
import os
import socket
with open(os.path.join(os.path.dirname(__file__), "processes"), "a") as stream:
    stream.write("one more\\n")
def refuse(*_, **__):
    raise SystemExit("a socket was opened")
socket.has_ipv6 = False  # else urllib3, if TensorFlow brought it, binds one to ::1 on import
socket.socket = type("Socket", (socket.socket,), {"__init__": refuse})
socket.create_connection = socket.getaddrinfo = refuse
"""
_USE = """
import sys
import numpy as np
import fer_core as fer
classifier = fer.load_classifier(sys.argv[1])
print(classifier.predict([np.zeros((40, 40, 3), np.uint8)])[0].label)
unwanted = ("keras", "tensorflow", "openvino_telemetry", "matplotlib")
loaded = [name for name in sys.modules if name.split(".")[0] in unwanted]
assert not loaded, loaded
"""


def test_nothing_opens_a_socket_and_the_current_folder_does_not_matter(
    keras_files: Path, tmp_path: Path
) -> None:
    """Sockets are forbidden in the child process that converts, too: through sitecustomize."""
    traps = tmp_path / "traps"
    traps.mkdir()
    (traps / "sitecustomize.py").write_text(_FORBID_SOCKETS, encoding="utf-8")
    elsewhere = tmp_path / "else whère"
    elsewhere.mkdir()
    (elsewhere / "keras.py").write_text("raise SystemExit('taken from the current folder')")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(traps), str(paths.PROJECT_ROOT)]),
        "KERAS_BACKEND": "jax",  # a person's own setting, which must not matter
    }
    command = [sys.executable, "-P", "-c", _USE, str(keras_files / "gray.keras")]
    done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert (traps / "processes").read_text().count("one more") >= 2


@pytest.mark.train
@pytest.mark.parametrize("name", ["saved", "model.tflite"])
def test_tensorflows_own_formats_need_no_tensorflow_to_run(tmp_path: Path, name: str) -> None:
    """TensorFlow writes them here; OpenVINO alone reads them."""
    pytest.importorskip("tensorflow")
    script = Path(__file__).with_name("make_tensorflow_files.py")
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, script, tmp_path], check=True, env=environment)
    expected = np.load(tmp_path / "expected.npz")
    path = tmp_path / name
    engine = Engine(convert.engine_file(check(path)))
    np.testing.assert_allclose(engine.run(expected["x"]), expected["y"], atol=1e-5)
    assert propose(check(path)).spec.input.width == 24


#: Network → smallest input; all twelve with MIMIK_ALL_NETWORKS=1 (four minutes on two cores).
_NETWORKS = {
    "MobileNetV3Small": 32, "EfficientNetV2B0": 32, "VGG16": 32, "ResNet50": 32, "ResNet50V2": 32,
    "InceptionV3": 75, "Xception": 71, "MobileNet": 32, "MobileNetV2": 32, "DenseNet121": 32,
    "EfficientNetB0": 32, "NASNetMobile": 32,
}  # fmt: skip
_TRIED = list(_NETWORKS) if os.environ.get("MIMIK_ALL_NETWORKS") else list(_NETWORKS)[:1]


@pytest.mark.slow
@pytest.mark.parametrize("name", _TRIED)
def test_networks_of_keras_applications_convert_and_agree(tmp_path: Path, name: str) -> None:
    script = Path(__file__).with_name("make_application.py")
    environment = {**os.environ, "KERAS_BACKEND": "openvino"}
    command = [sys.executable, script, name, str(_NETWORKS[name]), tmp_path]
    subprocess.run(command, check=True, env=environment)
    expected = np.load(tmp_path / "model.npz")
    engine = Engine(convert.engine_file(check(tmp_path / "model.keras")))
    np.testing.assert_allclose(engine.run(expected["x"]), expected["y"], atol=1e-4)


@pytest.mark.train
@pytest.mark.slow
def test_a_network_with_a_normalization_layer_is_written_as_onnx(tmp_path: Path) -> None:
    """EfficientNet has one; its mean and variance must not become inputs of the network."""
    pytest.importorskip("tf2onnx")
    script = Path(__file__).with_name("make_application.py")
    environment = {**os.environ, "KERAS_BACKEND": "openvino"}
    command = [sys.executable, script, "EfficientNetB0", "32", tmp_path]
    subprocess.run(command, check=True, env=environment)
    expected = np.load(tmp_path / "model.npz")
    engine = Engine(convert.keras_to_onnx(check(tmp_path / "model.keras"), tmp_path))
    np.testing.assert_allclose(engine.run(expected["x"]), expected["y"], atol=1e-4)
