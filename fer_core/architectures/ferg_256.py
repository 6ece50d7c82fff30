"""ferg-256: the prototype's network for the drawn faces of FERG-DB, 100×100 px in colour.

FERG-DB: Aneja et al. 2016, "Modeling stylized character expressions via deep learning".
"""

import keras
from keras import layers


def build(
    input_shape: tuple[int, int, int] = (100, 100, 3),
    classes: int = 7,
    *,
    filters: tuple[int, ...] = (32, 64, 128),
    dense: int = 256,
    dropout: float = 0.5,
) -> keras.Model:
    """A plain convolutional network that ends in logits.

    Args:
        input_shape: height, width, channels.
        classes: number of logits.
        filters: of each 3×3 convolution without padding, followed by ReLU, 2×2 max-pool, dropout.
        dense: units of the dense layer before the last.
        dropout: share dropped after each pool, 0 to 1.

    Returns:
        An uncompiled model: float32 (N, H, W, C) → float32 (N, classes) logits.
    """
    inputs = x = keras.Input(input_shape, name="face")
    for index, count in enumerate(filters, start=1):
        x = layers.Conv2D(count, 3, activation="relu", name=f"conv{index}")(x)
        x = layers.MaxPooling2D(name=f"pool{index}")(x)
        x = layers.Dropout(dropout, name=f"dropout{index}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(dense, activation="relu", name="dense")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="ferg_256")
