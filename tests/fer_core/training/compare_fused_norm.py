"""Prints the largest difference between Keras's batch norm and the fused one, case by case."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import keras
import numpy as np

from fer_core.training.fused_norm import FusedBatchNormalization, fused

PICTURES = np.random.default_rng(0).normal(2, 3, (8, 6, 5, 3)).astype(np.float32)


def network(**options):
    inputs = keras.Input((6, 5, 3))
    x = keras.layers.Conv2D(4, 3)(inputs)
    return keras.Model(inputs, keras.layers.BatchNormalization(momentum=0.8, **options)(x))


def apart(a, b):
    return float(np.abs(np.asarray(a) - np.asarray(b)).max())


def trained(**options):
    """Output in training, what was remembered, and output afterwards, after two batches."""
    plain = network(**options)
    quick = fused(plain)
    assert isinstance(quick.layers[-1], FusedBatchNormalization)
    worst = [apart(plain(PICTURES, training=True), quick(PICTURES, training=True))]
    worst += [apart(plain(PICTURES, training=True), quick(PICTURES, training=True))]
    worst += [apart(a, b) for a, b in zip(plain.get_weights(), quick.get_weights(), strict=True)]
    assert apart(plain.get_weights()[-1], 1.0) > 0.1  # it does remember
    return max(*worst, apart(plain(PICTURES), quick(PICTURES)))


def back():
    """Weights of the fused network in the plain one."""
    plain = network()
    quick = fused(plain)
    quick(PICTURES, training=True)
    plain.set_weights(quick.get_weights())
    return apart(plain(PICTURES), quick(PICTURES))


def frozen():
    """A frozen layer uses what it remembers."""
    quick = fused(network())
    quick.trainable = False
    return apart(quick(PICTURES, training=True), quick(PICTURES))


def rows():
    """Input without height and width takes Keras's way."""
    inputs = keras.Input((3,))
    plain = keras.Model(inputs, keras.layers.BatchNormalization()(inputs))
    some = PICTURES.reshape(-1, 3)
    return apart(fused(plain)(some, training=True), plain(some, training=True))


CASES = {
    "same": trained(),
    "scale": trained(scale=False),
    "center": trained(center=False, epsilon=0.1),
    "back": back(),
    "frozen": frozen(),
    "rows": rows(),
}
sys.stdout.write("".join(f"{name} {value}\n" for name, value in CASES.items()))
