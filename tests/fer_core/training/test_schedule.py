from dataclasses import replace

import pytest

from fer_core.training.recipe import Recipe
from fer_core.training.schedule import Progress, learning_rate
from fer_core.training.specs import OptimizerSpec

PEAK = OptimizerSpec(learning_rate=1.0, warmup_epochs=2.0)


@pytest.mark.parametrize(
    ("schedule", "done", "rate"),
    [
        ("cosine", 1.0, 0.5),
        ("cosine", 2.0, 1.0),
        ("cosine", 6.0, 0.5),
        ("cosine", 10.0, 0.0),
        ("plateau", 1.0, 0.5),
        ("plateau", 9.0, 0.25),
        ("constant", 9.0, 0.25),
    ],
)
def test_the_rate_rises_and_then_follows_its_schedule(schedule, done, rate):
    spec = replace(PEAK, schedule=schedule)
    assert learning_rate(spec, done, 10, 0.25) == pytest.approx(rate, abs=1e-9)


def test_progress_knows_the_best_epoch_and_when_to_stop(grey_48):
    optimizer = OptimizerSpec(schedule="plateau", plateau_patience=2, plateau_factor=0.1)
    recipe = Recipe(
        "r", "R", "cnn_2020", grey_48, 20, dataset="folder", patience=3, optimizer=optimizer
    )
    progress = Progress()
    assert [progress.note(value, recipe) for value in (0.5, 0.6, 0.6, 0.55)] == [1, 1, 0, 0]
    assert (progress.best_epoch, progress.waited) == (2, 2)
    assert progress.factor == pytest.approx(0.1)
    assert not progress.is_over(recipe)
    progress.note(0.1, recipe)
    assert progress.is_over(recipe)
    assert not progress.is_over(replace(recipe, patience=0))
    assert Progress(**progress.to_dict()) == progress


def test_the_first_step_of_a_warm_up_already_learns():
    assert learning_rate(PEAK, 0.0, 10, 1.0) == pytest.approx(1e-3)
    assert learning_rate(PEAK, 0.001, 10, 1.0) == pytest.approx(1e-3)
    assert learning_rate(PEAK, 0.5, 10, 1.0) == pytest.approx(0.25)


def test_without_a_warm_up_it_begins_at_the_peak_and_behind_the_end_it_stays_zero():
    spec = replace(PEAK, warmup_epochs=0.0, schedule="cosine")
    assert learning_rate(spec, 0.0, 10, 0.5) == pytest.approx(1)
    assert learning_rate(spec, 12.0, 10, 0.5) == pytest.approx(0)
    all_warm_up = replace(PEAK, schedule="cosine")
    assert learning_rate(all_warm_up, 2.0, 2, 0.5) == pytest.approx(1)
    assert learning_rate(replace(PEAK, learning_rate=0.2), 4.0, 10, 1.0) == pytest.approx(
        0.1 * (1 + 0.5**0.5)
    )


def test_a_plateau_lowers_the_rate_once_each_time_and_only_where_the_recipe_says_so(grey_48):
    optimizer = OptimizerSpec(schedule="plateau", plateau_patience=2, plateau_factor=0.5)
    recipe = Recipe("r", "R", "cnn_2020", grey_48, 6, dataset="folder", optimizer=optimizer)
    progress = Progress()
    factors = []
    for value in (0.5, 0.4, 0.4, 0.4, 0.4, 0.6):
        assert progress.is_over(recipe) is False
        progress.note(value, recipe)
        factors.append(progress.factor)
    assert factors == [1, 1, 0.5, 0.5, 0.25, 0.25]
    assert (progress.best, progress.best_epoch) == (0.6, 6)
    assert (progress.waited, progress.waited_plateau) == (0, 0)
    assert progress.is_over(recipe), "six epochs were wanted"
    other = replace(recipe, optimizer=replace(optimizer, schedule="cosine"))
    steady = Progress()
    for _ in range(5):
        steady.note(0.5, other)
    assert steady.factor == 1
    assert steady.is_over(replace(other, patience=1, epochs=99))
    assert not Progress().is_over(replace(other, patience=1))
    assert (steady.best_epoch, steady.waited) == (1, 4)


@pytest.mark.parametrize("schedule", ["cosine", "plateau", "constant"])
def test_every_schedule_counts_from_the_peak(schedule):
    spec = replace(PEAK, learning_rate=0.2, schedule=schedule)
    assert learning_rate(spec, 1.0, 10, 1.0) == pytest.approx(0.1)
    assert learning_rate(spec, 2.0, 10, 1.0) == pytest.approx(0.2)


def test_progress_begins_with_nothing():
    start = {"epochs": 0, "best_epoch": 0, "waited": 0, "waited_plateau": 0, "factor": 1.0}
    assert Progress().to_dict() == start | {"best": float("-inf")}
