import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core import paths
from fer_core.analysis import Conditions, Origin, Session, schema
from fer_core.errors import OutputError, SessionError
from fer_core.types import FrameResult
from tests.fer_core.analysis.made import LABELS, make_face, make_result, make_session


def same(a: FrameResult, b: FrameResult) -> bool:
    """Whether two results say the same, to the last digit."""
    if (a.frame_index, a.time_s, a.image_wh, a.model) != (
        *(b.frame_index, b.time_s, b.image_wh, b.model),
    ) or len(a.faces) != len(b.faces):
        return False
    return all(
        np.array_equal(x.face.box_xyxy, y.face.box_xyxy)
        and np.array_equal(x.face.landmarks, y.face.landmarks)
        and np.array_equal(x.prediction.probs, y.prediction.probs)
        and (x.raw is None) == (y.raw is None)
        and (x.raw is None or np.array_equal(x.raw.probs, y.raw.probs))
        and x.prediction.labels == y.prediction.labels
        and (x.face.score, x.face.track_id) == (y.face.score, y.face.track_id)
        and (x.quality, x.unsure) == (y.quality, y.unsure)
        for x, y in zip(a.faces, b.faces, strict=True)
    )


def some_results() -> list[FrameResult]:
    return [
        make_result(0),
        make_result(1, [make_face(1), make_face(2, "sadness", 0.4, left=99.0)]),
        make_result(2, [make_face(1, "anger", read=False)]),
        make_result(3),
    ]


def test_what_was_added_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    results = some_results()
    with make_session(tmp_path, results) as session:
        assert session.is_complete
        path = session.path
    with Session.open(path) as session:
        found = list(session.frames())
        assert len(found) == len(results)
        assert all(same(a, b) for a, b in zip(found, results, strict=True))
        assert session.labels == LABELS
        assert session.origin.name == "clip.mp4"
        assert session.conditions == Conditions("fake", unsure_below=0.45)
        assert [face.unsure for face in found[1].faces] == [False, True]
    assert [p.name for p in tmp_path.iterdir()] == ["clip.mimik"]


def test_parts_of_it(tmp_path: Path) -> None:
    results = [make_result(n, [make_face()]) for n in range(1203)]
    with make_session(tmp_path, results) as session:
        assert [r.frame_index for r in session.frames()] == list(range(1203))
        assert [r.frame_index for r in session.frames(498, 503)] == [498, 499, 500, 501, 502]
        assert session.frame(1202) is not None
        assert session.frame(1203) is None
        for time_s, index in ((0.0, 0), (0.0399, 0), (0.04, 1), (0.05, 1), (99.0, 1202)):
            found = session.at(time_s)
            assert found is not None
            assert found.frame_index == index
        assert session.at(-1.0) is None


def test_a_growing_session_shows_what_there_is(tmp_path: Path) -> None:
    with make_session(tmp_path, finish=False) as session:
        for result in some_results():
            session.add(result)
            found = session.frame(result.frame_index)
            assert found is not None
            assert same(found, result)
            at = session.at(result.time_s)
            assert at is not None
            assert same(at, result)
            assert [r.frame_index for r in session.frames()] == list(range(result.frame_index + 1))
        assert not session.is_complete
        assert session.is_being_written
        session.commit()
        with Session.open(session.path) as other:
            assert [r.frame_index for r in other.frames()] == [0, 1, 2, 3]
            assert other.labels == LABELS


def test_frames_come_in_order_with_the_same_labels(tmp_path: Path) -> None:
    with make_session(tmp_path, some_results(), finish=False) as session:
        with pytest.raises(ValueError, match="frame 3 comes after frame 3"):
            session.add(make_result(3))
        face = make_face()
        other = replace(face, prediction=replace(face.prediction, labels=tuple("abcdefg")))
        with pytest.raises(ValueError, match="labels"):
            session.add(make_result(4, [other]))


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    make_session(tmp_path).close()
    with pytest.raises(OutputError, match="exists"):
        make_session(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        make_session(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"


def test_on_a_full_disk_what_was_committed_can_be_read(tmp_path: Path) -> None:
    session = make_session(tmp_path, some_results(), finish=False)
    session.commit()
    session._connection.execute("PRAGMA max_page_count = 1")  # as many as there are: it is full

    def add_more() -> None:
        for n in range(4, 5000):
            session.add(make_result(n, [make_face()]))
        session.commit()

    with pytest.raises(OutputError, match=r"no space left on device.*stays readable"):
        add_more()
    with Session.open(session.path) as other:
        assert [r.frame_index for r in other.frames()] == [0, 1, 2, 3]
        assert not other.is_complete
    with pytest.raises(OutputError):
        session.finish()
    with pytest.raises(OutputError):
        session.close()
    with Session.open(session.path) as other:
        assert not other.is_complete


_KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.fer_core.analysis.made import make_face, make_result, make_session
session = make_session(Path({folder!r}), finish=False)
for n in range(100):
    session.add(make_result(n, [make_face()]))
session.commit()
# In the middle of the next commit: the journal is there, the file half changed.
session._connection.execute("PRAGMA cache_size = 1")
session._connection.execute("BEGIN IMMEDIATE")
for n in range(100, 3000):
    row = (n, n, 1, 1, 'face', None, None)
    session._connection.execute("INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?)", row)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_in_the_middle_of_a_commit(tmp_path: Path) -> None:
    code = _KILLED.format(root=str(paths.PROJECT_ROOT), folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "clip.mimik-journal").stat().st_size > 0
    with Session.open(tmp_path / "clip.mimik") as session:
        assert len(list(session.frames())) == 100
        assert not session.is_complete
        assert not session.is_being_written


@pytest.mark.parametrize(
    "data", [b"", b"no session", b"SQLite format 3\0" + b"\xff" * 4000], ids=["empty", "text", "db"]
)
def test_what_is_no_session(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "clip.mimik"
    path.write_bytes(data)
    with pytest.raises(SessionError, match="no session of Mimik, or it is damaged; delete it"):
        Session.open(path)
    assert path.read_bytes() == data


def test_a_session_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="does not exist"):
        Session.open(tmp_path / "clip.mimik")
    assert list(tmp_path.iterdir()) == []


def test_damage_anywhere_is_one_sentence(tmp_path: Path) -> None:
    make_session(tmp_path, [make_result(n, [make_face()]) for n in range(200)]).close()
    path, broken = tmp_path / "clip.mimik", tmp_path / "broken.mimik"
    data = path.read_bytes()
    refused = []
    for place in range(0, len(data) - 512, len(data) // 40):
        broken.write_bytes(data[:place] + os.urandom(512) + data[place + 512 :])
        try:
            with Session.open(broken) as session:
                list(session.frames())
                session.persons()
                session.events()
                session.markers()
        except SessionError as error:
            refused.append(str(error))
    assert len(refused) > 20
    assert all(str(broken) in sentence for sentence in refused)
    broken.write_bytes(data[: len(data) // 2])
    with pytest.raises(SessionError, match="damaged"):
        Session.open(broken)


def test_a_session_of_a_newer_version(tmp_path: Path) -> None:
    make_session(tmp_path).close()
    with sqlite3.connect(tmp_path / "clip.mimik") as connection:
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA + 1}")
    connection.close()
    with pytest.raises(SessionError, match="newer version of Mimik; update"):
        Session.open(tmp_path / "clip.mimik")


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE faces",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON markers BEGIN DELETE FROM frames; END",
        "DELETE FROM about WHERE key = 'origin'",
        "UPDATE about SET value = '{}' WHERE key = 'conditions'",
        "UPDATE about SET value = '[1]' WHERE key = 'labels'",
    ],
)
def test_a_file_that_somebody_has_changed(tmp_path: Path, change: str) -> None:
    make_session(tmp_path, some_results()).close()
    with sqlite3.connect(tmp_path / "clip.mimik") as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(SessionError, match="damaged"):
        Session.open(tmp_path / "clip.mimik")


@pytest.mark.parametrize(
    "change", ["probs = x'00'", "landmarks = x'00'", "probs = 'text'", "\"left\" = 'text'"]
)
def test_a_row_that_somebody_has_changed(tmp_path: Path, change: str) -> None:
    make_session(tmp_path, some_results()).close()
    with sqlite3.connect(tmp_path / "clip.mimik") as connection:
        connection.execute(f"UPDATE faces SET {change}")
    connection.close()
    session = Session.open(tmp_path / "clip.mimik")
    with session, pytest.raises(SessionError, match="damaged"):
        list(session.frames())


def test_a_session_on_a_read_only_place_can_be_read(tmp_path: Path) -> None:
    make_session(tmp_path, some_results()).close()
    (tmp_path / "clip.mimik").chmod(0o444)
    with Session.open(tmp_path / "clip.mimik") as session:
        assert len(list(session.frames())) == 4
        if os.access(session.path, os.W_OK):
            pytest.skip("this user may write everything")
        with pytest.raises(OutputError, match="cannot be written"):
            session.mark(1.0)


def test_a_copy_is_a_session(tmp_path: Path) -> None:
    make_session(tmp_path, some_results()).close()
    shutil.copy(tmp_path / "clip.mimik", tmp_path / "Kopie 1 ü.mimik")
    with Session.open(tmp_path / "Kopie 1 ü.mimik") as session:
        assert session.frame_count == 4


def test_photos_keep_their_names_and_those_that_cannot_be_read(tmp_path: Path) -> None:
    with Session.create(tmp_path / "a.mimik", Origin("photos", "photos"), Conditions("m")) as made:
        made.add(make_result(0, [make_face(None)]), "a.jpg")
        made.add_unreadable(1, "b.jpg", "b.jpg is none.")
        made.add(make_result(2), "c.jpg")
        made.finish(["b.jpg is not a picture."])
        assert made.pictures() == {0: "a.jpg", 1: "b.jpg", 2: "c.jpg"}
        assert made.unreadable() == {1: "b.jpg is none."}
        assert [r.frame_index for r in made.frames()] == [0, 2]
        assert made.problems == ("b.jpg is not a picture.",)
        assert made.persons() == []
