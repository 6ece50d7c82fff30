"""What the presenter asks of view and core, when, and when not."""

from dataclasses import replace

import pytest
from fakes import (
    LISTED,
    READY,
    make_face,
    make_picture,
    make_result,
    open_photo,
)

from fer_core.config import Settings, settings_path
from ui.presenter.core import CamerasListed, Failed, Look, Progress, Saved, SourceFailed
from ui.presenter.playlist import MODELS, PICTURES, VIDEOS, kind_of
from ui.presenter.shown import Choice


def counted(stand, name):
    """How often the view is asked for something, as a list that grows."""
    calls, before = [], getattr(stand.view, name)
    setattr(stand.view, name, lambda *values: calls.append(values) or before(*values))
    return calls


def play(stand, *faces, **progress):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress(**{"status": "running", **progress})
    stand.core.next_picture = make_picture(*faces)
    stand.tick(*READY)


# How often.


def test_the_panel_is_looked_after_ten_times_a_second_and_the_timeline_four_times(stand):
    play(stand)
    panel, timeline = counted(stand, "show_status"), counted(stand, "show_timeline")
    stand.tick()
    assert (len(panel), len(timeline)) == (1, 1)
    for ticks, seen in ((9, 1), (1, 2), (9, 2), (1, 3)):
        for _ in range(ticks):
            stand.tick(after_s=0.0101)
        assert len(panel) == seen
    assert len(timeline) == 1
    stand.tick(after_s=0.05)
    assert len(timeline) == 2


def test_a_notice_stays_for_six_seconds_and_what_alarms_for_ever(stand):
    stand.presenter.toggle_accuracy()
    stand.tick(after_s=5.9)
    assert stand.shown["message"].text.startswith("The measured accuracy of the model is shown")
    stand.tick(after_s=0.2)
    assert stand.shown["message"] is None
    stand.presenter.unexpected("KeyError")
    assert "(KeyError); the log file" in stand.shown["message"].text
    stand.tick(after_s=1e6)
    assert stand.shown["message"].alarm
    stand.presenter.close_message()
    assert stand.shown["message"] is None


def test_what_goes_wrong_in_every_frame_is_said_once(stand):
    play(stand, message="The model fails.")
    assert (stand.shown["message"].text, stand.shown["message"].alarm) == ("The model fails.", True)
    stand.presenter.close_message()
    stand.tick()
    assert stand.shown["message"] is None
    stand.core.now = Progress("running")
    stand.tick()
    stand.core.now = Progress("running", "The model fails.")
    stand.tick()
    assert stand.shown["message"].text == "The model fails."
    stand.presenter.close_message()
    stand.core.now = Progress("failed", "It is over.")
    stand.tick()
    assert stand.shown["message"] is None, "a card says that"


def test_settings_that_are_the_same_change_nothing(stand):
    stand.core.calls.clear()
    stand.presenter.apply_settings(Settings())
    stand.presenter.toggle_theme()
    assert not [stand.core.called(name) for name in ("smooth", "judge") if stand.core.called(name)]
    assert stand.core.called("use_detector") == []
    assert stand.presenter.settings.theme == "dark"
    stand.presenter.toggle_theme()
    assert stand.presenter.settings.theme == "light"
    assert [call[1] for call in stand.view.opened if call[0] == "restyle"] == ["dark", "light"]


def test_settings_that_cannot_be_kept_are_used_and_said(stand):
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().mkdir()
    stand.presenter.toggle_accuracy()
    assert stand.presenter.settings.show_accuracy
    stand.presenter.toggle_theme()
    assert stand.shown["message"].alarm


def test_the_settings_open_with_what_there_is(stand):
    stand.presenter.sources.choose_mode("camera")
    cameras = (Choice("USB", "USB"),)
    stand.tick(LISTED, CamerasListed(cameras))
    stand.presenter.open_settings()
    name, settings, detectors, found = stand.view.opened[-1]
    assert (name, settings, found) == ("settings", stand.presenter.settings, cameras)
    assert [choice.key for choice in detectors] == ["haar", "yunet"]


def test_the_core_is_ended(stand):
    stand.presenter.stop()
    assert stand.core.called("stop") == [()]


# The picture.


def test_a_picture_is_drawn_for_the_room_that_there_is(stand, tmp_path):
    stand.core.calls.clear()
    stand.presenter.resized()
    assert stand.core.called("look") == [(Look((800, 600), "en", mirror=False),)]
    open_photo(stand, tmp_path, make_face(track_id=1), make_face("fear", track_id=2))
    assert stand.core.called("look")[-1][0].selected in (1, 2)
    open_photo(stand, tmp_path, make_face())
    assert stand.core.called("look")[-1][0].selected is None, "the only face needs no mark"


def test_only_a_camera_is_a_mirror(new_stand, tmp_path):
    for wanted in (True, False):
        stand = new_stand(Settings(mirror=wanted))
        stand.presenter.start()
        assert not stand.core.called("look")[-1][0].mirror
        stand.presenter.sources.choose_mode("camera")
        assert stand.core.called("look")[-1][0].mirror == wanted
        stand.presenter.sources.open_paths(["clip.mp4"])
        assert not stand.core.called("look")[-1][0].mirror


def test_a_picture_that_comes_before_anything_was_opened_is_not_shown(stand):
    stand.core.next_picture = make_picture(make_face())
    stand.tick()
    assert "picture" not in stand.shown
    assert stand.shown["card"].drop


def test_the_first_overlay_is_told_once_and_only_with_a_result(stand):
    told = []
    stand.presenter.panel.first_overlay = lambda: told.append(1)
    stand.presenter.sources.open_paths(["clip.mp4"])
    for picture in (replace(make_picture(), result=None), make_picture(), make_picture()):
        stand.core.next_picture = picture
        stand.tick()
        assert len(told) == (picture.result is not None)


def test_what_stands_where_no_face_does(stand, tmp_path):
    hints = []
    stand.presenter.show_all()
    hints.append(stand.shown["face"])
    open_photo(stand, tmp_path)
    hints.append(stand.shown["face"])
    unread = replace(make_picture(), result=replace(make_result(), model=""))
    for picture in (replace(make_picture(), result=None), unread):
        stand.core.next_picture = picture
        stand.tick()
        hints.append(stand.shown["face"])
    assert [detail for detail, _ in hints] == [None] * 4
    starts = ["Every face in the picture appears", "No face found", "Looking for", "Looking for"]
    assert [hint.startswith(start) for (_, hint), start in zip(hints, starts, strict=True)] == [
        True
    ] * 4


def test_without_a_choice_the_face_with_the_longest_shorter_side_is_shown_and_stays(stand):
    wide = make_face(box=(0, 0, 90, 20), track_id=1)
    large = make_face("fear", box=(0, 30, 40, 70), track_id=2)
    play(stand, wide, large)
    assert stand.shown["faces"][1] == 2
    grown = make_face(box=(0, 0, 90, 79), track_id=1)
    stand.core.next_picture = make_picture(grown, large)
    stand.tick()
    assert stand.shown["faces"][1] == 2, "it does not jump from face to face"
    stand.presenter.panel.choose(1)
    stand.core.next_picture = make_picture(large)
    stand.tick()
    assert stand.shown["faces"][1] == 2
    stand.core.next_picture = make_picture(grown, large)
    stand.tick()
    assert stand.shown["faces"][1] == 1, "the chosen one is back"


def test_a_click_counts_up_to_the_edges_of_a_box(stand, tmp_path):
    open_photo(stand, tmp_path, make_face(box=(0, 0, 90, 70), track_id=1),
               make_face(box=(20, 30, 40, 50), track_id=2))  # fmt: skip
    panel = stand.presenter.panel
    for x, y, chosen in ((20, 30, 2), (40, 50, 2), (19, 40, 1), (41, 40, 1), (30, 29, 1),
                         (30, 51, 1), (90, 70, 1)):  # fmt: skip
        panel.choose(None)
        panel.choose_at(x, y)
        assert stand.shown["faces"][1] == chosen, (x, y)
    panel.choose(2)
    panel.choose_at(91, 40)
    assert stand.shown["faces"][1] == 2


def test_the_list_is_gone_through_round_and_round(stand, tmp_path):
    faces = [make_face(box=(20 * i, 0, 20 * i + 10 + i, 30), track_id=i) for i in (1, 2, 3)]
    open_photo(stand, tmp_path, *faces)
    panel, seen = stand.presenter.panel, []
    for by in (1, 1, 1, -1, -1, -1):
        panel.choose_next(by)
        seen.append(stand.shown["faces"][1])
    assert seen == [1, 2, 3, 2, 1, 3]
    assert panel.shown == 3
    open_photo(stand, tmp_path)
    panel.choose_next(1)
    assert stand.shown["faces"] == ((), None)


def test_choosing_the_chosen_face_draws_nothing_anew(stand, tmp_path):
    open_photo(stand, tmp_path, make_face(track_id=1), make_face("fear", track_id=2))
    stand.presenter.panel.choose(1)
    drawn = counted(stand, "show_faces")
    stand.presenter.panel.choose(1)
    assert drawn == []
    stand.presenter.panel.choose(2)
    assert drawn


def test_a_new_source_forgets_choice_and_timeline(stand):
    play(stand, make_face(track_id=1), make_face("fear", track_id=2))
    stand.core.next_results = [make_result(make_face(track_id=1), time_s=1.0)]
    stand.presenter.panel.choose(1)
    stand.tick()
    assert len(stand.shown["timeline"].bands) == 1
    play(stand)
    assert stand.shown["timeline"].bands == ()
    assert stand.presenter.panel.shown is None
    stand.core.next_picture = make_picture(make_face(box=(0, 0, 9, 9), track_id=1),
                                           make_face("fear", track_id=2))  # fmt: skip
    stand.tick()
    assert stand.shown["faces"][1] == 2


def test_a_folder_keeps_the_last_picture_until_the_next_one_comes(stand, tmp_path):
    (tmp_path / "z.png").touch()
    open_photo(stand, tmp_path, make_face())
    stand.presenter.sources.move(1)
    assert stand.shown["card"] is None
    assert stand.presenter.panel.picture is not None
    stand.presenter.sources.open_paths(["clip.mp4"])
    assert stand.shown["card"].title == "Opening clip.mp4…"
    assert stand.presenter.panel.picture is None


# Sources.


@pytest.mark.parametrize(
    ("mode", "question", "answer", "called"),
    [
        ("image", "pictures", ["a.png"], ("open_picture", "a.png")),
        ("video", "video", "a.mp4", ("open_video", "a.mp4")),
    ],
)
def test_a_button_asks_and_goes_back_when_the_person_closes_the_question(
    stand, mode, question, answer, called
):
    stand.view.show_mode(mode)
    stand.presenter.sources.choose_mode(mode)
    assert stand.shown["mode"] == "none"
    stand.view.answers[question] = answer
    stand.presenter.sources.choose_mode(mode)
    assert stand.core.called(called[0]) == [called[1:]]
    assert stand.shown["mode"] == mode


def test_a_video_is_paused_gone_on_with_and_sought_in(stand):
    sources = stand.presenter.sources
    sources.play_or_pause()
    play(stand)
    sources.play_or_pause()
    stand.core.now = Progress("paused")
    sources.play_or_pause()
    assert stand.core.called("play") == [(False,), (True,)]
    sources.seek(0.25)
    assert stand.core.called("seek") == [(0.25,)]
    sources.move(3)
    assert stand.core.called("step") == [(3,)]


def test_cameras_that_are_found_too_late_are_not_opened(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.tick(CamerasListed((Choice("USB", "USB"),)))
    assert stand.core.called("open_camera") == []
    assert stand.presenter.sources.cameras == ()


def test_other_sources_have_no_list_of_cameras(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed((Choice("USB", "USB"),)))
    assert stand.shown["cameras"] == ((Choice("USB", "USB"),), "USB")
    stand.presenter.sources.open_paths(["clip.mp4"])
    assert stand.shown["cameras"][0] == ()


@pytest.mark.parametrize(
    ("opened", "labels"),
    [
        ("clip.mp4", ["Try again", "Open another video…"]),
        ("a.png", ["Open another photo…"]),
    ],
)
def test_what_cannot_be_opened_offers_another_one(stand, opened, labels):
    stand.presenter.sources.open_paths([opened])
    closed = len(stand.core.called("close_source"))
    stand.tick(SourceFailed("It is broken."))
    assert [action.label for action in stand.shown["card"].actions] == labels
    assert len(stand.core.called("close_source")) == closed + 1
    stand.view.answers |= {"video": "b.mp4", "pictures": ["b.png"]}
    stand.shown["card"].actions[-1].run()
    assert stand.shown["card"].title == f"Opening b.{opened[-3:]}…"


def test_every_ending_is_what_it_is():
    pictures = "avif bmp gif heic heif jfif jp2 jpe jpeg jpg mpo pbm pgm png pnm ppm tif tiff webp"
    videos = "3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts ogv webm wmv"
    models = "keras h5 hdf5 onnx tflite zip pt pth pkl ckpt safetensors"
    for kind, words, known in (
        ("picture", pictures, PICTURES), ("video", videos, VIDEOS), ("model", models, MODELS),
    ):  # fmt: skip
        assert {f".{word}" for word in words.split()} <= known
        assert {kind_of(f"a.{word.upper()}") for word in words.split()} == {kind}


# Saving.


def test_without_a_face_there_is_none_to_save(stand, tmp_path):
    stand.presenter.saving.faces()
    assert stand.shown["message"].text == "There is no face to save in this picture."
    open_photo(stand, tmp_path)
    stand.presenter.close_message()
    stand.presenter.saving.faces()
    assert stand.shown["message"].text == "There is no face to save in this picture."
    assert stand.core.called("save_faces") == []


def test_a_recording_begins_ends_and_is_named(new_stand, tmp_path):
    stand = new_stand(Settings(snapshot_dir=str(tmp_path)))
    stand.presenter.start()
    play(stand)
    stand.presenter.saving.record()
    assert stand.core.called("record") == [(str(tmp_path),)]
    stand.presenter.saving.record()
    assert stand.core.called("stop_recording") == [()]
    assert stand.shown["tools"] == (True, True, False)
    stand.tick(Saved((f"{tmp_path}/a.mp4", f"{tmp_path}/a.csv"), recording=True))
    assert stand.shown["message"].text == f"Recorded a.mp4, a.csv in {tmp_path}."
    stand.tick(Failed("Full.", recording=True))
    assert len(stand.core.called("stop_recording")) == 1


def test_statistics_are_those_of_the_core(stand):
    stand.presenter.saving.open_statistics()
    assert stand.view.opened[-1] == ("statistics",)
    assert stand.presenter.saving.shares() == {"happiness": 1.0}
