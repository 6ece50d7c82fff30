"""Runs a recipe: resumable training that ends in a model folder."""

import csv
import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from fer_core.errors import ConfigError
from fer_core.files import replacing
from fer_core.models.spec import ModelSpec
from fer_core.preprocess import normalize
from fer_core.training import precision
from fer_core.training.augment import training_batches
from fer_core.training.half import halve_kernels
from fer_core.training.networks import begin_with, build_network
from fer_core.training.prepare import Prepared
from fer_core.training.recipe import Recipe
from fer_core.training.schedule import WarmupCosine
from fer_core.training.teachers import taught

CHECKPOINT = "checkpoint.keras"
MODEL = "model.keras"
HISTORY = "history.csv"
#: At a batch-norm momentum of 0.95, enough for the old statistics to fade to 0.6 %.
_BATCH_NORM_STEPS = 100


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
        row = {"epoch": str(epoch + 1), **{k: f"{v:.5f}" for k, v in (logs or {}).items()}}
        row["seconds"] = f"{time.monotonic() - self.started:.1f}"
        rows = [*read_history(self.folder)[:epoch], row]
        with (
            replacing(self.folder / HISTORY) as path,
            path.open("w", newline="", encoding="utf-8") as stream,
        ):
            writer = csv.DictWriter(stream, fieldnames=list(row))
            writer.writeheader()
            writer.writerows(rows)
        with replacing(self.folder / CHECKPOINT) as path:
            self.model.save(path)


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
    precision.use(recipe.dtype_policy)
    batch_size = min(recipe.batch_size, len(data.train_pixels))
    steps = len(data.train_pixels) // batch_size
    checkpoint, done = out / CHECKPOINT, 0
    if resume and checkpoint.is_file():
        network = keras.models.load_model(checkpoint)
        done = int(network.optimizer.iterations.numpy()) // steps
    else:
        network = build_network(recipe, data.train_targets.shape[1])
        if recipe.start_from:
            begin_with(network, out.parent / recipe.start_from)
        _compile(network, recipe, steps)
    classes = data.train_targets.shape[1]
    validation = (
        normalize(data.validation_pixels, recipe.input),
        np.eye(classes, dtype=np.float32)[data.validation_targets],
    )
    batches = training_batches(
        data.train_pixels,
        data.train_targets,
        recipe.augment,
        recipe.input,
        batch_size=batch_size,
        seed=recipe.seed + done,
    )
    if recipe.teachers:
        folders = [out.parent / name for name in recipe.teachers]
        batches = taught(batches, recipe, folders, classes)
    network.fit(
        batches,
        initial_epoch=done,
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        validation_data=validation,
        validation_batch_size=256,
        callbacks=[_SaveEpoch(out)],
        shuffle=False,  # the batches are shuffled already
        verbose=2 if os.environ.get("CI") or not os.isatty(1) else 1,
    )
    if recipe.optimizer.ema:
        _refresh_batch_norm(network, batches.take(_BATCH_NORM_STEPS))
    return network


def _refresh_batch_norm(network: keras.Model, batches: Iterable) -> None:
    """Measures the batch-norm statistics anew, for weights that are averages.

    After its last epoch Keras puts the averaged weights in place; the statistics still belong to
    the weights before (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407, section 3.2).
    """
    for pixels, _ in batches:
        network(pixels, training=True)


def save_model(network: keras.Model, recipe: Recipe, labels: tuple[str, ...], out: Path) -> Path:
    """Writes model.keras (kernels kept as float16) and model.json; gives the folder."""
    precision.use("float32")
    plain = build_network(recipe, len(labels))
    plain.set_weights(network.get_weights())
    weights = out / MODEL
    _write(plain, weights)
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


def shift_logits(folder: Path, bias: np.ndarray) -> None:
    """Adds to the biases of the last layer of a model folder's network, and notes the new hash.

    Args:
        bias: float (K,), one number a class.
    """
    spec = ModelSpec.read(folder)
    path = folder / spec.file
    network = keras.models.load_model(path, compile=False)
    kernel, old = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel, old + bias.astype(np.float32)])
    _write(network, path)
    replace(spec, sha256=hashlib.sha256(path.read_bytes()).hexdigest()).write(folder)


def _write(network: keras.Model, path: Path) -> None:
    with replacing(path) as temporary:
        network.save(temporary, include_optimizer=False)
        halve_kernels(temporary)
