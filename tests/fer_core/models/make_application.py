"""Run as a script: writes a network of keras.applications, random weights, and what it gives."""

import sys
from functools import partial
from pathlib import Path

import keras
import numpy as np
import openvino

name, size, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
keras.utils.set_random_seed(0)
build = getattr(keras.applications, name)
model = build(weights=None, input_shape=(size, size, 3), classes=7)
for layer in model.layers:
    if isinstance(layer, keras.layers.Dense):  # else all classes are equally likely
        layer.kernel.assign(np.random.default_rng(0).normal(size=layer.kernel.shape))
model.save(folder / "model.keras")
x = np.random.default_rng(1).random((3, size, size, 3), np.float32)
precise = {"INFERENCE_PRECISION_HINT": "f32"}
openvino.compile_model = partial(openvino.compile_model, config=precise)
np.savez(folder / "model.npz", x=x, y=model.predict(x, verbose=0))
