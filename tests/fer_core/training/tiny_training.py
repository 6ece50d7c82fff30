"""A training of seconds, run in a process of its own: TensorFlow stays out of the test process."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.training.prepare import Prepared
from fer_core.training.recipe import Recipe

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


def make_data(count: int) -> Prepared:
    """Pictures whose class is the third of the picture that is bright."""
    rng = np.random.default_rng(3)
    targets = np.arange(count) % len(LABELS)
    pixels = rng.integers(0, 90, (count, 16, 16, 1), dtype=np.uint8)
    for index, target in enumerate(targets):
        pixels[index, target * 5 : target * 5 + 5] += 150
    soft = np.eye(len(LABELS), dtype=np.float32)[targets]
    return Prepared(pixels, soft, pixels, targets, 0, 0)


def main(out: str, epochs: str, resume: str, pictures: str = "48", teacher: str = "") -> None:
    """With a teacher, a folder beside `out`, only the teacher is right: all targets are wrong."""
    from fer_core.training.fit import fit, save_model

    folder, data = Path(out), make_data(int(pictures))
    folder.mkdir(exist_ok=True)
    (folder / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    recipe = replace(Recipe.read(folder / "recipe.toml"), epochs=int(epochs))
    if teacher:
        recipe = replace(recipe, teachers=(teacher,), teacher_share=1.0)
        data = replace(data, train_targets=np.roll(data.train_targets, 1, axis=1))
    network = fit(recipe, data, folder, resume=resume == "resume")
    save_model(network, recipe, LABELS, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
