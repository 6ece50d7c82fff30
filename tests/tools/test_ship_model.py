"""Shipping a model: what is there is replaced only by one that runs."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core import paths
from fer_core.errors import ModelError
from tools import ship_model
from tools.ship_model import ROOT


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A training's folder, and a place of its own for the models that come with the app."""
    shipped = paths.bundled_models_dir() / "mimik-48"
    names = ("model.keras", "model.json", "card.md")
    for folder in (tmp_path / "run", tmp_path / "models" / "mimik-48"):
        folder.mkdir(parents=True)
        for name in names:
            shutil.copyfile(shipped / name, folder / name)
    (tmp_path / "run" / "checkpoint.npz").touch()
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: tmp_path / "models")
    return tmp_path / "run"


def test_the_default_model_is_shipped_with_its_conversion_and_none_with_the_checkpoint(
    trained, monkeypatch
):
    target = ship_model.ship(trained)
    assert sorted(item.name for item in target.iterdir()) == [
        "card.md",
        "model.json",
        "model.keras",
    ]
    monkeypatch.setattr(ship_model, "DEFAULT_MODEL", "mimik-48")
    target = ship_model.ship(trained)
    found = sorted(item.name for item in target.iterdir())
    assert found == ["card.md", "converted", "model.json", "model.keras"]


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_model_is_quantised_by_pictures_of_its_training(trained, monkeypatch, share):
    (trained / "recipe.toml").write_text(
        (ROOT / "ML/recipes/mimik-48.toml").read_text(encoding="utf-8")
    )
    pictures = list(np.random.default_rng(1).integers(0, 256, (5, 48, 48), np.uint8))
    source = SimpleNamespace(load=lambda split: SimpleNamespace(images=pictures))
    monkeypatch.setattr(ship_model, "open_sources", lambda recipe, data: [source])
    given = []

    def quantise_file(network, samples):
        given.append((network.name, [sample.shape for sample in samples]))
        return share

    monkeypatch.setattr(ship_model, "quantise_file", quantise_file)
    if share < 1:
        with pytest.raises(ModelError, match=r"98\.5%"):
            ship_model.ship(trained, trained)
    else:
        ship_model.ship(trained, trained)
    assert given == [("model.xml", [(1, 48, 48, 1)] * 5)]


@pytest.mark.parametrize("fault", ["no network", "another network", "its own place"])
def test_what_is_there_stays_where_nothing_can_take_its_place(trained, fault):
    place = paths.bundled_models_dir() / "mimik-48"
    if fault == "no network":
        (trained / "model.keras").unlink()
    elif fault == "another network":
        (trained / "model.keras").write_bytes(b"another")
    with pytest.raises(ModelError):
        ship_model.ship(place if fault == "its own place" else trained)
    assert sorted(item.name for item in place.iterdir()) == ["card.md", "model.json", "model.keras"]
