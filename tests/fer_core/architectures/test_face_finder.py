import numpy as np
import pytest

from fer_core.architectures import face_finder
from fer_core.detection.finder import grid

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_the_network_that_ships_has_as_many_parameters_and_cells_as_its_picture():
    network = face_finder.build((224, 288, 1))
    assert network.count_params() == 212_110
    assert network.output_shape == (None, len(grid.cells(288, 224)), grid.CHANNELS)


def test_at_first_it_says_that_faces_are_rare():
    network = face_finder.build((64, 64, 1), widths=(8, 8, 8, 8), depths=(1, 1, 1), pyramid=8)
    answers = np.array(network(np.zeros((1, 64, 64, 1), np.float32)))
    scores, _, _ = grid.decode(answers[0], grid.cells(64, 64))
    assert scores == pytest.approx(0.01, abs=0.005)


def test_the_maps_come_from_fine_to_coarse():
    """A bright spot moves the answers of the cells where it is."""
    network = face_finder.build((128, 128, 1), widths=(8, 8, 8, 8), depths=(1, 1, 1), pyramid=8)
    picture = np.zeros((1, 128, 128, 1), np.float32)
    before = np.array(network(picture))
    picture[0, 8:24, 8:24] = 1
    moved = np.abs(np.array(network(picture)) - before).sum(axis=2)[0]
    fine = moved[: 16 * 16].reshape(16, 16)
    assert fine[1, 1] > 10 * fine[15, 15]
