"""A training of seconds, run in a process of its own: TensorFlow stays out of the test process."""

import sys
from pathlib import Path

import numpy as np

from fer_core.models.spec import InputSpec
from fer_core.training.prepare import Prepared
from fer_core.training.recipe import AugmentSpec, OptimizerSpec, Recipe

INPUT = InputSpec(
    width=16,
    height=16,
    color="gray",
    layout="nhwc",
    scale=1 / 255,
    mean=(0.5,),
    std=(0.25,),
    interpolation="area",
    equalize=False,
    crop_margin=0.0,
    align=False,
)
LABELS = ("happiness", "sadness", "neutral")


def make_recipe(epochs: int) -> Recipe:
    return Recipe(
        name="tiny",
        title="Tiny",
        architecture="se_resnet",
        dataset="made up",
        input=INPUT,
        epochs=epochs,
        batch_size=8,
        seed=7,
        dtype_policy="float32",
        license="none",
        options={"stem": 8, "widths": (8, 8), "blocks": (1, 1), "dropout": 0.0},
        augment=AugmentSpec(erase_probability=0.5),
        optimizer=OptimizerSpec(learning_rate=0.01, warmup_epochs=1.0, ema=0.9),
    )


def make_data(count: int = 48) -> Prepared:
    """Pictures whose class is the third of the picture that is bright."""
    rng = np.random.default_rng(3)
    targets = np.arange(count) % len(LABELS)
    pixels = rng.integers(0, 90, (count, 16, 16, 1), dtype=np.uint8)
    for index, target in enumerate(targets):
        pixels[index, target * 5 : target * 5 + 5] += 150
    soft = np.eye(len(LABELS), dtype=np.float32)[targets]
    return Prepared(pixels, soft, pixels, targets, 0, 0)


def main(out: str, epochs: str, resume: str, pictures: str = "48") -> None:
    from fer_core.training.fit import fit, save_model

    recipe = make_recipe(int(epochs))
    network = fit(recipe, make_data(int(pictures)), Path(out), resume=resume == "resume")
    save_model(network, recipe, LABELS, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
