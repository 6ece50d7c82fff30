"""Puts a trained model into Resources/Models, with its conversion: `ship_model.py runs/NAME`."""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fer_core import paths  # noqa: E402
from fer_core.models import convert  # noqa: E402
from fer_core.models.spec import ModelSpec  # noqa: E402
from fer_core.training.run import MODEL_FILES  # noqa: E402


def main() -> None:
    """Copies the files that belong to the model and replaces what was there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder that `main.py train` wrote")
    folder = parser.parse_args().folder
    spec = ModelSpec.read(folder)
    target = paths.bundled_models_dir() / spec.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in MODEL_FILES:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name)
    convert.ship(target / spec.file)
    print(f"{spec.name} is in {target.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
