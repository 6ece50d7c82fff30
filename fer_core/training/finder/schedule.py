"""The learning-rate schedule, registered so that a checkpoint brings it back."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="mimik")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up to `peak`, then half a cosine down to zero.

    Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983.

    Args:
        peak: highest learning rate.
        warmup_steps: steps up to the peak.
        total_steps: steps at whose end the rate is zero.
    """

    def __init__(self, peak: float, warmup_steps: float, total_steps: float) -> None:
        super().__init__()
        self.peak, self.warmup_steps, self.total_steps = peak, warmup_steps, total_steps

    def __call__(self, step):
        """The learning rate at a step."""
        step = ops.cast(step, "float32")
        rising = self.peak * (step + 1) / max(self.warmup_steps, 1)
        span = max(self.total_steps - self.warmup_steps, 1)
        done = ops.clip((step - self.warmup_steps) / span, 0, 1)
        falling = self.peak * 0.5 * (1 + ops.cos(np.pi * done))
        return ops.where(step < self.warmup_steps, rising, falling)

    def get_config(self) -> dict[str, float]:
        """The arguments, for a checkpoint."""
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
        }
