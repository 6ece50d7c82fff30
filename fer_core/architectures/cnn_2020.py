"""cnn-2020: three convolutions and three dense layers, the smallest network of the prototype."""

import keras
from keras import layers


def build(
    input_shape: tuple[int, int, int] = (48, 48, 1),
    classes: int = 7,
    *,
    filters: tuple[int, ...] = (64, 128, 256),
    dense: tuple[int, ...] = (256, 128),
    dropout: float = 0.5,
) -> keras.Model:
    """A plain convolutional network that ends in logits.

    Args:
        input_shape: height, width, channels; each convolution's pool halves height and width.
        classes: number of logits.
        filters: of each 3×3 convolution (He-normal), then ReLU, 2×2 max-pool and batch norm.
        dense: units of each dense layer before the last.
        dropout: share dropped between convolutions and dense layers, 0 to 1.

    Returns:
        An uncompiled model: float32 (N, H, W, C) → float32 (N, classes) logits.
    """
    inputs = x = keras.Input(input_shape, name="face")
    for index, count in enumerate(filters, start=1):
        x = layers.Conv2D(
            count,
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"conv{index}",
        )(x)
        x = layers.MaxPooling2D(name=f"pool{index}")(x)
        x = layers.BatchNormalization(name=f"bn{index}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    for index, units in enumerate(dense, start=1):
        x = layers.Dense(units, activation="relu", name=f"dense{index}")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="cnn_2020")
