"""A training recipe: one small TOML file in ML/recipes."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fer_core.datasets.registry import DATASETS
from fer_core.errors import ConfigError, ModelSpecError
from fer_core.models.spec import InputSpec, check_name
from fer_core.training.specs import (
    AugmentSpec,
    OptimizerSpec,
    SourceSpec,
    check_keys,
    one_of,
    table,
    within,
)

#: The recipe's copy in the folder of a training.
RECIPE = "recipe.toml"
DTYPE_POLICIES = ("auto", "mixed_bfloat16", "float32")
MONITORS = ("balanced_accuracy", "accuracy", "loss")
SAMPLERS = ("natural", "balanced")
#: Keys that describe a single data set; `sources` has them itself.
_ONE_SOURCE = ("dataset", "soft_labels")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a training's result.

    Attributes:
        name, title: of the model folder that comes out.
        architecture: module of `fer_core.architectures`; `options` go to its `build`.
        dataset: name of the data set; its path is given at the command line. Several: `sources`.
        sources: the data sets; their classes are joined, see `joined`.
        batch_size: pictures a step; all of them, where there are fewer.
        soft_labels: share of the data set's soft labels mixed into the hard ones, 0..1.
        label_smoothing: share spread over all classes, 0..1.
        bootstrap: share of each target, 0..1, that is what the network itself says (Reed et al.
            2014, https://arxiv.org/abs/1412.6596): wrong labels then weigh less.
        dtype_policy: mixed_bfloat16, float32, or auto for whichever is faster here.
        class_weights: power of (mean class size / class size) by which each picture counts: 0 for
            equally, 1 for classes that count equally however rare they are. Or a table of what
            each class counts: {disgust = 4, fear = 2}; those that are not named count 1.
        sampler: natural, or balanced: every class is drawn equally often, rare pictures repeatedly.
        monitor: by which validation figure, the mean over the sources, the best epoch is chosen.
        patience: the training ends after so many epochs without a better one; 0: never.
        bias_share: how much of the class bias fitted on validation is applied, 0..1.
        calibrate_on: the data sets by whose validation pictures class bias and temperature are
            fitted, such as the better of two sets of labels for the same pictures; empty: all.
        start_from: weights to begin with: the name of a model that is there (in the folder of this
            training's one, or installed), else of a recipe beside this one, which is trained
            first; or the path of a model folder. Empty: random weights.
        teachers: the like; their answers on the same augmented picture are `teacher_share`, 0..1,
            of each target.
        offered: the window and `models list` show it as not trained yet until a model of that name
            exists.
    """

    name: str
    title: str
    architecture: str
    input: InputSpec
    epochs: int
    dataset: str = ""
    sources: tuple[SourceSpec, ...] = ()
    batch_size: int = 64
    seed: int = 1
    soft_labels: float = 0.0
    label_smoothing: float = 0.0
    bootstrap: float = 0.0
    class_weights: float | dict[str, float] = 0.0
    sampler: str = "natural"
    monitor: str = "balanced_accuracy"
    patience: int = 0
    bias_share: float = 1.0
    calibrate_on: tuple[str, ...] = ()
    dtype_policy: str = "auto"
    license: str = ""
    start_from: str = ""
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.5
    offered: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    augment: AugmentSpec = field(default_factory=AugmentSpec)
    optimizer: OptimizerSpec = field(default_factory=OptimizerSpec)

    def __post_init__(self) -> None:
        check_name(self.name)
        _check_architecture(self.architecture)
        one_of("dtype_policy", self.dtype_policy, DTYPE_POLICIES)
        one_of("monitor", self.monitor, MONITORS)
        one_of("sampler", self.sampler, SAMPLERS)
        for key in ("soft_labels", "label_smoothing", "bootstrap", "bias_share", "teacher_share"):
            within(key, getattr(self, key), 0, 1)
        for key, least, most in (("epochs", 1, 100_000), ("batch_size", 1, 65_536)):
            within(key, getattr(self, key), least, most)
        within("patience", self.patience, 0, 100_000)
        within("seed", self.seed, 0, 2**31 - 1)
        if isinstance(self.class_weights, dict):
            for label, value in self.class_weights.items():
                within(f"class_weights.{label}", value, 0, 1000)
        else:
            within("class_weights", self.class_weights, 0, 5)
        for key, named in (("start_from", (self.start_from,)), ("teachers", self.teachers)):
            if self.name in named:
                raise ConfigError(f"{key} has the recipe's own name; it must be another recipe's")
        self._check_sources()

    def _check_sources(self) -> None:
        if not self.dataset and not self.sources:
            raise ConfigError("missing key 'dataset', or a list of [[sources]]")
        if self.dataset:
            one = SourceSpec(self.dataset, soft_labels=self.soft_labels)
            object.__setattr__(self, "sources", (one,))
        names = [source.dataset for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ConfigError(f"sources names {name} twice")
        if strange := [name for name in self.calibrate_on if name not in names]:
            raise ConfigError(f"calibrate_on names {strange[0]}, which is none of the data sets")
        if not any(source.weight for source in self.sources):
            raise ConfigError("sources has nothing to train on: every weight is 0")

    @classmethod
    def read(cls, path: str | Path) -> "Recipe":
        """Reads a TOML recipe.

        Raises:
            ConfigError: it is missing, not TOML, or has an unknown, missing or wrong key.
        """
        return cls.parse(read_text(path), path)

    @classmethod
    def parse(cls, text: str, path: str | Path) -> "Recipe":
        """A recipe from TOML text; `path` is what messages name.

        Raises:
            ConfigError: it is not TOML, or has an unknown, missing or wrong key.
        """
        try:
            return cls.from_dict(tomllib.loads(text))
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
        sections = (("input", InputSpec), ("augment", AugmentSpec), ("optimizer", OptimizerSpec))
        for key, part in sections:
            if key in parts:
                parts[key] = table(part, parts[key], key)
        check_keys(cls, parts, "")
        parts["teachers"] = _names("teachers", parts.get("teachers", ()))
        parts["calibrate_on"] = _names("calibrate_on", parts.get("calibrate_on", ()))
        if "sources" in parts:
            if both := [key for key in _ONE_SOURCE if key in parts]:
                raise ConfigError(f"{both[0]} and [[sources]] exclude each other")
            parts["sources"] = _sources(parts["sources"])
        if not isinstance(parts.get("class_weights", 0), int | float | dict):
            raise ConfigError("class_weights must be a number, or a table of numbers")
        return cls(**parts)

    @property
    def data_name(self) -> str:
        """The data sets that are trained on, as a person reads it."""
        return " + ".join(source.dataset for source in self.sources if source.weight)

    @property
    def needs(self) -> tuple[str, ...]:
        """The models that must be there before this one can be trained."""
        return tuple(dict.fromkeys(name for name in (self.start_from, *self.teachers) if name))

    def to_dict(self) -> dict[str, Any]:
        """The parsed-TOML form."""
        return asdict(self)


def read_text(path: str | Path) -> str:
    """The text of a recipe's file.

    Raises:
        ConfigError: it is missing, or in another encoding.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not in UTF-8; save it in that encoding.") from error


def _check_architecture(name: str) -> None:
    known = name.isidentifier() and find_spec(f"fer_core.architectures.{name}") is not None
    if not known:
        folder = Path(__file__).parents[1] / "architectures"
        names = ", ".join(sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__"))
        raise ConfigError(f"architecture is {name!r}; there are {names}")


def _sources(value: Any) -> tuple[SourceSpec, ...]:
    if not isinstance(value, list) or not value:
        raise ConfigError("sources must be a list of tables: [[sources]]")
    found = tuple(table(SourceSpec, one, "sources") for one in value)
    for source in found:
        if source.dataset not in DATASETS:
            known = ", ".join(DATASETS)
            raise ConfigError(f"sources.dataset is {source.dataset!r}; known are {known}")
    return found


def _names(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f"{key} is {value!r}; it must be a list of names")
    return tuple(value)
