"""vgg-b: eight convolutions after Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556.

Configuration B of that paper without its last stage, with batch norm, for faces of 48×48 px, as the
prototype has it: a pool after each of the four stages, which leaves 2×2×512 numbers.
"""

import keras
from keras import layers


def build(
    input_shape: tuple[int, int, int] = (48, 48, 1),
    classes: int = 7,
    *,
    widths: tuple[int, ...] = (64, 128, 256, 512),
    dense: int = 1024,
    dropout: float = 0.5,
) -> keras.Model:
    """A VGG with batch norm that ends in logits.

    Args:
        input_shape: height, width, channels.
        classes: number of logits.
        widths: filters of each stage of two 3×3 convolutions, He-normal at first, and a 2×2
            max-pool. The second convolution of the second stage has no padding, and Glorot's
            weights, as in the prototype.
        dense: units of the dense layer before the last.
        dropout: share dropped between convolutions and dense layers, 0 to 1.

    Returns:
        An uncompiled model: float32 (N, H, W, C) → float32 (N, classes) logits.
    """
    inputs = x = keras.Input(input_shape, name="face")
    for stage, filters in enumerate(widths, start=1):
        for index in (1, 2):
            odd = (stage, index) == (2, 2)
            x = layers.Conv2D(
                filters,
                3,
                padding="valid" if odd else "same",
                activation="relu",
                kernel_initializer="glorot_uniform" if odd else "he_normal",
                name=f"conv{stage}_{index}",
            )(x)
            x = layers.BatchNormalization(name=f"conv{stage}_{index}_bn")(x)
        x = layers.MaxPooling2D(name=f"pool{stage}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(dense, activation="relu", name="dense")(x)
    x = layers.BatchNormalization(name="dense_bn")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="vgg_b")
