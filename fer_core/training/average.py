"""The moving average of a network's weights: what is validated, plotted and kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf


class Average:
    """An exponential moving average of all weights, batch-norm statistics included.

    Its momentum begins low, min(m, (1 + t) / (10 + t)) after t steps, as in TensorFlow's
    ExponentialMovingAverage: with 0.999 from the first step on, a short training would end with
    little more than its random beginning.

    Args:
        network: whose weights; it keeps its own, and `in_place` lends it the averages.
        momentum: m; 0: there is no average, and the network's own weights are used.
    """

    def __init__(self, network: keras.Model, momentum: float) -> None:
        self.network, self.momentum, self.steps = network, momentum, 0
        self._weights = [w for w in network.weights if momentum and "float" in str(w.dtype)]
        self._copies = [
            tf.Variable(tf.convert_to_tensor(w), trainable=False) for w in self._weights
        ]
        self._move = tf.function(self._moved)

    def update(self) -> None:
        """To be called after each step of the optimiser."""
        if self.momentum:
            m = min(self.momentum, (1 + self.steps) / (10 + self.steps))
            self._move(tf.constant(1 - m, tf.float32))
        self.steps += 1

    def _moved(self, share: tf.Tensor) -> None:
        for copy, weight in zip(self._copies, self._weights, strict=True):
            copy.assign_add(share * (tf.convert_to_tensor(weight) - copy))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it the network has the averaged weights."""
        own = [w.numpy() for w in self._weights]
        for weight, copy in zip(self._weights, self._copies, strict=True):
            weight.assign(copy)
        try:
            yield
        finally:
            for weight, array in zip(self._weights, own, strict=True):
                weight.assign(array)

    def arrays(self) -> list[np.ndarray]:
        """The averages, for a checkpoint."""
        return [copy.numpy() for copy in self._copies]

    def restore(self, arrays: list[np.ndarray], steps: int) -> None:
        """Puts back what `arrays` gave after so many steps."""
        self.steps = steps
        for copy, array in zip(self._copies, arrays, strict=True):
            copy.assign(array)
