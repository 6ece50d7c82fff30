"""The loss over classes that not every picture's data set knows."""

import tensorflow as tf

#: A logit that no softmax notices.
_NOWHERE = -1e9


def masked(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The logits (B, K) with those of unknown classes, where `targets` are negative, taken out."""
    return tf.where(targets < 0, tf.constant(_NOWHERE, logits.dtype), logits)


def crossentropy(targets: tf.Tensor, logits: tf.Tensor, bootstrap: float = 0.0) -> tf.Tensor:
    """Cross-entropy over the known classes: float32 (B,).

    Args:
        targets: float32 (B, K), negative where the class is not known; a row sums to what the
            picture counts.
        logits: float32 (B, K).
        bootstrap: share of the targets that is what the network says by itself.
    """
    logits = masked(targets, tf.cast(logits, tf.float32))
    wanted = tf.maximum(targets, 0.0)
    logs = tf.nn.log_softmax(logits)
    if bootstrap:
        own = tf.stop_gradient(tf.exp(logs)) * tf.reduce_sum(wanted, axis=1, keepdims=True)
        wanted = (1 - bootstrap) * wanted + bootstrap * own
    # A class taken out has a logarithm of -1e9 and a target of 0.
    return -tf.reduce_sum(tf.where(targets < 0, 0.0, wanted * logs), axis=1)


def hits(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Whether the likeliest known class is the one with the largest target: float32 (B,)."""
    found = tf.argmax(masked(targets, tf.cast(logits, tf.float32)), axis=1)
    return tf.cast(found == tf.argmax(targets, axis=1), tf.float32)
