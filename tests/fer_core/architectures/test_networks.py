"""Every network is the one of its source: layers, sizes, number of parameters."""

from importlib import import_module
from pathlib import Path

import keras
import numpy as np
import pytest

import fer_core
from fer_core.architectures import vggface, vggface_transfer
from fer_core.training.recipe import Recipe

RECIPES = Path(fer_core.__file__).parents[1] / "ML" / "recipes"

#: Input, options and parameters. ferg-256, vgg-b: the prototype's own counts; vggface: those that
#: Keras prints for keras-vggface; the others counted by hand from the layers.
NETWORKS = {
    "se_resnet": ((48, 48, 1), {}, 3_152_259),
    "cnn_2020": ((48, 48, 1), {}, 2_764_807),
    "vgg_b": ((48, 48, 1), {}, 6_801_351),
    "ferg_256": ((100, 100, 3), {}, 3_372_103),
    "vggface_transfer": ((224, 224, 3), {}, 14_714_688 + 25_702_407),
}
VGGFACE = {
    ("vgg16", True): 145_002_878,
    ("vgg16", False): 14_714_688,
    ("resnet50", True): 41_246_071,
    ("resnet50", False): 23_561_152,
    ("senet50", True): 43_777_063,
    ("senet50", False): 26_092_144,
}


def build(name, shape, classes=7, **options):
    return import_module(f"fer_core.architectures.{name}").build(shape, classes, **options)


@pytest.fixture
def no_numbers():
    """Networks of shapes alone: no time and memory for random weights."""
    with keras.StatelessScope():
        yield


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_and_output(name, no_numbers):
    shape, options, parameters = NETWORKS[name]
    network = build(name, shape, **options)
    assert network.output_shape == (None, 7)
    assert isinstance(network.layers[-1], keras.layers.Dense)
    assert network.layers[-1].activation is keras.activations.linear
    assert network.count_params() == parameters


def test_mimik_deep_has_three_blocks_more_than_mimik_48(no_numbers):
    recipe = Recipe.read(RECIPES / "mimik-deep.toml")
    network = build("se_resnet", (48, 48, 1), **recipe.options)
    assert network.count_params() == 3_152_259 + 169_068 + 674_520 + 1_871_720


@pytest.mark.parametrize("name", ["cnn_2020", "vgg_b", "ferg_256"])
def test_logits_of_a_batch(name):
    shape, options, _ = NETWORKS[name]
    network = build(name, shape, classes=5, **options)
    found = network.predict(np.zeros((2, *shape), np.float32), verbose=0)
    assert found.shape == (2, 5)
    assert found.dtype == np.float32


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_stay_float32_where_the_rest_computes_in_bfloat16(name, no_numbers):
    shape, options, _ = NETWORKS[name]
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        network = build(name, shape, **options)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    convolution = next(x for x in network.layers if isinstance(x, keras.layers.Conv2D))
    assert convolution.compute_dtype == "bfloat16"
    assert network.layers[-1].compute_dtype == "float32"


@pytest.mark.parametrize("kind", VGGFACE, ids=str)
def test_vggface_has_the_published_number_of_parameters(kind, no_numbers):
    network, top = kind
    classes = 2622 if network == "vgg16" else 8631
    model = vggface.build(classes=classes, network=network, include_top=top)
    assert model.count_params() == VGGFACE[kind]


def test_vggface_has_the_published_layers(no_numbers):
    names = {layer.name for layer in vggface.build(network="resnet50", classes=8631).layers}
    assert {"conv1_7x7_s2", "conv1_7x7_s2_bn", "conv2_1_1x1_proj", "classifier"} <= names
    names = {layer.name for layer in vggface.build(network="senet50", include_top=False).layers}
    assert {"conv5_3_1x1_down", "conv5_3_1x1_up", "conv5_3_1x1_increase_bn"} <= names
    names = {layer.name for layer in vggface.build().layers}
    assert {"conv1_1", "conv5_3", "pool5", "fc6", "fc6_relu", "fc7", "fc8"} <= names


@pytest.mark.parametrize(("network", "size"), [("vgg16", (1, 1, 512)), ("resnet50", (1, 1, 2048))])
def test_feature_maps_and_pooled_features(network, size, no_numbers):
    shape = (32, 32, 3) if network == "vgg16" else (224, 224, 3)
    maps = vggface.build(shape, network=network, include_top=False)
    assert maps.output_shape == (None, *size)
    pooled = vggface.build(shape, network=network, include_top=False, pooling="max")
    assert pooled.output_shape == (None, size[-1])


def test_the_published_preprocessing_is_an_input_spec():
    one, two = vggface.input_spec("vgg16"), vggface.input_spec("senet50", 197)
    assert one.mean == (93.5940, 104.7624, 129.1863)
    assert two.mean == (91.4953, 103.8827, 131.0912)
    assert (one.color, one.scale, two.width) == ("bgr", 1.0, 197)


def test_transfer_trains_the_head_alone_or_the_last_convolutions_too():
    shape = (64, 64, 3)
    frozen = vggface_transfer.build(shape)
    assert {w.path.split("/")[0] for w in frozen.trainable_variables} == {
        "dense",
        "dense_bn",
        "logits",
    }
    deeper = vggface_transfer.build(shape, trainable_from="conv5_3")
    names = {w.path.split("/")[0] for w in deeper.trainable_variables}
    assert "conv5_3" in names
    assert "conv5_2" not in names


def test_transfer_gives_the_convolutions_the_pixels_they_were_trained_on():
    network = vggface_transfer.build((64, 64, 3))
    scale = network.get_layer("to_vggface_pixels")
    white = np.array([1.0, 1.0, 1.0])
    pixels = white * scale.scale + np.asarray(scale.offset)
    assert pixels == pytest.approx(255 - np.array(vggface.MEANS_BGR[1]))
