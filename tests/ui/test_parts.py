"""Playlist, timeline, status line and texts of the presenter, each on its own."""

from pathlib import Path

import pytest
from fakes import make_face, make_picture, make_result

from fer_core.expressions import COLORS_RGB, UNSURE_RGB
from fer_core.texts import Texts
from ui.presenter import faces, status
from ui.presenter.core import Progress
from ui.presenter.history import GAP_S, LENGTH_S, History
from ui.presenter.playlist import Playlist, is_address, kind_of, playlist, shown_name
from ui.presenter.shown import hex_color

TEXTS = Texts("en")


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names(found):
    return [path.name for path in found.paths]


# The playlist.


def test_a_playlist_ends_at_its_ends():
    three = Playlist(tuple(Path(name) for name in "abc"))
    assert (three.index, three.current) == (0, Path("a"))
    assert [three.moved(by).index for by in (-5, -1, 0, 1, 2, 3, 99)] == [0, 0, 0, 1, 2, 2, 2]
    last = three.moved(2)
    assert last.current == Path("c")
    assert last.moved(1) == last
    assert last.moved(-1).current == Path("b")
    assert last.paths == three.paths


def test_one_picture_brings_the_others_of_its_folder_in_the_order_of_their_names(tmp_path):
    touch(tmp_path, "b.PNG", "A.jpg", "c.txt", "d.webp", "e/f.png")
    found = playlist([str(tmp_path / "b.PNG")])
    assert names(found) == ["A.jpg", "b.PNG", "d.webp"]
    assert found.index == 1


def test_a_folder_shows_its_first_picture_and_one_without_pictures_none(tmp_path):
    touch(tmp_path, "b.png", "a.png")
    found = playlist([str(tmp_path)])
    assert (names(found), found.index) == (["a.png", "b.png"], 0)
    assert playlist([str(touch(tmp_path / "none", "a.txt"))]) is None


def test_several_pictures_are_taken_as_they_are_and_a_missing_one_alone(tmp_path):
    touch(tmp_path, "a.png", "b.png", "z.png")
    found = playlist([str(tmp_path / "z.png"), str(tmp_path / "a.png")])
    assert (names(found), found.index) == (["z.png", "a.png"], 0)
    assert names(playlist([str(tmp_path / "missing.png")])) == ["missing.png"]
    assert names(playlist([str(tmp_path / "nowhere" / "missing.png")])) == ["missing.png"]
    assert names(playlist([str(touch(tmp_path, "a.unknown") / "a.unknown")])) == ["a.unknown"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "picture"), ("a.JPG", "picture"), ("a", "picture"), ("a.mp4", "video"),
        ("a.MKV", "video"), ("a.keras", "model"), ("a.ONNX", "model"), ("a.zip", "model"),
        ("a.pt", "model"), ("fer.json", "model"), ("frozen.pb", "model"),
        ("http://a/b.png", "video"), ("rtsp://a", "video"),
    ],
)  # fmt: skip
def test_what_a_name_says(name, kind):
    assert kind_of(name) == kind


def test_what_lies_there(tmp_path):
    assert kind_of(str(touch(tmp_path / "photos.mp4", "a.png"))) == "folder"
    assert kind_of(str(touch(tmp_path / "one", "model.json"))) == "model"
    assert kind_of(str(touch(tmp_path / "two", "saved_model.pb"))) == "model"
    assert kind_of(str(touch(tmp_path / "three", "fer.json"))) == "folder"
    assert kind_of(str(touch(tmp_path / "three", "fer.h5"))) == "model"
    cascade, far, other = (tmp_path / f"{name}.xml" for name in "abc")
    cascade.write_bytes(b"<?xml?>" + b" " * 4075 + b"opencv_storage")
    far.write_bytes(b" " * 4083 + b"opencv_storage")
    other.write_bytes(b"<net/>")
    kinds = [kind_of(str(path)) for path in (cascade, far, other, tmp_path / "missing.xml")]
    assert kinds == ["cascade", "model", "model", "model"]


def test_the_name_of_an_address_has_no_password():
    assert shown_name("http://me:se@cret@host/a@b") == "http://b"
    assert shown_name("rtsp://me:secret@10.0.0.2/live") == "rtsp://10.0.0.2/live"
    assert shown_name("http://host/a.mp4") == "http://host/a.mp4"
    assert shown_name(str(Path("folder") / "a.mp4")) == "a.mp4"
    assert is_address("a://b")
    assert not is_address("a:/b")


# The timeline.


def bands(history, chosen=None):
    """Title → spans, each with its times; colours as expressions."""
    colors = {hex_color(rgb): name for name, rgb in COLORS_RGB.items()}
    colors[hex_color(UNSURE_RGB)] = "unsure"
    shown = history.timeline(TEXTS, chosen)
    assert shown.length_s == LENGTH_S == 60
    return {
        band.title: [(round(s.start_s, 6), round(s.end_s, 6), colors[s.color]) for s in band.spans]
        for band in shown.bands
    }


def filled(*moments):
    """(time, face's label or labels, …), track 1 first."""
    history = History()
    for time_s, *labels in moments:
        shown = [make_face(label, track_id=i) for i, label in enumerate(labels, 1) if label]
        history.add(make_result(*shown, time_s=time_s))
    return history


def test_equal_moments_are_joined_and_another_expression_begins_where_the_last_ended():
    history = filled((0, "fear"), (0.25, "fear"), (0.5, "anger"), (0.75, "anger"))
    assert bands(history) == {"Face 1": [(0, 0.5, "fear"), (0.5, 0.75, "anger")]}
    assert history.timeline(TEXTS, None).end_s == 0.75


def test_a_face_that_was_away_for_longer_than_the_gap_begins_a_new_stretch():
    away = bands(filled((0, "fear"), (1, ""), (1.5, "fear"), (2, "fear")))
    assert away == {"Face 1": [(0, 0, "fear"), (1.5, 2, "fear")]}
    edge = bands(filled((0, "fear"), (GAP_S, "fear")))
    assert edge == {"Face 1": [(0, GAP_S, "fear")]}
    assert GAP_S == 0.6


def test_the_history_forgets_what_is_older_than_a_minute():
    """A stretch goes when its end does; a face that has none left goes with it."""
    history = filled((0, "fear", "anger"), (0.5, "fear", ""), (60, "fear", ""))
    assert bands(history) == {
        "Face 1": [(0, 0.5, "fear"), (60, 60, "fear")],
        "Face 2": [(0, 0, "anger")],
    }
    history.add(make_result(make_face("fear", track_id=1), time_s=60.25))
    assert list(bands(history)) == ["Face 1"]
    assert bands(history)["Face 1"][0] == (0, 0.5, "fear")
    history.add(make_result(make_face("fear", track_id=1), time_s=60.75))
    assert bands(history) == {"Face 1": [(60, 60.75, "fear")]}
    history.add(make_result(time_s=200))
    assert bands(history) == {}
    assert not history._faces


def test_a_long_stream_takes_no_more_room_than_its_last_minute():
    history = History()
    for second in range(600):
        label = ("fear", "anger")[second % 2]
        history.add(make_result(make_face(label, track_id=second // 5), time_s=second))
    assert len(history._faces) <= 14
    assert sum(len(stretches) for stretches in history._faces.values()) <= 62


def test_a_jump_back_begins_again_and_a_little_one_does_not():
    assert History().timeline(TEXTS, None).end_s == 0
    history = filled((5, "fear"), (5.5, "fear"), (5, "fear"))
    assert bands(history) == {"Face 1": [(5, 5, "fear")]}, "the clock may tremble"
    history.add(make_result(make_face("anger", track_id=1), time_s=4.25))
    assert bands(history) == {"Face 1": [(4.25, 4.25, "anger")]}
    history.clear()
    assert bands(history) == {}
    assert history.timeline(TEXTS, None).end_s == 0


def test_the_four_faces_seen_longest_are_shown_and_the_chosen_one_in_any_case():
    history = History()
    for number in range(6):
        for time_s in (0, 0.09 * (number + 1)):
            history._now_s = time_s
            history._extend(number, "#000000")
    history._now_s = 1.0
    titles = [band.title for band in history.timeline(TEXTS, None).bands]
    assert titles == ["Face 2", "Face 3", "Face 4", "Face 5"]
    chosen = history.timeline(TEXTS, 0).bands
    assert [band.title for band in chosen] == ["Face 0", "Face 3", "Face 4", "Face 5"]
    assert [band.chosen for band in chosen] == [True, False, False, False]


def test_what_is_not_sure_has_a_colour_of_its_own():
    history = History()
    history.add(make_result(make_face("fear", 0.2, track_id=1)))
    assert bands(history) == {"Face 1": [(0, 0, "unsure")]}
    assert hex_color((1, 171, 255)) == "#01abff"


# The status line and the row under the picture.


class Model:
    model, loading = "net", False


class NoModel:
    model, loading = "", False


class Loading:
    model, loading = "", True


def line(mode, picture=None, progress=None, choices=Model):
    return status.status_line(TEXTS, mode, picture, progress, choices).split("  ·  ")


def test_the_status_of_a_stream():
    running = Progress("running", fps=29.6, latency_ms=6.4, dropped=3)
    for mode in ("camera", "video"):
        expected = ["30 fps", "6 ms", "3 dropped", "net on OpenVINO"]
        assert line(mode, progress=running) == expected
    assert line("video", progress=running, choices=NoModel) == ["30 fps", "3 dropped", "no model"]
    slow = Progress("running", fps=0.4, latency_ms=0.0)
    assert line("video", progress=slow) == ["0 dropped", "net on OpenVINO"]
    paused = Progress("paused", fps=30.0, latency_ms=6.0)
    assert line("video", progress=paused) == ["paused", "0 dropped", "net on OpenVINO"]
    assert line("video") == ["net on OpenVINO"]
    assert line("none", progress=running) == ["net on OpenVINO"]


def test_the_status_of_a_picture():
    picture = make_picture(make_face())
    assert line("image", picture) == ["640 × 512 px", "6 ms", "net on OpenVINO"]
    assert line("image") == ["net on OpenVINO"]
    assert line("video", picture) == ["net on OpenVINO"]
    (said,) = line("none", choices=Loading)
    assert said == TEXTS("status.loading")


def row(mode, pictures=None, progress=None):
    return status.transport(TEXTS, mode, pictures, progress)


def test_the_row_of_a_video():
    half = row("video", progress=Progress("running", position_s=65.9, duration_s=131.8))
    assert (half.text, half.share, half.playing) == ("1:05 / 2:11", 0.5, True)
    assert half.step == pytest.approx(5 / 131.8)
    short = row("video", progress=Progress("paused", position_s=9.0, duration_s=8.0))
    assert (short.text, short.share, short.playing) == ("0:09 / 0:08", 1.0, False)
    assert short.step == 0.1
    live = row("video", progress=Progress("running", position_s=600.0))
    assert (live.text, live.share, live.step) == ("10:00", 0.0, 0.0)
    assert row("video") is None
    assert row("camera", progress=Progress("running")) is None


def test_the_row_of_a_folder():
    three = Playlist(tuple(Path(name) for name in ("a.png", "b.png", "c.png")))
    found = [row("image", three.moved(by)) for by in range(3)]
    assert [r.text for r in found] == ["a.png   1 of 3", "b.png   2 of 3", "c.png   3 of 3"]
    assert [(r.back, r.forward) for r in found] == [(False, True), (True, True), (True, False)]
    assert [r.share for r in found] == [None] * 3
    assert row("image", Playlist((Path("a.png"),))) is None
    assert row("image") is None
    assert row("video", three) is None


# Faces in words.


def test_faces_in_words_and_colours():
    sure = make_face("happiness", 0.875, track_id=2, hints=("too_dark", "blurred"))
    unsure = make_face("fear", 0.3, track_id=1)
    result = make_result(sure, unsure)
    rows = faces.rows(result, TEXTS)
    assert [(r.key, r.title, r.reading, r.percent) for r in rows] == [
        (1, "Face 1", "not sure", ""),
        (2, "Face 2", "happiness", "88 %"),
    ]
    assert rows[1].color == hex_color(COLORS_RGB["happiness"])
    assert rows[0].color == hex_color(UNSURE_RGB)
    detail = faces.detail(result, 2, TEXTS)
    assert (detail.title, detail.headline, detail.percent) == ("Face 2", "happiness", "88 %")
    assert detail.hint == "too dark, blurred"
    assert detail.color == rows[1].color
    assert [bar.label for bar in detail.bars if bar.leads] == ["happiness"]
    assert [bar.share for bar in detail.bars if bar.leads] == [0.875]
    assert len(detail.bars) == 7
    assert detail.bars[0].color == hex_color(COLORS_RGB["anger"])
    assert faces.detail(result, 3, TEXTS) is None
