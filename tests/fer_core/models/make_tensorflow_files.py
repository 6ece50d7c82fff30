"""Run as a script: writes a SavedModel and a .tflite file and what TensorFlow says of them."""

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

folder = Path(sys.argv[1])
keras.utils.set_random_seed(0)
layers = keras.layers
inputs = keras.Input((24, 24, 1))
x = layers.SeparableConv2D(6, 3, strides=2, activation="relu")(inputs)
x = layers.Flatten()(layers.BatchNormalization()(x))
model = keras.Model(inputs, layers.Dense(7, activation="softmax")(x))
model.export(folder / "saved", verbose=False)
converter = tf.lite.TFLiteConverter.from_keras_model(model)
(folder / "model.tflite").write_bytes(converter.convert())
pixels = np.random.default_rng(1).random((3, 24, 24, 1), np.float32)
np.savez(folder / "expected.npz", x=pixels, y=model(pixels, training=False).numpy())
