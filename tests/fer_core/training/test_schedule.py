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
