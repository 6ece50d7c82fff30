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


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ('"scale": 0.00392156862745098', '"scale": 1' + 400 * "0"),
        ('"scale": 0.00392156862745098', '"scale": 1' + 5000 * "0"),
        ('"std": [\n      1.0\n    ]', '"std": 1' + 400 * "0"),
        ('"title": "Lost"', '"title": "\\ud800"'),
        ('"file": "model.onnx"', f'"file": "{300 * "x"}"'),
        ('"file": "model.onnx"', f'"file": "{200 * "ä"}"'),
    ],
)
def test_no_model_json_takes_the_other_models_down(root: Path, key: str, value: str) -> None:
    path = root / "lost" / "model.json"
    text = path.read_text(encoding="utf-8")
    assert key in text
    path.write_text(text.replace(key, value), encoding="utf-8")
    registry = ModelRegistry([root])
    assert registry.names() == ["good"]
    assert str(path) in (registry.entry("lost").problem or "")


def test_a_byte_order_mark_does_no_harm(root: Path) -> None:
    path = root / "good" / "model.json"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert ModelRegistry([root]).names() == ["good"]


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


def test_of_a_link_only_the_link_is_removed(root: Path) -> None:
    own = paths.user_models_dir()
    own.mkdir(parents=True)
    try:
        (own / "linked").symlink_to(root / "good", target_is_directory=True)
    except OSError:
        pytest.skip("this account may make no links")
    ModelRegistry().remove("linked")
    assert list(own.iterdir()) == []
    assert (root / "good" / "model.onnx").is_file()


def test_a_folder_that_cannot_be_deleted_says_why(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError("because of that")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(ModelError, match=r"cannot be deleted: because of that\."):
        ModelRegistry([root]).remove("good")


def test_a_recipe_offers_its_model_until_that_is_trained(root: Path, tmp_path: Path) -> None:
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    (recipes / "a.toml").write_text('name = "soon"\ntitle = "Soon"\noffered = true')
    (recipes / "b.toml").write_text('name = "hidden"\ntitle = "Hidden"\noffered = false')
    (recipes / "c.toml").write_text("offered = not TOML")
    registry = ModelRegistry([root], recipes)
    (offer,) = registry.offered()
    assert (offer.name, offer.title, offer.spec) == ("soon", "Soon", None)
    assert offer.command == f"python main.py train {(recipes / 'a.toml').as_posix()} --data PATH"
    assert "soon" not in registry.names()
    with pytest.raises(ModelNotFoundError, match="soon is not trained yet; train it with: python"):
        registry.load("soon")
    shutil.copytree(root / "good", root / "soon")
    assert registry.offered() == []


def test_the_command_of_the_project_is_the_same_wherever_it_lies() -> None:
    commands = {entry.name: entry.command for entry in ModelRegistry([]).offered()}
    assert commands == {
        "vggface-transfer": "python main.py train ML/recipes/vggface-transfer.toml --data PATH"
    }
