import pytest

from fer_core.errors import ConfigError
from fer_core.training.finder.recipe import FinderRecipe, is_finder

GOOD = 'kind = "finder"\nname = "mine"\ntitle = "Mine"\n'


def write(folder, text):
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_is_read(tmp_path):
    recipe = FinderRecipe.read(write(tmp_path, GOOD + "epochs = 3\n[options]\npyramid = 32\n"))
    assert (recipe.name, recipe.epochs, recipe.options) == ("mine", 3, {"pyramid": 32})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "colour = 1", "unknown key 'colour'"),
        ('kind = "finder"\nname = "mine"', "missing key 'title'"),
        (GOOD + "epochs =", "not valid TOML"),
        (GOOD + 'epochs = "3"', "epochs is '3'"),
        (GOOD + "epochs = true", "epochs is True"),
        (GOOD + "epochs = 0", "epochs is 0"),
        (GOOD + "width = 100", "width is 100"),
        (GOOD + "options = 3", "options is 3"),
        (GOOD + "learning_rate = -1.0", "learning_rate is -1.0"),
        (GOOD.replace("finder", "model"), "kind is 'model'"),
        (GOOD.replace('"mine"', '"../mine"'), "../mine"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        FinderRecipe.read(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        FinderRecipe.read(tmp_path / "none.toml")


def test_a_finder_is_told_from_other_recipes_and_from_what_is_none(tmp_path):
    assert is_finder(write(tmp_path, GOOD))
    assert not is_finder(write(tmp_path, 'name = "mine"'))
    assert not is_finder(write(tmp_path, "]["))
    assert not is_finder(tmp_path / "none.toml")
