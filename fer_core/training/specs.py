"""The tables of a recipe: data sources, changes to pictures, optimiser; each checked when made."""

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, get_type_hints

from fer_core.errors import ConfigError

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("cosine", "plateau", "constant")


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One data set of a training.

    Attributes:
        dataset: its name, see `fer_core.datasets.registry`.
        path: where it lies under the folder given at the command line; empty: it is looked for.
        weight: how often each of its pictures is seen in an epoch, 0 to 20; 0: only validated on.
        soft_labels: share of the data set's soft labels mixed into the hard ones, 0..1.
        crop: sides of the least and the greatest crop, as shares of the picture's, 0.4 to 1.5; what
            lies outside the picture repeats its border.
    """

    dataset: str
    path: str = ""
    weight: float = 1.0
    soft_labels: float = 0.0
    crop: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        within("sources.weight", self.weight, 0, 20)
        within("sources.soft_labels", self.soft_labels, 0, 1)
        span("sources.crop", self.crop, 0.4, 1.5)


@dataclass(frozen=True, slots=True)
class AugmentSpec:
    """Random changes to a training picture; all shares 0..1 of the picture unless said.

    Attributes:
        zoom: the crop's side changes by up to this share, beyond the source's own `crop`.
        aspect: its width and height differ by up to this share.
        small_probability, small_px: how often a crop is reduced to a few pixels, at least so many,
            and enlarged again, as a face far away.
        blur_probability, blur_sigma: Gaussian blur of up to so many px.
        noise_probability, noise: grain with a standard deviation of up to so many grey levels.
        gray_probability: how often colour is taken away; nothing for a network of grey pictures.
        jpeg_probability, jpeg_quality: how often, and how badly, a picture is saved as JPEG.
        mixup_alpha, cutmix_alpha: of the Beta distribution by which two pictures are mixed, or a
            part of one is pasted into another; 0: not. With both, each batch draws one of them.
    """

    flip: bool = True
    affine_probability: float = 0.7
    rotation_deg: float = 12.0
    zoom: float = 0.12
    aspect: float = 0.0
    shift: float = 0.08
    brightness: float = 0.1
    contrast: float = 0.2
    small_probability: float = 0.0
    small_px: int = 12
    blur_probability: float = 0.0
    blur_sigma: float = 1.5
    noise_probability: float = 0.0
    noise: float = 8.0
    gray_probability: float = 0.0
    jpeg_probability: float = 0.0
    jpeg_quality: tuple[int, int] = (30, 95)
    erase_probability: float = 0.25
    erase_area: tuple[float, float] = (0.02, 0.2)
    mixup_alpha: float = 0.2
    cutmix_alpha: float = 0.0

    def __post_init__(self) -> None:
        for f in fields(self):
            if f.name.endswith("_probability"):
                within(f"augment.{f.name}", getattr(self, f.name), 0, 1)
        within("augment.rotation_deg", self.rotation_deg, 0, 180)
        for key in ("zoom", "aspect", "shift", "brightness", "contrast"):
            within(f"augment.{key}", getattr(self, key), 0, 0.9)
        within("augment.small_px", self.small_px, 4, 1024)
        within("augment.blur_sigma", self.blur_sigma, 0, 20)
        within("augment.noise", self.noise, 0, 100)
        span("augment.jpeg_quality", self.jpeg_quality, 1, 100)
        span("augment.erase_area", self.erase_area, 0, 1)
        within("augment.mixup_alpha", self.mixup_alpha, 0, 10)
        within("augment.cutmix_alpha", self.cutmix_alpha, 0, 10)


@dataclass(frozen=True, slots=True)
class OptimizerSpec:
    """Optimiser and schedule: linear warm-up, then as the schedule says.

    Attributes:
        name: adamw or sgd (Nesterov momentum 0.9).
        learning_rate: at the end of the warm-up.
        weight_decay: decoupled, not applied to biases and batch norm.
        schedule: cosine: half a cosine down to zero over the epochs. plateau: times
            `plateau_factor` after `plateau_patience` epochs without a better validation. constant.
        ema: momentum of the moving average of weights, which begins lower, see `average`; 0 to
            switch it off. The averaged weights are validated and kept.
        sam_epochs: for so many last epochs each step is taken from the worst point nearby
            (sharpness-aware minimisation), at twice the time; `sam_rho` is how near.
    """

    name: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 2.0
    schedule: str = "cosine"
    plateau_patience: int = 3
    plateau_factor: float = 0.5
    ema: float = 0.0
    sam_epochs: int = 0
    sam_rho: float = 0.05

    def __post_init__(self) -> None:
        one_of("optimizer.name", self.name, OPTIMIZERS)
        one_of("optimizer.schedule", self.schedule, SCHEDULES)
        within("optimizer.learning_rate", self.learning_rate, 1e-9, 10)
        within("optimizer.weight_decay", self.weight_decay, 0, 10)
        within("optimizer.warmup_epochs", self.warmup_epochs, 0, 1000)
        within("optimizer.plateau_patience", self.plateau_patience, 1, 1000)
        within("optimizer.plateau_factor", self.plateau_factor, 0.01, 0.99)
        within("optimizer.ema", self.ema, 0, 0.99999)
        within("optimizer.sam_epochs", self.sam_epochs, 0, 100_000)
        within("optimizer.sam_rho", self.sam_rho, 1e-6, 10)


def within(key: str, value: float, low: float, high: float) -> None:
    """Raises ConfigError unless the value lies in the range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigError(f"{key} is {value!r}; it must be a number from {low:g} to {high:g}")


def span(key: str, value: Any, low: float, high: float) -> None:
    """Raises ConfigError unless the value is two numbers of the range, the smaller one first."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise ConfigError(f"{key} is {value!r}; it must be a list of two numbers")
    for one in value:
        within(key, one, low, high)
    if value[0] > value[1]:
        raise ConfigError(f"{key} is {list(value)!r}; the smaller number comes first")


def one_of(key: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Raises ConfigError unless the value is one of the words."""
    if value not in allowed:
        raise ConfigError(f"{key} is {value!r}; it must be one of {', '.join(allowed)}")


def table(cls: type, data: Any, name: str) -> Any:
    """A table of parsed TOML as the dataclass that it stands for.

    Raises:
        ConfigError: it is no table, or a key is unknown, missing or wrong; the message names it.
    """
    if not isinstance(data, Mapping):
        raise ConfigError(f"{name} must be a table: [{name}]")
    check_keys(cls, data, f"{name}.")
    return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def check_keys(cls: type, data: Mapping[str, Any], prefix: str) -> None:
    """Raises ConfigError for a key that is unknown, missing or of another type."""
    known = {f.name: f for f in fields(cls)}
    kinds = get_type_hints(cls)
    for key, value in data.items():
        if key not in known:
            raise ConfigError(f"unknown key {prefix + key!r}")
        kind = kinds[key]
        accepted = (int, float) if kind is float else kind
        wrong = kind in (str, int, float, bool) and (
            not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool))
        )
        if wrong or (isinstance(value, float) and not math.isfinite(value)):
            name = getattr(kind, "__name__", str(kind))
            raise ConfigError(f"{prefix + key} is {value!r}; it must be of type {name}")
    for key, f in known.items():
        if f.default is MISSING and f.default_factory is MISSING and key not in data:
            raise ConfigError(f"missing key {prefix + key!r}")
