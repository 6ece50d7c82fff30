"""A finder's recipe: one small TOML file in ML/recipes."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fer_core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class FinderRecipe:
    """Everything that decides a finder's training.

    Attributes:
        name, title, license: of the detector that comes out.
        width, height: px of the drawn pictures, multiples of 32.
        epochs, steps_per_epoch, batch_size: how many pictures are learnt from.
        validation_pictures: drawn once, from heads and scenes that training never sees.
        workers: processes that draw.
        side_px, smallest_px, sure, doubtful: see `FinderSpec`.
        options: go to `face_finder.build`.
    """

    name: str
    title: str
    kind: str = "finder"
    license: str = ""
    width: int = 288
    height: int = 224
    epochs: int = 44
    steps_per_epoch: int = 250
    batch_size: int = 32
    validation_pictures: int = 256
    learning_rate: float = 2.5e-3
    weight_decay: float = 0.02
    warmup_epochs: float = 1.0
    seed: int = 1
    workers: int = 1
    dtype_policy: str = "auto"
    trained_on: str = ""
    side_px: int = 448
    smallest_px: float = 10.0
    sure: float = 0.5
    doubtful: float = 0.25
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str | Path) -> "FinderRecipe":
        """Reads a TOML recipe.

        Raises:
            ConfigError: it is missing, not TOML, or has an unknown, missing or wrong key.
        """
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is not valid TOML in UTF-8: {error}.") from error
        known = {f.name: f for f in fields(cls)}
        for key in data:
            if key not in known:
                raise ConfigError(f"{path}: unknown key {key!r}.")
        try:
            return cls(**data)
        except TypeError as error:
            raise ConfigError(f"{path}: {error}.") from error
