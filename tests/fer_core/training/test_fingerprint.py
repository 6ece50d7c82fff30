"""What a checkpoint belongs to: its data, and what of its recipe decides how it was trained."""

from dataclasses import replace

import pytest

from fer_core.training.fit import fingerprint
from fer_core.training.prepare import Prepared
from fer_core.training.recipe import Recipe
from tests.fer_core.training.test_recipe import GOOD

pytestmark = pytest.mark.train


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(GOOD, encoding="utf-8")
    return Recipe.read(path)


DATA = Prepared(("anger", "happiness"), (), "some pictures")


def test_what_matters_afterwards_only_may_change(recipe):
    before = fingerprint(recipe, DATA)
    for change in ({"epochs": 9}, {"patience": 3}, {"title": "T"}, {"calibrate_on": ("fer2013",)}):
        assert fingerprint(replace(recipe, **change), DATA) == before
    closer = replace(recipe, input=replace(recipe.input, crop_margin=-0.1))
    assert fingerprint(closer, DATA) == before


def test_what_decides_a_training_may_not(recipe):
    others = [
        fingerprint(replace(recipe, **change), DATA)
        for change in (
            {"seed": 5},
            {"batch_size": 7},
            {"label_smoothing": 0.3},
            {"bias_share": 0.2},
        )
    ]
    others.append(fingerprint(replace(recipe, input=replace(recipe.input, width=64)), DATA))
    others.append(fingerprint(recipe, replace(DATA, fingerprint="others")))
    assert len({fingerprint(recipe, DATA), *others}) == len(others) + 1
