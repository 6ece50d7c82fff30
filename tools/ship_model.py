"""Puts a trained model into Resources/Models: `ship_model.py runs/NAME --data FOLDER`.

The default model comes converted, so that the first start need not do it. With pictures that it was
trained on, a model is quantised as well, and takes half the time.
"""

import argparse
import shutil
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fer_core import paths, preprocess  # noqa: E402
from fer_core.config import DEFAULT_MODEL  # noqa: E402
from fer_core.errors import FerError, ModelError  # noqa: E402
from fer_core.models import convert  # noqa: E402
from fer_core.models.classifier import load_folder  # noqa: E402
from fer_core.models.spec import ModelSpec  # noqa: E402
from fer_core.training.installing import MODEL_FILES  # noqa: E402
from fer_core.training.opening import open_sources  # noqa: E402
from fer_core.training.quantise import quantise_file  # noqa: E402
from fer_core.training.recipe import RECIPE, Recipe  # noqa: E402
from fer_core.untrusted import gate  # noqa: E402

#: Pictures of each data set by which a model is quantised and compared with itself.
_SAMPLES = 600
#: So many of them must be read as before.
_SAME = 0.985


def ship(folder: Path, data: Path | None = None) -> Path:
    """Copies the files that belong to the model and replaces what was there.

    Args:
        folder: of a training.
        data: the data sets of its recipe, to quantise it.

    Returns:
        The new folder.

    Raises:
        ModelError: the model does not run, or this is its place already; nothing was changed. Or
            it reads pictures otherwise once it is quantised; then its conversion is missing.
        DatasetError: the pictures are not there; nothing was changed.
    """
    spec = ModelSpec.read(folder)
    target = paths.bundled_models_dir() / spec.name
    if folder.resolve() == target.resolve():
        raise ModelError(f"{folder} is the model's place already; give the folder of its training.")
    if spec.file not in MODEL_FILES:
        raise ModelError(f"{folder} holds no training; give a folder that `main.py train` wrote.")
    load_folder(folder)
    samples = _samples(folder, spec, data) if data else []
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in MODEL_FILES:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)
    if samples or spec.name == DEFAULT_MODEL:
        # The first start opens it; the others are converted when they are first chosen.
        model = gate.check_folder(target)
        convert.ship(model, lambda network: _quantise(network, samples) if samples else None)
    return target


def _samples(folder: Path, spec: ModelSpec, data: Path) -> list[np.ndarray]:
    """Pictures that the model was trained on, as its network takes them, (1, …) each."""
    rng, rows = np.random.default_rng(1), []
    for source in open_sources(Recipe.read(folder / RECIPE), data):
        images = source.load("train").images
        chosen = rng.choice(len(images), min(_SAMPLES, len(images)), replace=False)
        rows += [preprocess.to_batch([images[int(i)]], spec.input) for i in chosen]
    return [rows[i] for i in rng.permutation(len(rows))]


def _quantise(network: Path, samples: list[np.ndarray]) -> None:
    same = quantise_file(network, samples)
    print(f"With eight bits, {same:.2%} of the pictures are read as before.")
    if same < _SAME:
        raise ModelError(f"That is less than {_SAME:.1%}; ship it without --data.")


def main() -> None:
    """Ships the model that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that `main.py train` wrote")
    parser.add_argument("--data", type=Path, help="the data sets that it was trained on")
    given = parser.parse_args()
    try:
        print(f"The model is in {ship(given.folder, given.data)}.")
    except FerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
