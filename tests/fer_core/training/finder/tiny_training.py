"""Trains a tiny finder on the sample library: `tiny_training.py OUT EPOCHS`."""

import dataclasses
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

RECIPE = {
    "name": "tiny",
    "title": "Tiny",
    "width": 96,
    "height": 64,
    "steps_per_epoch": 3,
    "batch_size": 4,
    "validation_pictures": 4,
    "dtype_policy": "float32",
    "options": {"widths": [8, 8, 8, 8], "depths": [1, 1, 1], "pyramid": 8},
}


def main():
    from fer_core.datasets.drawn import sample
    from fer_core.datasets.drawn.library import Library
    from fer_core.detection.finder.spec import FinderSpec
    from fer_core.training.finder.batches import drawings
    from fer_core.training.finder.export import export
    from fer_core.training.finder.fit import fit
    from fer_core.training.finder.recipe import FinderRecipe

    out, epochs = Path(sys.argv[1]), int(sys.argv[2])
    data = out.parent / "data"
    if not data.exists():
        sample.write(data)
    recipe = dataclasses.replace(FinderRecipe(**RECIPE), epochs=epochs)
    network = fit(recipe, [data], out, resume=True)
    library = Library.read([data], "train")
    size = (recipe.width, recipe.height)
    export(network, recipe, out, [d.pixels for d in drawings(library, size, 1, 4)])
    assert FinderSpec.read(out).name == "tiny"


if __name__ == "__main__":  # the processes that draw import this file
    main()
