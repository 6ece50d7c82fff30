"""Learning rates, and when to stop."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from fer_core.training.recipe import Recipe
from fer_core.training.specs import OptimizerSpec


def learning_rate(spec: OptimizerSpec, epochs_done: float, epochs: int, factor: float) -> float:
    """The rate of a step: linear warm-up to the peak, then as the schedule says.

    The cosine is Loshchilov and Hutter's, 2017, https://arxiv.org/abs/1608.03983.

    Args:
        epochs_done: 0 to `epochs`, with the share of the present one.
        factor: what plateaus have left of the rate, see `Progress`.
    """
    if epochs_done < spec.warmup_epochs:
        return spec.learning_rate * max(epochs_done / spec.warmup_epochs, 1e-3)
    if spec.schedule != "cosine":
        return spec.learning_rate * factor
    span = max(epochs - spec.warmup_epochs, 1e-9)
    done = min((epochs_done - spec.warmup_epochs) / span, 1.0)
    return spec.learning_rate * 0.5 * (1 + math.cos(math.pi * done))


@dataclass(slots=True)
class Progress:
    """How a training goes; what a checkpoint must know beside the weights.

    Attributes:
        epochs: whole epochs done.
        best, best_epoch: the best monitored figure so far, larger is better, and its epoch, from 1.
        waited: epochs since then; of a plateau: since the last fall of the rate, too.
        factor: what plateaus have left of the learning rate.
    """

    epochs: int = 0
    best: float = field(default=-math.inf)
    best_epoch: int = 0
    waited: int = 0
    waited_plateau: int = 0
    factor: float = 1.0

    def note(self, value: float, recipe: Recipe) -> bool:
        """Counts an epoch; gives whether it is the best so far."""
        self.epochs += 1
        if value > self.best:
            self.best, self.best_epoch = value, self.epochs
            self.waited = self.waited_plateau = 0
            return True
        self.waited += 1
        self.waited_plateau += 1
        if self.waited_plateau >= recipe.optimizer.plateau_patience:
            self.waited_plateau = 0
            if recipe.optimizer.schedule == "plateau":
                self.factor *= recipe.optimizer.plateau_factor
        return False

    def is_over(self, recipe: Recipe) -> bool:
        """Whether the epochs are done, or nothing has become better for too long."""
        return self.epochs >= recipe.epochs or 0 < recipe.patience <= self.waited

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON, which knows Infinity as Python writes it."""
        return asdict(self)
