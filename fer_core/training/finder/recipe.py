"""A finder's recipe: one small TOML file in ML/recipes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_core.errors import ConfigError, ModelSpecError
from fer_core.models.spec import check_name
from fer_core.training.specs import check_keys

KIND = "finder"
_POSITIVE = (
    "width",
    "height",
    "epochs",
    "steps_per_epoch",
    "batch_size",
    "validation_pictures",
    "learning_rate",
    "workers",
)


def is_finder(path: str | Path) -> bool:
    """Whether a recipe is one of a face finder; what cannot be read is none."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig")).get("kind") == KIND
    except (OSError, ValueError, RecursionError):
        return False


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
    kind: str = KIND
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
    side_px: int = 640
    smallest_px: float = 32.0
    sure: float = 0.6
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
        try:
            return cls.from_dict(data)
        except (ConfigError, ModelSpecError) as error:
            raise ConfigError(f"{path}: {error}.") from error

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FinderRecipe":
        """A recipe from parsed TOML.

        Raises:
            ConfigError, ModelSpecError: a key is unknown, missing or wrong; the message names it.
        """
        check_keys(cls, data, "")
        check_name(data["name"])
        recipe = cls(**data)
        if recipe.kind != KIND:
            raise ConfigError(f"kind is {recipe.kind!r}; it must be {KIND!r}")
        if not isinstance(recipe.options, dict):
            raise ConfigError(f"options is {recipe.options!r}; it must be a table: [options]")
        for key in _POSITIVE:
            if getattr(recipe, key) <= 0:
                raise ConfigError(f"{key} is {getattr(recipe, key)!r}; it must be more than 0")
        for key in ("width", "height"):
            if getattr(recipe, key) % 32:
                raise ConfigError(f"{key} is {getattr(recipe, key)!r}; it must be a multiple of 32")
        return recipe
