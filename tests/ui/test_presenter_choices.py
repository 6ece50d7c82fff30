"""Pickers, their lines, and adding a model, rule by rule."""

import pytest
from fakes import DETECTORS, LABELS, READY, make_face, make_picture, make_proposed, make_row

from fer_core.config import DEFAULT_MODEL, Settings, load_settings
from fer_core.texts import Texts
from ui.presenter.choices import ADD_MODEL, ADD_MODEL_FOLDER, OPEN_CASCADE
from ui.presenter.core import (
    Added,
    AddingFailed,
    Captured,
    DetectorReady,
    Downloaded,
    Downloading,
    Listed,
    ModelPreparing,
    ModelReady,
    Progress,
    SourceFailed,
)
from ui.presenter.listing import detector_choice, model_choice
from ui.presenter.models import Checked, ModelInfo
from ui.presenter.shown import Choice

ENGLISH = Texts("en")

# The pickers.


@pytest.fixture
def ready(new_stand):
    """The lists are there; a model and Haar are in use."""
    stand = new_stand(Settings(detector="haar"))
    stand.presenter.start()
    stand.tick(*READY)
    return stand


def test_what_stands_in_the_pickers_and_in_which_order(ready):
    stand = ready
    models, model, loading = stand.shown["models"]
    assert [choice.key for choice in models][-2:] == [ADD_MODEL, ADD_MODEL_FOLDER]
    assert [choice.title for choice in models][-2:] == ["Add a model file…", "Add a model folder…"]
    assert [choice.usable for choice in models] == [True, True, False, False, True, True]
    assert (model, loading) == (DEFAULT_MODEL, False)
    detectors, detector, loading = stand.shown["detectors"]
    assert [choice.key for choice in detectors] == ["haar", "yunet", OPEN_CASCADE]
    assert detectors[-1].title == "Open a detector file…"
    assert (detector, loading) == ("haar", False)


def test_until_the_lists_are_there_the_pickers_show_what_is_being_loaded(new_stand):
    stand = new_stand(Settings(model="other", detector="yunet"))
    stand.presenter.start()
    assert stand.shown["models"][1:] == ("other", True)
    assert stand.shown["detectors"][1:] == ("yunet", True)
    assert stand.shown["status"] == "loading the model…"
    stand.tick(ModelReady("other"), DetectorReady("yunet"))
    assert stand.shown["models"][1:] == ("other", False)
    assert stand.shown["status"] == "other on OpenVINO"


def test_what_is_in_use_is_not_loaded_again(ready):
    stand = ready
    stand.presenter.choices.choose_model(DEFAULT_MODEL)
    stand.presenter.choices.choose_detector("haar")
    stand.presenter.choices.choose_detector(OPEN_CASCADE)  # the person closed the question
    assert stand.core.called("use_model") == stand.core.called("use_detector") == []


def test_a_detector_that_took_over_is_kept(stand):
    usable = (DETECTORS[0], Choice("yunet", "YuNet"))
    stand.tick(*READY, Listed((), usable))
    stand.presenter.choices.choose_detector("yunet")
    assert stand.core.called("use_detector") == [("yunet",)]
    assert stand.shown["detectors"][1:] == ("yunet", True)
    stand.tick(DetectorReady("yunet"))
    assert stand.shown["detectors"][1:] == ("yunet", False)
    assert load_settings()[0].detector == "yunet"


def test_a_conversion_is_named_and_other_messages_outlive_it(stand):
    stand.tick(*READY, ModelPreparing("other"))
    assert stand.shown["message"].text.startswith("other is being prepared")
    stand.presenter.unexpected("KeyError")
    stand.tick(ModelReady("other"))
    assert stand.shown["message"].alarm


def test_a_download_whose_size_nobody_knows_and_one_that_fails(stand):
    stand.tick(*READY)
    stand.presenter.choices.download()
    assert stand.core.called("download_yunet") == [()]
    stand.tick(Downloading(50, 0))
    assert stand.shown["download"] == (0.0, "")
    stand.tick(Downloaded("There is no network."))
    assert stand.shown["download"] == (None, "There is no network.")
    assert stand.core.called("use_detector") == []
    listed = len(stand.core.called("list_models"))
    stand.tick(Downloaded())
    assert stand.shown["download"] == (None, "")
    assert len(stand.core.called("list_models")) == listed + 1
    assert stand.shown["detectors"][1:] == ("yunet", True)


def test_the_command_of_a_model_to_be_trained_is_offered(stand):
    stand.tick(*READY)
    stand.presenter.choices.choose_model("soon")
    message = stand.shown["message"]
    assert message.text.startswith("soon is not trained yet.")
    assert message.action.label == "Copy the command"
    assert not message.alarm


# Their lines.


@pytest.mark.parametrize(
    ("data", "shown"),
    [("affectnet", "AffectNet"), ("ck+", "CK+"), ("fer2013", "FER2013"), ("ferg", "FERG-DB"),
     ("ferplus", "FERPlus"), ("jaffe", "JAFFE"), ("rafdb", "RAF-DB"), ("toon", "drawn faces"),
     ("mine", "mine")],
)  # fmt: skip
def test_data_sets_are_written_as_their_authors_do(data, shown):
    info = ModelInfo("net", "Net", trained_on=data, measured_on=f"{data} test", accuracy=0.5)
    line = model_choice(ENGLISH, info)
    assert (line.note, line.figure[:2]) == (shown, "50")
    assert line.tip.splitlines() == [
        "Net",
        f"Trained on {shown}.",
        f"Right for {ENGLISH.percent(0.5)} of the faces of {shown}, test pictures.",
    ]


def test_a_line_says_what_is_known_and_no_more():
    bare = model_choice(ENGLISH, ModelInfo("net", "A net"))
    assert (bare.title, bare.note, bare.tip, bare.usable) == ("A net", "", "A net", True)
    nil = model_choice(ENGLISH, ModelInfo("net", "A net", accuracy=0.0, measured_on="mine"))
    assert nil.figure == ENGLISH.percent(0.0)
    assert nil.tip.endswith("of the faces of mine.")
    odd = ModelInfo("net", "A net", accuracy=0.5, measured_on="mine by hand")
    assert model_choice(ENGLISH, odd).tip.endswith("of the faces of mine, by hand.")


def test_the_name_stands_behind_a_title_that_does_not_have_its_words():
    for name, title, shown in (
        ("mimik-48", "Mimik 48 · small", "Mimik 48 · small"),
        ("mimik-48", "48, the Mimik", "48, the Mimik"),
        ("mimik-48", "Mimik", "Mimik (mimik-48)"),
        ("a", "b", "b (a)"),
    ):
        assert model_choice(ENGLISH, ModelInfo(name, title)).title == shown


def test_a_model_that_cannot_be_used_says_so_instead_of_its_figures():
    broken = ModelInfo("net", "Net", "bad.", trained_on="fer2013", accuracy=0.5)
    assert not broken.usable
    line = model_choice(ENGLISH, broken)
    assert (line.key, line.note, line.usable) == ("net", "cannot be used", False)
    line = model_choice(ENGLISH, ModelInfo("net", "Net", "not yet.", "train it"))
    assert (line.note, line.usable) == ("not trained yet", False)


def test_detectors_have_the_names_of_the_persons_language():
    german = Texts("de")
    own = Choice("haar:haarcascade_profileface.xml", "profile", "")
    assert detector_choice(ENGLISH, own).title == "Haar cascade: face in profile, left and right"
    assert detector_choice(german, own).title.startswith("Haar-Kaskade")
    asked = detector_choice(ENGLISH, Choice("yunet", "x", "y", usable=False))
    assert (asked.note, asked.usable) == ("download it, 230 kB", False)
    assert detector_choice(ENGLISH, Choice("yunet", "x")).note == ""
    foreign = detector_choice(ENGLISH, Choice("/a/b.xml", "my\ncascade", "a\nnote"))
    assert (foreign.key, "\n" in foreign.title + foreign.note) == ("/a/b.xml", False)


# Adding a model.


def test_a_file_is_looked_at_and_the_message_goes_when_it_was(stand):
    stand.presenter.adding.begin("net.keras")
    assert stand.shown["message"].text == "Looking at the model file…"
    stand.tick(make_proposed())
    assert stand.shown["message"] is None


def test_nothing_is_proposed_before_a_model_is(stand):
    adding = stand.presenter.adding
    assert (adding.colors(), adding.scalings("gray")) == ((), {})
    adding.begin_capture()
    assert not adding.capture.is_open
    stand.tick(make_proposed())
    assert list(adding.scalings("gray")) == ["0…1"]
    rows = Checked((make_row(),), (), enough=True)
    stand.tick(rows)
    assert stand.shown["checked"] == rows


def test_more_faces_come_from_a_folder(stand):
    stand.tick(make_proposed())
    stand.presenter.adding.check_with_folder()
    stand.view.answers["labelled_folder"] = "faces"
    stand.presenter.adding.check_with_folder()
    assert stand.core.called("check_with_folder") == [("faces",)]


def test_a_model_that_was_added_closes_its_dialog_and_is_listed(stand):
    stand.tick(*READY, make_proposed())
    stand.presenter.adding.confirm(make_row().form, "mine")
    listed = len(stand.core.called("list_models"))
    stand.tick(Added("mine"))
    assert stand.view.opened[-1] == ("closed",)
    assert len(stand.core.called("list_models")) == listed + 1
    assert stand.shown["message"].text == "mine was added and is used now."
    stand.tick(AddingFailed("Another one is broken."))
    assert stand.shown["message"].text == "Another one is broken.", "no dialog is open"


def test_what_fails_after_it_was_confirmed_is_no_longer_confirmed(stand):
    stand.tick(*READY, make_proposed())
    adding = stand.presenter.adding
    adding.confirm(make_row().form, "mine")
    stand.tick(AddingFailed("The name is taken."))
    adding.closed()
    stand.tick(Added("other"))
    assert stand.core.called("use_model") == [("other",)]


# The person's own face.


@pytest.fixture
def page(stand):
    """The page over a running video, and its capture."""
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running")
    stand.core.next_picture = make_picture(make_face())
    stand.tick(make_proposed())
    stand.presenter.adding.begin_capture()
    return stand, stand.presenter.adding.capture


def test_the_page_asks_for_the_models_expressions_in_the_usual_order(stand):
    labels = ("neutral", "happiness", "fear")
    capture = stand.presenter.adding.capture
    capture.open(labels)
    assert stand.shown["capture"].taken == (("fear", 0), ("happiness", 0), ("neutral", 0))
    assert stand.shown["capture"].label == "fear"
    capture.choose("happiness")
    stand.tick(Captured("happiness", found=True))
    assert stand.shown["capture"].label == "neutral"
    capture.choose("neutral")
    stand.tick(Captured("neutral", found=True))
    assert stand.shown["capture"].label == "fear"


def test_a_countdown_of_three_seconds_is_begun_once_and_broken_off_by_another_choice(page):
    stand, capture = page
    capture.start()
    assert stand.shown["capture"].status == "Look at the camera and hold it."
    stand.tick(after_s=2.0)
    capture.start()
    stand.tick(after_s=0.95)
    assert stand.core.called("capture_face") == []
    assert stand.shown["capture"].count == 1
    stand.tick(after_s=0.1)
    assert stand.core.called("capture_face") == [("anger", 1)]
    capture.start()
    capture.choose("fear")
    assert stand.shown["capture"].count == 0
    stand.tick(after_s=9)
    assert len(stand.core.called("capture_face")) == 1


def test_what_came_of_it_is_said_until_the_next_one(page):
    stand, capture = page
    assert stand.shown["capture"].status.startswith("Three seconds after you press")
    stand.tick(Captured("anger", found=True))
    shown = stand.shown["capture"]
    assert (shown.status, shown.good, shown.bad) == ("Taken. Now the next one.", True, False)
    capture.start()
    assert (stand.shown["capture"].good, stand.shown["capture"].bad) == (False, False)
    stand.tick(Captured("anger", found=False), after_s=0.1)
    capture.choose("fear")
    assert stand.shown["capture"].status.startswith("Three seconds")
    capture.close()
    capture.open(LABELS)
    assert dict(stand.shown["capture"].taken)["anger"] == 1, "the faces are still there"
    assert not stand.shown["capture"].good


def test_a_countdown_ends_with_its_picture(page):
    stand, capture = page
    capture.start()
    stand.tick(SourceFailed("The camera is gone."), after_s=1)
    shown = stand.shown["capture"]
    assert (shown.count, shown.live) == (0, False)
    assert shown.status == "That did not work The camera is gone."
    stand.tick(after_s=9)
    assert stand.core.called("capture_face") == []


def test_of_a_still_picture_the_face_is_taken_at_once(stand, tmp_path):
    (tmp_path / "a.png").touch()
    stand.presenter.sources.open_paths([str(tmp_path / "a.png")])
    stand.core.next_picture = make_picture(make_face(track_id=4))
    stand.tick(make_proposed())
    stand.presenter.adding.begin_capture()
    stand.presenter.adding.capture.start()
    assert stand.core.called("capture_face") == [("anger", 4)]


def test_another_model_begins_without_faces_and_a_closed_page_shows_nothing(page):
    stand, capture = page
    stand.tick(Captured("anger", found=True))
    stand.presenter.adding.end_capture()
    assert not capture.is_open
    before = stand.shown.pop("capture")
    stand.tick(Captured("anger", found=True))
    assert "capture" not in stand.shown
    stand.presenter.adding.begin_capture()
    assert dict(stand.shown["capture"].taken)["anger"] == 2
    stand.tick(make_proposed("second.keras"))
    assert not capture.is_open
    stand.presenter.adding.begin_capture()
    assert stand.shown["capture"].taken == tuple((name, 0) for name, _ in before.taken)


@pytest.mark.parametrize(
    ("licence", "restricted"),
    [
        ("non-commercial research only: trained on RAF-DB", True),
        ("CC BY-NC 4.0", True),
        ("MIT for the weights; trained on FER2013", False),
        ("", False),
    ],
)
def test_the_picker_says_whose_weights_nobody_may_sell(licence, restricted):
    data, measured = "fer2013+ferplus + rafdb", "rafdb test clean"
    info = ModelInfo("m", "M", "", "", data, measured, 0.872, licence)
    choice = model_choice(Texts("en"), info)
    assert (choice.note, choice.figure) == ("RAF-DB", "87.2 %")
    assert "Trained on FER2013 + FERPlus + RAF-DB." in choice.tip.split("\n")
    assert (choice.terms == "non-commercial") == restricted
    assert (f"Licence: {licence}." in choice.tip.split("\n")) == bool(licence)


def test_where_no_face_was_in_the_picture_the_same_expression_is_asked_for_again(page):
    stand, _ = page
    stand.tick(Captured("anger", found=False), after_s=0.1)
    shown = stand.shown["capture"]
    assert shown.status == (
        "No face was found. Look at the camera, with light on your face, and try again."
    )
    assert (shown.label, dict(shown.taken)["anger"], shown.bad) == ("anger", 0, True)


def test_before_there_is_a_picture_nothing_can_be_taken(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running")
    stand.tick(make_proposed())
    capture = stand.presenter.adding.capture
    capture.open(LABELS)
    assert not stand.shown["capture"].live
    capture.start()
    stand.tick(after_s=9)
    assert stand.core.called("capture_face") == []
