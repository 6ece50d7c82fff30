"""Weight files in the layout of keras-vggface's release, written here with random numbers."""

import hashlib
import io

import h5py
import keras
import numpy as np
import pytest

from fer_core.architectures import vggface, vggface_transfer
from fer_core.architectures.vggface_weights import load_weights, published_url
from fer_core.errors import ConfigError, ModelLoadError


def published_name(name):
    name = name.replace("conv1_7x7_s2", "conv1/7x7_s2")
    return name[:-3] + "/bn" if name.endswith("_bn") else name


def write_published(path, network, seed=0, in_model=False):
    """An HDF5 file as Keras 2 wrote it: groups by layer name, order in the attributes."""
    rng = np.random.default_rng(seed)
    kinds = {1: ("kernel",), 2: ("kernel", "bias"), 4: ("gamma", "beta", "moving_mean", "moving_v")}
    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights") if in_model else file
        names = []
        for layer in network.layers:
            name = published_name(layer.name)
            names.append(name.encode())
            group = root.create_group(name) if name not in root else root[name]
            weights = [f"{name}/{kind}:0" for kind in kinds.get(len(layer.weights), ())]
            group.attrs["weight_names"] = np.array([w.encode() for w in weights], "S")
            for weight, variable in zip(weights, layer.weights, strict=True):
                group[weight] = rng.normal(0, 0.05, variable.shape).astype(np.float32)
        root.attrs["layer_names"] = np.array(names, "S")
        root.attrs["backend"] = b"tensorflow"
    return path


def numbers(network, name):
    return [keras.ops.convert_to_numpy(weight) for weight in network.get_layer(name).weights]


def small_resnet():
    return vggface.build((224, 224, 3), 8631, network="resnet50", include_top=False)


@pytest.mark.parametrize("in_model", [False, True])
def test_every_layer_gets_its_numbers(tmp_path, in_model):
    path = write_published(tmp_path / "vgg16.h5", vggface_backbone(), in_model=in_model)
    network = vggface_backbone()
    load_weights(network, path)
    with h5py.File(path) as file:
        root = file["model_weights"] if in_model else file
        for name in ("conv1_1", "conv5_3"):
            kernel, bias = numbers(network, name)
            assert (kernel == np.asarray(root[f"{name}/{name}/kernel:0"])).all()
            assert (bias == np.asarray(root[f"{name}/{name}/bias:0"])).all()


def vggface_backbone():
    return vggface.build((48, 48, 3), include_top=False)


def test_names_with_a_slash_find_their_layers(tmp_path):
    path = write_published(tmp_path / "resnet50.h5", small_resnet())
    network = small_resnet()
    load_weights(network, path)
    with h5py.File(path) as file:
        expected = np.asarray(file["conv1/7x7_s2/conv1/7x7_s2/kernel:0"])
        gamma = np.asarray(file["conv2_1_3x3/bn/conv2_1_3x3/bn/gamma:0"])
    assert (numbers(network, "conv1_7x7_s2")[0] == expected).all()
    assert (numbers(network, "conv2_1_3x3_bn")[0] == gamma).all()


def test_transfer_starts_from_a_published_file(tmp_path):
    path = write_published(tmp_path / "vgg16.h5", vggface_backbone())
    network = vggface_transfer.build((48, 48, 3), weights=str(path))
    reference = vggface.build((48, 48, 3), include_top=False, weights=path)
    kernel = numbers(network, "conv3_2")[0]
    assert (kernel == numbers(reference, "conv3_2")[0]).all()
    picture = np.random.default_rng(0).integers(0, 256, (1, 48, 48, 3)).astype(np.float32)
    features = keras.Model(network.inputs, network.get_layer("pool5").output)
    found = features.predict(picture / 127.5 - 1, verbose=0)
    means = np.array(vggface.MEANS_BGR[1], np.float32)
    assert np.abs(found - reference.predict(picture - means, verbose=0)).max() < 1e-2 * found.max()


def test_the_file_of_another_network_is_refused(tmp_path):
    path = write_published(tmp_path / "vgg16.h5", vggface_backbone())
    with pytest.raises(ModelLoadError, match=r"vgg16\.h5 has no layer 'conv1_7x7_s2'"):
        load_weights(small_resnet(), path)
    with pytest.raises(ModelLoadError, match="no layer 'fc6'"):
        load_weights(vggface.build((48, 48, 3), 5), path)


def test_a_layer_of_another_size_is_refused(tmp_path):
    path = write_published(tmp_path / "grey.h5", vggface.build((48, 48, 1), include_top=False))
    with pytest.raises(ModelLoadError, match="layer 'conv1_1' has shapes"):
        load_weights(vggface_backbone(), path)


def test_what_is_no_weight_file_is_said_so(tmp_path):
    path = tmp_path / "Ünïcödé file.h5"
    with pytest.raises(ModelLoadError, match="is no Keras weight file"):
        load_weights(vggface_backbone(), path)
    path.write_bytes(b"not HDF5")
    with pytest.raises(ModelLoadError, match="is no Keras weight file"):
        load_weights(vggface_backbone(), path)


class Answer(io.BytesIO):
    def __init__(self, data, length):
        super().__init__(data)
        self.headers = {"Content-Length": str(length)}


def test_a_download_happens_once_and_is_checked(tmp_path, own_home):
    data = write_published(tmp_path / "x.h5", vggface_backbone()).read_bytes()
    asked = []

    def opener(url, timeout):
        asked.append(url)
        return Answer(data, len(data))

    for _ in range(2):
        load_weights(vggface_backbone(), "vggface", opener=opener)
    assert asked == [published_url("vgg16", include_top=False)]
    digest = hashlib.sha256(data).hexdigest()
    load_weights(vggface_backbone(), "vggface", sha256=digest, opener=opener)
    with pytest.raises(ModelLoadError, match="another SHA-256"):
        load_weights(vggface_backbone(), "vggface", sha256="0" * 64, opener=opener)


def test_a_download_that_breaks_off_leaves_nothing(own_home):
    def opener(url, timeout):
        return Answer(b"half", 1000)

    with pytest.raises(ModelLoadError, match=r"ended early\); fetch it by hand"):
        load_weights(vggface_backbone(), "vggface", opener=opener)
    assert not [p for p in own_home.rglob("*") if p.is_file()]


def test_an_unknown_network_or_pooling_is_a_plain_error():
    with pytest.raises(ConfigError, match="vgg16, resnet50, senet50"):
        vggface.build(network="vgg19")
    with pytest.raises(ConfigError, match="trainable_from"):
        vggface_transfer.build((48, 48, 3), trainable_from="conv9_1")
