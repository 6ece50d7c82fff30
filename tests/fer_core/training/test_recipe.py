import pytest

from fer_core.errors import ConfigError
from fer_core.training.recipe import Recipe

GOOD = """
name = "tiny"
title = "Tiny"
architecture = "se_resnet"
dataset = "fer2013"
epochs = 2

[input]
width = 48
height = 48
color = "gray"
layout = "nhwc"
scale = 0.0039
mean = 0.5
std = 0.25
interpolation = "area"
equalize = false
crop_margin = 0.0
align = false
"""


def write(tmp_path, text):
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_is_read_with_its_defaults(tmp_path):
    recipe = Recipe.read(write(tmp_path, GOOD + "[augment]\nerase_area = [0.1, 0.2]\n"))
    assert recipe.input.channels == 1
    assert recipe.augment.erase_area == (0.1, 0.2)
    assert recipe.optimizer.name == "adamw"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("epochs = 2", 'epochs = "two"'), "epochs is 'two'; it must be of type int"),
        (("epochs = 2", "epochs = 2\naugment = 3"), "augment must be a table"),
        (('"tiny"', '"Meine Bilder"'), "name is 'Meine Bilder'; use up to 64 letters"),
        (("epochs = 2", "epochs = 1" + 5000 * "0"), "not valid TOML"),
        (("epochs = 2", "epochs = -1"), "epochs is -1; it must be a number from 1"),
        (("epochs = 2", "epochs = 2\nbatch_size = 0"), "batch_size is 0; it must be a number"),
        (("se_resnet", "se_rasnet"), "architecture is 'se_rasnet'; there are cnn_2020, "),
        (('dataset = "fer2013"', ""), "missing key 'dataset'"),
        (("epochs = 2", 'epochs = 2\nmonitor = "luck"'), "monitor is 'luck'; it must be one of"),
        (("epochs = 2", "epochs = 2\nclass_weights = 'x'"), "class_weights must be a number"),
        (("[input]", "[class_weights]\nfear = -1\n[input]"), r"class_weights\.fear is -1"),
        (("[input]", "[augment]\nblur_probability = 2\n[input]"), r"augment\.blur_probability is"),
        (("[input]", "[augment]\nerase_area = [0.5, 0.1]\n[input]"), "the smaller number comes"),
        (("[input]", "[optimizer]\nname = 'adam'\n[input]"), r"optimizer\.name is 'adam'"),
        (("[input]", "[optimizer]\nlearning_rate = nan\n[input]"), "learning_rate is nan"),
        (("[input]", "[[sources]]\ndataset = 'rafdb'\n[input]"), "exclude each other"),
        (("epochs = 2", ""), "missing key 'epochs'"),
        (("epochs = 2", "epochs = 2\nepoch = 3"), "unknown key 'epoch'"),
        (("width = 48", "width = 0"), r"input\.width is 0"),
        (("[input]", "[optimizer]\nrate = 1\n[input]"), r"unknown key 'optimizer\.rate'"),
        (("epochs = 2", 'epochs = 2\ndtype_policy = "half"'), "dtype_policy is 'half'; it must be"),
        (("epochs = 2", "epochs = 2\nstart_from = 3"), "start_from is 3; it must be of type str"),
        (("epochs = 2", 'epochs = 2\nstart_from = "tiny"'), "start_from has the recipe's own name"),
        (("epochs = 2", 'epochs = 2\nteachers = ["tiny"]'), "teachers has the recipe's own name"),
        (
            ("epochs = 2", 'epochs = 2\nteachers = "other"'),
            "teachers is 'other'; it must be a list",
        ),
        (
            ("epochs = 2", 'epochs = 2\ncalibrate_on = ["rafdb"]'),
            "calibrate_on names rafdb, which is none of the data sets",
        ),
        (("epochs = 2", "epochs = 2\ncalibrate_on = 3"), "calibrate_on is 3; it must be a list"),
        (("epochs", "= epochs"), "not valid TOML"),
    ],
)
def test_a_wrong_recipe_names_file_and_key(tmp_path, change, message):
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ConfigError, match=message) as caught:
        Recipe.read(path)
    assert str(path) in str(caught.value)


def test_a_recipe_from_an_editor_of_windows(tmp_path):
    path = write(tmp_path, "\ufeff" + GOOD)
    assert Recipe.read(path).name == "tiny"
    path.write_bytes(GOOD.replace("Tiny", "Überall").encode("cp1252"))
    with pytest.raises(ConfigError, match=r"recipe\.toml is not in UTF-8"):
        Recipe.read(path)


def test_a_missing_recipe_is_a_clear_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Recipe.read(tmp_path / "none.toml")


SOURCES = """
[[sources]]
dataset = "fer2013+ferplus"
soft_labels = 0.5

[[sources]]
dataset = "rafdb"
weight = 2
crop = [0.7, 1.1]
"""


def test_a_recipe_may_join_data_sets(tmp_path):
    joined = GOOD.replace('dataset = "fer2013"', "")
    recipe = Recipe.read(write(tmp_path, joined + SOURCES))
    assert [source.dataset for source in recipe.sources] == ["fer2013+ferplus", "rafdb"]
    assert recipe.sources[1].crop == (0.7, 1.1)
    assert recipe.data_name == "fer2013+ferplus + rafdb"
    for change, message in (
        (('"rafdb"', '"refdb"'), "sources.dataset is 'refdb'"),
        (('"rafdb"', '"fer2013+ferplus"'), "names fer2013.ferplus twice"),
        (("weight = 2", "weight = -1"), "sources.weight is -1"),
        (("[0.7, 1.1]", "[0.7]"), "sources.crop is"),
    ):
        with pytest.raises(ConfigError, match=message):
            Recipe.read(write(tmp_path, joined + SOURCES.replace(*change)))
