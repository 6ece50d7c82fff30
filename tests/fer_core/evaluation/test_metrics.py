import math

import numpy as np
import pytest

from fer_core.evaluation import metrics

#: Three classes: 10, 5 and 0 pictures. The second is taken for the first three times out of five.
CONFUSION = np.array([[8, 2, 0], [3, 2, 0], [0, 0, 0]])


def test_a_confusion_matrix_has_truth_in_rows():
    found = metrics.confusion_matrix(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert found.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_shares_of_hits():
    assert metrics.accuracy(CONFUSION) == pytest.approx(10 / 15)
    assert metrics.recall(CONFUSION) == pytest.approx([0.8, 0.4, 0])
    assert metrics.precision(CONFUSION) == pytest.approx([8 / 11, 0.5, 0])
    assert metrics.f1(CONFUSION) == pytest.approx([16 / 21, 4 / 9, 0])


def test_classes_without_pictures_do_not_pull_the_means_down():
    assert metrics.balanced_accuracy(CONFUSION) == pytest.approx(0.6)
    assert metrics.macro_f1(CONFUSION) == pytest.approx((16 / 21 + 4 / 9) / 2)


def test_no_picture_is_no_division_by_zero():
    empty = np.zeros((3, 3), int)
    assert metrics.accuracy(empty) == 0
    assert metrics.macro_f1(empty) == 0
    assert metrics.bootstrap_interval(empty, metrics.accuracy) == (0, 0)


def test_stacked_matrices_give_stacked_figures():
    stack = np.stack([CONFUSION, CONFUSION * 2])
    assert metrics.accuracy(stack) == pytest.approx([10 / 15] * 2)
    assert metrics.f1(stack).shape == (2, 3)


def test_the_bootstrap_agrees_with_the_normal_approximation_and_repeats_itself():
    confusion = np.array([[1300, 200], [500, 1000]])
    p, n = 2300 / 3000, 3000
    half = 1.96 * math.sqrt(p * (1 - p) / n)
    low, high = metrics.bootstrap_interval(confusion, metrics.accuracy)
    assert (low, high) == pytest.approx((p - half, p + half), abs=1.5e-3)
    assert (low, high) == metrics.bootstrap_interval(confusion, metrics.accuracy)


def test_log_likelihood_in_nats():
    probs = np.array([[0.5, 0.5], [0.25, 0.75]])
    found = metrics.negative_log_likelihood(probs, np.array([0, 1]))
    assert found == pytest.approx(-(math.log(0.5) + math.log(0.75)) / 2)
    assert math.isfinite(metrics.negative_log_likelihood(np.array([[0.0, 1.0]]), np.array([0])))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probs = np.array([[0.9, 0.1]] * 10)
    targets = np.array([0] * 7 + [1] * 3)
    found = metrics.reliability(probs, targets)
    assert found.error == pytest.approx(0.2)
    assert found.counts.sum() == 10
    assert len(found.counts) == metrics.BINS
    assert found.counts[13] == 10  # 0.9 lies in (13/15, 14/15]


def test_certainty_falls_into_the_last_bin():
    found = metrics.reliability(np.array([[1.0, 0.0]]), np.array([0]))
    assert found.counts[-1] == 1
    assert found.error == 0
