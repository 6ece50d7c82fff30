import numpy as np
import pytest
from evaluation_models import SEVEN, make_classifier, make_spec, make_split

from fer_core.evaluation import (
    calibrate,
    evaluate,
    fit_bias,
    fit_temperature,
    write_temperature_into,
)
from fer_core.models.spec import ModelSpec


def test_logits_that_are_too_bold_by_a_factor_get_that_temperature():
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 1.5, (20_000, 7))
    exp = np.exp(honest)
    probs = exp / exp.sum(axis=1, keepdims=True)
    targets = (probs.cumsum(axis=1) < rng.random((len(probs), 1))).sum(axis=1)
    assert fit_temperature(honest * 2.5, targets) == pytest.approx(2.5, rel=0.05)
    assert fit_temperature(honest / 2, targets) == pytest.approx(0.5, rel=0.05)


def test_a_model_without_a_mistake_may_be_sharp_but_not_without_bound():
    logits = np.eye(7) * 3
    assert 0.05 <= fit_temperature(logits, np.arange(7)) < 0.1


def test_calibrating_lowers_the_error_and_does_not_depend_on_the_present_temperature(tmp_path):
    truth = [SEVEN[i % 7] for i in range(70)]
    shown = [i % 7 if i % 10 else (i + 1) % 7 for i in range(70)]  # nine of ten right
    split = make_split(shown, truth)
    bold = make_classifier(sharpness=12.0)
    found = calibrate(bold, split)
    again = calibrate(make_classifier(sharpness=12.0, temperature=3.0), split)
    assert found == pytest.approx(again, rel=1e-2)
    make_spec().write(tmp_path)
    write_temperature_into(tmp_path, found)
    calibrated = make_classifier(sharpness=12.0, temperature=ModelSpec.read(tmp_path).temperature)
    before = evaluate(bold, split).figures["all"].reliability.error
    after = evaluate(calibrated, split).figures["all"].reliability.error
    assert before == pytest.approx(0.1, abs=0.01)
    assert after < 0.01


def test_a_shifted_class_is_shifted_back() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(size=(4000, 3))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    targets = (rng.random((4000, 1)) > probs.cumsum(axis=1)).sum(axis=1)
    bias = fit_bias(logits + np.array([0.0, 0.8, 0.0]), targets)
    assert bias.sum() == pytest.approx(0)
    assert bias - bias[0] == pytest.approx([0, -0.8, 0], abs=0.12)


def test_few_pictures_hardly_move_the_biases() -> None:
    assert np.abs(fit_bias(np.zeros((2, 3)), np.array([0, 0]))).max() < 0.2
