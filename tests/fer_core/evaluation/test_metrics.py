import math

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

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


# Against scikit-learn.


def answers(seed: int, classes: int = 7, count: int = 400):
    """Targets of all but the last class, probabilities, and the classes that they name."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, classes - 1, count)
    logits = rng.normal(size=(count, classes)) + 1.5 * np.eye(classes)[targets]
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return targets, probs, probs.argmax(axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_scikit_learn_counts_the_same(seed):
    targets, probs, predicted = answers(seed)
    classes = list(range(7))
    confusion = metrics.confusion_matrix(targets, predicted, 7)
    assert confusion.tolist() == sk.confusion_matrix(targets, predicted, labels=classes).tolist()
    each = {"labels": classes, "average": None, "zero_division": 0}
    assert metrics.accuracy(confusion) == pytest.approx(sk.accuracy_score(targets, predicted))
    assert metrics.recall(confusion) == pytest.approx(sk.recall_score(targets, predicted, **each))
    found = metrics.precision(confusion)
    assert found == pytest.approx(sk.precision_score(targets, predicted, **each))
    assert metrics.f1(confusion) == pytest.approx(sk.f1_score(targets, predicted, **each))
    present = sk.f1_score(targets, predicted, labels=classes[:6], average="macro")
    assert metrics.macro_f1(confusion) == pytest.approx(present)
    there = targets < 6
    assert there.all(), "scikit-learn takes the mean over the classes with pictures, too"
    kept = predicted != 6  # where it would warn of a class that is only predicted
    few = metrics.confusion_matrix(targets[kept], predicted[kept], 7)
    balanced = sk.balanced_accuracy_score(targets[kept], predicted[kept])
    assert metrics.balanced_accuracy(few) == pytest.approx(balanced)
    nats = sk.log_loss(targets, probs, labels=classes)
    assert metrics.negative_log_likelihood(probs, targets) == pytest.approx(nats)


@pytest.mark.parametrize("bins", [metrics.BINS, 4])
def test_scikit_learn_draws_the_same_reliability_curve(bins):
    targets, probs, predicted = answers(3)
    confidence, right = probs.max(axis=1), predicted == targets
    share, mean = calibration_curve(right, confidence, n_bins=bins)
    found = metrics.reliability(probs, targets, bins)
    filled = found.counts > 0
    assert len(found.counts) == bins
    assert found.accuracy[filled] == pytest.approx(share)
    assert found.confidence[filled] == pytest.approx(mean)
    assert found.counts.sum() == len(targets)
    gaps = (found.counts[filled] * np.abs(share - mean)).sum() / len(targets)
    assert found.error == pytest.approx(gaps)
    assert found.error > 0.05
    assert (found.accuracy[~filled] == 0).all()
    assert (found.confidence[~filled] == 0).all()


def test_fifteen_bins_if_nobody_says_otherwise():
    probs = np.array([[0.5, 0.5], [0.6, 0.4], [0.0, 0.0]])
    found = metrics.reliability(probs, np.array([0, 1, 0]))
    assert np.flatnonzero(found.counts).tolist() == [0, 7, 8]  # 0.6 ends the ninth
    empty = metrics.reliability(np.zeros((0, 7)), np.zeros(0, int))
    assert empty.error == 0
    assert empty.counts.tolist() == [0] * 15


def test_the_bootstrap_draws_whole_pictures():
    """Written out: each resample is 15 pictures, drawn with replacement."""
    cells = np.flatnonzero(CONFUSION)
    weights = CONFUSION.ravel()[cells] / 15
    rng = np.random.default_rng(7)
    drawn = rng.choice(cells, size=(4000, 15), p=weights)
    right = np.isin(drawn, [0, 4, 8]).mean(axis=1)
    for level in (0.95, 0.5):
        low, high = np.quantile(right, [(1 - level) / 2, (1 + level) / 2])
        found = metrics.bootstrap_interval(CONFUSION, metrics.accuracy, level=level, seed=1)
        assert found == pytest.approx((low, high), abs=1 / 15 + 1e-9)
    same = metrics.bootstrap_interval(CONFUSION, metrics.accuracy, level=0.5)
    assert same[1] - same[0] < 0.3
    with_seed = metrics.bootstrap_interval(CONFUSION, metrics.macro_f1, seed=5)
    assert with_seed != metrics.bootstrap_interval(CONFUSION, metrics.macro_f1)


def test_two_thousand_resamples_with_seed_0_at_95_percent_if_nobody_says_otherwise():
    seen = []

    def metric(stack):
        seen.append(stack)
        return metrics.accuracy(stack)

    found = metrics.bootstrap_interval(CONFUSION, metric)
    assert seen[0].shape == (2000, 3, 3)
    assert (seen[0].sum(axis=(1, 2)) == 15).all()
    assert seen[0].mean(axis=0) == pytest.approx(CONFUSION, abs=0.2)
    same = {"resamples": 2000, "level": 0.95, "seed": 0}
    assert found == metrics.bootstrap_interval(CONFUSION, metric, **same)
    assert metrics.bootstrap_interval(CONFUSION, metric, resamples=3)
    assert len(seen[2]) == 3
    one = np.array([[1, 0], [0, 0]])
    assert metrics.bootstrap_interval(one, metrics.accuracy) == (1, 1)


def test_no_picture_has_no_log_likelihood_and_certainty_has_a_limit():
    assert metrics.negative_log_likelihood(np.zeros((0, 2)), np.zeros(0, int)) == 0
    wrong = metrics.negative_log_likelihood(np.array([[0.0, 1.0]]), np.array([0]))
    assert wrong == pytest.approx(-math.log(1e-12))
    assert metrics.negative_log_likelihood(np.array([[1.0, 0.0]]), np.array([0])) == 0


def test_lists_will_do_as_targets():
    assert metrics.confusion_matrix([0, 1], [1, 1], 2).tolist() == [[0, 1], [0, 1]]


def test_scikit_learn_weighs_pictures_the_same():
    targets, probs, _ = answers(4)
    weights = np.random.default_rng(5).random(len(targets))
    nats = sk.log_loss(targets, probs, labels=list(range(7)), sample_weight=weights)
    assert metrics.negative_log_likelihood(probs, targets, weights) == pytest.approx(nats)


def test_wilson_intervals_are_those_of_the_tables():
    # Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, total, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        np.testing.assert_allclose(metrics.wilson_interval(hits, total), (low, high), atol=1e-4)
    assert metrics.wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("name", ["recall", "precision", "f1", "balanced_accuracy", "macro_f1"])
def test_each_matrix_of_a_stack_gives_what_it_gives_alone(name):
    metric = getattr(metrics, name)
    stack = np.random.default_rng(1).integers(0, 9, (4, 3, 3)) * np.array([[1], [1], [0]])
    assert metric(stack) == pytest.approx(np.stack([metric(one) for one in stack]))
