import csv
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

import fer_core
from fer_core.datasets import open_dataset
from fer_core.errors import ConfigError, DatasetError, OutputError
from fer_core.models.spec import ModelSpec
from fer_core.training import needs, run
from fer_core.training.finder.recipe import FinderRecipe, is_finder
from fer_core.training.inherit import completed, start_of
from fer_core.training.installing import MODEL_FILES
from fer_core.training.opening import FewPictures
from fer_core.training.recipe import Recipe, read_text

ROOT = Path(fer_core.__file__).parents[1]
RECIPES = sorted((ROOT / "ML" / "recipes").glob("*.toml"))
FINDERS = [path for path in RECIPES if is_finder(path)]
MY_PICTURES = ROOT / "ML" / "recipes" / "my-pictures.toml"
NEEDS_TENSORFLOW = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="needs TensorFlow: make train-env"
)


@pytest.fixture
def pictures(tmp_path):
    """A folder a class; a bright half says which."""
    rng = np.random.default_rng(0)
    for label, rows in (("happy", slice(0, 24)), ("sad", slice(24, 48))):
        folder = tmp_path / "my pictures äöü" / label
        folder.mkdir(parents=True)
        for index in range(60):
            image = rng.integers(0, 100, (48, 48), dtype=np.uint8)
            image[rows] += 150
            cv2.imencode(".png", image)[1].tofile(folder / f"{index}.png")
    return tmp_path / "my pictures äöü"


@pytest.mark.parametrize("path", [p for p in RECIPES if p not in FINDERS], ids=lambda p: p.stem)
def test_every_recipe_reads_and_is_named_like_its_file(path):
    text = read_text(path)
    if name := start_of(text):
        text = completed(text, ROOT / "Resources" / "Models" / name)
    recipe = Recipe.parse(text, path)
    assert recipe.name == path.stem
    assert (ROOT / "fer_core" / "architectures" / f"{recipe.architecture}.py").is_file()
    assert recipe.license
    assert recipe.input.mirror_average


@pytest.mark.parametrize("path", FINDERS, ids=lambda p: p.stem)
def test_every_recipe_of_a_finder_reads(path):
    recipe = FinderRecipe.read(path)
    assert recipe.license
    assert recipe.trained_on
    assert recipe.width % 32 == recipe.height % 32 == 0


def test_a_quick_try_has_its_own_name_and_one_epoch():
    recipe = run.quick_recipe(Recipe.read(MY_PICTURES))
    assert (recipe.name, recipe.epochs) == ("my-pictures-quick", 1)
    assert recipe.optimizer.warmup_epochs == 0


def test_a_quick_try_of_the_longest_name_can_be_saved():
    recipe = replace(Recipe.read(MY_PICTURES), name="n" * 64)
    assert replace(make_spec(), name=run.quick_recipe(recipe).name).name.endswith("-quick")


def test_a_few_pictures_are_the_same_ones_every_time(pictures):
    few = FewPictures(open_dataset("folder", pictures), 10)
    once, again = few.load("train"), few.load("train")
    assert len(once) == 10
    assert once.ids == again.ids
    assert few.splits() == ("train", "validation", "test")


def test_a_missing_data_set_is_said_before_anything_is_written(tmp_path):
    with pytest.raises(DatasetError):
        run.train(MY_PICTURES, tmp_path / "nothing", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_finished_training_is_not_overwritten_by_accident(tmp_path, pictures):
    out = tmp_path / "out"
    out.mkdir()
    (out / "history.csv").write_text("epoch\n1\n")
    (out / "recipe.toml").write_bytes(MY_PICTURES.read_bytes())
    with pytest.raises(ConfigError, match="holds a training already; --resume"):
        run.train(MY_PICTURES, pictures, out)
    (out / "recipe.toml").write_text("# another one\n")
    with pytest.raises(ConfigError, match="by another recipe"):
        run.train(MY_PICTURES, pictures, out, resume=True)


def test_a_place_that_cannot_be_written_is_said_before_the_training(
    tmp_path, pictures, monkeypatch
):
    (tmp_path / "file").touch()
    monkeypatch.setattr(run, "import_part", lambda name: None)
    with pytest.raises(OutputError, match="cannot be written"):
        run.train(MY_PICTURES, pictures, tmp_path / "file" / "out")


def test_without_tensorflow_a_sentence_says_what_to_install(tmp_path, pictures, monkeypatch):
    monkeypatch.setattr(needs.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="requirements-train"):
        run.train(MY_PICTURES, pictures, tmp_path / "out", quick=True)
    assert not (tmp_path / "out").exists()


def test_all_is_checked_before_anything_is_trained_or_read(tmp_path, pictures, monkeypatch):
    """What the recipe begins with would be trained first, for hours."""
    text = MY_PICTURES.read_text(encoding="utf-8").replace("[augment]", "\n[augment]")
    first = text.replace('"my-pictures"', '"first"')
    (tmp_path / "first.toml").write_text(first, encoding="utf-8")
    recipe = tmp_path / "my-pictures.toml"
    recipe.write_text(text.replace("seed = 1", 'seed = 1\nstart_from = "first"'), encoding="utf-8")

    class Refuses:
        @staticmethod
        def check(plan, labels, start, taught_by):
            assert (plan.name, labels) == ("my-pictures", ("happiness", "sadness"))
            raise ConfigError("architecture 'se_resnet': no such option")

    monkeypatch.setattr(run, "import_part", lambda name: Refuses)
    monkeypatch.setattr(run, "prepare", None)
    monkeypatch.setattr(run, "with_faces", None)
    said = []
    with pytest.raises(ConfigError, match="no such option"):
        run.train(recipe, pictures, tmp_path / "out", say=said.append)
    assert said == []
    (pictures / "hungry").mkdir()
    weights = recipe.read_text("utf-8") + "\n[class_weights]\nfear = 2\n"
    recipe.write_text(weights, encoding="utf-8")
    with pytest.raises(ConfigError, match="class_weights names fear"):
        run.train(recipe, pictures, tmp_path / "out", say=said.append)
    assert said == []


@pytest.fixture
def trained(tmp_path):
    """A folder as a training leaves it."""
    source = tmp_path / "run"
    source.mkdir()
    for name in ("model.keras", "checkpoint.npz", "recipe.toml"):
        (source / name).write_text(name)
    make_spec().write(source)
    return source


def test_installing_takes_the_model_and_leaves_the_checkpoint(trained, own_home):
    for _ in range(2):
        target = run.install(trained)
    assert target == own_home / "models" / "tiny"
    assert sorted(p.name for p in target.iterdir()) == ["model.json", "model.keras", "recipe.toml"]
    assert [p.name for p in target.parent.iterdir()] == ["tiny"]


def test_installing_leaves_a_model_from_elsewhere_alone(trained, own_home):
    mine = own_home / "models" / "tiny"
    mine.mkdir(parents=True)
    (mine / "model.keras").write_text("mine")
    target = run.install(trained)
    assert ModelSpec.read(target).name == target.name == "tiny-2"
    assert [p.name for p in mine.iterdir()] == ["model.keras"]


@pytest.mark.parametrize("refused", ["the old folder", "the new folder"])
def test_an_install_that_fails_leaves_the_earlier_training(trained, monkeypatch, refused):
    target = run.install(trained)
    (target / "model.keras").write_text("earlier")
    rename = Path.rename

    def locked(self, other):
        if self == target if refused == "the old folder" else self.name == "new":
            raise PermissionError(13, "Permission denied")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(OutputError, match=r"Permission denied.*models add"):
        run.install(trained)
    assert (target / "model.keras").read_text() == "earlier"
    assert [p.name for p in target.parent.iterdir()] == ["tiny"]


def make_spec():
    recipe = Recipe.read(MY_PICTURES)
    return ModelSpec(
        name="tiny",
        title="Tiny",
        architecture="se_resnet",
        file="model.keras",
        format="keras",
        sha256="",
        labels=("happiness", "sadness"),
        input=recipe.input,
        output="logits",
        trained_on="folder",
        metrics={},
        license="",
        source="",
        created="",
    )


@pytest.mark.train
@pytest.mark.slow
@NEEDS_TENSORFLOW
def test_my_own_folder_becomes_a_model_in_the_window(tmp_path, pictures, own_home):
    text = MY_PICTURES.read_text(encoding="utf-8").replace("epochs = 40", "epochs = 2")
    first, recipe = tmp_path / "first.toml", tmp_path / "my-pictures.toml"
    first.write_text(text.replace('"my-pictures"', '"first"'), encoding="utf-8")
    recipe.write_text(text.replace("seed = 1", 'seed = 2\nstart_from = "first"'), encoding="utf-8")
    command = [sys.executable, str(ROOT / "main.py"), "train", str(recipe), "--data", str(pictures)]
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "CI": "true"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "needs first, which is trained first" in done.stderr
    folder = own_home / "models" / "my-pictures"
    assert done.stdout.strip().endswith(str(folder))
    spec = ModelSpec.read(folder)
    assert spec.labels == ("happiness", "sadness")
    assert spec.metrics["folder validation"]["accuracy"] > 0.9
    assert spec.temperature != 1.0
    for name in MODEL_FILES:
        assert (folder / name).stat().st_size > 50
    assert "| happiness |" in (folder / "card.md").read_text(encoding="utf-8")
    report = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert report["reports"][0]["other"]["mirror_average"] is False
    assert "To always say" in done.stderr
    assert "right in the mean of the classes (chance: 50.00 %)" in done.stderr
    with (folder / "history.csv").open(newline="", encoding="utf-8") as stream:
        rates = [float(row["learning_rate"]) for row in csv.DictReader(stream)]
    assert rates == [0.001, 0.002]  # half of the warm-up, then its end
    assert "my-pictures" in fer_core.ModelRegistry().names()
    image = cv2.imdecode(np.fromfile(next((pictures / "sad").iterdir()), np.uint8), 0)
    assert fer_core.load_classifier("my-pictures").predict([image])[0].label == "sadness"
