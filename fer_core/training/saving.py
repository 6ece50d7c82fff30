"""Writes a trained network as a model folder, and changes its last biases."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from fer_core.files import replacing
from fer_core.models.spec import ModelSpec
from fer_core.training import precision
from fer_core.training.half import halve_kernels
from fer_core.training.networks import build_network
from fer_core.training.recipe import Recipe

MODEL = "model.keras"


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
        trained_on=recipe.data_name,
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
