"""Batch normalisation in one operation while training.

Keras 3 writes batch norm out as a dozen small operations; on two cores that costs three times as
much as TensorFlow's own, and more than the convolution before it. The weights, their names and the
configuration stay those of Keras's layer, so what was trained loads without this file.
"""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="mimik")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer, run by `FusedBatchNormV3` in training where the input is (N, H, W, C)."""

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalises; in training by the batch's own statistics, which it also remembers."""
        if not training or not self.trainable or len(inputs.shape) != 4 or self.axis not in (-1, 3):
            return super().call(inputs, training=training, mask=mask)
        channels = inputs.shape[-1]
        scale = self.gamma.value if self.scale else tf.ones(channels)
        offset = self.beta.value if self.center else tf.zeros(channels)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=scale,
            offset=offset,
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=self.epsilon,
            is_training=True,
        )
        count = tf.cast(tf.size(inputs) // channels, tf.float32)
        variance = variance * (count - 1) / count  # that of the batch, as Keras remembers it
        for kept, seen in ((self.moving_mean, mean), (self.moving_variance, variance)):
            kept.assign(kept * self.momentum + seen * (1 - self.momentum))
        return outputs


def fused(network: keras.Model) -> keras.Model:
    """The same network with the same weights, its batch norms fused."""

    def layer(old: keras.layers.Layer) -> keras.layers.Layer:
        if type(old) is keras.layers.BatchNormalization:
            return FusedBatchNormalization.from_config(old.get_config())
        return type(old).from_config(old.get_config())

    quick = keras.models.clone_model(network, clone_function=layer)
    quick.set_weights(network.get_weights())
    return quick
