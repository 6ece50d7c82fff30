"""From the folder of a training to the person's own models, where the window finds it."""

import itertools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from fer_core import paths
from fer_core.errors import OutputError
from fer_core.leftovers import named
from fer_core.models.card import CARD, CONFUSION
from fer_core.models.spec import SPEC_NAME, ModelSpec
from fer_core.training.measuring import EVALUATION
from fer_core.training.recipe import RECIPE

#: What belongs to the model; the checkpoint stays behind.
MODEL_FILES = (
    "model.keras",
    SPEC_NAME,
    CARD,
    RECIPE,
    EVALUATION,
    "history.csv",
    "curves.png",
    CONFUSION,
    "reliability.png",
)
#: Letters of a name that fit before "-quick" or a number.
MAX_NAME = 58


def install(folder: str | Path) -> Path:
    """Copies a trained model to the person's own models, where the window finds it.

    An earlier training of the same name is replaced. A model that came from elsewhere stays: then
    the new one gets -2, -3, … behind its name.

    Returns:
        The new folder.

    Raises:
        OutputError: it cannot be written; what was there is still there.
    """
    paths.check_home()
    source, root = Path(folder), paths.user_models_dir()
    spec = ModelSpec.read(source)
    names = (spec.name if n == 1 else f"{spec.name[:MAX_NAME]}-{n}" for n in itertools.count(1))
    target = next(root / name for name in names if _may_replace(root / name))
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=named(".training")) as work:
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
