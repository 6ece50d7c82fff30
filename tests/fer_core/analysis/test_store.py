import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core import paths
from fer_core.analysis import (
    Conditions,
    Session,
    analyse,
    conditions_of,
    find_session,
    new_session,
    origin_of,
)
from fer_core.analysis.store import sessions_of, tidy
from fer_core.errors import OutputError
from fer_core.pipeline import FerPipeline
from fer_core.video import VideoSource, open_source
from tests.fer_core.analysis.made import make_face, make_result
from tests.fer_core.streaming_fakes import FakePipeline

HOW = Conditions("fake", detector="haar", unsure_below=0.45)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Eight frames."""
    path = tmp_path / "Fïlm 1.avi"
    made = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(made), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for n in range(8):
        writer.write(np.full((48, 64, 3), 20 * n, np.uint8))
    writer.release()
    return made.rename(path)


def analysed(source: VideoSource, conditions: Conditions = HOW) -> Path:
    with new_session(origin_of(source), conditions) as session:
        analyse(source, FakePipeline(), session)
        return session.path


def test_a_film_that_is_opened_again_has_its_result(film: Path, tmp_path: Path) -> None:
    with open_source(film) as source:
        assert find_session(source, HOW) is None
        path = analysed(source)
    assert path.parent == paths.sessions_dir()
    moved = film.rename(tmp_path / "moved.avi")
    os.utime(moved, (1, 1))
    with open_source(moved.rename(film)) as source:
        found = find_session(source, HOW)
        assert found is not None
        with found:
            assert (found.path, found.frame_count) == (path, 8)


def test_a_film_that_was_changed_has_none(film: Path) -> None:
    with open_source(film) as source:
        analysed(source)
    data = bytearray(film.read_bytes())
    data[len(data) // 2] ^= 1
    film.write_bytes(data)
    with open_source(film) as source:
        assert find_session(source, HOW) is None


@pytest.mark.parametrize(
    "change",
    [
        {"model": "other"},
        {"model_sha256": "1" * 64},
        {"reading": "other labels"},
        {"detector": "yunet"},
        {"detector_sha256": "1" * 64},
        {"unsure_below": 0.5},
        {"smoothing_s": 0.1},
        {"thorough": False},
        {"analysis": 99},
    ],
    ids=lambda change: next(iter(change)),
)
def test_under_other_conditions_there_is_another_session_and_the_old_one_stays(
    film: Path, change: dict[str, object]
) -> None:
    other = replace(HOW, **change)  # type: ignore[arg-type]
    with open_source(film) as source:
        first = analysed(source)
        assert find_session(source, other) is None
        source.seek(0)
        assert analysed(source, other) != first
        for conditions in (HOW, other):
            found = find_session(source, conditions)
            assert found is not None
            found.close()
        both = sessions_of(origin_of(source))
    assert len(both) == 2
    for session in both:
        session.close()


def test_what_was_broken_off_is_begun_anew(film: Path) -> None:
    with open_source(film) as source:
        with new_session(origin_of(source), HOW) as session:
            session.add(make_result(0, [make_face()]))
            dead = session.path
            session._change("UPDATE about SET value = '\"mimik-0-0000-\"' WHERE key = 'writer'", ())
        assert find_session(source, HOW) is None
        # Of a process that still runs, or may run elsewhere, it is left alone.
        assert analysed(source) != dead
        found = find_session(source, HOW)
        assert found is not None
        found.close()


def test_two_at_once_get_two_files(film: Path) -> None:
    with open_source(film) as source:
        first = new_session(origin_of(source), HOW)
        second = new_session(origin_of(source), HOW)
        with first, second:
            assert first.path != second.path
            second.finish()
            found = find_session(source, HOW)
            assert found is not None
            with found:
                assert found.path == second.path


def test_of_a_dead_process_of_this_computer_it_makes_room(
    film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_source(film) as source:
        with new_session(origin_of(source), HOW) as session:
            session.add(make_result(0))
        monkeypatch.setattr("fer_core.leftovers._runs", lambda process: False)
        assert analysed(source) == session.path


def test_a_damaged_session_is_passed_over_and_replaced(
    film: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_source(film) as source:
        path = analysed(source)
        path.write_bytes(b"damaged")
        assert find_session(source, HOW) is None
        assert "damaged" in caplog.text
        source.seek(0)
        assert analysed(source) == path
        found = find_session(source, HOW)
        assert found is not None
        found.close()


def test_a_source_that_cannot_be_found_again_has_no_session(film: Path) -> None:
    with open_source(str(film), realtime=True) as source:
        assert find_session(source, HOW) is None
        with new_session(origin_of(source), HOW) as session:
            assert session.origin.kind == "live"


def test_markers_and_names_are_taken_over(film: Path) -> None:
    with open_source(film) as source:
        with new_session(origin_of(source), HOW) as first:
            first.add(make_result(0, [make_face(1)]))
            first.finish()
            first.mark(0.1, "here")
            first.name(1, "Anna")
        with new_session(origin_of(source), replace(HOW, model="other")) as second:
            second.add(make_result(0, [make_face(1)]))
            assert [m.note for m in second.markers()] == ["here"]
            second.commit()
            assert [p.name for p in second.persons()] == ["Anna"]
            second.finish()
        with new_session(origin_of(source), replace(HOW, detector="yunet")) as third:
            third.add(make_result(0, [make_face(1)]))
            third.commit()
            assert [m.note for m in third.markers()] == ["here"]
            assert [p.name for p in third.persons()] == [""]


def test_the_oldest_go_but_not_what_somebody_has_edited(tmp_path: Path) -> None:
    made = []
    for n in range(4):
        path = tmp_path / f"{n}.mimik"
        with Session.create(path, origin_of_nothing(), HOW) as session:
            if n == 1:
                session.mark(1.0)
            session.finish()
        os.utime(path, (n, n))
        made.append(path)
    each = made[0].stat().st_size
    tidy(tmp_path, most_bytes=2 * each)
    assert sorted(tmp_path.iterdir()) == made[1:]


def origin_of_nothing():
    from fer_core.analysis import Origin

    return Origin("a")


def test_a_folder_for_sessions_that_cannot_be_written(film: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with open_source(film) as source, pytest.raises(OutputError, match="cannot be written"):
        new_session(origin_of(source), HOW, tmp_path / "file")


def test_conditions_of_a_pipeline(film: Path) -> None:
    from fer_core import load_pipeline

    pipeline = load_pipeline("mimik-48", "haar", thorough=True)
    assert isinstance(pipeline, FerPipeline)
    found = conditions_of(pipeline)
    assert (found.model, found.detector, found.thorough) == ("mimik-48", "haar", True)
    assert len(found.model_sha256) == 64
    pipeline.unsure_below = 0.6
    assert conditions_of(pipeline).key != found.key
    assert conditions_of(pipeline).finds_like(found)
    pipeline.unsure_below = found.unsure_below
    assert conditions_of(pipeline) == found
    assert Conditions.from_dict(found.to_dict()) == found
