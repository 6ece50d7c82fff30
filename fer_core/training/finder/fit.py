"""Runs a finder recipe: resumable training, a checkpoint an epoch."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from fer_core.architectures import face_finder
from fer_core.datasets.drawn.library import Library
from fer_core.files import replacing
from fer_core.training import precision
from fer_core.training.finder.batches import batch, stream
from fer_core.training.finder.loss import finder_loss
from fer_core.training.finder.recipe import FinderRecipe
from fer_core.training.finder.schedule import WarmupCosine
from fer_core.training.fused_norm import fused

CHECKPOINT = "checkpoint.keras"
HISTORY = "history.csv"
_VALIDATION_SEED = 1_000_000_007


class _Epochs(keras.callbacks.Callback):
    """After each epoch: a row of history, then the checkpoint, each replaced in one step."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.started = folder, time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": str(epoch + 1), **{k: f"{v:.5f}" for k, v in (logs or {}).items()}}
        row["learning_rate"] = f"{float(self.model.optimizer.learning_rate):.6f}"
        row["seconds"] = f"{time.monotonic() - self.started:.0f}"
        rows = [*read_history(self.folder)[:epoch], row]
        with (
            replacing(self.folder / HISTORY) as path,
            path.open("w", newline="", encoding="utf-8") as out,
        ):
            writer = csv.DictWriter(out, fieldnames=list(row))
            writer.writeheader()
            writer.writerows(rows)
        with replacing(self.folder / CHECKPOINT) as path:
            self.model.save(path)


def read_history(folder: Path) -> list[dict[str, str]]:
    """The rows of history.csv so far, none if there is no such file."""
    path = folder / HISTORY
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream_:
        return list(csv.DictReader(stream_))


def fit(
    recipe: FinderRecipe, folders: Sequence[Path], out: Path, *, resume: bool = False
) -> keras.Model:
    """Trains, or goes on from the last checkpoint.

    Args:
        folders: each of photos.tar and boxes.csv.
        out: folder of checkpoint.keras and history.csv; made if missing.
    """
    out.mkdir(parents=True, exist_ok=True)
    precision.use(recipe.dtype_policy)
    checkpoint, done = out / CHECKPOINT, 0
    size = (recipe.width, recipe.height)
    schedule = WarmupCosine(
        recipe.learning_rate,
        recipe.warmup_epochs * recipe.steps_per_epoch,
        recipe.epochs * recipe.steps_per_epoch,
    )
    if resume and checkpoint.is_file():
        network = keras.models.load_model(checkpoint, custom_objects={"finder_loss": finder_loss})
        network.optimizer.learning_rate = schedule  # the recipe may have got more epochs since
        done = int(network.optimizer.iterations.numpy()) // recipe.steps_per_epoch
    else:
        keras.utils.set_random_seed(recipe.seed)
        network = fused(face_finder.build((recipe.height, recipe.width, 1), **recipe.options))
        optimizer = keras.optimizers.AdamW(
            schedule, weight_decay=recipe.weight_decay, global_clipnorm=10.0
        )
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        network.compile(optimizer, finder_loss)
    held_out = batch(
        Library.read(folders, "validation"), size, _VALIDATION_SEED, recipe.validation_pictures
    )
    batches = stream(
        folders,
        size,
        recipe.batch_size,
        recipe.seed + done * recipe.steps_per_epoch,
        recipe.workers,
    )
    network.fit(
        ((_scaled(x), y) for x, y in batches),
        initial_epoch=done,
        epochs=recipe.epochs,
        steps_per_epoch=recipe.steps_per_epoch,
        validation_data=(_scaled(held_out[0]), held_out[1]),
        validation_batch_size=recipe.batch_size,
        callbacks=[_Epochs(out)],
        shuffle=False,  # every batch is new
        verbose=2,
    )
    return network


def _scaled(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / 255
