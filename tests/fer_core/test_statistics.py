import csv

import numpy as np
import pytest
from PIL import Image

from fer_core.expressions import EXPRESSIONS, UNSURE
from fer_core.statistics import MAX_FACES, OTHERS, StreamStatistics
from fer_core.types import Face, FaceResult, FrameResult, Prediction, Quality

LABELS = EXPRESSIONS[:7]


def make_result(time_s, *labels, confidence=0.9, first_track=1):
    faces = []
    for track, label in enumerate(labels, first_track):
        probs = np.full(len(LABELS), (1 - confidence) / (len(LABELS) - 1), np.float32)
        probs[LABELS.index(label)] = confidence
        face = Face(np.array([0, 0, 50, 50]), 1.0, track_id=track)
        faces.append(FaceResult(face, Prediction(probs, LABELS), Quality(50.0, 100.0)))
    return FrameResult(0, time_s, (640, 480), tuple(faces), "test")


def filled(*results, **options):
    statistics = StreamStatistics(**options)
    for result in results:
        statistics.add(result)
    return statistics


def test_shares_go_by_time_and_not_by_frames():
    slow = [make_result(0.5 * i, "happiness") for i in range(1, 11)]
    fast = [make_result(5 + 0.1 * i, "sadness") for i in range(1, 11)]
    shares = filled(make_result(0.0), *slow, *fast).shares()
    assert shares == {
        "happiness": pytest.approx(5 / 6, abs=0.01),
        "sadness": pytest.approx(1 / 6, abs=0.01),
    }
    assert sum(shares.values()) == pytest.approx(1)


def test_nothing_seen_is_no_shares():
    assert filled().shares() == {}
    assert filled(make_result(0.0), make_result(0.1)).shares() == {}


def test_a_single_picture_counts_its_faces():
    assert filled(make_result(0.0, "fear", "anger")).shares() == {"anger": 0.5, "fear": 0.5}


def test_low_confidence_counts_as_unsure():
    frames = [make_result(i / 10, "fear", confidence=0.4) for i in range(5)]
    assert filled(*frames).shares() == {UNSURE: 1.0}
    assert filled(*[frame.judged(0.3) for frame in frames]).shares() == {"fear": 1.0}


def test_each_face_has_its_own_shares():
    statistics = filled(*[make_result(i / 10, "anger", "neutral") for i in range(10)])
    assert statistics.face_count == 2
    assert statistics.shares(1) == {"anger": 1.0}
    assert statistics.shares(2) == {"neutral": 1.0}
    assert statistics.shares(99) == {}


def test_pauses_and_jumps_back_count_as_one_frame():
    times = [0.0, 0.1, 0.2, 100.0, 100.1, 5.0, 5.1]
    statistics = filled(*[make_result(t, "anger") for t in times])
    assert statistics.duration_s == pytest.approx(0.6, abs=0.1)
    assert statistics.frames == 7


def test_a_frame_counts_as_long_as_it_is_said_to_stand():
    statistics = StreamStatistics()
    for time_s, label, lasts_s in ((0, "anger", 9), (9, "fear", 1), (10, "anger", 9)):
        statistics.add(make_result(time_s, label), lasts_s)
    assert statistics.duration_s == pytest.approx(19)
    assert statistics.seconds() == {"anger": pytest.approx(18), "fear": pytest.approx(1)}
    spans = [(s.start_s, s.end_s, s.label) for s in statistics.timeline()[1]]
    assert spans == [(0, 9, "anger"), (9, 10, "fear"), (10, 19, "anger")]


def test_the_timeline_joins_equal_frames_and_forgets_old_ones():
    calm = [make_result(i / 10, "neutral") for i in range(100)]
    glad = [make_result(10 + i / 10, "happiness") for i in range(100)]
    bands = filled(*calm, *glad).timeline(seconds=15)
    (first, second) = bands[1]
    assert (first.label, second.label) == ("neutral", "happiness")
    assert first.start_s == pytest.approx(4.9)
    assert first.end_s == pytest.approx(9.9)
    assert second.end_s == pytest.approx(19.9)


def test_a_face_that_was_away_has_a_gap():
    seen = [make_result(i / 10, "neutral") for i in range(10)]
    away = [make_result(1 + i / 10) for i in range(10)]
    again = [make_result(2 + i / 10, "neutral") for i in range(10)]
    first, second = filled(*seen, *away, *again).timeline()[1]
    assert second.start_s - first.end_s == pytest.approx(1.0, abs=0.11)


def test_a_crowd_over_a_long_day_stays_small():
    statistics = StreamStatistics()
    for i in range(5000):
        statistics.add(make_result(i / 10, LABELS[i % 7], first_track=i // 3))
    assert statistics.face_count == 1667
    assert len(statistics.faces()) <= MAX_FACES + 1
    assert list(statistics.faces())[-1] == OTHERS
    assert sum(statistics.faces().values()) == pytest.approx(500, rel=0.01)


def test_a_flickering_label_does_not_grow_the_timeline():
    statistics = StreamStatistics(timeline_s=10)
    for i in range(3000):
        statistics.add(make_result(i / 30, LABELS[i % 2]))
    assert len(statistics.timeline(60)[1]) <= 301


def test_csv(tmp_path):
    path = tmp_path / "Größe" / "shares.csv"
    filled(*[make_result(i / 10, "anger", "neutral") for i in range(10)]).to_csv(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(r["face"], r["expression"], r["share"]) for r in rows] == [
        ("all", "anger", "0.5000"),
        ("all", "neutral", "0.5000"),
        ("1", "anger", "1.0000"),
        ("2", "neutral", "1.0000"),
    ]


@pytest.mark.parametrize("labels", [(), ("anger", "surprise")])
def test_png(labels, tmp_path):
    path = tmp_path / "chart.png"
    filled(make_result(0.0, *labels)).to_png(path, language="de", title="Ein Film")
    with Image.open(path) as picture:
        assert picture.size == (840, 480)
        assert len(picture.convert("RGB").getcolors(100000)) > (20 if labels else 1)
