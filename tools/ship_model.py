"""Puts a trained model into Resources/Models: `ship_model.py runs/NAME`."""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fer_core import paths  # noqa: E402
from fer_core.config import DEFAULT_MODEL  # noqa: E402
from fer_core.errors import FerError, ModelError  # noqa: E402
from fer_core.models import convert  # noqa: E402
from fer_core.models.classifier import load_folder  # noqa: E402
from fer_core.models.spec import ModelSpec  # noqa: E402
from fer_core.training.installing import MODEL_FILES  # noqa: E402
from fer_core.untrusted import gate  # noqa: E402


def ship(folder: Path) -> Path:
    """Copies the files that belong to the model and replaces what was there.

    Returns:
        The new folder.

    Raises:
        ModelError: the model does not run, or this is its place already; nothing was changed.
    """
    spec = ModelSpec.read(folder)
    target = paths.bundled_models_dir() / spec.name
    if folder.resolve() == target.resolve():
        raise ModelError(f"{folder} is the model's place already; give the folder of its training.")
    if spec.file not in MODEL_FILES:
        raise ModelError(f"{folder} holds no training; give a folder that `main.py train` wrote.")
    load_folder(folder)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in MODEL_FILES:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)
    if spec.name == DEFAULT_MODEL:
        # The first start opens it; the others are converted when they are first chosen.
        convert.ship(gate.check_folder(target))
    return target


def main() -> None:
    """Ships the model that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that `main.py train` wrote")
    try:
        print(f"The model is in {ship(parser.parse_args().folder)}.")
    except FerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
