"""The presenter and what is opened: photos, folders, cameras, videos, the clipboard."""

import pytest
from fakes import (
    READY,
    make_face,
    make_picture,
    make_result,
    open_photo,
)

from fer_core.config import DEFAULT_MODEL, Settings
from ui.presenter.core import (
    CamerasListed,
    Progress,
    SourceFailed,
)
from ui.presenter.shown import Choice


def test_arrow_keys_go_through_the_folder(stand, tmp_path):
    for name in ("b.png", "a.jpg", "c.txt", "Ü d.webp"):
        (tmp_path / name).touch()
    stand.presenter.sources.open_paths([str(tmp_path / "a.jpg")])
    stand.tick(*READY)
    assert stand.shown["transport"].text == "a.jpg   1 of 3"
    assert not stand.shown["transport"].back
    stand.presenter.sources.move(-1)
    stand.presenter.sources.move(1)
    stand.presenter.sources.move(1)
    stand.tick()
    assert [call[0] for call in stand.core.called("open_picture")] == [
        str(tmp_path / name) for name in ("a.jpg", "b.png", "Ü d.webp")
    ]
    assert not stand.shown["transport"].forward


def test_a_folder_is_opened_by_dialog(stand, tmp_path):
    (tmp_path / "a.png").touch()
    stand.view.answers["pictures_folder"] = str(tmp_path)
    stand.presenter.sources.ask_folder()
    assert stand.core.called("open_picture") == [(str(tmp_path / "a.png"),)]


def test_several_photos_are_gone_through_as_given(stand, tmp_path):
    paths = [str(tmp_path / name) for name in ("z.png", "a.png")]
    stand.presenter.sources.open_paths(paths)
    stand.presenter.sources.move(1)
    assert [call[0] for call in stand.core.called("open_picture")] == paths


def test_a_folder_without_pictures_is_one_sentence_with_a_way_out(stand, tmp_path):
    stand.presenter.sources.open_paths([str(tmp_path)])
    assert stand.shown["card"].text == f"There is no picture in {tmp_path}."
    assert stand.shown["card"].actions


def test_a_broken_file_is_one_sentence_with_a_way_out(stand, tmp_path):
    open_photo(stand, tmp_path, make_face())
    stand.tick(SourceFailed("bad.png is not a picture."))
    assert stand.shown["card"].icon == "warning"
    assert stand.shown["card"].text == "bad.png is not a picture."
    assert stand.shown["faces"] == ((), None)
    stand.view.answers["pictures"] = ["x.png"]
    stand.shown["card"].actions[0].run()
    assert stand.core.called("open_picture")[-1] == ("x.png",)


def test_no_camera_is_one_sentence_and_offers_a_photo(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed(()))
    assert "No camera was found" in stand.shown["card"].text
    labels = [action.label for action in stand.shown["card"].actions]
    assert labels == ["Try again", "Open a photo…"]


def test_the_camera_used_last_is_opened_again(new_stand):
    stand = new_stand(Settings(camera="USB"))
    stand.presenter.start(camera="")
    stand.tick(CamerasListed((Choice("Built-in", "Built-in"), Choice("USB", "USB"))))
    assert stand.core.called("open_camera") == [("USB",)]
    stand.presenter.sources.choose_camera("Built-in")
    assert stand.core.called("open_camera")[-1] == ("Built-in",)
    assert stand.presenter.settings.camera == "Built-in"
    assert stand.core.called("look")[-1][0].mirror


@pytest.mark.parametrize(
    ("wanted", "opened"),
    [
        ("usb b", "USB B"),
        ("1", "1"),
        ("rtsp://me:secret@10.0.0.2/live", "rtsp://me:secret@10.0.0.2/live"),
        ("unplugged", "USB A"),
    ],
)
def test_a_camera_may_be_named_numbered_or_addressed(stand, wanted, opened):
    stand.presenter.start(camera=wanted)
    stand.tick(CamerasListed((Choice("USB A", "USB A"), Choice("USB B", "USB B"))))
    assert stand.core.called("open_camera") == [(opened,)]
    assert "secret" not in str(stand.shown)


def test_a_camera_in_the_network_needs_none_on_this_machine(stand):
    stand.presenter.start(camera="http://10.0.0.2/live")
    stand.tick(CamerasListed(()))
    assert stand.core.called("open_camera") == [("http://10.0.0.2/live",)]


def test_an_address_is_played_and_its_password_not_shown(stand):
    stand.presenter.start(["http://me:secret@10.0.0.2"])
    assert stand.core.called("open_video") == [("http://me:secret@10.0.0.2",)]
    assert stand.shown["card"].title == "Opening http://10.0.0.2…"


def test_a_lost_camera_says_reconnecting_until_it_is_back(stand):
    stand.presenter.sources.choose_mode("camera")
    stand.tick(CamerasListed((Choice("0", "Camera"),)))
    stand.core.now = Progress("reconnecting", "it stopped")
    stand.tick(after_s=1)
    stand.tick(after_s=10)
    assert "reconnecting" in stand.shown["message"].text
    assert "reconnecting" in stand.shown["status"]
    stand.core.now = Progress("running", fps=30.0)
    stand.tick()
    assert stand.shown["message"] is None
    assert "30 fps" in stand.shown["status"]


def test_a_video_that_fails_leaves_no_empty_timeline(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.tick(*READY)
    stand.tick(SourceFailed("clip.mp4 is empty (0 bytes)."))
    stand.tick()
    assert stand.shown["card"] is not None
    stand.presenter.panel.show_timeline()
    assert stand.shown["timeline"] is None


def test_a_video_shows_seek_bar_and_timeline(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running", fps=30, latency_ms=6.2, position_s=65, duration_s=130)
    stand.core.next_picture = make_picture(make_face())
    for second in range(5):
        label = "happiness" if second < 3 else "sadness"
        stand.core.next_results = [make_result(make_face(label), time_s=second * 0.3)]
        stand.tick(*(READY if second == 0 else ()))
    assert stand.shown["transport"].text == "1:05 / 2:10"
    assert stand.shown["transport"].share == 0.5
    assert stand.shown["transport"].step * 130 == pytest.approx(5)
    assert stand.shown["status"] == f"30 fps  ·  6 ms  ·  0 dropped  ·  {DEFAULT_MODEL} on OpenVINO"
    (band,) = stand.shown["timeline"].bands
    assert len(band.spans) == 2
    assert band.spans[0].end_s == band.spans[1].start_s
    stand.presenter.sources.play_or_pause()
    assert stand.core.called("play") == [(False,)]
    stand.core.now = Progress("ended", position_s=130, duration_s=130)
    stand.presenter.sources.play_or_pause()
    assert stand.core.called("play")[-1] == (True,)
    stand.presenter.sources.move(-1)
    assert stand.core.called("step") == [(-1,)]


def test_paste_opens_a_picture_a_path_or_says_that_there_is_none(stand, tmp_path):
    stand.presenter.sources.paste()
    assert stand.shown["message"].text == "There is no picture in the clipboard."
    stand.view.answers["clipboard"] = b"\x89PNG"
    stand.presenter.sources.paste()
    assert stand.core.called("open_picture") == [(b"\x89PNG",)]
    stand.view.answers["clipboard"] = [str(tmp_path / "a.png")]
    stand.presenter.sources.paste()
    assert stand.core.called("open_picture")[-1] == (str(tmp_path / "a.png"),)
