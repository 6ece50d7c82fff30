import numpy as np
import pytest

from fer_core.datasets.drawn import exam
from fer_core.datasets.drawn.compose import compose, seen_share
from fer_core.datasets.drawn.library import Library
from tests.fer_core.datasets.drawn import tiny_library

SIZE = (288, 224)


def some(library, count):
    return [compose(np.random.default_rng(i), library, SIZE) for i in range(count)]


def test_a_seed_gives_the_same_picture(library):
    a, b, c = (compose(np.random.default_rng(s), library, SIZE) for s in (5, 5, 6))
    assert (a.pixels == b.pixels).all()
    assert (a.faces == b.faces).all()
    assert (a.pixels != c.pixels).any()


def test_pictures_have_nobody_somebody_and_crowds_of_all_sizes(library):
    drawings = some(library, 120)
    counts = [len(d.faces) for d in drawings]
    sides = np.concatenate([d.faces[:, 2] for d in drawings])
    assert min(counts) == 0
    assert max(counts) >= 5
    assert sides.min() < 16
    assert sides.max() > 150
    assert all(d.pixels.shape == SIZE[::-1] and d.pixels.dtype == np.uint8 for d in drawings)


def test_every_face_has_its_centre_in_the_picture_and_landmarks_near_it(library):
    for drawing in some(library, 40):
        assert (drawing.faces[:, :2] > 0).all()
        assert (drawing.faces[:, :2] < SIZE).all()
        points = drawing.faces[:, 3:].reshape(-1, 5, 2)
        away = np.abs(points - drawing.faces[:, None, :2]).max(axis=(1, 2))
        assert (away < drawing.faces[:, 2]).all()


def test_faces_of_the_scene_itself_are_known_without_landmarks(tmp_path):
    boxes = [(200, 100, 60, 80, 0.9)]
    library = Library.read(tiny_library.write(tmp_path, 2, 4, boxes), "train")
    faces = np.concatenate([d.faces for d in some(library, 30)])
    assert np.isnan(faces[:, 3]).any()


@pytest.mark.parametrize(
    ("covers", "share"),
    [([], 1.0), ([(0, 0, 50, 100)], 0.5), ([(0, 0, 50, 100), (40, 0, 100, 50)], 0.25)],
)
def test_the_share_that_is_seen_counts_what_is_covered_once(covers, share):
    box = np.array([0, 0, 100, 100], np.float32)
    assert seen_share(box, [np.array(c, np.float32) for c in covers], (200, 200)) == share


def test_what_lies_outside_the_picture_is_not_seen():
    box = np.array([-50, 0, 50, 100], np.float32)
    assert seen_share(box, [], (200, 200)) == 0.5


@pytest.mark.parametrize("question", exam.QUESTIONS, ids=lambda q: q.name)
def test_an_exam_picture_has_faces_of_the_asked_size_and_turn_that_stand_apart(library, question):
    for seed in range(6):
        drawing = exam.draw(library, question, seed)
        sides = drawing.faces[:, 2]
        assert (sides >= question.sides_px[0] * 0.99).all()
        assert (sides <= question.sides_px[1] * 1.01).all()
        eyes = drawing.faces[:, 5:7] - drawing.faces[:, 3:5]
        turn = np.abs(np.degrees(np.arctan2(eyes[:, 1], eyes[:, 0])))
        assert (turn >= question.turn_deg[0] - 3).all()
        assert (turn <= question.turn_deg[1] + 3).all()
        boxes = drawing.boxes_xyxy
        assert (boxes >= 0).all()
        assert (boxes[:, 2:] <= exam.SIZE_WH).all()
