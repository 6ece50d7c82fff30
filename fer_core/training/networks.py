"""Networks of recipes: new ones, finished ones, and new ones that begin with a finished one."""

from importlib import import_module
from pathlib import Path

import keras

from fer_core.errors import ConfigError, ModelError
from fer_core.models.spec import ModelSpec
from fer_core.training.recipe import RECIPE, Recipe


def build_network(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, not compiled.

    Raises:
        ConfigError: the architecture or one of its options is unknown.
    """
    shape = (recipe.input.height, recipe.input.width, recipe.input.channels)
    try:
        module = import_module(f"fer_core.architectures.{recipe.architecture}")
        return module.build(shape, classes, **recipe.options)
    except (ModuleNotFoundError, TypeError, ValueError) as error:
        raise ConfigError(f"architecture {recipe.architecture!r}: {error}") from error


def finished_network(folder: Path) -> tuple[ModelSpec, keras.Model]:
    """The network of a finished training, under the policy of today rather than the file's.

    Raises:
        ConfigError: the folder holds no finished training.
    """
    try:
        spec = ModelSpec.read(folder)
        network = build_network(Recipe.read(folder / RECIPE), len(spec.labels))
        file = keras.models.load_model(folder / spec.file, compile=False)
        network.set_weights(file.get_weights())
    except (OSError, ValueError, ModelError) as error:
        raise ConfigError(f"{folder} holds no finished training ({error}).") from error
    return spec, network


def begin_with(network: keras.Model, folder: Path) -> None:
    """Copies the weights of an earlier training, layer by layer, by name.

    The network may have layers more than that one; they keep their random weights.

    Raises:
        ConfigError: the folder holds no finished training, or a network with other layers.
    """
    _, earlier = finished_network(folder)
    try:
        for layer in earlier.layers:
            network.get_layer(layer.name).set_weights(layer.get_weights())
    except ValueError as error:
        raise ConfigError(f"start_from: {folder} holds another network ({error}).") from error
