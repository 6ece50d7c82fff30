"""Runs a recipe: resumable training that ends in a model folder."""

import csv
import hashlib
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import keras
import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.duplicates import near_copies
from fer_core.errors import ConfigError
from fer_core.models.spec import ModelSpec
from fer_core.preprocess import normalize, to_pixels
from fer_core.training.augment import training_batches
from fer_core.training.recipe import Recipe
from fer_core.training.schedule import WarmupCosine

CHECKPOINT = "checkpoint.keras"
HISTORY = "history.csv"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Arrays that a fit needs, and what was left out of them.

    Attributes:
        train_pixels, validation_pixels: uint8 (N, H, W, C).
        train_targets: float32 (N, K) soft; validation_targets: int64 (N,).
        dropped_copies: training pictures left out as copies of a test or validation picture.
        dropped_blank: training pictures of one grey level.
    """

    train_pixels: np.ndarray
    train_targets: np.ndarray
    validation_pixels: np.ndarray
    validation_targets: np.ndarray
    dropped_copies: int
    dropped_blank: int


def prepare(recipe: Recipe, dataset: Dataset) -> Prepared:
    """Reads the data set and drops every training picture that a held-out split has too."""
    splits = dataset.splits()
    train, held_out = dataset.load(splits[0]), [dataset.load(name) for name in splits[1:]]
    blank = np.array([int(image.max()) - int(image.min()) < 4 for image in train.images])
    copies = np.zeros(len(train), bool)
    for other in held_out:
        copies |= near_copies(train.images, other.images)
    kept = train.subset(~(blank | copies))
    validation = held_out[0]
    return Prepared(
        _pixels(kept, recipe),
        _soft_targets(kept, recipe),
        _pixels(validation, recipe),
        validation.targets,
        int((copies & ~blank).sum()),
        int(blank.sum()),
    )


def _pixels(split: Split, recipe: Recipe) -> np.ndarray:
    return np.stack([to_pixels(image, recipe.input) for image in split.images])


def _soft_targets(split: Split, recipe: Recipe) -> np.ndarray:
    classes = len(split.labels)
    targets = np.eye(classes, dtype=np.float32)[split.targets]
    if recipe.soft_labels and split.probs is not None:
        targets = (1 - recipe.soft_labels) * targets + recipe.soft_labels * split.probs
    smoothing = recipe.label_smoothing
    return (targets * (1 - smoothing) + smoothing / classes).astype(np.float32)


def build_network(recipe: Recipe, classes: int) -> keras.Model:
    """The recipe's network, not compiled.

    Raises:
        ConfigError: the architecture or one of its options is unknown.
    """
    shape = (recipe.input.height, recipe.input.width, recipe.input.channels)
    try:
        module = import_module(f"fer_core.architectures.{recipe.architecture}")
        return module.build(shape, classes, **recipe.options)
    except (ModuleNotFoundError, TypeError) as error:
        raise ConfigError(f"architecture {recipe.architecture!r}: {error}") from error


def _compile(network: keras.Model, recipe: Recipe, steps_per_epoch: int) -> None:
    o = recipe.optimizer
    schedule = WarmupCosine(
        o.learning_rate, o.warmup_epochs * steps_per_epoch, recipe.epochs * steps_per_epoch
    )
    ema = {"use_ema": True, "ema_momentum": o.ema} if o.ema else {}
    optimizer: keras.optimizers.Optimizer
    if o.name == "adamw":
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=o.weight_decay, **ema)
    elif o.name == "sgd":
        optimizer = keras.optimizers.SGD(
            schedule, momentum=0.9, nesterov=True, weight_decay=o.weight_decay, **ema
        )
    else:
        raise ConfigError(f"optimizer.name is {o.name!r}; it must be adamw or sgd")
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    network.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )


class _SaveEpoch(keras.callbacks.Callback):
    """After each epoch: a row of history, then the checkpoint, each replaced in one step."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.started = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch + 1, **{k: f"{v:.5f}" for k, v in (logs or {}).items()}}
        row["seconds"] = f"{time.monotonic() - self.started:.1f}"
        rows = [*read_history(self.folder)[:epoch], row]
        with (self.folder / HISTORY).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(row))
            writer.writeheader()
            writer.writerows(rows)
        # Keras wants the ending .keras, and a kill in the middle must leave the old file whole.
        temporary = self.folder / "writing.keras"
        self.model.save(temporary)
        os.replace(temporary, self.folder / CHECKPOINT)


def read_history(folder: Path) -> list[dict[str, str]]:
    """The rows of history.csv so far, none if there is no such file."""
    path = folder / HISTORY
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def fit(recipe: Recipe, data: Prepared, out: Path, *, resume: bool = False) -> keras.Model:
    """Trains, or goes on from the last checkpoint, and gives the network with its final weights.

    Args:
        out: folder of checkpoint.keras and history.csv; made if missing.
        resume: go on from the checkpoint there, if one is there.
    """
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    keras.mixed_precision.set_global_policy(recipe.dtype_policy)
    steps = len(data.train_pixels) // recipe.batch_size
    checkpoint, done = out / CHECKPOINT, 0
    if resume and checkpoint.is_file():
        network = keras.models.load_model(checkpoint)
        done = int(network.optimizer.iterations.numpy()) // steps
    else:
        network = build_network(recipe, data.train_targets.shape[1])
        _compile(network, recipe, steps)
    classes = data.train_targets.shape[1]
    validation = (
        normalize(data.validation_pixels, recipe.input),
        np.eye(classes, dtype=np.float32)[data.validation_targets],
    )
    callbacks: list[keras.callbacks.Callback] = [_SaveEpoch(out)]
    if recipe.optimizer.ema:
        callbacks.insert(0, keras.callbacks.SwapEMAWeights())
    batches = training_batches(
        data.train_pixels,
        data.train_targets,
        recipe.augment,
        recipe.input,
        batch_size=recipe.batch_size,
        seed=recipe.seed + done,
    )
    network.fit(
        batches,
        initial_epoch=done,
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        validation_data=validation,
        validation_batch_size=256,
        callbacks=callbacks,
        verbose=2 if os.environ.get("CI") or not os.isatty(1) else 1,
    )
    return network


def save_model(network: keras.Model, recipe: Recipe, labels: tuple[str, ...], out: Path) -> Path:
    """Writes model.keras (float32, without optimiser) and model.json; gives the folder."""
    keras.mixed_precision.set_global_policy("float32")
    plain = build_network(recipe, len(labels))
    plain.set_weights(network.get_weights())
    weights = out / "model.keras"
    plain.save(weights, include_optimizer=False)
    spec = ModelSpec(
        name=recipe.name,
        title=recipe.title,
        architecture=recipe.architecture,
        file=weights.name,
        format="keras",
        sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
        labels=labels,
        input=recipe.input,
        output="logits",
        trained_on=recipe.dataset,
        metrics={},
        license=recipe.license,
        source=f"ML/recipes/{recipe.name}.toml",
        created=datetime.now(UTC).date().isoformat(),
    )
    spec.write(out)
    return out
