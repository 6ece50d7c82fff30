import numpy as np
import pytest

from fer_core.training.finder.loss import finder_loss


def case(score=20.0, **changes):
    """One picture of three cells: a face, no face, anything; and a perfect answer."""
    wanted = np.zeros((1, 3, 16), np.float32)
    wanted[0, 0] = [1, 0.2, -0.3, 0.1, *np.linspace(-0.3, 0.3, 10), 1, 1]
    wanted[0, 2, 0] = -1
    said = np.zeros((1, 3, 14), np.float32)
    said[0, 0, 1:] = wanted[0, 0, 1:14]
    said[0, :, 0] = (score, -20, 0)
    for place, value in changes.items():
        said[0, int(place[1]), int(place[3:])] = value
    return float(finder_loss(wanted, said))


def test_a_perfect_answer_costs_nothing_and_a_cell_that_may_say_anything_neither():
    assert case() == pytest.approx(0, abs=1e-4)
    assert case(c2_0=30.0) == pytest.approx(0, abs=1e-4)


def test_a_phantom_and_a_missed_face_cost():
    assert case(c1_0=3.0) > 1
    assert case(score=-3.0) > 1


def test_a_cell_is_to_say_how_well_its_box_lies():
    # moved by half a side, IoU of two squares is 1/3: the score is to be 2/3
    side = 4 * np.exp(0.1)
    moved = 0.2 + side / 2
    at = {s: case(score=np.log(s / (1 - s)), c0_1=moved) for s in (0.5, 2 / 3, 0.85)}
    assert at[2 / 3] < at[0.5]
    assert at[2 / 3] < at[0.85]


def test_landmarks_cost_by_their_distance_and_only_where_they_are_known():
    near, far = case(c0_4=-0.2), case(c0_4=0.3)
    assert 0 < near < far
    wanted = np.zeros((1, 1, 16), np.float32)
    wanted[0, 0, [0, 15]] = 1
    said = np.zeros((1, 1, 14), np.float32)
    said[0, 0, 0] = 20
    right = float(finder_loss(wanted, said))
    said[0, 0, 4:] = 5
    assert float(finder_loss(wanted, said)) == pytest.approx(right)


def test_a_box_apart_costs_more_the_farther_it_is():
    assert case(c0_1=30.0) > case(c0_1=10.0) > case(c0_1=1.0) > case()
