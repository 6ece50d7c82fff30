"""From a finder's recipe and pictures to a folder that the app can open, in one call."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from fer_core.datasets.drawn import exam
from fer_core.datasets.drawn.compose import Drawing
from fer_core.datasets.drawn.library import Library
from fer_core.detection.finder import grid
from fer_core.detection.finder.detector import FinderDetector
from fer_core.detection.finder.spec import FinderSpec
from fer_core.detection.search import Search
from fer_core.errors import ConfigError
from fer_core.evaluation.curves import draw_curves
from fer_core.evaluation.detection import Matches, compare, threshold_for
from fer_core.files import check_writable, write_text
from fer_core.training.finder.batches import drawings
from fer_core.training.finder.recipe import FinderRecipe
from fer_core.training.needs import import_part
from fer_core.training.recipe import RECIPE

#: Phantoms for one picture at which the threshold is chosen.
PHANTOMS = 1 / 50
#: Pictures by which it is quantised.
SAMPLES = 300

Say = Callable[[str], None]


def train_finder(
    recipe: str | Path,
    data: Sequence[str | Path],
    out: str | Path | None = None,
    *,
    quick: bool = False,
    resume: bool = False,
    say: Say = lambda text: None,
) -> Path:
    """Trains a face finder, chooses its thresholds and measures it on pictures held out.

    Args:
        recipe: path of a TOML recipe with kind = "finder".
        data: folders of photos.tar and boxes.csv.
        out: folder for everything; by default runs/<name> here. It becomes a detector folder.
        quick: two steps, to see that all fits.
        resume: go on from the last finished epoch there.
        say: gets a sentence at the beginning of each step.

    Returns:
        The folder: detector.json, the network, history.csv, curves.png, checkpoint.keras.

    Raises:
        ConfigError: the recipe is wrong, TensorFlow is missing, or `out` holds another training.
        DatasetError: the pictures are missing or broken.
        OutputError: nothing can be written to `out`.
    """
    plan = FinderRecipe.read(recipe)
    if quick:
        plan = dataclasses.replace(
            plan,
            name=f"{plan.name}-quick",
            epochs=1,
            steps_per_epoch=2,
            batch_size=4,
            validation_pictures=4,
        )
    folder = Path("runs") / plan.name if out is None else Path(out)
    if (folder / "history.csv").is_file() and not (resume or quick):
        raise ConfigError(
            f"{folder} holds a training already; --resume goes on with it, --out names another "
            "folder."
        )
    folders = [Path(one) for one in data]
    held_out = Library.read(folders, "validation")
    fit, export = import_part("finder.fit"), import_part("finder.export")
    check_writable(folder)
    write_text(folder / RECIPE, Path(recipe).read_text(encoding="utf-8-sig"))
    pictures = plan.epochs * plan.steps_per_epoch * plan.batch_size
    say(f"Training {plan.name} on {pictures:,} pictures drawn together.")
    try:
        network = fit.fit(plan, folders, folder, resume=resume)
    finally:  # after Ctrl-C, too
        if history := fit.read_history(folder):
            draw_curves(history, folder / "curves.png", title=plan.name)
    say("Quantising it.")
    export.export(network, plan, folder, _samples(plan, folders, 4 if quick else SAMPLES))
    say("Choosing its thresholds and measuring it on heads and scenes that it never saw.")
    count = 4 if quick else exam.PICTURES
    spec = measure(folder, held_out, count)
    say(json.dumps(spec.metrics))
    return folder


def _samples(plan: FinderRecipe, folders: list[Path], count: int) -> list[np.ndarray]:
    """Pictures as those that it learnt from, as large as the app looks at them."""
    step = grid.STRIDES[-1]
    size = (plan.side_px // step * step, plan.side_px * 3 // 4 // step * step)
    library = Library.read(folders, "train")
    return [drawing.pixels for drawing in drawings(library, size, plan.seed, count)]


def measure(folder: Path, library: Library, count: int = exam.PICTURES) -> FinderSpec:
    """Chooses the thresholds of a finder on some pictures and measures it on others.

    One is for a camera's frame, which is looked at once, one for a photo, whose faces get a second
    look; the figures are a photo's.

    Args:
        folder: of detector.json; it gets the thresholds and the figures.
        library: heads and scenes that were not trained on; one half chooses, the other measures.
        count: pictures a row of the table.
    """
    chosen_on, measured_on = exam.halves(library)
    spec = FinderSpec.read(folder)
    once, twice = (
        _threshold([answers(folder, chosen_on, q, count, once=one) for q in exam.QUESTIONS], spec)
        for one in (True, False)
    )
    tested = [answers(folder, measured_on, question, count) for question in exam.QUESTIONS]
    figures = {
        question.name: round(matches.recall(twice), 4)
        for question, matches in zip(exam.QUESTIONS, tested, strict=True)
    }
    phantoms = Matches.joined(tested).phantoms_per_picture(twice)
    figures |= {"phantoms in 50 pictures": round(50 * phantoms, 2), "pictures": count * len(tested)}
    spec = dataclasses.replace(
        spec, sure=once, sure_twice=twice, metrics={"held-out heads in scenes": figures}
    )
    spec.write(folder)
    return spec


def _threshold(tried: list[Matches], spec: FinderSpec) -> float:
    return min(0.95, max(spec.doubtful, round(threshold_for(tried, PHANTOMS) + 0.005, 2)))


def answers(
    folder: Path, library: Library, question: exam.Question, count: int, *, once: bool = False
) -> Matches:
    """What a finder does with the pictures of one row; by one look only, if so wished."""
    search = Search(FinderDetector(folder))
    drawings = (exam.draw(library, question, seed) for seed in range(count))
    return Matches.joined(_answer(search, drawing, once) for drawing in drawings)


def _answer(search: Search, drawing: Drawing, once: bool) -> Matches:
    image = cv2.cvtColor(drawing.pixels, cv2.COLOR_GRAY2BGR)
    found = search.whole(image)
    found = found if once else search.complete(image, found)
    return compare(found, drawing.boxes_xyxy, drawing.unsure)
