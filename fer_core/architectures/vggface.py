"""The three networks of the package keras-vggface 0.6, built in Keras 3.

VGG16: Parkhi et al. 2015, "Deep Face Recognition" (VGGFace, 2,622 people). ResNet-50 and SENet-50:
Cao et al. 2018, https://arxiv.org/abs/1710.08092 (VGGFace2, 8,631 people).

The layers bear the names that they have there, so that the weight files published for that package
fit (`vggface_weights`); Keras 3 allows no "/" in a name, so "conv1/7x7_s2/bn" is
"conv1_7x7_s2_bn" here.
"""

from pathlib import Path

import keras
from keras import layers

from fer_core.architectures.vggface_weights import load_weights
from fer_core.errors import ConfigError
from fer_core.models.spec import InputSpec

#: What is subtracted from the pixels 0..255 of each channel, in the order blue, green, red.
MEANS_BGR = {
    1: (93.5940, 104.7624, 129.1863),
    2: (91.4953, 103.8827, 131.0912),
}
#: Version of the preprocessing that each network was trained with.
VERSIONS = {"vgg16": 1, "resnet50": 2, "senet50": 2}
POOLINGS = (None, "avg", "max")


def input_spec(network: str = "vgg16", size_px: int = 224) -> InputSpec:
    """The published preprocessing of a network.

    Args:
        network: vgg16, resnet50 or senet50.
        size_px: height and width.
    """
    return InputSpec(
        width=size_px,
        height=size_px,
        color="bgr",
        layout="nhwc",
        scale=1.0,
        mean=MEANS_BGR[VERSIONS[network]],
        std=(1.0,),
        interpolation="area",
        equalize=False,
        crop_margin=0.0,
        align=False,
    )


def build(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 2622,
    *,
    network: str = "vgg16",
    include_top: bool = True,
    pooling: str | None = None,
    weights: str | Path | None = None,
) -> keras.Model:
    """One of the networks, with random or published weights.

    Args:
        input_shape: height, width, 3.
        classes: number of logits where the top is included; 2622 people in the published weights
            of vgg16, 8631 in those of resnet50 and senet50.
        network: vgg16, resnet50 or senet50.
        include_top: end in logits (the package ends in their softmax); else in feature maps.
        pooling: without the top: avg or max over the feature maps, or None.
        weights: "vggface" downloads the published file, a path or URL names another one.

    Returns:
        An uncompiled model.

    Raises:
        ConfigError: the network or the pooling is unknown.
        ModelLoadError: the weights cannot be had or do not fit.
    """
    if network not in VERSIONS or pooling not in POOLINGS:
        raise ConfigError(
            f"network is {network!r} and pooling {pooling!r}; use one of {', '.join(VERSIONS)} "
            "and avg, max or nothing."
        )
    inputs = keras.Input(input_shape, name="face")
    x = vgg16_features(inputs) if network == "vgg16" else _residual_features(inputs, network)
    if include_top:
        x = _vgg16_top(x, classes) if network == "vgg16" else _residual_top(x, classes)
    elif pooling:
        pool = layers.GlobalAveragePooling2D if pooling == "avg" else layers.GlobalMaxPooling2D
        x = pool(name="pool")(x)
    model = keras.Model(inputs, x, name=f"vggface_{network}")
    if weights is not None:
        load_weights(model, weights, network=network, include_top=include_top)
    return model


def vgg16_features(x):
    """The thirteen convolutions of VGG16: (N, H, W, 3) → (N, H / 32, W / 32, 512)."""
    for stage, (filters, count) in enumerate(
        ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1
    ):
        for index in range(1, count + 1):
            name = f"conv{stage}_{index}"
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
        x = layers.MaxPooling2D(name=f"pool{stage}")(x)
    return x


def _vgg16_top(x, classes: int):
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = layers.Activation("relu", name=f"{name}_relu")(layers.Dense(4096, name=name)(x))
    return layers.Dense(classes, dtype="float32", name="fc8")(x)


def _residual_features(x, network: str):
    """The stem and sixteen bottleneck blocks of ResNet-50 or SENet-50, and a 7×7 pool."""
    squeeze = network == "senet50"
    epsilon = 1e-4 if squeeze else 1e-3
    x = _conv_bn(x, 64, 7, "conv1_7x7_s2", epsilon, stride=2)
    x = layers.Activation("relu", name="conv1_relu")(x)
    x = layers.MaxPooling2D(3, strides=2, name="conv1_pool")(x)
    for stage, (filters, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=2):
        for index in range(1, count + 1):
            stride = 2 if stage > 2 and index == 1 else 1
            name = f"conv{stage}_{index}"
            x = _bottleneck(x, filters, name, epsilon, squeeze, stride, project=index == 1)
    return layers.AveragePooling2D(7, name="avg_pool")(x)


def _residual_top(x, classes: int):
    x = layers.Flatten(name="flatten")(x)
    return layers.Dense(classes, dtype="float32", name="classifier")(x)


def _bottleneck(
    x, filters: int, name: str, epsilon: float, squeeze: bool, stride: int, project: bool
):
    shortcut = x
    x = _conv_bn(x, filters, 1, f"{name}_1x1_reduce", epsilon, stride=stride)
    x = layers.Activation("relu", name=f"{name}_relu1")(x)
    x = _conv_bn(x, filters, 3, f"{name}_3x3", epsilon)
    x = layers.Activation("relu", name=f"{name}_relu2")(x)
    x = _conv_bn(x, 4 * filters, 1, f"{name}_1x1_increase", epsilon)
    if squeeze:
        x = _squeeze_excite(x, name)
    if project:
        shortcut = _conv_bn(shortcut, 4 * filters, 1, f"{name}_1x1_proj", epsilon, stride=stride)
    x = layers.Add(name=f"{name}_add")([x, shortcut])
    return layers.Activation("relu", name=f"{name}_relu")(x)


def _squeeze_excite(x, name: str):
    filters = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Conv2D(filters // 16, 1, activation="relu", name=f"{name}_1x1_down")(s)
    s = layers.Conv2D(filters, 1, activation="sigmoid", name=f"{name}_1x1_up")(s)
    return layers.Multiply(name=f"{name}_scale")([x, s])


def _conv_bn(x, filters: int, size: int, name: str, epsilon: float, stride: int = 1):
    x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False, name=name)(x)
    return layers.BatchNormalization(epsilon=epsilon, name=f"{name}_bn")(x)
