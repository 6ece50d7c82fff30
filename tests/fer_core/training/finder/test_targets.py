import numpy as np
import pytest

from fer_core.datasets.drawn.compose import Drawing
from fer_core.detection.finder import grid
from fer_core.training.finder.targets import targets

SIZE = (256, 256)
AT = grid.cells(*SIZE)


def wanted(*faces, unsure=()):
    marks = np.array([[*face, *np.full(10, np.nan)] for face in faces], np.float32)
    boxes = np.array(unsure, np.float32).reshape(-1, 4)
    return targets(Drawing(np.zeros(SIZE), marks.reshape(-1, 13), boxes), AT)


def strides(rows):
    return set(AT[rows, 2].astype(int).tolist())


def test_an_empty_picture_wants_no_everywhere():
    assert (wanted()[:, 0] == 0).all()


@pytest.mark.parametrize(
    ("side", "maps"),
    [(10, {8}), (30, {8}), (42, {8, 16}), (80, {16}), (100, {16, 32}), (200, {32})],
)
def test_each_size_is_answered_by_its_map(side, maps):
    rows = wanted((128, 128, side))
    assert strides(rows[:, 0] == 1) == maps


def test_the_smallest_face_has_a_cell_wherever_it_stands():
    for x in range(100, 117):
        assert (wanted((x, 103, 9))[:, 0] == 1).any()


def test_cells_about_the_yes_may_say_anything_and_others_no():
    rows = wanted((128, 128, 200))
    coarse = AT[:, 2] == 32
    away = np.abs(AT[:, :2] - 128).max(axis=1)
    assert (rows[coarse & (away < 40), 0] == 1).all()
    assert (rows[coarse & (away >= 40) & (away < 72), 0] == -1).all()
    assert (rows[coarse & (away >= 72), 0] == 0).all()


def test_a_map_that_is_nearly_meant_may_say_anything():
    rows = wanted((128, 128, 55))  # the finest map answers up to 48 px
    assert set(rows[AT[:, 2] == 8, 0].tolist()) == {0, -1}


def test_the_yes_carry_the_face_and_share_its_weight():
    rows = wanted((130, 126, 200))
    yes = rows[:, 0] == 1
    answers = np.column_stack([np.zeros(yes.sum()), rows[yes, 1:14]]).astype(np.float32)
    _, boxes, _ = grid.decode(answers, AT[yes])
    assert boxes == pytest.approx(np.tile([30, 26, 230, 226], (yes.sum(), 1)), abs=1e-2)
    assert rows[yes, 15] == pytest.approx(1 / np.sqrt(yes.sum()))
    assert (rows[yes, 14] == 0).all()  # nobody knows the landmarks


def test_a_small_face_before_a_large_one_is_the_small_one():
    rows = wanted((128, 128, 44), (128, 128, 40))
    yes = (rows[:, 0] == 1) & (AT[:, 2] == 8)
    assert np.exp(rows[yes, 3]) * 32 == pytest.approx(40, abs=1e-3)


def test_unsure_places_are_left_out_on_all_maps():
    rows = wanted(unsure=[(0, 0, 64, 64)])
    inside = (AT[:, :2] < 64).all(axis=1)
    assert (rows[inside, 0] == -1).all()
    assert (rows[~inside, 0] == 0).all()
