"""From a recipe and a data set to a model in the window, in one call."""

import importlib
import importlib.util
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from fer_core import paths
from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.registry import open_dataset
from fer_core.errors import ConfigError, OutputError
from fer_core.evaluation import (
    EvaluationReport,
    calibrate,
    class_bias,
    evaluate_dataset,
    write_metrics_into,
    write_temperature_into,
)
from fer_core.evaluation.plots import draw_curves, write_plots
from fer_core.files import check_writable, write_text
from fer_core.models.card import CARD, CONFUSION, write_card
from fer_core.models.classifier import load_folder
from fer_core.models.spec import SPEC_NAME, ModelSpec
from fer_core.training.prepare import Prepared, prepare
from fer_core.training.recipe import RECIPE, Recipe

HISTORY = "history.csv"
EVALUATION = "evaluation.json"
#: What belongs to the model; the checkpoint stays behind.
MODEL_FILES = (
    "model.keras",
    SPEC_NAME,
    CARD,
    RECIPE,
    EVALUATION,
    HISTORY,
    "curves.png",
    CONFUSION,
    "reliability.png",
)
#: Pictures a split in a quick try: for small networks, and for those of 112 px and more.
_QUICK_PICTURES, _QUICK_PICTURES_LARGE = 256, 32

#: Letters of a name that fit before "-quick" or a number.
_MAX_NAME = 58

Say = Callable[[str], None]


def train(
    recipe: str | Path,
    data: str | Path,
    out: str | Path | None = None,
    *,
    quick: bool = False,
    resume: bool = False,
    say: Say = lambda text: None,
) -> Path:
    """Trains a model, measures it on the validation split, and writes its folder.

    What the recipe starts from, and its teachers, are trained first where they are not there yet.

    Args:
        recipe: path of a TOML recipe.
        data: path of the recipe's data set.
        out: folder for everything; by default runs/<name> here. It becomes a model folder.
        quick: one epoch on a few hundred pictures, to see that all fits; the model's name then
            ends in "-quick".
        resume: go on from the last finished epoch there.
        say: gets a sentence at the beginning of each step.

    Returns:
        The model folder: model.keras, model.json with metrics and temperature, card.md,
        history.csv, curves.png, confusion.png, reliability.png, evaluation.json.

    Raises:
        ConfigError: the recipe is wrong, TensorFlow is missing, or `out` holds another training.
        DatasetError: the data set is missing or broken.
        OutputError: nothing can be written to `out`.
    """
    plan = Recipe.read(recipe)
    dataset: Dataset = open_dataset(plan.dataset, data)
    if quick:
        plan, dataset = quick_recipe(plan), FewPictures(dataset, _quick_pictures(plan))
    folder = Path("runs") / plan.name if out is None else Path(out)
    text = ("# A quick try of one epoch.\n" if quick else "") + Path(recipe).read_text("utf-8-sig")
    _check_free(folder, text, go_on=resume or quick)
    fit = _import_fit()
    check_writable(folder)
    for name in plan.needs:
        earlier = folder.parent / name
        if not (earlier / SPEC_NAME).is_file():
            say(f"{plan.name} needs {name}, which is trained first.")
            train(Path(recipe).with_name(f"{name}.toml"), data, earlier, resume=True, say=say)
    say(f"Reading {plan.dataset} from {data}.")
    prepared = prepare(plan, dataset)
    say(_what_is_trained(plan, prepared))
    write_text(folder / RECIPE, text)
    network = fit.fit(plan, prepared, folder, resume=resume)
    fit.save_model(network, plan, dataset.labels, folder)
    say("Measuring it on the validation split, as the app runs it.")
    fit.shift_logits(folder, class_bias(load_folder(folder), dataset.load("validation")))
    report = finish(folder, dataset)
    say(f"{100 * report.figures['all'].accuracy:.2f} % right on validation.")
    return folder


def finish(folder: Path, dataset: Dataset) -> EvaluationReport:
    """Calibrates and measures the model in a folder, and writes figures, pictures and card."""
    validation = dataset.load("validation")
    write_temperature_into(folder, calibrate(load_folder(folder), validation))
    report = evaluate_dataset(load_folder(folder), dataset, "validation", compare_mirror=True)
    write_metrics_into(folder, report)
    write_text(folder / EVALUATION, json.dumps(report.to_dict(), indent=1) + "\n")
    write_plots(report, folder)
    history = _import_fit().read_history(folder)
    if history:
        draw_curves(history, folder / "curves.png", title=ModelSpec.read(folder).name)
    write_card(folder)
    return report


def install(folder: str | Path) -> Path:
    """Copies a trained model to the person's own models, where the window finds it.

    An earlier training of the same name is replaced. A model that came from elsewhere stays: then
    the new one gets -2, -3, … behind its name.

    Returns:
        The new folder.

    Raises:
        OutputError: it cannot be written; what was there is still there.
    """
    source, root = Path(folder), paths.user_models_dir()
    spec = ModelSpec.read(source)
    names = (spec.name if n == 1 else f"{spec.name[:_MAX_NAME]}-{n}" for n in itertools.count(1))
    target = next(root / name for name in names if _may_replace(root / name))
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".training-") as work:
            new, old = Path(work, "new"), Path(work, "old")
            new.mkdir()
            for name in MODEL_FILES:
                if (source / name).is_file():
                    shutil.copyfile(source / name, new / name)
            replace(spec, name=target.name).write(new)
            _exchange(new, target, old)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written ({error.strerror or error}); close what uses it, then "
            f"take the model with: python main.py models add {source}"
        ) from error
    return target


def _may_replace(folder: Path) -> bool:
    return not folder.exists() or (folder / RECIPE).is_file()


def _exchange(new: Path, target: Path, old: Path) -> None:
    """Puts a folder in the place of another one, which is kept as `old`; both or neither."""
    if target.exists():
        target.rename(old)  # on Windows this fails while a file in it is open
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def quick_recipe(recipe: Recipe) -> Recipe:
    """The same network and data with one short epoch; its own name keeps real models safe."""
    return replace(
        recipe,
        name=f"{recipe.name[:_MAX_NAME]}-quick",
        title=f"{recipe.title} (quick try)",
        epochs=1,
        start_from="",
        teachers=(),
        batch_size=min(recipe.batch_size, _quick_pictures(recipe) // 4),
        optimizer=replace(recipe.optimizer, warmup_epochs=0.0, ema=0.0),
    )


def _quick_pictures(recipe: Recipe) -> int:
    large = recipe.input.width * recipe.input.height >= 112 * 112
    return _QUICK_PICTURES_LARGE if large else _QUICK_PICTURES


class FewPictures:
    """A data set with only a few pictures of each split, the same ones every time."""

    def __init__(self, dataset: Dataset, count: int) -> None:
        self.dataset, self.count = dataset, count
        self.name, self.labels = dataset.name, dataset.labels

    def splits(self) -> tuple[str, ...]:
        """Those of the data set."""
        return self.dataset.splits()

    def load(self, split: str) -> Split:
        """A random choice of the split's pictures."""
        whole = self.dataset.load(split)
        chosen = np.random.default_rng(0).permutation(len(whole))[: self.count]
        return whole.subset(np.sort(chosen))


def _check_free(folder: Path, recipe: str, *, go_on: bool) -> None:
    """Refuses to overwrite or mix trainings.

    Args:
        recipe: text of the recipe.
        go_on: a training that is there may be gone on with.
    """
    if not (folder / HISTORY).is_file():
        return
    kept = folder / RECIPE
    if kept.is_file() and kept.read_text(encoding="utf-8", errors="replace") != recipe:
        raise ConfigError(
            f"{folder} holds a training by another recipe; choose another folder with --out."
        )
    if not go_on:
        raise ConfigError(
            f"{folder} holds a training already; --resume goes on with it, --out names another "
            "folder."
        )


def _import_fit() -> ModuleType:
    """The part that needs TensorFlow.

    Raises:
        ConfigError: TensorFlow is missing, or Keras runs on another backend in this process.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise ConfigError(
            "Training needs TensorFlow, which is not installed; run `make train-env`, or "
            "`python -m pip install -r requirements-train.txt`."
        )
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    elif sys.modules["keras"].backend.backend() != "tensorflow":
        raise ConfigError(
            "Keras already runs without TensorFlow in this process; start training in a new one."
        )
    return importlib.import_module("fer_core.training.fit")


def _what_is_trained(recipe: Recipe, data: Prepared) -> str:
    epochs = "one epoch" if recipe.epochs == 1 else f"{recipe.epochs} epochs"
    pictures = f"{len(data.train_pixels):,} pictures in {epochs}"
    left_out = []
    if data.dropped_copies:
        left_out.append(f"{data.dropped_copies:,} copies of validation or test pictures")
    if data.dropped_blank:
        left_out.append(f"{data.dropped_blank:,} blank ones")
    without = f"; left out: {' and '.join(left_out)}" if left_out else ""
    return f"Training {recipe.name} on {pictures}{without}."
