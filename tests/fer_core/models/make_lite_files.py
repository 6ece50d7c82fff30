"""Run as a script: writes .tflite files in every precision, and what TensorFlow Lite says of them.

The networks are random; their answers differ from picture to picture.
"""

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

folder, faces = Path(sys.argv[1]), np.load(sys.argv[2])
keras.utils.set_random_seed(0)
layers = keras.layers
x = inputs = keras.Input((48, 48, 1))
for count in (16, 32, 64):
    x = layers.Conv2D(count, 3, 2, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
x = layers.GlobalAveragePooling2D()(x)
last = layers.Dense(7, kernel_initializer=keras.initializers.RandomNormal(stddev=2.0))
model = keras.Model(inputs, layers.Softmax()(last(x)))


def faces_one_by_one():
    """Pictures by which ranges are found."""
    return ([face[None]] for face in faces[:100])


optimize, whole = [tf.lite.Optimize.DEFAULT], [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
for name, io in (("float32", None), ("float16", None), ("int8", None), ("uint8", tf.uint8)):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if name != "float32":
        converter.optimizations = optimize
    if name == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if name in ("int8", "uint8"):
        converter.representative_dataset = faces_one_by_one
        converter.target_spec.supported_ops = whole
    if io is not None:
        converter.inference_input_type = converter.inference_output_type = io
    (folder / f"{name}.tflite").write_bytes(converter.convert())
    runtime = tf.lite.Interpreter(model_path=str(folder / f"{name}.tflite"))
    runtime.allocate_tensors()
    (taken,), (given,) = runtime.get_input_details(), runtime.get_output_details()
    answers = []
    for face in faces:
        value = np.rint(255 * face).astype(np.uint8) if io is not None else face
        runtime.set_tensor(taken["index"], value[None])
        runtime.invoke()
        answers.append(runtime.get_tensor(given["index"])[0].copy())
    np.save(folder / f"{name}.npy", np.stack(answers).astype(np.float32))
