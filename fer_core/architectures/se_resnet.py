"""mimik: residual networks with squeeze-and-excitation for small grey faces.

He et al. 2016, https://arxiv.org/abs/1512.03385 (residual blocks), with the average-pooled shortcut
of He et al. 2019, https://arxiv.org/abs/1812.01187 ("ResNet-D"); Hu et al. 2018,
https://arxiv.org/abs/1709.01507 (squeeze-and-excitation).
"""

import keras
from keras import layers


def _conv_bn(x, filters: int, *, stride: int = 1, size: int = 3, gamma: str = "ones", name: str):
    x = layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(),
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=0.95, gamma_initializer=gamma, name=f"{name}_bn")(x)


def _squeeze_excite(x, *, ratio: int = 8, name: str):
    filters = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    s = layers.Conv2D(filters // ratio, 1, activation="relu", name=f"{name}_reduce")(s)
    s = layers.Conv2D(filters, 1, activation="sigmoid", name=f"{name}_expand")(s)
    return layers.Multiply(name=f"{name}_scale")([x, s])


def _block(x, filters: int, *, stride: int, gamma: str, name: str):
    shortcut = x
    if stride > 1:
        shortcut = layers.AveragePooling2D(stride, padding="same", name=f"{name}_pool")(shortcut)
    if shortcut.shape[-1] != filters:
        shortcut = _conv_bn(shortcut, filters, size=1, name=f"{name}_shortcut")
    x = layers.ReLU(name=f"{name}_relu1")(_conv_bn(x, filters, stride=stride, name=f"{name}_1"))
    x = _conv_bn(x, filters, gamma=gamma, name=f"{name}_2")
    x = _squeeze_excite(x, name=f"{name}_se")
    return layers.ReLU(name=f"{name}_relu2")(layers.Add(name=f"{name}_add")([x, shortcut]))


def build(
    input_shape: tuple[int, int, int] = (48, 48, 1),
    classes: int = 7,
    *,
    stem: int = 32,
    stem_size: int = 3,
    stem_stride: int = 1,
    widths: tuple[int, ...] = (48, 96, 192, 320),
    blocks: tuple[int, ...] = (2, 2, 2, 1),
    dropout: float = 0.4,
    begin_flat: bool = False,
) -> keras.Model:
    """A residual squeeze-and-excitation network that ends in logits.

    Args:
        input_shape: height, width, channels; each stage halves height and width.
        classes: number of logits.
        stem: filters of the first convolution.
        stem_size, stem_stride: its kernel's side and its stride. 6 and 2 let a network take in
            pictures of twice the size at the same cost, and may begin with the weights of 3 and 1.
        widths: filters of each stage.
        blocks: residual blocks of each stage.
        dropout: share dropped before the last layer, 0 to 1.
        begin_flat: the last batch norm of each block begins at zero (Goyal et al. 2017,
            https://arxiv.org/abs/1706.02677, section 5.1): a block that is new in a deepened
            network then gives back what it gets, until it has learnt better.

    Returns:
        An uncompiled model: float32 (N, H, W, C) → float32 (N, classes) logits.
    """
    inputs = keras.Input(input_shape, name="face")
    gamma = "zeros" if begin_flat else "ones"
    x = layers.ReLU(name="stem_relu")(
        _conv_bn(inputs, stem, stride=stem_stride, size=stem_size, name="stem")
    )
    for stage, (filters, count) in enumerate(zip(widths, blocks, strict=True), start=1):
        for index in range(count):
            stride = 2 if index == 0 else 1
            x = _block(x, filters, stride=stride, gamma=gamma, name=f"stage{stage}_{index + 1}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name="se_resnet")
