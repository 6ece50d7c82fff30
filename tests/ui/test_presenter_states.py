"""States that end: messages that are settled, what ended, what came along, and the language."""

import pytest
from fakes import READY, make_face, make_picture, open_photo

from fer_core.config import DEFAULT_MODEL, Settings
from ui.presenter.core import (
    Added,
    AddingFailed,
    CamerasListed,
    Copied,
    DetectorFailed,
    DetectorReady,
    Failed,
    Listed,
    ModelFailed,
    ModelReady,
    ModelRemoved,
    Progress,
    SourceFailed,
)
from ui.presenter.models import ModelInfo
from ui.presenter.shown import Choice

OWN = ModelInfo("mine", "My own net", own=True)


def message(stand):
    return stand.shown["message"]


# An alarm goes once what it was about works.


@pytest.mark.parametrize(
    ("failure", "success"),
    [
        (ModelFailed("other", "It is broken."), ModelReady("third")),
        (DetectorFailed("yunet", "It is broken."), DetectorReady("haar")),
    ],
)
def test_an_alarm_goes_with_the_success_of_the_same_kind(stand, failure, success):
    stand.tick(*READY, failure)
    assert message(stand).text == "It is broken."
    other = DetectorReady("haar") if isinstance(failure, ModelFailed) else ModelReady("x")
    stand.tick(other)
    assert message(stand).text == "It is broken.", "that was about something else"
    stand.tick(success)
    assert message(stand) is None


def test_an_alarm_about_a_film_goes_with_the_next_one(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running", "The film is damaged.")
    stand.tick(after_s=1)
    assert message(stand).text == "The film is damaged."
    stand.presenter.sources.open_paths(["other.mp4"])
    assert message(stand) is None


def test_settings_that_are_kept_again_take_their_alarm_away(stand, own_home):
    (own_home / "config" / "settings.json").mkdir(parents=True)
    stand.presenter.toggle_theme()
    assert message(stand).alarm
    (own_home / "config" / "settings.json").rmdir()
    stand.presenter.toggle_theme()
    assert message(stand) is None


def test_looking_at_a_model_is_said_for_as_long_as_it_takes(stand):
    stand.presenter.adding.begin("net.keras")
    stand.tick(after_s=60)
    assert (message(stand).text, message(stand).busy) == ("Looking at the model file…", True)
    stand.tick(AddingFailed("net.keras is no model."))
    assert (message(stand).busy, message(stand).alarm) == (False, True)
    stand.presenter.adding.begin("net.keras")
    stand.tick(Added("net"))
    assert not message(stand).busy


# The language of what is open.


def test_an_open_message_changes_its_language(new_stand):
    stand = new_stand(Settings())
    stand.presenter.start()
    stand.presenter.adding.begin("net.keras")
    stand.presenter.apply_settings(stand.presenter.settings.with_(language="de"))
    assert message(stand).text == "Modelldatei wird angesehen…"
    stand.tick(Failed("Strange and new."))
    assert message(stand).text == "Das hat nicht geklappt: Strange and new."
    stand.presenter.apply_settings(stand.presenter.settings.with_(language="en"))
    assert message(stand).text == "Strange and new."


def test_the_button_of_an_open_message_changes_its_language_too(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed((Choice("0", "Camera"),)))
    stand.core.now = Progress("reconnecting", "it stopped")
    stand.tick()
    assert message(stand).action.label == "Reconnect"
    stand.presenter.apply_settings(stand.presenter.settings.with_(language="de"))
    assert message(stand).action.label == "Neu verbinden"


def test_an_open_card_changes_its_language(stand):
    stand.presenter.sources.open_paths(["a.mp4"])
    stand.tick(SourceFailed("a.mp4 is sound and no video; choose a video."))
    stand.presenter.apply_settings(stand.presenter.settings.with_(language="de"))
    assert stand.shown["card"].text == "a.mp4 ist Ton und kein Video; wählen Sie ein Video."


# Opening again, and what came along.


def test_reconnecting_looks_for_the_camera_once_more(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed((Choice("0", "Camera"),)))
    stand.core.now = Progress("reconnecting", "it stopped")
    stand.tick()
    asked = len(stand.core.called("list_cameras"))
    message(stand).action.run()
    assert len(stand.core.called("list_cameras")) == asked + 1


def test_opening_again_takes_the_same_film_or_photo(stand, tmp_path):
    stand.presenter.sources.open_again()
    assert not stand.core.called("open_video")
    stand.presenter.sources.open_paths(["rtsp://10.0.0.2"])
    stand.presenter.sources.open_again()
    assert stand.core.called("open_video") == [("rtsp://10.0.0.2",)] * 2
    path = open_photo(stand, tmp_path, make_face())
    stand.presenter.sources.open_again()
    assert stand.core.called("open_picture") == [(str(path),)] * 2


def test_photos_and_a_film_dropped_together_are_both_opened(stand, tmp_path):
    photos = [tmp_path / name for name in ("a.png", "b.png")]
    for path in photos:
        path.touch()
    film = str(tmp_path / "clip.mp4")
    stand.presenter.sources.open_paths([film, *map(str, photos)])
    assert stand.core.called("open_picture") == [(str(photos[0]),)]
    assert stand.presenter.sources.pictures.paths == tuple(photos)
    assert message(stand).text == "Dropped as well: clip.mp4."
    message(stand).action.run()
    assert stand.core.called("open_video") == [(film,)]


def test_of_several_films_the_others_are_offered(stand):
    stand.presenter.sources.open_paths(["a.mp4", "b.mp4", "c.mp4"])
    assert stand.core.called("open_video") == [("a.mp4",)]
    assert message(stand).text == "Dropped as well: b.mp4, c.mp4."
    assert message(stand).action.label == "Play b.mp4"
    message(stand).action.run()
    assert stand.core.called("open_video")[-1] == ("b.mp4",)


def test_a_folder_among_photos_is_what_it_holds(stand, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    for path in (tmp_path / "a.png", folder / "b.png", folder / "notes.txt"):
        path.touch()
    stand.presenter.sources.open_paths([str(tmp_path / "a.png"), str(folder)])
    names = [path.name for path in stand.presenter.sources.pictures.paths]
    assert names == ["a.png", "b.png"]


def test_a_file_for_a_camera_is_opened_and_not_kept_as_one(new_stand, tmp_path):
    film = tmp_path / "clip.mp4"
    film.touch()
    stand = new_stand(Settings(camera="Webcam"))
    stand.presenter.start(camera=str(film))
    assert stand.core.called("open_video") == [(str(film),)]
    assert stand.presenter.settings.camera == "Webcam"


# Home and End.


def test_home_and_end_go_to_the_first_and_the_last(stand, tmp_path):
    stand.presenter.sources.jump(to_end=True)
    assert stand.core.calls[-1][0] != "seek", "nothing is open"
    for number in (1, 2, 10):
        (tmp_path / f"img{number}.png").touch()
    stand.presenter.sources.open_paths([str(tmp_path / "img2.png")])
    stand.presenter.sources.jump(to_end=True)
    stand.presenter.sources.jump(to_end=False)
    opened = [path.rsplit("img", 1)[1] for (path,) in stand.core.called("open_picture")]
    assert opened == ["2.png", "10.png", "1.png"]
    stand.presenter.sources.open_paths(["a.mp4"])
    stand.presenter.sources.jump(to_end=True)
    stand.presenter.sources.jump(to_end=False)
    assert stand.core.called("seek") == [(1.0,), (0.0,)]


# Models and detectors of the person's own.


def test_a_model_of_ones_own_is_removed_after_a_yes(stand):
    stand.tick(Listed((*READY[0].models, OWN), ()), ModelReady(DEFAULT_MODEL))
    choices = stand.presenter.choices
    choices.choose_model("mine")
    stand.tick(ModelReady("mine"))
    assert [c.own for c in stand.shown["models"][0] if not c.action][-1]
    choices.remove_model(DEFAULT_MODEL)
    choices.remove_model("mine")
    assert not stand.core.called("remove_model"), "one came with the app, the other got no yes"
    stand.view.answers["yes"] = True
    choices.remove_model("mine")
    assert stand.core.called("remove_model") == [("mine",)]
    stand.tick(ModelRemoved("mine"))
    assert message(stand).text == "mine was removed."
    assert stand.core.called("use_model") == [("mine",), (DEFAULT_MODEL,)]
    stand.tick(ModelReady(DEFAULT_MODEL), ModelRemoved("another"))
    assert len(stand.core.called("use_model")) == 2, "what is in use stays"


def test_a_detector_of_ones_own_is_in_the_list_from_then_on(new_stand, tmp_path):
    stand = new_stand(Settings())
    stand.presenter.start()
    mine, second = str(tmp_path / "mine.xml"), str(tmp_path / "second.xml")
    stand.tick(*READY, DetectorReady(mine), DetectorReady(second), DetectorReady(mine))
    assert stand.presenter.settings.own_detectors == (mine, second)
    listed = [choice for choice in stand.shown["detectors"][0] if choice.own]
    assert [(choice.key, choice.title) for choice in listed] == [
        (mine, "mine.xml"),
        (second, "second.xml"),
    ]
    stand.presenter.choices.choose_detector(second)
    assert stand.core.called("use_detector") == [(second,)]
    stand.presenter.choices.remove_detector(mine)
    assert stand.presenter.settings.own_detectors == (second,)
    stand.tick(DetectorReady("haar"))
    assert stand.presenter.settings.own_detectors == (second,), "haar is no file"


# The picture.


def test_a_black_picture_is_said_to_be_black(stand, tmp_path):
    from dataclasses import replace

    open_photo(stand, tmp_path)
    assert "No face found" in stand.shown["face"][1]
    stand.core.next_picture = replace(make_picture(), black=True)
    stand.tick()
    assert stand.shown["face"][1] == "This picture is black."
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed((Choice("0", "Camera"),)))
    stand.core.next_picture = replace(make_picture(), black=True)
    stand.tick()
    assert "cover" in stand.shown["face"][1]
    stand.core.next_picture = replace(make_picture(make_face()), black=True)
    stand.tick()
    assert stand.shown["face"][0] is not None, "a face in the dark is one"


def test_copying_says_that_it_is_done(stand, tmp_path):
    stand.presenter.saving.copy()
    assert not stand.core.called("copy_picture")
    open_photo(stand, tmp_path)
    stand.presenter.saving.copy()
    assert stand.core.called("copy_picture") == [()]
    stand.tick(Copied())
    assert message(stand).text == "The picture is in the clipboard."


def test_the_seek_bar_of_a_film_that_ended_is_at_its_end(stand):
    stand.presenter.sources.open_paths(["a.mp4"])
    stand.core.now = Progress("ended", position_s=9.96, duration_s=10.0)
    stand.tick()
    assert (stand.shown["transport"].share, stand.shown["transport"].text) == (1.0, "0:10 / 0:10")
    stand.core.now = Progress("paused", position_s=5.0, duration_s=10.0)
    stand.tick()
    assert stand.shown["transport"].share == 0.5


def test_no_face_is_taken_from_a_film_that_ended(stand):
    from fakes import make_proposed

    stand.tick(make_proposed())
    stand.presenter.sources.open_paths(["a.mp4"])
    stand.core.next_picture = make_picture(make_face())
    stand.core.now = Progress("running")
    stand.tick()
    stand.presenter.adding.begin_capture()
    assert stand.shown["capture"].live
    for status in ("ended", "reconnecting", "failed"):
        stand.core.now = Progress(status)
        stand.tick()
        assert not stand.shown["capture"].live
    assert "ended" in stand.shown["capture"].status
    stand.presenter.adding.capture.start()
    stand.tick(after_s=10)
    assert not stand.core.called("capture_face")


# Recordings and statistics.


def test_a_recording_says_how_long_it_runs_until_it_ends(stand):
    stand.presenter.sources.open_paths(["a.mp4"])
    stand.core.now = Progress("running")
    stand.core.next_picture = make_picture(make_face())
    stand.tick()
    assert "recording" not in stand.shown
    stand.presenter.saving.record()
    stand.tick(after_s=61.5)
    assert stand.shown["recording"] == "1:01"
    stand.presenter.saving.record()
    assert stand.shown["recording"] is None
    stand.tick(after_s=5)
    assert stand.shown["recording"] is None


def test_what_the_statistics_are_of_is_said(stand, tmp_path):
    saving = stand.presenter.saving
    assert saving.summary({}).startswith("Nothing yet")
    open_photo(stand, tmp_path, make_face())
    assert "photos" in saving.summary({"happiness": 1.0})
    stand.presenter.sources.open_paths(["a.mp4"])
    assert "time" in saving.summary({"happiness": 1.0})
