import numpy as np

from fer_core.turns import AT_A_TIME, INTERVAL_S, Turns
from fer_core.types import Face


def make_faces(*track_ids):
    return [Face(np.array([0, 0, 9, 9]), 0.9, track_id=i) for i in track_ids]


def test_new_faces_are_read_at_once():
    turns = Turns()
    assert turns.due(make_faces(1, 2, 3, 4), 0.0) == [0, 1, 2, 3]
    assert turns.due(make_faces(1, 2, 3, 4, 9), 0.01) == [4]


def test_a_known_face_is_read_about_fifteen_times_a_second():
    turns, read = Turns(), 0
    for index in range(60):
        read += len(turns.due(make_faces(5), index / 30))
    assert read == 30


def test_a_slow_stream_reads_every_frame():
    turns = Turns()
    assert [turns.due(make_faces(5), index / 10) for index in range(4)] == [[0]] * 4


def test_of_many_faces_those_that_waited_longest_come_first_and_none_is_forgotten():
    turns, faces = Turns(), make_faces(*range(10))
    turns.due(faces, 0.0)
    seen = [turns.due(faces, index / 30) for index in range(2, 12)]
    assert all(len(turn) <= AT_A_TIME for turn in seen)
    assert {index for turn in seen[:5] for index in turn} == set(range(10))


def test_a_face_that_comes_back_is_new():
    turns = Turns()
    turns.due(make_faces(1), 0.0)
    turns.due([], 0.01)
    assert turns.due(make_faces(1), 0.02) == [0]


def test_faces_without_a_track_are_always_read():
    turns = Turns()
    assert turns.due(make_faces(None, None), 0.0) == [0, 1]
    assert turns.due(make_faces(None, None), 0.01) == [0, 1]


def test_the_one_who_waited_longest_is_read_first_whatever_its_place():
    turns = Turns()
    turns.due(make_faces(1, 2, 3, 4), 0.0)
    assert turns.due(make_faces(4, 3, 2, 1), 0.06) == [0, 1], "of equals, the first"
    assert turns.due(make_faces(4, 3, 2, 1), 0.12) == [2, 3]
    assert turns.due(make_faces(4, 3, 2, 1), 0.15) == [0, 1]


def test_exactly_the_interval_is_long_enough():
    turns = Turns()
    turns.due(make_faces(1), 1.0)
    assert turns.due(make_faces(1), 1.0 + INTERVAL_S - 1e-6) == []
    assert turns.due(make_faces(1), 1.0 + INTERVAL_S + 1e-6) == [0]


def test_a_known_face_waits_six_hundredths_of_a_second():
    turns = Turns()
    turns.due(make_faces(1), 1.0)
    assert turns.due(make_faces(1), 1.055) == []
    assert turns.due(make_faces(1), 1.065) == [0]


def test_a_face_that_cannot_be_read_waits_even_when_everyone_is_due():
    turns = Turns()
    turns.due(make_faces(1, 2, 3), 0.0)
    assert turns.due(make_faces(1, 2, 3), 0.2, unseen={2}) == [0, 2]
    assert turns.due(make_faces(1, 2, 3, 4), 0.21, unseen={2, 4}, everyone=True) == [0, 2, 3]
    assert turns.due(make_faces(1, 2, 3, 4), 0.22) == [1], "the one that waited is due"


def test_new_and_known_faces_come_in_the_order_of_the_frame():
    turns = Turns()
    turns.due(make_faces(5), 0.0)
    assert turns.due(make_faces(7, 5, None, 8), 1.0) == [0, 1, 2, 3]
    assert turns.due(make_faces(7, 5, 8), 1.01) == []


def test_after_a_reset_every_face_is_new():
    turns = Turns()
    turns.due(make_faces(1, 2, 3), 0.0)
    turns.reset()
    assert turns.due(make_faces(1, 2, 3), 0.01) == [0, 1, 2]


def test_a_face_that_is_passed_over_keeps_its_place_in_the_row():
    turns = Turns()
    turns.due(make_faces(1, 2, 3), 0.0)
    turns.due(make_faces(1), 0.03)  # 2 and 3 are gone, and new again when they come back
    assert turns.due(make_faces(1, 2), 0.04) == [1]
    assert turns.due(make_faces(1, 2), 0.07) == [0]
