"""One step of a training: the loss of a batch, its gradients, and the optimiser."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from fer_core.training.loss import crossentropy, hits
from fer_core.training.recipe import Recipe
from fer_core.training.teachers import Teach


def make_optimizer(recipe: Recipe, network: keras.Model) -> keras.optimizers.Optimizer:
    """The recipe's optimiser, built for the network's trainable weights."""
    spec = recipe.optimizer
    optimizer: keras.optimizers.Optimizer
    if spec.name == "adamw":
        optimizer = keras.optimizers.AdamW(spec.learning_rate, weight_decay=spec.weight_decay)
    else:
        optimizer = keras.optimizers.SGD(
            spec.learning_rate, momentum=0.9, nesterov=True, weight_decay=spec.weight_decay
        )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(network.trainable_variables)
    return optimizer


class Trainer:
    """Takes the steps of a training.

    Args:
        teach: what the teachers make of the targets, or None.
    """

    def __init__(
        self,
        network: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        recipe: Recipe,
        teach: Teach | None = None,
    ) -> None:
        self.network, self.optimizer, self.recipe, self.teach = network, optimizer, recipe, teach
        self._plain = tf.function(self._step, reduce_retracing=True)
        self._sharp = tf.function(self._sam_step, reduce_retracing=True)

    def step(
        self, x: np.ndarray, y: np.ndarray, learning_rate: float, *, sharp: bool = False
    ) -> tuple[float, float]:
        """One step.

        Args:
            x: float32 (B, H, W, C).
            y: float32 (B, K), negative where the class is not known.
            sharp: as sharpness-aware minimisation takes it.

        Returns:
            Mean loss and share of hits of the batch.
        """
        self.optimizer.learning_rate.assign(learning_rate)
        take: Callable[..., tuple] = self._sharp if sharp else self._plain
        loss, right = take(tf.constant(x), tf.constant(y))
        return float(loss), float(right)

    def _gradients(self, x: tf.Tensor, y: tf.Tensor) -> tuple:
        with tf.GradientTape() as tape:
            logits = self.network(x, training=True)
            loss = tf.reduce_mean(crossentropy(y, logits, self.recipe.bootstrap))
        return loss, logits, tape.gradient(loss, self.network.trainable_variables)

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        if self.teach is not None:
            y = self.teach(x, y)
        loss, logits, gradients = self._gradients(x, y)
        self.optimizer.apply(gradients, self.network.trainable_variables)
        return loss, tf.reduce_mean(hits(y, logits))

    def _sam_step(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Foret et al. 2021, https://arxiv.org/abs/2010.01412."""
        if self.teach is not None:
            y = self.teach(x, y)
        variables = self.network.trainable_variables
        loss, logits, gradients = self._gradients(x, y)
        scale = self.recipe.optimizer.sam_rho / (tf.linalg.global_norm(gradients) + 1e-12)
        moves = [scale * gradient for gradient in gradients]
        for variable, move in zip(variables, moves, strict=True):
            variable.assign_add(move)
        # The second pass must not count in the batch-norm statistics.
        statistics = [tf.identity(v) for v in self.network.non_trainable_variables]
        _, _, gradients = self._gradients(x, y)
        for variable, value in zip(self.network.non_trainable_variables, statistics, strict=True):
            variable.assign(value)
        for variable, move in zip(variables, moves, strict=True):
            variable.assign_sub(move)
        self.optimizer.apply(gradients, variables)
        return loss, tf.reduce_mean(hits(y, logits))
