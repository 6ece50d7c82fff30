"""Networks of recipes: new ones, finished ones, and new ones that begin with a finished one."""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import keras
import numpy as np

from fer_core.errors import ConfigError, ModelError
from fer_core.models.spec import ModelSpec
from fer_core.training.recipe import RECIPE, Recipe
from fer_core.untrusted import gate

_KERAS = ("keras", "hdf5")


def build_network(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, not compiled.

    Raises:
        ConfigError: the architecture or one of its options is unknown.
    """
    shape = (recipe.input.height, recipe.input.width, recipe.input.channels)
    try:
        module = import_module(f"fer_core.architectures.{recipe.architecture}")
        return module.build(shape, classes, **recipe.options)
    except (ModuleNotFoundError, AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"architecture {recipe.architecture!r}: {error}") from error


def finished_network(folder: Path) -> tuple[ModelSpec, keras.Model]:
    """The network of a model folder, under the policy of today rather than the file's.

    Raises:
        ConfigError: the folder holds no network that Keras can go on with.
    """
    try:
        spec = ModelSpec.read(folder)
        if spec.format not in _KERAS:
            raise ConfigError(f"{spec.file} is no Keras file, and no other can be trained on")
        network = keras.models.load_model(gate.check_folder(folder).path, compile=False)
    except (OSError, ValueError, ModelError, ConfigError) as error:
        raise ConfigError(f"{folder} holds no finished training ({error}).") from error
    # A network from elsewhere has no recipe, and an architecture may have changed since.
    with suppress(ConfigError, ValueError):
        again = build_network(Recipe.read(folder / RECIPE), len(spec.labels))
        again.set_weights(network.get_weights())
        return spec, again
    return spec, network


def begin_with(network: keras.Model, labels: Sequence[str], folder: Path) -> None:
    """Copies the weights of an earlier training, layer by layer, by name.

    The network may have layers more than that one; they keep their random weights. Of the last
    layer the classes that both know are copied. A first kernel may be twice as large, to see
    pictures of twice the size, and may see colours where the earlier one saw grey: it begins by
    seeing what that one saw.

    Raises:
        ConfigError: the folder holds no finished training, or a network with other layers.
    """
    spec, earlier = finished_network(folder)
    last = earlier.layers[-1]
    try:
        for layer in earlier.layers:
            own = network.get_layer(layer.name)
            weights = layer.get_weights()
            if layer is last:
                weights = _by_label(weights, spec.labels, own.get_weights(), labels)
            fitted = [
                _fitted(array, now.shape)
                for array, now in zip(weights, own.get_weights(), strict=True)
            ]
            own.set_weights(fitted)
    except ValueError as error:
        raise ConfigError(f"start_from: {folder} holds another network ({error}).") from error


def _by_label(
    earlier: list[np.ndarray],
    earlier_labels: Sequence[str],
    own: list[np.ndarray],
    labels: Sequence[str],
) -> list[np.ndarray]:
    """A last layer's weights with the columns of the labels that both have."""
    both = [label for label in labels if label in earlier_labels]
    source = [list(earlier_labels).index(label) for label in both]
    target = [list(labels).index(label) for label in both]
    made = [array.copy() for array in own]
    for array, before in zip(made, earlier, strict=True):
        if before.shape[:-1] != array.shape[:-1]:
            raise ValueError(f"its last layer has the shape {before.shape}, not {array.shape}")
        array[..., target] = before[..., source]
    return made


def _fitted(kernel: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if kernel.ndim == 4 == len(shape):
        if shape[:2] == (2 * kernel.shape[0], 2 * kernel.shape[1]):
            # On a picture of twice the size: the mean of each 2×2 pixels, then the old kernel.
            kernel = kernel.repeat(2, axis=0).repeat(2, axis=1) / 4
        if kernel.shape[2] == 1 and shape[2] == 3:
            kernel = kernel.repeat(3, axis=2) / 3
    return kernel
