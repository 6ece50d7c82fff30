import keras
import numpy as np
import pytest

from fer_core.training.schedule import WarmupCosine


def rates(schedule: WarmupCosine, *steps: int) -> list[float]:
    return [float(keras.ops.convert_to_numpy(schedule(step))) for step in steps]


def test_it_rises_in_a_line_and_falls_in_half_a_cosine() -> None:
    schedule = WarmupCosine(0.8, 4, 12)
    assert rates(schedule, 0, 1, 2, 3) == pytest.approx([0.2, 0.4, 0.6, 0.8])
    falling = [0.4 * (1 + np.cos(np.pi * done / 8)) for done in range(9)]
    assert rates(schedule, *range(4, 13)) == pytest.approx(falling, abs=1e-6)
    assert falling[0] == 0.8
    assert rates(schedule, 12, 13, 1000) == pytest.approx([0, 0, 0], abs=1e-6)


def test_the_first_step_of_a_warm_up_already_learns() -> None:
    assert rates(WarmupCosine(1.0, 100, 1000), 0) == pytest.approx([0.01])


@pytest.mark.parametrize("warm_up", [0, 0.5])
def test_without_a_warm_up_it_begins_at_the_peak(warm_up: float) -> None:
    assert rates(WarmupCosine(0.3, warm_up, 10), 0) == pytest.approx([0.3])


def test_a_training_that_is_all_warm_up_ends_at_once() -> None:
    assert rates(WarmupCosine(0.3, 5, 5), 4, 5, 6) == pytest.approx([0.3, 0.3, 0], abs=1e-6)
    assert rates(WarmupCosine(0.3, 5, 7), 5, 6, 7) == pytest.approx([0.3, 0.15, 0], abs=1e-6)


def test_a_checkpoint_brings_it_back() -> None:
    schedule = WarmupCosine(0.3, 5.5, 17.0)
    config = {"peak": 0.3, "warmup_steps": 5.5, "total_steps": 17.0}
    assert schedule.get_config() == config
    saved = keras.saving.serialize_keras_object(schedule)
    assert saved["registered_name"] == "mimik>WarmupCosine"
    again = keras.saving.deserialize_keras_object(saved)
    assert rates(again, 0, 3, 9) == rates(schedule, 0, 3, 9)
