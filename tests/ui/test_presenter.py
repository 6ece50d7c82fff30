"""The presenter with a fake view and a fake core: no window, no OpenCV, no thread."""

import json
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

from fer_core import paths
from fer_core.config import DEFAULT_MODEL, Settings, settings_path
from fer_core.names import plain
from ui.presenter.core import (
    DetectorReady,
    Failed,
    Listed,
    ModelFailed,
    ModelReady,
    Progress,
    Saved,
    SourceFailed,
)
from ui.presenter.models import ModelInfo
from ui.presenter.shown import Choice


def test_the_empty_window_offers_camera_and_photo(stand):
    card = stand.shown["card"]
    assert card.drop
    assert [action.label for action in card.actions] == ["Use the camera", "Open a photo…"]
    assert stand.core.called("start") == [(Settings(),)]


def test_a_photo_replaces_the_card_and_fills_the_panel(stand, tmp_path):
    path = open_photo(stand, tmp_path, make_face("happiness", 0.87))
    assert stand.core.called("open_picture") == [(str(path),)]
    assert stand.shown["card"] is None
    rows, chosen = stand.shown["faces"]
    assert [(row.title, row.reading, row.percent) for row in rows] == [
        ("Face 1", "happiness", "87 %")
    ]
    assert chosen == 1
    detail, _ = stand.shown["face"]
    assert (detail.headline, detail.percent) == ("happiness", "87 %")
    assert [bar.label for bar in detail.bars][:2] == ["anger", "disgust"]
    assert stand.shown["timeline"] is None
    assert stand.shown["tools"] == (True, False, False)


def test_below_the_threshold_a_face_reads_not_sure(stand, tmp_path):
    open_photo(stand, tmp_path, make_face("fear", 0.3, hints=("too_dark", "turned_away")))
    detail, _ = stand.shown["face"]
    assert (detail.headline, detail.percent) == ("not sure", "")
    assert stand.shown["faces"][0][0].reading == "not sure"
    assert detail.hint == "too dark, turned away"


def test_panel_and_picture_say_the_same_in_every_moment(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running")
    stand.tick(*READY)
    for number, confidence in enumerate((0.57, 0.44, 0.46, 0.3, 0.9, 0.449, 0.45)):
        picture = make_picture(make_face("happiness", confidence))
        stand.core.next_picture = picture
        stand.core.next_results = [make_result(*picture.result.faces, time_s=number / 30)]
        stand.tick(after_s=1 / 30)  # far more often than the panel is looked after otherwise
        assert stand.shown["picture"] is picture
        (face,) = picture.result.faces
        said = "not sure" if face.unsure else "happiness"
        assert stand.shown["face"][0].headline == said
        assert stand.shown["faces"][0][0].reading.startswith(said)
        assert any(bar.leads for bar in stand.shown["face"][0].bars) != face.unsure


def test_another_threshold_is_for_the_core_to_apply(stand):
    stand.presenter.apply_settings(Settings(unsure_below=0.6))
    assert stand.core.called("judge") == [(0.6,)]
    stand.presenter.apply_settings(Settings(unsure_below=0.6, theme="dark"))
    assert len(stand.core.called("judge")) == 1


def test_a_picture_that_was_reduced_says_so(stand, tmp_path):
    open_photo(stand, tmp_path, make_face())
    assert stand.shown["status"].startswith("640 × 512 px  ·")
    stand.core.next_picture = replace(make_picture(make_face()), read_wh=(320, 256))
    stand.tick()
    assert stand.shown["status"].startswith("640 × 512 px (read at 320 × 256)  ·")


def test_no_face_is_said_in_words(stand, tmp_path):
    open_photo(stand, tmp_path)
    detail, hint = stand.shown["face"]
    assert detail is None
    assert "No face found" in hint


def test_a_click_chooses_the_smallest_face_there(stand, tmp_path):
    big = make_face(box=(0, 0, 90, 90), track_id=1)
    small = make_face("anger", box=(20, 20, 40, 40), track_id=2)
    open_photo(stand, tmp_path, big, small)
    assert stand.shown["faces"][1] == 1, "the largest face is shown while none is chosen"
    stand.presenter.panel.choose_at(30, 30)
    assert stand.shown["faces"][1] == 2
    assert stand.core.called("look")[-1][0].selected == 2
    stand.presenter.panel.choose_next(1)
    assert stand.shown["faces"][1] == 1
    stand.presenter.panel.choose_at(99, 79)
    assert stand.shown["faces"][1] == 1, "a click beside all faces changes nothing"


def test_snapshots_go_to_the_pictures_until_another_folder_is_set(stand, tmp_path):
    stand.presenter.saving.snapshot()
    assert "no picture to save" in stand.shown["message"].text
    open_photo(stand, tmp_path, make_face())
    stand.presenter.saving.snapshot()
    stand.presenter.apply_settings(stand.presenter.settings.with_(snapshot_dir=str(tmp_path)))
    stand.presenter.saving.faces()
    assert stand.core.called("save_snapshot") == [(str(paths.pictures_dir()),)]
    assert stand.core.called("save_faces") == [(str(tmp_path),)]
    stand.tick(Saved((f"{tmp_path}/a.png", f"{tmp_path}/a-overlay.png")))
    assert stand.shown["message"].text == f"Saved a.png, a-overlay.png in {tmp_path}."
    stand.shown["message"].action.run()
    assert stand.view.opened[-1] == ("folder", str(tmp_path))
    stand.tick(after_s=30)
    assert stand.shown["message"] is None, "a notice goes away"


def test_recording_ends_with_its_stream(new_stand, tmp_path):
    stand = new_stand(Settings(snapshot_dir=str(tmp_path)))
    stand.presenter.start()
    stand.presenter.saving.record()
    assert "start one first" in stand.shown["message"].text
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running")
    stand.core.next_picture = make_picture()
    stand.tick(*READY)
    stand.presenter.saving.record()
    assert stand.shown["tools"] == (True, True, True)
    stand.tick(Failed("The statistics cannot be written."))
    assert stand.shown["tools"] == (True, True, True), "only what is recorded ends it"
    stand.tick(Failed("The disk is full.", recording=True))
    assert stand.shown["tools"] == (True, True, False)
    assert stand.shown["message"].alarm
    stand.presenter.saving.record()
    stand.presenter.sources.open_paths(["other.mp4"])
    assert len(stand.core.called("stop_recording")) == 2


def test_settings_are_kept_and_a_language_changes_every_text(stand):
    stand.tick(*READY)
    changed = Settings(language="de", theme="dark", smoothing_s=1.0, detector="yunet")
    stand.presenter.apply_settings(changed)
    assert ("restyle", "dark", "de") in stand.view.opened
    assert stand.core.called("smooth") == [(1.0,)]
    assert stand.shown["card"].title == "Foto oder Video hierher ziehen"
    kept = json.loads(settings_path().read_text(encoding="utf-8"))
    assert (kept["language"], kept["theme"]) == ("de", "dark")
    assert kept["detector"] == "haar", "a detector is kept once it is there"


def test_damaged_settings_are_said(stand):
    stand.presenter.start(notice="The settings file was damaged.")
    assert stand.shown["message"].text == "The settings file was damaged."
    stand.tick(after_s=60)
    assert stand.shown["message"].alarm, "an alarm stays"


def test_accuracy_on_the_picture_can_be_switched(stand):
    stand.tick(*READY)
    stand.presenter.toggle_accuracy()
    caption = stand.core.called("look")[-1][0].caption
    assert caption == "mimik: right on 68.4 % of FER2013, test pictures, copies left out"
    stand.presenter.toggle_accuracy()
    assert not stand.core.called("look")[-1][0].caption


def test_statistics_are_saved_where_the_person_says(stand):
    stand.presenter.saving.save_statistics(".csv")
    assert not stand.core.called("save_statistics")
    stand.view.answers["statistics_file"] = "shares.csv"
    stand.presenter.saving.save_statistics(".csv")
    assert stand.core.called("save_statistics") == [("shares.csv",)]


@pytest.mark.parametrize("event", [Failed("No space."), ModelFailed("x", "No space.")])
def test_failures_are_alarms(stand, event):
    stand.tick(event)
    assert (stand.shown["message"].text, stand.shown["message"].alarm) == ("No space.", True)


def test_what_failed_is_said_in_german_or_framed_by_it(new_stand):
    stand = new_stand(Settings(language="de"))
    stand.presenter.start()
    stand.tick(ModelFailed("net.h5", "net.h5 does not exist."))
    assert stand.shown["message"].text == "net.h5 gibt es nicht."
    stand.tick(Failed("Nobody knows this sentence."))
    framed = "Das hat nicht geklappt: Nobody knows this sentence."
    assert stand.shown["message"].text == framed
    stand.presenter.sources.open_paths(["a.png"])
    stand.tick(SourceFailed("a.png is a folder; choose a picture in it."))
    assert stand.shown["card"].title == "Das hat nicht geklappt"
    assert stand.shown["card"].text == "a.png ist ein Ordner; wählen Sie ein Bild darin."


def test_without_a_model_the_window_says_so(stand):
    stand.tick(LISTED, ModelFailed(DEFAULT_MODEL, "No model was found."))
    assert stand.shown["status"] == "no model"


EVIL = "evil\x1b[31m\n\u202egpj.exe"


def texts_in(value):
    """Every text that a view was given; keys are not shown."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in(tuple(value.values()))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)
    elif hasattr(value, "__dataclass_fields__"):
        shown = [name for name in value.__dataclass_fields__ if name not in ("key", "ppm")]
        yield from texts_in(tuple(getattr(value, name) for name in shown))


@pytest.mark.parametrize("language", ["en", "de"])
def test_foreign_names_never_reach_a_label_raw(new_stand, tmp_path, language):
    stand = new_stand(Settings(language=language))
    stand.presenter.start(notice=f"The settings file was damaged: {EVIL}")
    seen = [*texts_in(stand.shown["message"])]
    models = (ModelInfo(EVIL, EVIL, trained_on=EVIL, measured_on=f"{EVIL} {EVIL}", accuracy=0.5),)
    detectors = (Choice(EVIL, EVIL, EVIL),)
    for path in (tmp_path / f"{EVIL}.png", tmp_path / "other.png"):
        path.touch()
    stand.presenter.sources.open_paths([str(tmp_path / f"{EVIL}.png")])
    stand.core.next_picture = make_picture(make_face())
    for event in (
        Listed(models, detectors),
        DetectorReady(EVIL),
        ModelReady(EVIL),
        SourceFailed(f"{EVIL} does not exist."),
        Failed(EVIL),
        ModelFailed(EVIL, f"{EVIL} is empty (0 bytes); choose another picture."),
        Saved((f"/tmp/{EVIL}/{EVIL}.png",)),
    ):
        stand.tick(event)
        seen += texts_in({k: v for k, v in stand.shown.items() if k != "models"})
        seen += texts_in(stand.shown["models"][0])
    stand.presenter.sources.open_paths([f"{EVIL}.mp4"])
    stand.tick()
    seen += texts_in(stand.shown["card"])
    assert sum("evil" in text for text in seen) > 10
    for text in seen:
        for line in text.split("\n"):  # tips of models have lines of ours
            assert plain(line) == line
        assert not any("gpj.exe" in line and "evil" not in line for line in text.split("\n"))
