"""A training recipe: one small TOML file in ML/recipes."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from fer_core.errors import ConfigError, ModelSpecError
from fer_core.models.spec import InputSpec, check_name

_LEAST = {"epochs": 1, "batch_size": 1}
#: The recipe's copy in the folder of a training.
RECIPE = "recipe.toml"
DTYPE_POLICIES = ("auto", "mixed_bfloat16", "float32")


@dataclass(frozen=True, slots=True)
class AugmentSpec:
    """Random changes to a training picture; all shares 0..1 of the picture unless said."""

    flip: bool = True
    affine_probability: float = 0.7
    rotation_deg: float = 12.0
    zoom: float = 0.12
    shift: float = 0.08
    brightness: float = 0.1
    contrast: float = 0.2
    erase_probability: float = 0.25
    erase_area: tuple[float, float] = (0.02, 0.2)
    mixup_alpha: float = 0.2


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """Optimiser and schedule: linear warm-up, then half a cosine down to zero.

    Attributes:
        name: adamw or sgd (Nesterov momentum 0.9).
        learning_rate: at the end of the warm-up.
        weight_decay: decoupled, not applied to biases and batch norm.
        ema: momentum of the moving average of weights, 0 to switch it off.
    """

    name: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 2.0
    ema: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a training's result.

    Attributes:
        name, title: of the model folder that comes out.
        architecture: module of `fer_core.architectures`; `options` go to its `build`.
        dataset: name of the data set; its path is given at the command line.
        batch_size: pictures a step; all of them, where there are fewer.
        soft_labels: share of the data set's soft labels mixed into the hard ones, 0..1.
        label_smoothing: share spread over all classes, 0..1.
        dtype_policy: mixed_bfloat16, float32, or auto for whichever is faster here.
        class_weights: power of (mean class size / class size) by which each picture counts: 0 for
            equally, 1 for classes that count equally however rare they are.
        start_from: the recipe, a file beside this one, whose weights to begin with; it is trained
            first, in a folder beside this one's, unless it is there already. Empty: random weights.
        teachers: recipes, files beside this one, whose networks help to train this one, trained
            first like `start_from`; `teacher_share` of each target, 0..1, is what they say on the
            same augmented picture.
        offered: the window and `models list` show it as not trained yet until a model of that name
            exists.
    """

    name: str
    title: str
    architecture: str
    dataset: str
    input: InputSpec
    epochs: int
    batch_size: int = 64
    seed: int = 1
    soft_labels: float = 0.0
    label_smoothing: float = 0.0
    class_weights: float = 0.0
    dtype_policy: str = "auto"
    license: str = ""
    start_from: str = ""
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.5
    offered: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    augment: AugmentSpec = field(default_factory=AugmentSpec)
    optimizer: OptimizerSpec = field(default_factory=OptimizerSpec)

    @classmethod
    def read(cls, path: str | Path) -> "Recipe":
        """Reads a TOML recipe.

        Raises:
            ConfigError: it is missing, not TOML, or has an unknown, missing or wrong key.
        """
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
            return cls.from_dict(data)
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not in UTF-8; save it in that encoding.") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is not valid TOML: {error}.") from error
        except (ConfigError, ModelSpecError) as error:
            raise ConfigError(f"{path}: {error}.") from error

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recipe":
        """A recipe from parsed TOML.

        Raises:
            ConfigError, ModelSpecError: a key is unknown, missing or wrong; the message names it.
        """
        parts: dict[str, Any] = dict(data)
        sections: tuple[tuple[str, Any], ...] = (
            ("input", InputSpec),
            ("augment", AugmentSpec),
            ("optimizer", OptimizerSpec),
        )
        for key, part in sections:
            if key in parts:
                if not isinstance(parts[key], Mapping):
                    raise ConfigError(f"{key} must be a table: [{key}]")
                _check_keys(part, parts[key], f"{key}.")
                values = {k: tuple(v) if isinstance(v, list) else v for k, v in parts[key].items()}
                parts[key] = part(**values)
        _check_keys(cls, parts, "")
        check_name(parts["name"])
        parts["teachers"] = _names(parts.get("teachers", ()))
        for key, named in (
            ("start_from", [parts.get("start_from")]),
            ("teachers", parts["teachers"]),
        ):
            if parts["name"] in named:
                raise ConfigError(f"{key} has the recipe's own name; it must be another recipe's")
        if (policy := parts.get("dtype_policy", "auto")) not in DTYPE_POLICIES:
            allowed = ", ".join(DTYPE_POLICIES)
            raise ConfigError(f"dtype_policy is {policy!r}; it must be one of {allowed}")
        for key, least in _LEAST.items():
            if (value := parts.get(key, least)) < least:
                raise ConfigError(f"{key} is {value!r}; it must be at least {least}")
        return cls(**parts)

    @property
    def needs(self) -> tuple[str, ...]:
        """The recipes that must have been trained before this one."""
        return tuple(dict.fromkeys(name for name in (self.start_from, *self.teachers) if name))

    def to_dict(self) -> dict[str, Any]:
        """The parsed-TOML form."""
        return asdict(self)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f"teachers is {value!r}; it must be a list of recipes' names")
    return tuple(value)


def _check_keys(cls: type, data: Mapping[str, Any], prefix: str) -> None:
    known = {f.name: f for f in fields(cls)}
    kinds = get_type_hints(cls)
    for key, value in data.items():
        if key not in known:
            raise ConfigError(f"unknown key {prefix + key!r}")
        kind = kinds[key]
        accepted = (int, float) if kind is float else kind
        if kind in (str, int, float, bool) and (
            not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool))
        ):
            raise ConfigError(f"{prefix + key} is {value!r}; it must be of type {kind.__name__}")
    for key, f in known.items():
        if f.default is MISSING and f.default_factory is MISSING and key not in data:
            raise ConfigError(f"missing key {prefix + key!r}")
