import numpy as np

from fer_core.evaluation.imbalance import after_training, before_training
from fer_core.evaluation.report import Figures

LABELS = ("happiness", "disgust")


def test_a_majority_is_named_before_the_training():
    said = before_training(LABELS, np.array([400, 12]))
    assert "always say happiness would be right for 97.09 %" in said
    assert "50.00 % in the mean of the classes" in said
    assert said.endswith("the rarest class is disgust with 12 pictures.")


def test_a_network_that_only_says_the_majority_is_found_out():
    probs = np.tile([0.9, 0.1], (47, 1))
    targets = np.array([0] * 39 + [1] * 8)
    said = after_training(LABELS, Figures.of(probs, targets))
    assert said.startswith("50.00 % right in the mean of the classes (chance: 50.00 %), 82.98 %")
    assert "always happiness: 82.98 %" in said
    assert said.endswith("It never says disgust.")
