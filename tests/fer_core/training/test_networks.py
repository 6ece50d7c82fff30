from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_core.errors import ConfigError
from fer_core.expressions import LABEL_ORDERS
from fer_core.training.networks import begin_with, build_network
from fer_core.training.recipe import Recipe
from tests.fer_core.models.builders import make_spec
from tests.fer_core.training.tiny_training import RECIPE

# Of Keras, on its OpenVINO backend.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


LABELS = LABEL_ORDERS["fer2013"]


@pytest.fixture
def finished(tmp_path):
    """The folder of a finished training with one block a stage."""
    folder = tmp_path / "finished"
    folder.mkdir()
    (folder / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    recipe = Recipe.read(folder / "recipe.toml")
    keras.utils.set_random_seed(1)
    build_network(recipe, 7).save(folder / "model.keras")
    make_spec(input=recipe.input, file="model.keras", format="keras").write(folder)
    return folder


def changed_recipe(tmp_path, old, new):
    assert old in RECIPE
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.replace(old, new), encoding="utf-8")
    return Recipe.read(path)


def test_a_deepened_network_begins_where_the_other_one_ended(tmp_path, finished):
    recipe = changed_recipe(tmp_path, "blocks = [1, 1]", "blocks = [2, 3]\nbegin_flat = true")
    deeper = build_network(recipe, 7)
    begin_with(deeper, LABELS, finished)
    before = keras.models.load_model(finished / "model.keras")
    assert len(deeper.layers) > len(before.layers)
    faces = np.random.default_rng(0).normal(size=(3, 16, 16, 1)).astype(np.float32)
    expected = before.predict(faces, verbose=0)
    np.testing.assert_allclose(deeper.predict(faces, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[8, 8]\nblocks = [1, 1]", "[8]\nblocks = [1]", "another network"),
        ("widths = [8, 8]", "widths = [8, 16]", "another network"),
        ("stem = 8", "stems = 8", "unexpected keyword"),
        ("blocks = [1, 1]", "blocks = [1]", "architecture 'se_resnet'"),
    ],
)
def test_another_network_is_not_taken(tmp_path, finished, old, new, why):
    recipe = changed_recipe(tmp_path, old, new)
    with pytest.raises(ConfigError, match=why):
        begin_with(build_network(recipe, 7), LABELS, finished)


def test_half_a_training_is_not_taken(tmp_path, finished):
    network = build_network(Recipe.read(finished / "recipe.toml"), 7)
    (finished / "model.keras").write_bytes(b"half")
    with pytest.raises(ConfigError, match="finished holds no finished training"):
        begin_with(network, LABELS, finished)
    with pytest.raises(ConfigError, match="nothing holds no finished training"):
        begin_with(network, LABELS, tmp_path / "nothing")


def test_a_network_of_twice_the_size_begins_by_seeing_the_same(tmp_path, finished):
    recipe = changed_recipe(tmp_path, "stem = 8", "stem = 8\nstem_size = 6\nstem_stride = 2")
    recipe = replace(recipe, input=replace(recipe.input, width=32, height=32))
    larger = build_network(recipe, 7)
    begin_with(larger, LABELS, finished)
    before = keras.models.load_model(finished / "model.keras")
    faces = np.random.default_rng(0).normal(size=(3, 16, 16, 1)).astype(np.float32)
    expected = before.predict(faces, verbose=0)
    doubled = faces.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(larger.predict(doubled, verbose=0), expected, atol=1e-5)


def test_other_classes_begin_with_what_is_known_of_them(tmp_path, finished):
    recipe = Recipe.read(finished / "recipe.toml")
    labels = ("neutral", "boredom", "anger")
    network = build_network(recipe, len(labels))
    fresh = network.layers[-1].get_weights()
    begin_with(network, labels, finished)
    before = keras.models.load_model(finished / "model.keras").layers[-1].get_weights()
    for now, random, earlier in zip(network.layers[-1].get_weights(), fresh, before, strict=True):
        np.testing.assert_array_equal(now[..., 0], earlier[..., LABELS.index("neutral")])
        np.testing.assert_array_equal(now[..., 1], random[..., 1])
        np.testing.assert_array_equal(now[..., 2], earlier[..., LABELS.index("anger")])
