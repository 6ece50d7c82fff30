"""One file with all that a training needs to go on, replaced in one step after each epoch."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.errors import ConfigError
from fer_core.files import replacing

CHECKPOINT = "checkpoint.npz"
_GROUPS = ("network", "average", "best", "optimizer")


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a training was after its last whole epoch.

    Attributes:
        state: counters, and the fingerprint of data and recipe.
        network, average, best, optimizer: arrays in the order in which their owners list them.
    """

    state: dict[str, Any]
    network: list[np.ndarray]
    average: list[np.ndarray]
    best: list[np.ndarray]
    optimizer: list[np.ndarray]

    def write(self, folder: Path) -> None:
        """Writes it, or leaves the one before."""
        arrays = {
            f"{group}/{index:05}": array
            for group in _GROUPS
            for index, array in enumerate(getattr(self, group))
        }
        with replacing(folder / CHECKPOINT) as path, path.open("wb") as stream:
            np.savez(stream, state=np.array(json.dumps(self.state)), **arrays)

    @staticmethod
    def epochs(folder: Path) -> int:
        """Whole epochs of the training in a folder that can be gone on with; 0: none."""
        try:
            with np.load(folder / CHECKPOINT, allow_pickle=False) as kept:
                return int(json.loads(str(kept["state"]))["epochs"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return 0

    @classmethod
    def read(cls, folder: Path) -> "Checkpoint":
        """Reads it.

        Raises:
            ConfigError: it is damaged.
        """
        path = folder / CHECKPOINT
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
                state = json.loads(str(kept["state"]))
                names = sorted(kept.files)
                groups = {
                    group: [kept[name] for name in names if name.startswith(f"{group}/")]
                    for group in _GROUPS
                }
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ConfigError(
                f"{path} cannot be read ({error}); delete it to begin the training anew."
            ) from error
        return cls(state, **groups)
