"""vggface-transfer: a new head on the frozen convolutions of VGGFace's VGG16.

Parkhi et al. 2015, "Deep Face Recognition". The input is scaled to -1..1 as in the prototype. The
convolutions were trained on blue, green, red pixels 0..255 less their mean, so a first layer scales
back to those; without it (`rescale=False`, the prototype) they see hardly more than their biases.
"""

from pathlib import Path

import keras
from keras import layers

from fer_core.architectures.vggface import MEANS_BGR, vgg16_features
from fer_core.architectures.vggface_weights import load_weights
from fer_core.errors import ConfigError


def build(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 7,
    *,
    weights: str | Path | None = None,
    rescale: bool = True,
    trainable_from: str = "",
    dense: int = 1024,
    dropout: float = 0.5,
) -> keras.Model:
    """VGG16 features, flatten, dropout, dense, batch norm, logits.

    Args:
        input_shape: height, width, 3; channels blue, green, red, -1..1.
        classes: number of logits.
        weights: of the convolutions: "vggface" downloads the published file, a path or URL names
            another one, None leaves them random.
        rescale: scale back to what the convolutions were trained on.
        trainable_from: name of the first convolution that is trained too, such as "conv5_1";
            empty: all stay frozen.
        dense: units of the dense layer before the last.
        dropout: share dropped between convolutions and dense layers, 0 to 1.

    Returns:
        An uncompiled model: float32 (N, H, W, 3) → float32 (N, classes) logits.

    Raises:
        ConfigError: there is no layer `trainable_from`.
        ModelLoadError: the weights cannot be had or do not fit.
    """
    inputs = x = keras.Input(input_shape, name="face")
    if rescale:
        offset = [127.5 - mean for mean in MEANS_BGR[1]]
        x = layers.Rescaling(127.5, offset, dtype="float32", name="to_vggface_pixels")(x)
    features = vgg16_features(x)
    backbone = keras.Model(inputs, features, name="vggface_vgg16")
    if weights is not None:
        load_weights(backbone, weights)
    _freeze(backbone, trainable_from)
    x = layers.Flatten(name="flatten")(features)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(dense, activation="relu", name="dense")(x)
    x = layers.BatchNormalization(name="dense_bn")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="vggface_transfer")


def _freeze(backbone: keras.Model, trainable_from: str) -> None:
    names = [layer.name for layer in backbone.layers]
    if trainable_from and trainable_from not in names:
        raise ConfigError(f"trainable_from is {trainable_from!r}; use one of {', '.join(names)}.")
    first = names.index(trainable_from) if trainable_from else len(names)
    for layer in backbone.layers[:first]:
        layer.trainable = False
