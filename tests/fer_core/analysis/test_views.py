from pathlib import Path

import numpy as np
import pytest

from fer_core.expressions import UNSURE
from fer_core.types import FrameResult
from tests.fer_core.analysis.made import FPS, make_face, make_result, make_session


def film(*parts: tuple[int, str, float]) -> list[FrameResult]:
    """One face that shows (frames, label, probability) after each other; no label is no face."""
    shown = [(label, probability) for n, label, probability in parts for _ in range(n)]
    return [
        make_result(n, [make_face(1, label, probability)] if label else [])
        for n, (label, probability) in enumerate(shown)
    ]


def test_persons(tmp_path: Path) -> None:
    results = film((25, "happiness", 0.8), (50, "", 0), (20, "anger", 0.6), (5, "neutral", 0.4))
    results[80] = make_result(80, [make_face(1, "anger", 0.95), make_face(7, "fear", left=90)])
    with make_session(tmp_path, results) as session:
        one, seven = session.persons()
    assert (one.number, one.frames, seven.number, seven.frames) == (1, 50, 7, 1)
    assert one.seconds == pytest.approx(2.0)
    assert (one.first_s, one.last_s) == pytest.approx((0.0, 4.0))
    assert one.shares == pytest.approx({"anger": 0.4, "happiness": 0.5, UNSURE: 0.1})
    assert list(one.shares) == ["anger", "happiness", UNSURE]
    assert one.peaks["anger"] == pytest.approx((0.95, 80 / FPS))
    assert one.peaks["neutral"] == pytest.approx((0.4, 95 / FPS))
    assert seven.shares == {"fear": 1.0}
    assert seven.thumbnail == 80
    assert seven.box_xyxy.tolist() == [90, 20, 130, 60]


def test_not_sure_is_a_share_of_its_own(tmp_path: Path) -> None:
    results = [make_result(n, [make_face(1, "fear", 0.6, unsure_below=0.7)]) for n in range(4)]
    with make_session(tmp_path, [*results, make_result(4, [make_face()])]) as session:
        (one,) = session.persons()
    assert one.shares == pytest.approx({"happiness": 0.2, UNSURE: 0.8})
    assert list(one.shares)[-1] == UNSURE


def test_bands_have_gaps_where_nobody_was_seen_but_not_for_a_missed_face(tmp_path: Path) -> None:
    parts = [(10, "happiness", 0.8), (1, "", 0), (14, "happiness", 0.8), (50, "", 0)]
    with make_session(tmp_path, film(*parts, (25, "anger", 0.8))) as session:
        assert [(round(s.start_s, 3), round(s.end_s, 3), s.label) for s in session.bands(1)] == [
            (0.0, 1.0, "happiness"),
            (3.0, 4.0, "anger"),
        ]
        assert session.bands(2) == ()


def test_events(tmp_path: Path) -> None:
    parts = [(25, "neutral", 0.8), (25, "happiness", 0.7), (1, "happiness", 0.9)]
    parts += [(3, "anger", 0.8), (25, "happiness", 0.7), (50, "", 0), (25, "sadness", 0.8)]
    with make_session(tmp_path, film(*parts)) as session:
        session.mark(1.5, "here")
        found = [(e.kind, round(e.time_s * FPS), e.label) for e in session.events()]
    assert found == [
        ("enters", 0, "neutral"),
        ("change", 25, "happiness"),
        ("marker", 38, "here"),
        ("peak", 50, "happiness"),
        ("peak", 54, "happiness"),
        ("leaves", 78, "happiness"),
        ("enters", 129, "sadness"),
        ("peak", 129, "sadness"),
        ("leaves", 153, "sadness"),
    ]


def test_a_curve_breaks_where_the_person_was_not_seen(tmp_path: Path) -> None:
    with make_session(tmp_path, film((3, "fear", 0.8), (2, "", 0), (2, "fear", 0.6))) as session:
        curve = session.curve(1, "fear")
        raw = session.curve(1, "happiness", raw=True)
        with pytest.raises(ValueError, match="no label 'joy'"):
            session.curve(1, "joy")
        assert len(session.curve(9, "fear").time_s) == 0
    assert (curve.time_s * FPS).round().tolist() == [0, 1, 2, 3, 5, 6]
    assert np.array_equal(
        curve.value, np.array([0.8, 0.8, 0.8, np.nan, 0.6, 0.6], np.float32), equal_nan=True
    )
    assert raw.value[0] == np.float32(0.8)  # the fakes turn the raw ones by one


def test_a_curve_of_many_points_keeps_lows_peaks_and_gaps(tmp_path: Path) -> None:
    results = film((4000, "fear", 0.5), (50, "", 0), (4000, "fear", 0.5))
    results[1234] = make_result(1234, [make_face(1, "fear", 0.97)])
    results[2345] = make_result(2345, [make_face(1, "fear", 0.03)])
    with make_session(tmp_path, results) as session:
        curve = session.curve(1, "fear", 300)
    assert 100 < len(curve.value) <= 300
    assert np.nanmax(curve.value) == np.float32(0.97)
    assert np.nanmin(curve.value) == np.float32(0.03)
    assert np.isnan(curve.value).sum() == 1
    assert (np.diff(curve.time_s) >= 0).all()
    assert curve.time_s[-1] > 8000 / FPS


def test_views_of_a_session_that_grows(tmp_path: Path) -> None:
    results = film((5, "", 0), (30, "happiness", 0.8), (30, "anger", 0.8))
    with make_session(tmp_path, finish=False) as session:
        for number, result in enumerate(results):
            session.add(result)
            if number % 7 == 0:
                session.commit()
                session.persons()
        session.finish()
        (one,) = session.persons()
        assert one.frames == 60
        assert one.shares == pytest.approx({"anger": 0.5, "happiness": 0.5})


def test_a_session_without_frames_or_faces(tmp_path: Path) -> None:
    with make_session(tmp_path) as session:
        assert session.persons() == []
        assert session.events() == []
        assert session.bands(1) == ()
        assert list(session.frames()) == []
    (tmp_path / "b").mkdir()
    with make_session(tmp_path / "b", film((5, "", 0))) as session:
        assert session.persons() == []
        assert len(session.curve(1, "fear").value) == 0
        assert session.frame_count == 5


def test_a_pause_of_a_live_stream_is_not_counted(tmp_path: Path) -> None:
    results = [
        make_result(n, [make_face()], time_s=n * 0.1 + (60 if n > 4 else 0)) for n in range(9)
    ]
    with make_session(tmp_path, results, kind="live") as session:
        (one,) = session.persons()
        assert one.seconds == pytest.approx(0.9)
