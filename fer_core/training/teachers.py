"""Finished networks that help to train another one.

Hinton et al. 2015, https://arxiv.org/abs/1503.02531. Teacher and pupil see the same augmented
pictures (Beyer et al. 2022, https://arxiv.org/abs/2106.05237), so that the pupil cannot learn the
answers by heart.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import tensorflow as tf

from fer_core.errors import ConfigError
from fer_core.training.networks import finished_network
from fer_core.training.recipe import Recipe


def taught(
    batches: tf.data.Dataset, recipe: Recipe, folders: Sequence[Path], classes: int
) -> tf.data.Dataset:
    """Mixes the teachers' mean probabilities into the targets, as `recipe.teacher_share` says.

    Args:
        batches: float32 (B, H, W, C) and targets (B, K), as `training_batches` makes them.
        folders: the teachers' model folders, each written by a training.
        classes: K.

    Raises:
        ConfigError: a teacher is missing, or has another input or other classes.
    """
    teachers = [_teacher(folder, recipe, classes) for folder in folders]
    share = recipe.teacher_share

    def teach(x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        probs = tf.add_n([teacher(x) for teacher in teachers]) / len(teachers)
        # A row of targets sums to what the picture counts.
        return x, (1 - share) * y + share * probs * tf.reduce_sum(y, axis=1, keepdims=True)

    return batches.map(teach).prefetch(2)


def _teacher(folder: Path, recipe: Recipe, classes: int) -> Callable[[tf.Tensor], tf.Tensor]:
    spec, network = finished_network(folder)
    if spec.input != recipe.input or len(spec.labels) != classes:
        raise ConfigError(
            f"teachers: {folder.name} has another input or other classes than {recipe.name}; "
            "both need the same."
        )
    return lambda x: tf.nn.softmax(network(x, training=False) / spec.temperature)
