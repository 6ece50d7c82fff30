"""Run as a script: writes a network of keras.applications, random weights, and what it gives."""

import sys
from pathlib import Path

import keras
import numpy as np

name, size, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
keras.utils.set_random_seed(0)
build = getattr(keras.applications, name)
model = build(weights=None, input_shape=(size, size, 3), classes=7)
model.save(folder / "model.keras")
x = np.random.default_rng(1).random((3, size, size, 3), np.float32)
y = keras.ops.convert_to_numpy(model(x, training=False))
np.savez(folder / "model.npz", x=x, y=y)
