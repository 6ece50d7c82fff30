"""Calm probabilities."""

import numpy as np
import pytest

from fer_core.tracking import ProbabilitySmoother
from fer_core.types import Prediction

LABELS = ("happiness", "neutral")


def predict(happy: float) -> Prediction:
    return Prediction(np.array([happy, 1 - happy]), LABELS)


def test_smoothing_follows_time_and_not_the_number_of_frames() -> None:
    ends = []
    for fps in (10, 60):
        smoother = ProbabilitySmoother(0.3)
        smoother.update(1, predict(0.0), 0.0)
        for step in range(1, fps + 1):
            last = smoother.update(1, predict(1.0), step / fps)
        ends.append(last.probs[0])
    assert ends == pytest.approx([1 - np.exp(-1 / 0.3)] * 2, abs=1e-4)


def test_smoothing_off_new_faces_and_new_labels_take_predictions_as_they_are() -> None:
    assert ProbabilitySmoother(0).update(1, predict(1.0), 0.0).probs[0] == 1
    smoother = ProbabilitySmoother(0.3)
    smoother.update(1, predict(0.0), 0.0)
    assert smoother.update(2, predict(1.0), 0.01).probs[0] == 1
    assert smoother.update(None, predict(1.0), 0.01).probs[0] == 1
    other = Prediction(np.array([1.0, 0.0]), ("anger", "neutral"))
    assert smoother.update(1, other, 0.02).probs[0] == 1
    assert smoother.update(1, predict(0.5), 5.0).probs[0] == pytest.approx(0.5)


def test_of_very_many_faces_the_one_read_longest_ago_is_forgotten() -> None:
    smoother = ProbabilitySmoother(0.3)
    for face in range(257):
        smoother.update(face, predict(0.0), 0.0)
        smoother.update(0, predict(0.0), 0.0)
    assert smoother.update(0, predict(1.0), 0.01).probs[0] < 0.1
    assert smoother.update(1, predict(1.0), 0.01).probs[0] == 1
    assert smoother.update(3, predict(1.0), 0.01).probs[0] < 0.1


def test_a_reset_forgets_all_and_time_that_stands_still_changes_nothing() -> None:
    smoother = ProbabilitySmoother(0.3)
    smoother.update(1, predict(0.0), 0.0)
    assert smoother.update(1, predict(1.0), 0.0).probs[0] == 1
    smoother.reset()
    assert smoother.update(1, predict(0.3), 0.1).probs[0] == pytest.approx(0.3)


def test_faces_without_a_track_and_without_smoothing_are_taken_as_they_are_every_time() -> None:
    smoother, off = ProbabilitySmoother(0.3), ProbabilitySmoother(0)
    for step, happy in enumerate((0.0, 1.0, 0.25)):
        assert smoother.update(None, predict(happy), step / 100).probs[0] == happy
        assert off.update(1, predict(happy), step / 100).probs[0] == happy
