"""The registry: which models there are, and what is wrong with those that cannot be used."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core import paths
from fer_core.errors import ModelError, ModelNotFoundError, ModelSpecError
from fer_core.models.registry import ModelRegistry
from tests.fer_core.models.builders import make_spec


@pytest.fixture
def root(tmp_path: Path, onnx_file: Callable[..., Path]) -> Path:
    """A folder with the models good, broken (wrong JSON) and lost (no weights), and strays."""
    root = tmp_path / "models"
    for name in ("good", "broken", "lost", ".hidden"):
        (root / name).mkdir(parents=True)
        make_spec(name=name.strip("."), title=name.title()).write(root / name)
    onnx_file(root / "good" / "model.onnx")
    (root / "broken" / "model.json").write_text("{", encoding="utf-8")
    (root / "readme.txt").write_text("stray", encoding="utf-8")
    return root


def test_a_broken_folder_says_what_is_wrong_and_the_others_still_load(root: Path) -> None:
    registry = ModelRegistry([root])
    entries = {entry.name: entry for entry in registry.entries()}
    assert sorted(entries) == ["broken", "good", "lost"]
    assert entries["good"].problem is None
    assert "not valid JSON" in (entries["broken"].problem or "")
    assert "model.onnx is missing" in (entries["lost"].problem or "")
    assert registry.names() == ["good"]
    assert registry.load("good").predict([np.zeros((9, 9), np.uint8)])[0].labels
    with pytest.raises(ModelSpecError, match="not valid JSON"):
        registry.spec("broken")


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    for name in ("nothing", "../models/good", ".hidden", "readme.txt", ""):
        with pytest.raises(ModelNotFoundError, match="there are: good"):
            ModelRegistry([root]).load(name)


def test_folders_that_do_not_exist_are_empty(tmp_path: Path) -> None:
    assert ModelRegistry([tmp_path / "none"]).entries() == []


def test_the_first_root_wins_and_new_models_appear_at_once(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    registry = ModelRegistry([other, root])
    assert registry.spec("good").title == "Good"
    shutil.copytree(root / "good", other / "good")
    make_spec(name="good", title="Mine").write(other / "good")
    assert registry.spec("good").title == "Mine"
    assert registry.folder("good") == other / "good"
    assert registry.names() == ["good"]


def test_own_models_hide_bundled_ones_which_cannot_be_removed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: root)
    registry = ModelRegistry()
    assert registry.entry("good").bundled
    with pytest.raises(ModelError, match="came with the app"):
        registry.remove("good")
    shutil.copytree(root / "good", paths.user_models_dir() / "good")
    assert not registry.entry("good").bundled
    registry.remove("good")
    assert registry.entry("good").bundled
