"""Run as a script: writes small Keras files and what Keras says of them into a folder."""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "openvino")

import keras
import numpy as np

layers = keras.layers


def small(channels: int, *, output: str | None, rescale: bool = False) -> keras.Model:
    inputs = keras.Input((24, 24, channels))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs) if rescale else inputs
    x = layers.SeparableConv2D(6, 3, strides=2, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(7, activation=output)(x))


def save(model: keras.Model, path: Path) -> None:
    model.save(path)
    shape = model.inputs[0].shape[1:]
    x = np.random.default_rng(1).random((3, *shape), np.float32)
    y = keras.ops.convert_to_numpy(model(x, training=False))
    np.savez(path.with_suffix(".npz"), x=x, y=y)


def main(folder: Path) -> None:
    keras.utils.set_random_seed(0)
    save(small(1, output="softmax"), folder / "gray.keras")
    save(small(3, output=None, rescale=True), folder / "colour.h5")
    steps = [layers.RandomErasing(), layers.RandomHue(0.1), layers.Solarization(1.0)]
    steps += [layers.Resizing(30, 30), layers.CenterCrop(24, 24), layers.ZeroPadding2D(1)]
    tail = [layers.GlobalAveragePooling2D(), layers.Dense(7, activation="softmax")]
    scaled = [keras.Input((40, 40, 3)), *steps, layers.Rescaling(1 / 255), *tail]
    save(keras.Sequential(scaled), folder / "prepared.keras")
    anything = [keras.Input((None, None, 1)), layers.Conv2D(7, 3), layers.GlobalMaxPooling2D()]
    keras.Sequential(anything).save(folder / "any_size.h5")
    pixels = keras.Input((24, 24, 3), dtype="uint8")
    tail = [layers.GlobalAveragePooling2D(), layers.Dense(7)]
    keras.Sequential([pixels, layers.Rescaling(1 / 255), *tail]).save(folder / "bytes.keras")
    picture = keras.Input((24, 24, 4))
    keras.Sequential([picture, layers.Flatten(), layers.Dense(7)]).save(folder / "rgba.keras")
    smile = [layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    keras.Sequential([keras.Input((24, 24, 1)), *smile]).save(folder / "smile.h5")
    two = keras.Input((24, 24, 1))
    x = layers.Flatten()(two)
    keras.Model(two, [layers.Dense(7)(x), layers.Dense(2)(x)]).save(folder / "two_outputs.keras")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
