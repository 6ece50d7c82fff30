"""Trainings of seconds, run in a process of their own: TensorFlow stays out of the test process.

Called with a folder and a JSON list of jobs, see `Job`; all of them run in one process, since
starting TensorFlow takes longer than any of them. What a job says, or the error that ends it, is
written to <name>.txt in the folder.
"""

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from fer_core.errors import FerError
from fer_core.training.prepare import Prepared, Source
from fer_core.training.recipe import Recipe
from fer_core.training.specs import SourceSpec
from fer_core.training.store import PixelStore

RECIPE = """
name = "tiny"
title = "Tiny"
architecture = "se_resnet"
dataset = "made up"
epochs = 1
batch_size = 8
seed = 7
dtype_policy = "float32"
license = "none"

[input]
width = 16
height = 16
color = "gray"
layout = "nhwc"
scale = 0.00392156862745098
mean = 0.5
std = 0.25
interpolation = "area"
equalize = false
crop_margin = 0.0
align = false

[augment]
erase_probability = 0.5

[optimizer]
learning_rate = 0.01
warmup_epochs = 1.0
ema = 0.9

[options]
stem = 8
widths = [8, 8]
blocks = [1, 1]
dropout = 0.0
"""
LABELS = ("happiness", "sadness", "neutral")


@dataclass
class Job:
    """One training.

    Attributes:
        name: of its output; `folder` is the same unless it is named.
        teacher: another job's folder; then only the teacher is right: all targets are wrong.
        changes: keys of the recipe.
    """

    name: str
    epochs: int = 1
    folder: str = ""
    resume: bool = False
    pictures: int = 48
    seed: int = 3
    teacher: str = ""
    changes: dict = field(default_factory=dict)


def make_data(count: int, wrong: bool = False, seed: int = 3) -> Prepared:
    """Pictures whose class is the third of the picture that is bright; or another one is taught."""
    rng = np.random.default_rng(seed)
    targets = np.arange(count) % len(LABELS)
    pictures = PixelStore()
    for target in targets:
        picture = rng.integers(0, 90, (16, 16, 1), dtype=np.uint8)
        picture[target * 5 : target * 5 + 5] += 150
        pictures.append(picture)
    soft = np.eye(len(LABELS), dtype=np.float32)[(targets + wrong) % len(LABELS)]
    known = np.ones(len(LABELS), bool)
    source = Source(SourceSpec("made up"), pictures, soft, targets, known, pictures, targets)
    return Prepared(LABELS, (source,), f"{count} pictures by seed {seed}")


def run(job: Job, root: Path) -> None:
    """Trains and saves the model."""
    from fer_core.training.fit import fit
    from fer_core.training.saving import save_model

    out, said = root / (job.folder or job.name), []
    out.mkdir(exist_ok=True)
    (out / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    recipe = replace(Recipe.read(out / "recipe.toml"), epochs=job.epochs)
    changes = dict(job.changes)
    optimizer = replace(recipe.optimizer, **changes.pop("optimizer", {}))
    augment = replace(recipe.augment, **changes.pop("augment", {}))
    recipe = replace(recipe, optimizer=optimizer, augment=augment, **changes)
    taught_by = []
    if job.teacher:
        recipe = replace(recipe, teachers=(job.teacher,), teacher_share=1.0)
        taught_by = [root / job.teacher]
    data = make_data(job.pictures, wrong=bool(job.teacher), seed=job.seed)
    try:
        network = fit(recipe, data, out, resume=job.resume, taught_by=taught_by, say=said.append)
        save_model(network, recipe, LABELS, out)
    except FerError as error:
        said.append(f"error: {error}")
    (root / f"{job.name}.txt").write_text("\n".join(said), encoding="utf-8")


if __name__ == "__main__":
    for one in json.loads(sys.argv[2]):
        run(Job(**one), Path(sys.argv[1]))
