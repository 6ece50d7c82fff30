import pytest

from fer_core import paths
from fer_core.datasets import open_dataset
from fer_core.datasets.places import parse_data
from fer_core.errors import ConfigError, DatasetError
from fer_core.training.opening import find_model, open_sources, with_faces
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from tests.fer_core.datasets import trees
from tests.fer_core.models.builders import make_spec


def plan(grey_48, *names):
    sources = tuple(SourceSpec(name) for name in names)
    return Recipe("a", "A", "cnn_2020", grey_48, epochs=1, sources=sources)


def test_one_folder_may_hold_all_data_sets(grey_48, tmp_path):
    trees.ferplus(tmp_path)
    trees.rafdb_tar(tmp_path)
    found = open_sources(plan(grey_48, "fer2013+ferplus", "rafdb"), tmp_path)
    assert [dataset.name for dataset in found] == ["fer2013+ferplus", "rafdb"]
    assert len(found[1].load("test")) == 21


def test_each_data_set_may_have_a_place_of_its_own(grey_48, tmp_path):
    (tmp_path / "a").mkdir()
    trees.ferplus(tmp_path / "a")
    raf = trees.rafdb_folders(tmp_path / "b")
    data = parse_data([f"fer2013+ferplus={tmp_path / 'a'}", f"rafdb={raf}"])
    found = open_sources(plan(grey_48, "fer2013+ferplus", "rafdb"), data)
    assert [dataset.name for dataset in found] == ["fer2013+ferplus", "rafdb"]
    del data["rafdb"]
    with pytest.raises(ConfigError, match="No place is given for rafdb; say where"):
        open_sources(plan(grey_48, "fer2013+ferplus", "rafdb"), data)
    with pytest.raises(DatasetError, match="RAF-DB"):
        open_sources(plan(grey_48, "rafdb"), tmp_path / "a")


def test_a_path_with_an_equals_sign_is_a_path():
    assert parse_data(["run=3/pictures"]) == {"": "run=3/pictures"}
    with pytest.raises(ConfigError, match="names two places for rafdb"):
        parse_data(["rafdb=a", "rafdb=b"])


def test_a_model_is_looked_for_among_trainings_then_models_then_recipes(tmp_path):
    recipe, runs = tmp_path / "recipes" / "mine.toml", tmp_path / "runs"
    recipe.parent.mkdir()
    with pytest.raises(ConfigError, match=r"there is no model of that name, and no other\.toml"):
        find_model("other", recipe, runs)
    recipe.with_name("other.toml").touch()
    assert find_model("other", recipe, runs) is None
    installed = paths.user_models_dir() / "other"
    make_spec().write(installed)
    assert find_model("other", recipe, runs) == installed
    make_spec().write(runs / "other")
    assert find_model("other", recipe, runs) == runs / "other"
    assert find_model("../runs/other", recipe, tmp_path) == recipe.parent / "../runs/other"
    with pytest.raises(ConfigError, match="is no model folder"):
        find_model("../runs", recipe, tmp_path)


def test_a_training_goes_on_with_another_detector_where_the_usual_one_is_broken(
    grey_48, tmp_path, monkeypatch
):
    (tmp_path / "finder").mkdir()
    monkeypatch.setattr("fer_core.paths.bundled_detectors_dir", lambda: tmp_path)
    drawn = open_dataset("folder", trees.folder_one_tree(tmp_path / "faces"))
    said = []
    (found,) = with_faces([drawn], "cut", grey_48, said.append)
    assert "detector.json" in said[0]
    assert said[1] == "The detector haar is used instead."
    assert found.detector.name == "haar"
