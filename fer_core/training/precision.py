"""bfloat16 where the processor computes in it, float32 elsewhere."""

import keras

from fer_core.models.engine import core

#: The first NVIDIA cards with bfloat16 (Ampere).
_GPU_CAPABILITY = (8, 0)


def dtype_policy(asked: str) -> str:
    """The Keras policy for a recipe's `dtype_policy`; "auto" asks the machine.

    A processor without bfloat16 imitates it at several times the cost of float32; with it, a VGG
    trains in two thirds of the time (measured on two cores with AVX-512 BF16).
    """
    if asked != "auto":
        return asked
    return "mixed_bfloat16" if _has_bfloat16() else "float32"


def _has_bfloat16() -> bool:
    import tensorflow as tf

    cards = tf.config.list_physical_devices("GPU")
    if cards:
        details = [tf.config.experimental.get_device_details(card) for card in cards]
        return all(one.get("compute_capability", (0, 0)) >= _GPU_CAPABILITY for one in details)
    return "BF16" in core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def use(asked: str) -> None:
    """Makes it the policy of every layer that is built from now on."""
    keras.mixed_precision.set_global_policy(dtype_policy(asked))
