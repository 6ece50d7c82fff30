"""What a trained network is calibrated by: some of its data sets, where the recipe names them."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.datasets.base import Split
from fer_core.training import measuring
from fer_core.training.prepare import halves
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from tests.fer_core.training.test_recipe import GOOD

pytestmark = pytest.mark.train


class Tiny:
    """A data set with some grey pictures for validation."""

    labels = ("anger", "happiness")

    def __init__(self, name: str, count: int) -> None:
        self.name, self.count = name, count

    def load(self, split: str) -> Split:
        assert split == "validation", "test pictures are not for this"
        ids = tuple(f"{self.name}-{i}" for i in range(self.count))
        targets = np.arange(self.count) % 2
        return Split(split, self.labels, np.zeros((self.count, 8, 8), np.uint8), targets, ids)


@pytest.mark.parametrize(
    ("calibrate_on", "names"),
    [((), ["ferplus", "rafdb"]), (("rafdb",), ["rafdb"]), (("ferplus", "rafdb"), None)],
)
@pytest.mark.parametrize("what", ["bias", "temperature"])
def test_bias_and_temperature_come_from_the_data_sets_that_the_recipe_names(
    tmp_path, monkeypatch, calibrate_on, names, what
):
    path = tmp_path / "recipe.toml"
    path.write_text(GOOD, encoding="utf-8")
    sources = (SourceSpec("ferplus"), SourceSpec("rafdb"))
    recipe = replace(Recipe.read(path), dataset="", sources=sources, calibrate_on=calibrate_on)
    sets, given = [Tiny("ferplus", 40), Tiny("rafdb", 24)], []

    def note(classifier, splits):
        given.extend(splits)
        return np.array([2.0, -4.0])

    monkeypatch.setattr(measuring, "load_folder", lambda folder: None)
    if what == "bias":
        monkeypatch.setattr(measuring, "class_bias", note)
        half = measuring.fitted_bias(tmp_path, replace(recipe, bias_share=0.5), sets)
        assert half.tolist() == [1.0, -2.0]
    else:
        monkeypatch.setattr(measuring, "calibrate", note)
        monkeypatch.setattr(measuring, "write_temperature_into", lambda folder, value: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            measuring.finish(tmp_path, recipe, sets)
    names = names or ["ferplus", "rafdb"]
    assert [split.ids[0].partition("-")[0] for split in given] == names
    expected = [halves(one.load("validation"))[0].ids for one in sets if one.name in names]
    assert [split.ids for split in given] == expected
