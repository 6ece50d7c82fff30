from dataclasses import replace

import pytest

import fer_core
from fer_core.errors import ConfigError
from fer_core.training.inherit import beginning_with, completed, start_of
from fer_core.training.recipe import Recipe
from tests.fer_core.models.builders import make_spec
from tests.fer_core.training.tiny_training import RECIPE

TEXT = """
name = "mine"
title = "Mine"
dataset = "folder"
epochs = 3
start_from = "mimik-48"
"""


@pytest.fixture
def finished(tmp_path):
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    spec = make_spec(input=replace(Recipe.parse(RECIPE, "r").input, width=20))
    spec.write(tmp_path)
    return tmp_path


def test_a_recipe_takes_over_network_and_input_of_a_finished_model(finished):
    recipe = Recipe.parse(completed(TEXT, finished), "mine.toml")
    assert (recipe.name, recipe.architecture, recipe.epochs) == ("mine", "se_resnet", 3)
    assert recipe.options == {"stem": 8, "widths": [8, 8], "blocks": [1, 1], "dropout": 0.0}
    assert recipe.input.width == 20
    own = completed(TEXT + "[options]\nstem = 4\n", finished)
    assert Recipe.parse(own, "mine.toml").options == {"stem": 4}


def test_the_model_to_begin_with_can_be_named_at_the_command_line():
    assert start_of(TEXT) == "mimik-48"
    assert start_of(beginning_with(TEXT, 'a "b"\\c')) == 'a "b"\\c'
    assert start_of(beginning_with(TEXT.replace("start_from", "license"), "x")) == "x"
    assert start_of(f'architecture = "cnn_2020"\n{TEXT}') == ""
    assert start_of("= damaged") == ""


def test_a_model_without_its_recipe_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"has no recipe\.toml that says how its network"):
        completed(TEXT, tmp_path)


def test_the_shipped_recipe_begins_with_a_shipped_model():
    root = fer_core.paths.PROJECT_ROOT
    text = (root / "ML/recipes/fine-tune.toml").read_text(encoding="utf-8")
    folder = root / "Resources/Models" / start_of(text)
    recipe = Recipe.parse(completed(text, folder), "fine-tune.toml")
    assert recipe.input.mirror_average
    assert recipe.architecture == "se_resnet"
