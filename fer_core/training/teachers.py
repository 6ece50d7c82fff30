"""Finished networks that help to train another one.

Hinton et al. 2015, https://arxiv.org/abs/1503.02531. Teacher and pupil see the same augmented
pictures (Beyer et al. 2022, https://arxiv.org/abs/2106.05237), so that the pupil cannot learn the
answers by heart. A teacher may want another size or grey pictures, and may know fewer classes.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from fer_core.errors import ConfigError
from fer_core.models.spec import InputSpec, ModelSpec
from fer_core.training.networks import finished_network

Teach = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def teachers(
    folders: Sequence[Path], input_spec: InputSpec, labels: Sequence[str], share: float
) -> Teach:
    """A function of pictures and targets that gives the targets which the teachers agree to.

    Args:
        folders: the teachers' model folders.
        input_spec: of the pupil, whose pictures they are: float32 (B, H, W, C), normalised.
        labels: the columns of the targets (B, K), which are negative where not known.
        share: of each target, 0..1, that is the mean of what the teachers say.

    Raises:
        ConfigError: a teacher is missing, cannot be run by Keras, or sees other colours.
    """
    each = [_teacher(folder, input_spec, labels) for folder in folders]

    def teach(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        said = tf.add_n([teacher(x, y) for teacher in each]) / len(each)
        return tf.where(y < 0, y, (1 - share) * y + share * said)

    return teach


def _teacher(folder: Path, input_spec: InputSpec, labels: Sequence[str]) -> Teach:
    spec, network = finished_network(folder)
    seen = _eyes(input_spec, spec, folder)
    places = np.zeros((len(spec.labels), len(labels)), np.float32)
    for row, label in enumerate(spec.labels):
        if label in labels:
            places[row, list(labels).index(label)] = 1
    if not places.any():
        raise ConfigError(f"teachers: {folder.name} knows none of {', '.join(labels)}.")
    knows = tf.constant(places.max(axis=0))

    def teacher(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        answer = tf.cast(network(seen(x), training=False), tf.float32)
        if spec.output == "softmax":
            answer = tf.math.log(tf.maximum(answer, 1e-9))
        probs = tf.nn.softmax(answer / spec.temperature) @ tf.constant(places)
        both = tf.where(y < 0, 0.0, knows)
        probs *= both
        probs /= tf.maximum(tf.reduce_sum(probs, axis=1, keepdims=True), 1e-9)
        # What the target gives to classes that the teacher knows, the teacher distributes.
        mass = tf.reduce_sum(tf.maximum(y, 0.0) * both, axis=1, keepdims=True)
        return tf.where(both > 0, probs * mass, tf.maximum(y, 0.0))

    return teacher


def _eyes(pupil: InputSpec, spec: ModelSpec, folder: Path) -> Callable[[tf.Tensor], tf.Tensor]:
    """The pupil's pictures as the teacher wants them."""
    own = spec.input
    if own == pupil:
        return lambda x: x
    if own.equalize or own.layout != "nhwc":
        raise ConfigError(
            f"teachers: {folder.name} wants equalised pictures, or channels first, which the "
            "pictures of a training are not; leave it out."
        )

    def seen(x: tf.Tensor) -> tf.Tensor:
        pixels = (x * _row(pupil.std) + _row(pupil.mean)) / pupil.scale
        pixels = _recolored(pixels, pupil.color, own.color)
        if (own.width, own.height) != (pupil.width, pupil.height):
            shrinks = own.width <= pupil.width and own.height <= pupil.height
            method = "area" if shrinks else "bilinear"
            pixels = tf.image.resize(pixels, (own.height, own.width), method)
        return (pixels * own.scale - _row(own.mean)) / _row(own.std)

    return seen


def _row(numbers: tuple[float, ...]) -> np.ndarray:
    return np.asarray(numbers, np.float32)


def _recolored(pixels: tf.Tensor, color: str, wanted: str) -> tf.Tensor:
    if color == wanted:
        return pixels
    if color == "bgr":
        pixels, color = pixels[..., ::-1], "rgb"
    if wanted in ("gray", "gray3"):
        grey = tf.image.rgb_to_grayscale(pixels) if color == "rgb" else pixels[..., :1]
        return grey if wanted == "gray" else tf.repeat(grey, 3, axis=-1)
    if color in ("gray", "gray3"):
        return tf.repeat(pixels[..., :1], 3, axis=-1)
    return pixels[..., ::-1] if wanted == "bgr" else pixels
