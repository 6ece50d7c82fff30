import numpy as np
import pytest

from fer_core.evaluation.detection import Matches, match, threshold_for

FACE = (10, 10, 50, 50)


def boxes(*some):
    return np.array(some, np.float32).reshape(-1, 4)


def matched(found, scores, faces=(FACE,), unsure=()):
    return match(boxes(*found), np.array(scores, np.float32), boxes(*faces), boxes(*unsure))


def test_a_face_is_found_with_the_score_of_the_box_that_fits_best():
    result = matched([(12, 10, 52, 50), (20, 20, 60, 60)], [0.6, 0.9])
    assert result.found.tolist() == pytest.approx([0.6])


def test_a_box_that_fits_by_forty_percent_only_finds_nobody():
    result = matched([(10, 10, 50, 26)], [0.9])  # IoU 0.4
    assert result.found.tolist() == [0]
    assert len(result.phantoms) == 0  # it overlaps a face, so it is not a phantom either


def test_a_box_where_nobody_is_is_a_phantom():
    result = matched([(100, 100, 140, 140), (12, 10, 52, 50)], [0.7, 0.8])
    assert result.phantoms.tolist() == pytest.approx([0.7])


@pytest.mark.parametrize("unsure", [(100, 100, 120, 140), (90, 90, 150, 150)])
def test_in_an_unsure_place_nothing_is_a_phantom(unsure):
    result = matched([(100, 100, 140, 140)], [0.7], unsure=[unsure])
    assert len(result.phantoms) == 0


def test_nothing_found_and_nobody_there():
    assert matched([], []).found.tolist() == [0]
    result = matched([(0, 0, 9, 9)], [0.5], faces=())
    assert len(result.found) == 0
    assert len(result.phantoms) == 1
    assert np.isnan(result.recall(0.5))


def test_recall_counts_the_scores_from_the_threshold_on_and_never_what_was_missed():
    result = Matches(np.array([0.0, 0.4, 0.5, 0.9]), np.empty(0), 2)
    assert [result.recall(t) for t in (0.0, 0.5, 0.6)] == [0.75, 0.5, 0.25]


def test_the_threshold_leaves_as_many_phantoms_as_are_allowed():
    some = [Matches(np.empty(0), np.array([0.9, 0.5], np.float32), 25) for _ in range(2)]
    some[1].phantoms[:] = (0.7, 0.2)
    joined = Matches.joined(some)
    for allowed, left in ((0, 0), (1 / 50, 1), (2 / 50, 2), (3 / 50, 3)):
        threshold = threshold_for(some, allowed)
        assert joined.phantoms_per_picture(threshold) * 50 == pytest.approx(left)
    assert threshold_for(some, 1) == 0
