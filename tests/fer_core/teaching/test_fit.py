"""Logistic regression for few rows."""

import numpy as np
import pytest

from fer_core.teaching import fit


def rows_of(count: int, width: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    targets = np.repeat(np.arange(3), count)
    middles = rng.normal(0, apart, (3, width))
    features = middles[targets] + rng.normal(0, 1, (3 * count, width))
    return features.astype(np.float32), targets


def test_it_is_the_regression_that_scikit_learn_has() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    features, targets = rows_of(20, 6, 1.0)
    rows = fit.Rows(features)
    weights, bias = fit.fit(rows.values, targets, 3)
    theirs = linear_model.LogisticRegression(C=1 / (fit._DECAY * len(rows.values)), tol=1e-8)
    theirs.fit(rows.values, targets)
    np.testing.assert_allclose(weights.T, theirs.coef_, atol=2e-3)
    logits = rows.values @ weights + bias
    expected = theirs.predict_log_proba(rows.values)
    np.testing.assert_allclose(fit._log_shares(logits), expected, atol=2e-3)


def test_classes_count_alike_however_many_faces_they_have() -> None:
    """One row thrice is one row: the fit of 30 to 10 is that of 10 to 10."""
    features, targets = rows_of(10, 4, 1.0)
    values = fit.Rows(features).values
    once = fit.fit(values, targets, 3)
    more = np.concatenate([np.arange(30), np.arange(10), np.arange(10)])
    thrice = fit.fit(values[more], targets[more], 3)
    np.testing.assert_allclose(once[0], thrice[0], atol=1e-3)


@pytest.mark.parametrize("width", [5, 500])
def test_the_head_says_of_the_features_what_the_fit_says_of_the_rows(width: int) -> None:
    features, targets = rows_of(8, width, 0.5)
    features = 30 * features + 7
    rows = fit.Rows(features)
    assert rows.values.shape[1] <= len(features)
    found = fit.fit(rows.values, targets, 3)
    weights, bias = rows.head(*found)
    assert weights.shape == (width, 3)
    said = features @ weights + bias
    np.testing.assert_allclose(said, rows.values @ found[0] + found[1], atol=1e-3)


def test_parts_are_runs_of_each_class_and_together_all() -> None:
    targets = np.array([0] * 12 + [1] * 5)
    parts = fit.parts(targets)
    assert len(parts) == 5
    assert (np.sum(parts, axis=0) == 1).all()
    for part in parts:
        assert set(targets[part]) == {0, 1}
        places = np.flatnonzero(part & (targets == 0))
        assert (np.diff(places) == 1).all()


def test_what_is_held_out_is_not_seen() -> None:
    """Noise is learnt by heart, and then nothing is known of other noise."""
    rng = np.random.default_rng(1)
    targets = np.repeat([0, 1], 100)
    rows = fit.Rows(rng.normal(size=(400, 300)).astype(np.float32)).values
    weights, bias = fit.fit(rows, np.repeat(targets, 2), 2)
    by_heart = ((rows @ weights + bias).argmax(1) == np.repeat(targets, 2)).mean()
    said = np.full(200, -1)
    for answers in fit.held_out(rows, targets, 2, 2, averaged=True):
        said = np.maximum(said, answers)
    assert by_heart > 0.8
    assert 0.3 < (said == targets).mean() < 0.7
