"""The loop of a training: epochs, validation by the averaged weights, checkpoints."""

import csv
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from fer_core.errors import ConfigError
from fer_core.evaluation.metrics import balanced_accuracy, confusion_matrix
from fer_core.files import replacing
from fer_core.preprocess import normalize
from fer_core.training import precision
from fer_core.training.average import Average
from fer_core.training.batches import Batches
from fer_core.training.checkpoint import CHECKPOINT, Checkpoint
from fer_core.training.fused_norm import fused
from fer_core.training.loss import crossentropy, masked
from fer_core.training.networks import begin_with, build_network
from fer_core.training.prepare import Prepared, Source
from fer_core.training.recipe import Recipe
from fer_core.training.schedule import Progress, learning_rate
from fer_core.training.steps import Trainer, make_optimizer
from fer_core.training.teachers import Teach, teachers

HISTORY = "history.csv"
#: Keys of a recipe that do not change what has been trained so far.
_AFTERWARDS = ("epochs", "patience", "title", "calibrate_on")
_VALIDATION_BATCH = 128

Say = Callable[[str], None]


def check(recipe: Recipe, labels: Sequence[str], start: Path | None, taught_by: list[Path]) -> None:
    """Builds what the recipe asks for, before any picture is read.

    Args:
        labels: the joined classes of the data sets.
        start: model folder to begin with.
        taught_by: model folders of the teachers.

    Raises:
        ConfigError: the network cannot be built, or its beginning or a teacher does not fit.
    """
    precision.use(recipe.dtype_policy)
    network = build_network(recipe, len(labels))
    if start is not None:
        begin_with(network, labels, start)
    if taught_by:
        teachers(taught_by, recipe.input, labels, recipe.teacher_share)


def fit(
    recipe: Recipe,
    data: Prepared,
    out: Path,
    *,
    resume: bool = False,
    start: Path | None = None,
    taught_by: Sequence[Path] = (),
    say: Say = lambda text: None,
) -> keras.Model:
    """Trains, or goes on from the last checkpoint, and gives the network of the best epoch.

    Args:
        out: folder of checkpoint.npz and history.csv; made if missing.
        resume: go on from the checkpoint there, if one is there.
        start: model folder to begin with.
        taught_by: model folders of the teachers.
        say: gets a line an epoch.

    Raises:
        ConfigError: the checkpoint is of another recipe or of other data.
    """
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    precision.use(recipe.dtype_policy)
    network = fused(build_network(recipe, len(data.labels)))
    teach: Teach | None = None
    if taught_by:
        teach = teachers(taught_by, recipe.input, data.labels, recipe.teacher_share)
    run = _Run(recipe, data, out, network, teach)
    if resume and (out / CHECKPOINT).is_file():
        run.go_on()
    elif start is not None:
        begin_with(network, data.labels, start)
        run.average = Average(network, recipe.optimizer.ema)
    run.train(say)
    return network


def fingerprint(recipe: Recipe, data: Prepared) -> str:
    """What a checkpoint belongs to; of the recipe all but what matters afterwards only."""
    said = _said(recipe)  # an option that a later version adds must not end older trainings
    parts = {k: v for k, v in said.items() if k not in _AFTERWARDS}
    parts["input"] = said["input"] | {"crop_margin": 0.0}  # for the app's crops only
    text = json.dumps(parts, sort_keys=True, default=str) + data.fingerprint
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    """A recipe as parsed TOML, without what has its default value."""
    if isinstance(value, list | tuple):
        return [_said(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {}
    for f in fields(value):
        default = f.default if f.default_factory is MISSING else f.default_factory()
        if getattr(value, f.name) != default:
            found[f.name] = _said(getattr(value, f.name))
    return found


class _Run:
    """A training under way."""

    def __init__(
        self,
        recipe: Recipe,
        data: Prepared,
        out: Path,
        network: keras.Model,
        teach: Teach | None,
    ) -> None:
        self.recipe, self.data, self.out, self.network = recipe, data, out, network
        self.optimizer = make_optimizer(recipe, network)
        self.trainer = Trainer(network, self.optimizer, recipe, teach)
        self.average = Average(network, recipe.optimizer.ema)
        self.batches = Batches(recipe, data)
        self.progress = Progress()
        self.best: list[np.ndarray] = []
        self._forward = tf.function(lambda x: network(x, training=False), reduce_retracing=True)

    def go_on(self) -> None:
        """Puts back what the checkpoint holds."""
        kept = Checkpoint.read(self.out)
        if kept.state.pop("fingerprint", "") != fingerprint(self.recipe, self.data):
            raise ConfigError(
                f"{self.out} holds a training on other pictures or by another recipe; give the "
                "data that it began with, or another folder with --out."
            )
        steps = kept.state.pop("average_steps")
        self.progress = Progress(**kept.state)
        self.network.set_weights(kept.network)
        self.average.restore(kept.average, steps)
        self.best = kept.best
        for variable, array in zip(self.optimizer.variables, kept.optimizer, strict=True):
            variable.assign(array)

    def train(self, say: Say) -> None:
        """All epochs that are left; then the network has the weights of the best one."""
        while not self.progress.is_over(self.recipe):
            started, number = time.monotonic(), self.progress.epochs
            row: dict[str, float] = self._epoch(number)
            with self.average.in_place():
                row |= validated(self._forward, self.data, self.recipe)
                sign = -1 if self.recipe.monitor == "loss" else 1
                if self.progress.note(sign * row[f"val_{self.recipe.monitor}"], self.recipe):
                    self.best = self.network.get_weights()
            row["seconds"] = time.monotonic() - started
            self._save(row)
            say(_line(row, number + 1, self.progress))
        if self.best:
            self.network.set_weights(self.best)

    def _epoch(self, number: int) -> dict[str, float]:
        spec, steps = self.recipe.optimizer, self.batches.steps
        sharp = number >= self.recipe.epochs - spec.sam_epochs
        sums, rate = np.zeros(2), 0.0
        for step, (x, y) in enumerate(self.batches.epoch(number)):
            done = number + (step + 1) / steps
            rate = learning_rate(spec, done, self.recipe.epochs, self.progress.factor)
            sums += self.trainer.step(x, y, rate, sharp=sharp)
            self.average.update()
        loss, right = sums / steps
        return {"loss": loss, "accuracy": right, "learning_rate": rate}

    def _save(self, row: dict[str, float]) -> None:
        """A row of history, then the checkpoint, each replaced in one step."""
        texts = {key: f"{value:.5g}" for key, value in row.items()}
        texts = {"epoch": str(self.progress.epochs), **texts}
        rows = [*read_history(self.out)[: self.progress.epochs - 1], texts]
        with (
            replacing(self.out / HISTORY) as path,
            path.open("w", newline="", encoding="utf-8") as stream,
        ):
            writer = csv.DictWriter(stream, fieldnames=list(texts), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        state: dict[str, Any] = self.progress.to_dict()
        state |= {
            "fingerprint": fingerprint(self.recipe, self.data),
            "average_steps": self.average.steps,
        }
        Checkpoint(
            state,
            self.network.get_weights(),
            self.average.arrays(),
            self.best,
            [variable.numpy() for variable in self.optimizer.variables],
        ).write(self.out)


def validated(
    forward: Callable[[tf.Tensor], tf.Tensor], data: Prepared, recipe: Recipe
) -> dict[str, float]:
    """Loss, accuracy and balanced accuracy of each source, and their means over the sources."""
    found: dict[str, float] = {}
    each = [_source_figures(forward, source, recipe) for source in data.sources]
    for key in ("loss", "accuracy", "balanced_accuracy"):
        found[f"val_{key}"] = float(np.mean([figures[key] for figures in each]))
    if len(each) > 1:
        for source, figures in zip(data.sources, each, strict=True):
            found[f"val_accuracy_{source.spec.dataset}"] = figures["accuracy"]
    return found


def _source_figures(
    forward: Callable[[tf.Tensor], tf.Tensor], source: Source, recipe: Recipe
) -> dict[str, float]:
    classes = len(source.known)
    rows = np.where(source.known, 0.0, -1.0).astype(np.float32)
    losses, predicted = [], []
    for start in range(0, len(source.validation_targets), _VALIDATION_BATCH):
        part = slice(start, start + _VALIDATION_BATCH)
        truth = source.validation_targets[part]
        pixels = np.stack([source.validation_pictures[i] for i in range(start, start + len(truth))])
        targets = np.repeat(rows[None], len(truth), axis=0)
        targets[np.arange(len(truth)), truth] = 1
        logits = forward(tf.constant(normalize(pixels, recipe.input)))
        losses.append(crossentropy(tf.constant(targets), logits).numpy())
        predicted.append(masked(tf.constant(targets), logits).numpy().argmax(axis=1))
    confusion = confusion_matrix(source.validation_targets, np.concatenate(predicted), classes)
    return {
        "loss": float(np.concatenate(losses).mean()),
        "accuracy": float(np.trace(confusion) / confusion.sum()),
        "balanced_accuracy": float(balanced_accuracy(confusion)),
    }


def _line(row: dict[str, float], epoch: int, progress: Progress) -> str:
    best = " (the best so far)" if progress.best_epoch == epoch else ""
    return (
        f"Epoch {epoch}: {100 * row['val_balanced_accuracy']:.2f} % right in the mean of the "
        f"classes, {100 * row['val_accuracy']:.2f} % of all pictures, loss {row['loss']:.3f}, "
        f"validation loss {row['val_loss']:.3f}, {row['seconds']:.0f} s{best}"
    )


def read_history(folder: Path) -> list[dict[str, str]]:
    """The rows of history.csv so far, none if there is no such file."""
    path = folder / HISTORY
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
