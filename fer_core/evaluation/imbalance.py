"""Says what unequal classes do: how right the dullest network would be, and what is never said."""

import numpy as np

from fer_core.evaluation.report import Figures


def before_training(labels: tuple[str, ...], counts: np.ndarray) -> str:
    """How right a network would be that always says the largest class.

    Args:
        counts: (K,) pictures a class, of what is trained on.
    """
    largest, total = int(np.argmax(counts)), max(float(counts.sum()), 1.0)
    present = max(int((counts > 0).sum()), 1)
    text = (
        f"To always say {labels[largest]} would be right for {_percent(counts[largest] / total)} "
        f"of these pictures, and for {_percent(1 / present)} in the mean of the classes"
    )
    smallest = min((int(count), label) for label, count in zip(labels, counts, strict=True))
    return f"{text}; the rarest class is {smallest[1]} with {smallest[0]:,} pictures."


def after_training(labels: tuple[str, ...], figures: Figures) -> str:
    """Balanced accuracy first, then accuracy beside the majority's share, then what is never said.

    Args:
        labels: of the rows and columns of the figures' confusion matrix.
    """
    support = figures.confusion.sum(axis=1)
    present, largest = max(int((support > 0).sum()), 1), int(np.argmax(support))
    text = (
        f"{_percent(figures.balanced_accuracy)} right in the mean of the classes (chance: "
        f"{_percent(1 / present)}), {_percent(figures.accuracy)} of all pictures (always "
        f"{labels[largest]}: {_percent(support[largest] / max(support.sum(), 1))})."
    )
    said = figures.confusion.sum(axis=0)
    never = [label for i, label in enumerate(labels) if support[i] and not said[i]]
    if never:
        text += f" It never says {', '.join(never)}."
    return text


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
