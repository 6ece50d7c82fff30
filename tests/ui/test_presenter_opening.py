"""What opening something does to what was there: mode, waiting card, cameras, recordings."""

import pytest
from fakes import READY, make_face, make_picture, open_photo

from fer_core.config import Settings
from ui.presenter.core import CamerasListed, Progress, SourceFailed
from ui.presenter.shown import Choice

TWO = (Choice("Front", "Front"), Choice("Back", "Back"))


def with_camera(stand):
    stand.presenter.sources.open_camera()
    stand.tick(*READY, CamerasListed(TWO))
    return stand.presenter.sources


def card(stand):
    return stand.shown["card"]


def titles(stand):
    return [action.label for action in card(stand).actions]


def test_a_pasted_picture_is_waited_for_in_the_image_mode(stand):
    with_camera(stand)
    stand.view.answers["clipboard"] = b"\x89PNG"
    stand.presenter.sources.paste()
    assert stand.shown["mode"] == "image"
    assert card(stand).title == "Opening the picture…"
    assert stand.shown["cameras"][0] == (), "cameras are for Camera"


def test_an_empty_picture_in_the_clipboard_is_none(stand):
    stand.view.answers["clipboard"] = b""
    stand.presenter.sources.paste()
    assert stand.shown["message"].text == "There is no picture in the clipboard."
    assert stand.core.called("open_picture") == []


def test_all_pasted_paths_are_gone_through(stand, tmp_path):
    paths = [tmp_path / name for name in ("z.png", "a.png")]
    stand.view.answers["clipboard"] = paths
    stand.presenter.sources.paste()
    stand.presenter.sources.move(1)
    assert [call[0] for call in stand.core.called("open_picture")] == [str(p) for p in paths]


def test_of_what_was_dropped_the_model_counts_else_the_first(stand, tmp_path):
    (tmp_path / "net.bin").touch()
    stand.presenter.sources.open_paths(["clip.mp4", "other.mp4"])
    assert stand.core.called("open_video") == [("clip.mp4",)]
    stand.presenter.sources.open_paths([str(tmp_path / "net.bin"), str(tmp_path / "net.xml")])
    assert stand.core.called("look_at_model")[-1][0].endswith("net.xml")


@pytest.mark.parametrize(
    ("opens", "mode", "waiting"),
    [
        (["clip.mp4"], "video", "clip.mp4"),
        (["a.png"], "image", "a.png"),
    ],
)
def test_what_is_on_its_way_is_named(stand, opens, mode, waiting):
    stand.presenter.sources.open_paths(opens)
    assert stand.shown["mode"] == mode
    assert waiting in card(stand).title
    assert stand.core.called("close_source"), "what was shown before is closed"


def test_the_last_photo_stays_until_the_next_one_is_there(stand, tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    stand.presenter.sources.open_paths([str(tmp_path / "a.png")])
    stand.tick(*READY)
    stand.core.next_picture = make_picture(make_face())
    stand.tick()
    assert card(stand) is None
    stand.presenter.sources.move(1)
    assert card(stand) is None, "no flicker between two photos"
    stand.presenter.sources.open_paths(["clip.mp4"])
    assert card(stand) is not None


def test_a_camera_is_looked_for_in_the_camera_mode_only(stand):
    with_camera(stand)
    stand.presenter.sources.open_paths(["clip.mp4"])
    before = stand.core.called("open_camera")
    stand.tick(CamerasListed(TWO))
    assert stand.core.called("open_camera") == before
    assert stand.shown["cameras"][0] == ()


def test_another_camera_is_kept_for_the_next_time(stand):
    sources = with_camera(stand)
    assert stand.core.called("open_camera") == [("Front",)]
    sources.choose_camera("back")
    assert stand.core.called("open_camera")[-1] == ("Back",), "however it is written"
    assert stand.presenter.settings.camera == "back"
    assert stand.shown["cameras"] == (TWO, "Back")


def test_a_camera_that_is_not_there_gives_way_to_the_first(stand):
    sources = with_camera(stand)
    sources.choose_camera("Gone")
    assert stand.core.called("open_camera")[-1] == ("Front",)


@pytest.mark.parametrize(
    ("opens", "labels"),
    [
        ("camera", ["Try again", "Open a photo…"]),
        ("video", ["Try again", "Open another video…"]),
        ("image", ["Open another photo…"]),
    ],
)
def test_the_way_out_is_that_of_the_mode(stand, opens, labels):
    if opens == "camera":
        with_camera(stand)
    else:
        stand.presenter.sources.open_paths(["clip.mp4" if opens == "video" else "a.png"])
    stand.tick(SourceFailed("It is gone."))
    assert titles(stand) == labels
    assert (card(stand).title, card(stand).text) == ("That did not work", "It is gone.")


def test_a_problem_ends_recording_and_source(new_stand, tmp_path):
    stand = new_stand(Settings(snapshot_dir=str(tmp_path)))
    with_camera(stand)
    stand.core.next_picture = make_picture(make_face())
    stand.core.now = Progress("running")
    stand.tick()
    stand.presenter.saving.record()
    closed = len(stand.core.called("close_source"))
    stand.tick(SourceFailed("\x1b[31mIt is\ngone."))
    assert len(stand.core.called("stop_recording")) == 1
    assert len(stand.core.called("close_source")) == closed + 1
    assert card(stand).text == "\\x1b[31mIt is\\ngone."


@pytest.mark.parametrize(
    ("status", "plays"), [("running", False), ("paused", True), ("ended", True)]
)
def test_play_goes_on_from_a_pause_and_from_the_end(stand, status, plays):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress(status, position_s=1, duration_s=2)
    stand.presenter.sources.play_or_pause()
    assert stand.core.called("play") == [(plays,)]


def test_only_a_video_plays_and_steps(stand, tmp_path):
    open_photo(stand, tmp_path, make_face())
    stand.core.now = Progress("paused", position_s=1, duration_s=2)
    stand.presenter.sources.play_or_pause()
    stand.presenter.sources.move(1)
    assert stand.core.called("play") == stand.core.called("step") == []


def test_the_same_picture_is_not_opened_again_at_the_end_of_the_row(stand, tmp_path):
    open_photo(stand, tmp_path, make_face())
    before = len(stand.core.called("open_picture"))
    stand.presenter.sources.move(1)
    stand.presenter.sources.move(-1)
    assert len(stand.core.called("open_picture")) == before
