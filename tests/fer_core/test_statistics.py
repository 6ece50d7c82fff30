import csv

import numpy as np
import pytest
from PIL import Image

from fer_core.expressions import COLORS_RGB, EXPRESSIONS, UNSURE, UNSURE_RGB
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


# To the hundredth of a second.


def spans(statistics, face=1, seconds=60.0):
    found = statistics.timeline(seconds)[face]
    return [(round(s.start_s, 6), round(s.end_s, 6), s.label) for s in found]


def test_the_first_frame_counts_a_thirtieth_of_a_second_and_the_others_the_time_between():
    statistics = filled(make_result(7.0, "anger"))
    assert statistics.duration_s == pytest.approx(1 / 30)
    assert statistics.seconds() == {"anger": pytest.approx(1 / 30)}
    statistics.add(make_result(7.5, "anger"))
    assert statistics.duration_s == pytest.approx(1 / 30 + 0.5)
    assert spans(statistics) == [(pytest.approx(7 - 1 / 30), 7.5, "anger")]


def test_a_step_of_a_second_counts_and_a_longer_one_is_a_pause():
    for step_s, counted_s in ((1.0, 1.0), (1.25, 0.5), (0.0, 0.5), (-3.0, 0.5)):
        statistics = filled(*[make_result(t, "fear") for t in (9.0, 9.5, 9.5 + step_s)])
        assert statistics.duration_s == pytest.approx(1 / 30 + 0.5 + counted_s), step_s


def test_a_known_length_is_what_the_next_frame_of_unknown_length_counts_too():
    statistics = StreamStatistics()
    statistics.add(make_result(0.0, "fear"), 2.0)
    statistics.add(make_result(50.0, "fear"))
    assert statistics.duration_s == pytest.approx(4)
    assert statistics.seconds() == {"fear": pytest.approx(4)}
    statistics.add(make_result(60.0, "fear"), 0.0)
    assert statistics.duration_s == pytest.approx(4)


def test_shares_come_in_the_order_of_the_expressions_with_unsure_last():
    mixed = [make_result(0.0, "neutral"), make_result(0.1, "anger")]
    mixed.append(make_result(0.2, "anger", confidence=0.3))
    statistics = filled(*mixed)
    assert list(statistics.shares()) == ["anger", "neutral", UNSURE]
    assert sum(statistics.shares().values()) == pytest.approx(1)


def test_faces_come_with_their_seconds_longest_first():
    results = [make_result(0.0, "anger"), make_result(0.25, "anger", "fear", "fear")]
    results.append(make_result(0.5, "fear", first_track=3))
    assert list(filled(*results).faces().items()) == [
        (3, pytest.approx(0.5)),
        (1, pytest.approx(1 / 30 + 0.25)),
        (2, pytest.approx(0.25)),
    ]


def test_frames_that_come_a_little_late_still_follow_and_later_ones_do_not():
    """A frame 1.4 steps later is one that was lost in between; the steps are 0.1 s."""
    steady = [make_result(t, "fear") for t in (0.0, 0.1, 0.2)]
    assert spans(filled(*steady)) == [(0.0, 0.2, "fear")]
    for away_s, joined in ((0.14, True), (0.16, False)):
        statistics = StreamStatistics()
        for index in range(3):
            statistics.add(make_result(index / 10, "fear"), 0.1)
        statistics.add(make_result(0.2 + away_s, "fear"), 0.1)
        starts = [0.0] if joined else [0.0, round(0.2 + away_s, 6)]
        assert [start for start, _, _ in spans(statistics)] == starts


def test_a_face_that_is_seen_again_in_the_same_moment_keeps_its_span():
    statistics = StreamStatistics()
    for _ in range(2):
        statistics.add(make_result(1.0, "fear"), 0.1)
    assert spans(statistics) == [(1.0, 1.1, "fear")]
    statistics.add(make_result(0.5, "fear"), 0.1)  # and back in time it begins a new one
    assert spans(statistics) == [(1.0, 1.1, "fear"), (0.5, 0.6, "fear")]


def test_the_timeline_is_cut_where_its_window_begins():
    statistics = filled(*[make_result(i / 10, "fear") for i in range(101)])
    assert spans(statistics, seconds=2) == [(8.0, 10.0, "fear")]
    statistics.add(make_result(12.0))
    assert spans(statistics, seconds=3) == [(9.0, 10.0, "fear")]
    assert statistics.timeline(seconds=2) == {}, "what ended where the window begins is no span"
    assert list(filled(make_result(0.0, "fear", "anger")).timeline()) == [1, 2]
    assert filled().timeline() == {}


def test_a_span_is_forgotten_when_the_face_comes_back_after_the_time_that_is_remembered():
    for away_s, remembered in ((9.9, 2), (10.1, 1)):
        statistics = filled(make_result(1.0, "fear"), timeline_s=10.0)
        statistics.add(make_result(1.0 + away_s, "fear"))
        assert len(statistics.timeline(seconds=100)[1]) == remembered
    statistics = filled(make_result(1.0, "fear"), make_result(60.9, "fear"))
    assert len(statistics.timeline(seconds=100)[1]) == 2, "a minute, if nobody says otherwise"
    statistics.add(make_result(61.1, "fear"))
    assert len(statistics.timeline(seconds=100)[1]) == 1


def test_of_a_face_that_flickers_for_hours_only_so_many_spans_are_kept():
    statistics = StreamStatistics(timeline_s=1e9)
    for i in range(2500):
        statistics.add(make_result(i / 30, LABELS[i % 2]))
    assert len(statistics.timeline(1e9)[1]) == 2000


def crowd(count):
    """Face 1 for half a second, face 2 for two thirds, …: the later, the longer."""
    statistics = StreamStatistics()
    for track in range(1, count + 1):
        statistics.add(make_result(float(track), LABELS[track % 7], first_track=track), 1 + track)
    return statistics


def test_two_hundred_faces_are_kept_one_by_one():
    statistics = crowd(MAX_FACES)
    assert statistics.face_count == len(statistics.faces()) == MAX_FACES == 200
    assert OTHERS not in statistics.faces()


def test_then_the_half_that_was_seen_least_is_summed_up():
    statistics = crowd(MAX_FACES + 1)
    assert statistics.face_count == MAX_FACES + 1
    faces = statistics.faces()
    assert set(faces) == {OTHERS, *range(101, 202)}
    assert faces[OTHERS] == sum(1 + track for track in range(1, 101))
    assert list(faces)[-1] == OTHERS
    assert set(statistics.timeline(1e6)) == set(range(101, 202))
    assert sum(statistics.seconds().values()) == sum(1 + track for track in range(1, 202))
    assert statistics.seconds(OTHERS)["anger"] == sum(t + 1 for t in range(7, 101, 7))


def test_those_summed_up_before_stay_among_the_others():
    statistics = crowd(MAX_FACES + 99)
    assert statistics.faces()[OTHERS] == sum(1 + track for track in range(1, 101))
    statistics.add(make_result(999.0, "fear", first_track=999), 1.0)
    assert statistics.faces()[OTHERS] == sum(1 + track for track in range(1, 200))


def test_csv_has_milliseconds_and_names_the_others(tmp_path):
    path = tmp_path / "shares.csv"
    statistics = crowd(MAX_FACES + 1)
    statistics.to_csv(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "face,expression,seconds,share"
    total = sum(1 + track for track in range(1, 202))
    angry = sum(track + 1 for track in range(7, 202, 7))
    assert lines[1] == f"all,anger,{angry}.000,{angry / total:.4f}"
    assert [line for line in lines if line.startswith("201,")] == ["201,surprise,202.000,1.0000"]
    assert len([line for line in lines if line.startswith("others,")]) == 7
    filled(make_result(0.0, "fear")).to_csv(path)
    assert path.read_text(encoding="utf-8") == (
        "face,expression,seconds,share\nall,fear,0.033,1.0000\n1,fear,0.033,1.0000\n"
    )


@pytest.mark.parametrize(
    ("language", "axis", "names"),
    [
        ("en", "share of the time in %", ["anger", "neutral", "not sure"]),
        ("de", "Anteil der Zeit in %", ["Ärger", "neutral", "unsicher"]),
    ],
)
def test_the_chart_says_what_it_shows(language, axis, names, tmp_path, monkeypatch):
    from matplotlib.figure import Figure

    drawn, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda f, *a, **o: drawn.append(f) or save(f, *a, **o))
    results = [make_result(0.0, "anger"), make_result(0.1, "anger", "neutral")]
    results.append(make_result(0.2, "anger", confidence=0.3))
    statistics = filled(*results)
    statistics.to_png(tmp_path / "a.png", language=language, title="Mein Film")
    (axes,) = drawn[0].axes
    (bars,) = axes.containers
    shares = list(statistics.shares().values())
    assert axes.get_title() == "Mein Film"
    assert axes.get_ylabel() == axis
    assert [tick.get_text() for tick in axes.get_xticklabels()] == names
    assert axes.get_ylim() == (0, 110)
    assert [bar.get_height() for bar in bars] == pytest.approx([100 * share for share in shares])
    assert [text.get_text() for text in axes.texts] == [f"{100 * s:.0f} %" for s in shares]
    known = {**COLORS_RGB, UNSURE: UNSURE_RGB}
    colors = [tuple(np.divide(known[name], 255)) for name in ("anger", "neutral", UNSURE)]
    assert [bar.get_facecolor()[:3] for bar in bars] == [pytest.approx(c) for c in colors]


def test_the_chart_is_english_and_has_no_title_if_nobody_says_otherwise(tmp_path, monkeypatch):
    from fer_core import statistics as module

    asked = []
    monkeypatch.setattr(module, "_draw", lambda *values: asked.append(values) or values[1].touch())
    filled(make_result(0.0, "fear")).to_png(tmp_path / "a.png")
    ((shares, _, language, title),) = asked
    assert (shares, language, title) == ({"fear": 1.0}, "en", "")
