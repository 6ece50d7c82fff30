"""From a recipe and its data sets to a finished model, in one call."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.errors import ConfigError
from fer_core.evaluation.curves import Baselines, History, draw_curves
from fer_core.evaluation.imbalance import after_training, before_training
from fer_core.files import check_writable, write_text
from fer_core.training.broken_off import Command, what_is_kept
from fer_core.training.checkpoint import Checkpoint
from fer_core.training.inherit import beginning_with, completed, start_of
from fer_core.training.installing import MAX_NAME
from fer_core.training.installing import install as install
from fer_core.training.measuring import finish, fitted_bias
from fer_core.training.needs import import_part
from fer_core.training.opening import (
    Data,
    FewPictures,
    find_model,
    is_there,
    open_sources,
    with_faces,
)
from fer_core.training.prepare import Prepared, check_data, joined_labels, prepare
from fer_core.training.recipe import RECIPE, Recipe, read_text
from fer_core.training.store import Memory

HISTORY = "history.csv"
CURVES = "curves.png"
#: Pictures a split in a quick try: for small networks, and for those of 112 px and more.
_QUICK_PICTURES, _QUICK_PICTURES_LARGE = 256, 32

Say = Callable[[str], None]


def train(
    recipe: str | Path,
    data: Data,
    out: str | Path | None = None,
    *,
    quick: bool = False,
    resume: bool = False,
    faces: str = "as-is",
    start_from: str = "",
    say: Say = lambda text: None,
) -> Path:
    """Trains a model, measures it on the validation split, and writes its folder.

    What the recipe starts from, and its teachers, are trained first where they are not there yet.

    Args:
        recipe: path of a TOML recipe.
        data: path of the recipe's data set or of the folder with all of them; or a path for each.
        out: folder for everything; by default runs/<name> here. It becomes a model folder.
        quick: one epoch on a few hundred pictures, to see that all fits; the model's name then
            ends in "-quick".
        resume: go on from the last finished epoch there.
        faces: as-is, cut or auto, see `datasets.faces.WithFaces`.
        start_from: the model to begin with, in place of the recipe's.
        say: gets a sentence at the beginning of each step, and one an epoch.

    Returns:
        The model folder: model.keras, model.json with metrics and temperature, card.md,
        history.csv, curves.png, confusion.png, reliability.png, evaluation.json.

    Raises:
        ConfigError: the recipe is wrong, TensorFlow is missing, or `out` holds another training.
        DatasetError: a data set is missing or broken.
        OutputError: nothing can be written to `out`.
    """
    recipe = Path(recipe)
    text = _text(recipe, start_from, Path("runs") if out is None else Path(out).parent)
    plan = Recipe.parse(text, recipe)
    datasets = open_sources(plan, data)
    if quick:
        datasets = [FewPictures(dataset, _quick_pictures(plan)) for dataset in datasets]
        begins = plan.start_from if is_there(plan.start_from, recipe) else ""
        plan = replace(quick_recipe(plan), start_from=begins)
    folder = Path("runs") / plan.name if out is None else Path(out)
    text = ("# A quick try of one epoch.\n" if quick else "") + text
    _check_free(folder, text, go_on=resume or quick)
    fit = import_part("fit")
    check_writable(folder)
    labels = joined_labels(datasets)
    check_data(plan, datasets)
    fit.check(plan, labels, None, [])  # before what it needs is trained, which can take hours
    models = _models(plan, recipe, data, folder.parent, say)
    start, taught_by = models.get(plan.start_from), [models[name] for name in plan.teachers]
    if models:
        fit.check(plan, labels, start, taught_by)
    datasets = with_faces(datasets, faces, plan.input, say)
    for dataset in datasets:
        for problem in getattr(dataset, "problems", ()):
            say(problem)
    say(f"Reading {' and '.join(source.dataset for source in plan.sources)}.")
    prepared = prepare(plan, datasets, Memory(folder=folder))
    say(_what_is_trained(plan, prepared))
    say(before_training(labels, _class_counts(prepared)))
    write_text(folder / RECIPE, text)
    try:
        network = fit.fit(
            plan, prepared, folder, resume=resume, start=start, taught_by=taught_by, say=say
        )
        _draw_curves(folder, plan, prepared, fit.read_history(folder))
        saving = import_part("saving")
        saving.save_model(network, plan, labels, folder)
        say("Measuring it as the app runs it, on validation pictures that nothing was chosen by.")
        saving.shift_logits(folder, fitted_bias(folder, plan, datasets))
        reports = finish(folder, plan, datasets)
    except KeyboardInterrupt:
        _draw_curves(folder, plan, prepared, fit.read_history(folder))
        again = Command(recipe, data, out, faces, start_from, quick)
        say(what_is_kept(folder, Checkpoint.epochs(folder), again))
        raise
    for report in reports:
        say(f"{report.dataset}: {after_training(report.labels, report.figures['all'])}")
    return folder


def _text(recipe: Path, start_from: str, runs: Path) -> str:
    """The recipe's text, with what it leaves to the model that it begins with."""
    text = read_text(recipe)
    if start_from:
        text = beginning_with(text, start_from)
    if name := start_of(text):
        folder = find_model(name, recipe, runs)
        if folder is None:
            raise ConfigError(
                f"{recipe} has no architecture of its own and takes that of {name}, which is not "
                "trained yet; train it first, or name another model with --start-from."
            )
        text = completed(text, folder)
    return text


def quick_recipe(recipe: Recipe) -> Recipe:
    """The same network and data with one short epoch; its own name keeps real models safe."""
    return replace(
        recipe,
        name=f"{recipe.name[:MAX_NAME]}-quick",
        title=f"{recipe.title} (quick try)",
        epochs=1,
        start_from="",
        teachers=(),
        batch_size=min(recipe.batch_size, _quick_pictures(recipe) // 4),
        optimizer=replace(recipe.optimizer, warmup_epochs=0.0, sam_epochs=0),
    )


def _quick_pictures(recipe: Recipe) -> int:
    large = recipe.input.width * recipe.input.height >= 112 * 112
    return _QUICK_PICTURES_LARGE if large else _QUICK_PICTURES


def _models(plan: Recipe, recipe: Path, data: Data, runs: Path, say: Say) -> dict[str, Path]:
    """The folders of what the recipe begins with and learns from; what is missing is trained."""
    found = {}
    for name in plan.needs:
        folder = find_model(name, recipe, runs)
        if folder is None:
            say(f"{plan.name} needs {name}, which is trained first.")
            beside = recipe.with_name(f"{name}.toml")
            folder = train(beside, data, runs / name, resume=True, say=say)
        found[name] = folder
    return found


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


def _what_is_trained(recipe: Recipe, data: Prepared) -> str:
    epochs = "one epoch" if recipe.epochs == 1 else f"{recipe.epochs} epochs"
    pictures = f"{data.count:,} pictures in {epochs}"
    copied = sum(source.dropped_copies for source in data.sources)
    blank = sum(source.dropped_blank for source in data.sources)
    left_out = []
    if copied:
        left_out.append(f"{copied:,} copies of validation or test pictures")
    if blank:
        left_out.append(f"{blank:,} blank ones")
    without = f"; left out: {' and '.join(left_out)}" if left_out else ""
    return f"Training {recipe.name} on {pictures}{without}."


def _class_counts(data: Prepared) -> np.ndarray:
    counts = [np.bincount(source.classes, minlength=len(data.labels)) for source in data.sources]
    return np.sum(counts, axis=0)


def _draw_curves(folder: Path, plan: Recipe, data: Prepared, history: History) -> None:
    """Writes curves.png, where an epoch is done."""
    if history:
        draw_curves(
            history,
            folder / CURVES,
            title=plan.name,
            baselines=Baselines.of(data.validation_counts),
            monitor=plan.monitor,
        )
