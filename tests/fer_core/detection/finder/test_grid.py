import numpy as np
import pytest

from fer_core.detection.finder import grid


def test_cells_are_counted_row_by_row_from_the_finest_map_on():
    at = grid.cells(64, 32)
    assert len(at) == 8 * 4 + 4 * 2 + 2 * 1
    assert at[:2].tolist() == [[4, 4, 8], [12, 4, 8]]
    assert at[8].tolist() == [4, 12, 8]
    assert at[-1].tolist() == [48, 16, 32]


def test_what_is_encoded_is_decoded():
    at = grid.cells(64, 64)
    rng = np.random.default_rng(0)
    faces = rng.uniform(4, 60, (len(at), 13)).astype(np.float32)
    answers = np.column_stack([np.zeros(len(at)), grid.encode(faces, at)]).astype(np.float32)
    scores, boxes, points = grid.decode(answers, at)
    half = faces[:, 2:3] / 2
    assert scores == pytest.approx(0.5)
    assert boxes == pytest.approx(
        np.concatenate([faces[:, :2] - half, faces[:, :2] + half], 1), abs=1e-3
    )
    assert points == pytest.approx(faces[:, 3:].reshape(-1, 5, 2), abs=1e-3)


def test_answers_are_counted_in_strides_and_sides_of_four_of_them():
    at = np.array([[20.0, 12.0, 8.0]], np.float32)
    answers = np.zeros((1, 14), np.float32)
    answers[0, :4] = (2.0, 0.5, -0.25, np.log(1.5))
    answers[0, 4:6] = (0.25, -0.5)
    scores, boxes, points = grid.decode(answers, at)
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert boxes[0].tolist() == pytest.approx([0, -14, 48, 34], abs=1e-4)  # 24 ± 24, 10 ± 24
    assert points[0, 0].tolist() == pytest.approx([28, -4])


def test_absurd_numbers_give_finite_boxes():
    answers = np.full((1, 14), 1e4, np.float32)
    scores, boxes, _ = grid.decode(answers, np.array([[4, 4, 8]], np.float32))
    assert scores[0] == pytest.approx(1)
    assert np.isfinite(boxes).all()
