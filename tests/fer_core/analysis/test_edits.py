from pathlib import Path

import pytest

from fer_core.analysis import Session
from fer_core.errors import SessionError
from tests.fer_core.analysis.made import make_face, make_result, make_session


def shown(session: Session) -> list[int | None]:
    """The number of the only face of each frame."""
    return [face.face.track_id for result in session.frames() for face in result.faces]


def two_in_turn(tmp_path: Path) -> Session:
    results = [make_result(n, [make_face(1 + n // 3)]) for n in range(6)]
    return make_session(tmp_path, results)


def test_merge_and_undo(tmp_path: Path) -> None:
    with two_in_turn(tmp_path) as session:
        assert shown(session) == [1, 1, 1, 2, 2, 2]
        session.merge(2, into=1)
        assert shown(session) == [1] * 6
        assert [person.number for person in session.persons()] == [1]
        assert session.undo()
        assert shown(session) == [1, 1, 1, 2, 2, 2]
        assert not session.undo()
        assert not session.has_edits()


def test_split_gives_a_number_that_nobody_has(tmp_path: Path) -> None:
    with two_in_turn(tmp_path) as session:
        assert session.split(2, 5) == 3
        assert shown(session) == [1, 1, 1, 2, 2, 3]
        session.merge(3, into=1)
        assert shown(session) == [1, 1, 1, 2, 2, 1]
        assert session.split(1, 1) == 4
        assert shown(session) == [1, 4, 4, 2, 2, 4]
    with Session.open(session.path) as again:
        assert shown(again) == [1, 4, 4, 2, 2, 4]
        found = again.frame(1)
        assert found is not None
        assert found.faces[0].face.track_id == 4
        again.undo()
        again.undo()
        again.undo()
        assert shown(again) == [1, 1, 1, 2, 2, 2]


def test_what_cannot_be_merged_or_split(tmp_path: Path) -> None:
    with two_in_turn(tmp_path) as session:
        for person, into in ((1, 1), (1, 9), (9, 1)):
            with pytest.raises(SessionError, match="cannot be merged"):
                session.merge(person, into)
        for person, frame in ((1, 0), (1, 3), (2, 3), (2, 6), (9, 3)):
            with pytest.raises(SessionError, match="cannot be split"):
                session.split(person, frame)
    results = [make_result(n, [make_face()]) for n in range(4)]
    (tmp_path / "other").mkdir()
    growing = make_session(tmp_path / "other", results, finish=False)
    with growing, pytest.raises(SessionError, match="to its end"):
        growing.split(1, 2)


def test_names(tmp_path: Path) -> None:
    with two_in_turn(tmp_path) as session:
        session.name(2, " Anna ")
        assert [person.name for person in session.persons()] == ["", "Anna"]
        session.merge(2, into=1)
        assert [(p.number, p.name) for p in session.persons()] == [(1, "Anna")]
        session.name(1, "Ben")
        assert [person.name for person in session.persons()] == ["Ben"]
        session.name(1, "")
        assert [person.name for person in session.persons()] == [""]


def test_markers(tmp_path: Path) -> None:
    with two_in_turn(tmp_path) as session:
        later = session.mark(2.0, "später")
        session.mark(1.0)
        session.change_marker(later.id, "viel später")
        assert [(m.time_s, m.note) for m in session.markers()] == [(1.0, ""), (2.0, "viel später")]
        session.unmark(later.id)
        assert [m.time_s for m in session.markers()] == [1.0]
        assert session.has_edits()
    with Session.open(session.path) as again:
        assert [m.time_s for m in again.markers()] == [1.0]
