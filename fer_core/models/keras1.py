"""The layers of Keras 1 (2015 to 2017) in the words of Keras 3.

Old and new names: https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes
"""

from typing import Any

_CLASSES = {
    "Convolution2D": "Conv2D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
}
_ARGUMENTS = {
    "nb_filter": "filters",
    "output_dim": "units",
    "border_mode": "padding",
    "subsample": "strides",
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "p": "rate",
    "sigma": "stddev",
    "dim_ordering": "data_format",
}
#: Only training needs them; their Keras 1 spelling is refused today.
_DROPPED = (
    "init", "W_regularizer", "b_regularizer", "W_constraint", "b_constraint", "gamma_init",
    "beta_init", "gamma_regularizer", "beta_regularizer", "activity_regularizer", "mode",
    "nb_row", "nb_col", "input_dim", "input_dtype", "depthwise_init", "pointwise_init",
    "depthwise_regularizer", "pointwise_regularizer", "depthwise_constraint",
    "pointwise_constraint", "weights", "seed", "noise_shape", "output_shape",
)  # fmt: skip
_VALUES = {
    "data_format": {"tf": "channels_last", "th": "channels_first", "default": "channels_last"},
}


def is_keras_1(name: str, arguments: dict[str, Any]) -> bool:
    """Whether a layer is written in the words of Keras 1."""
    words = ("nb_filter", "output_dim", "border_mode", "dim_ordering", "gamma_init", "p")
    old = any(word in arguments for word in words) and name != "Embedding"
    return name in _CLASSES or old


def translate(name: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Class and arguments of a Keras 1 layer as Keras 3 has them.

    Kernels of networks made with Theano's order of dimensions would have to be turned; Keras
    refuses them by their shape, or the comparison does.
    """
    new = {
        _ARGUMENTS.get(key, key): value for key, value in arguments.items() if key not in _DROPPED
    }
    for key, values in _VALUES.items():
        if key in new:
            new[key] = values.get(new[key], new[key])
    if "nb_row" in arguments:
        new["kernel_size"] = [arguments["nb_row"], arguments["nb_col"]]
    return _CLASSES.get(name, name), new
