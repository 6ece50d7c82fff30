"""Teaching a model in the window: classes, twenty faces each, and what came of it."""

import pytest
from fakes import LABELS, READY, make_face, make_picture, open_photo, until

from fer_core.config import DEFAULT_MODEL
from ui.presenter.core import Progress
from ui.presenter.teach_events import Shown, Taught, TeachFailed, TeachReady, TeachStep
from ui.presenter.teaching import WANTED

DONE = Taught("mine", "mimik-48", {"fear": (3, 4), "tired": (10, 12)}, 4, 13 / 16, None, ("fear",))


@pytest.fixture
def teaching(stand):
    """The dialog is open over a running camera."""
    stand.presenter.sources.open_camera()
    stand.core.next_picture = make_picture(make_face())
    stand.core.now = Progress("running")
    stand.tick(*READY)
    stand.presenter.teaching.ask()
    stand.tick(TeachReady(DEFAULT_MODEL, LABELS, {}))
    return stand.presenter.teaching


def test_it_begins_with_the_classes_of_the_model_in_use(stand, teaching):
    assert stand.core.called("begin_teaching") == [(DEFAULT_MODEL,)]
    assert stand.view.opened[-1] == ("teach", f"{DEFAULT_MODEL}-taught")
    shown = stand.shown["teach"]
    assert tuple(row.label for row in shown.rows) == LABELS
    assert (shown.chosen, shown.ready, shown.live) == (LABELS[0], False, True)


def test_a_press_counts_down_and_takes_twenty(stand, teaching):
    teaching.start()
    stand.tick(after_s=0.5)
    assert stand.shown["teach"].count == 3
    assert stand.core.called("show_taught") == []
    for number in range(WANTED):
        stand.tick(after_s=3.0 if not number else 0.4)
        assert len(stand.core.called("show_taught")) == number + 1
        stand.tick(Shown(LABELS[0], {LABELS[0]: number + 1}, found=1), after_s=0.0)
    stand.tick(after_s=5.0)
    assert len(stand.core.called("show_taught")) == WANTED
    assert not stand.shown["teach"].taking
    assert stand.shown["teach"].rows[0].note == str(WANTED)


def test_it_stops_when_pressed_again_or_no_face_is_found_for_long(stand, teaching):
    teaching.start()
    stand.tick(after_s=4.0)
    teaching.start()
    stand.tick(after_s=4.0)
    assert len(stand.core.called("show_taught")) == 1
    teaching.start()
    for _ in range(40):
        stand.tick(Shown(LABELS[0], {}, found=0), after_s=4.0)
    assert len(stand.core.called("show_taught")) < 40
    assert stand.shown["teach"].bad
    assert stand.shown["teach"].status.startswith("No face was found.")


def test_a_photo_gives_one_face(stand, tmp_path):
    open_photo(stand, tmp_path, make_face())
    stand.presenter.teaching.ask()
    stand.tick(TeachReady(DEFAULT_MODEL, LABELS, {}))
    stand.presenter.teaching.start()
    stand.tick()
    stand.tick(Shown(LABELS[0], {LABELS[0]: 1}, found=1))
    stand.tick()
    assert len(stand.core.called("show_taught")) == 1


@pytest.mark.parametrize(
    ("word", "label", "said"),
    [
        ("tired", "tired", ""),
        ("Verachtung", "contempt", ""),
        ("  ", None, "no name for a class"),
        ("Angry", None, "“anger” is there already"),
    ],
)
def test_classes_are_the_persons_own_words(stand, teaching, word, label, said):
    teaching.add_class(word)
    shown = stand.shown["teach"]
    assert shown.bad == bool(said)
    assert said in shown.status
    assert shown.chosen == (label or LABELS[0])


def test_a_class_goes_with_its_faces(stand, teaching):
    stand.tick(Shown(LABELS[0], {LABELS[0]: 4}, found=1))
    teaching.remove_class()
    assert stand.core.called("clear_taught") == [(LABELS[0],)]
    assert LABELS[0] not in {row.label for row in stand.shown["teach"].rows}


def test_a_folder_is_of_the_chosen_class_and_says_what_it_left_out(stand, teaching):
    teaching.take_folder()
    assert stand.core.called("teach_folder") == []
    stand.view.answers["class_folder"] = "pictures"
    teaching.choose("fear")
    teaching.take_folder()
    assert stand.core.called("teach_folder") == [("pictures", "fear")]
    stand.tick(Shown("fear", {"fear": 9}, found=9, left_out=2))
    assert "In 2 pictures no face was found" in stand.shown["teach"].status
    stand.tick(Shown("fear", {"fear": 9}, found=0, left_out=2))
    assert stand.shown["teach"].bad


def test_it_is_taught_and_used_and_said_how_well(stand, teaching):
    stand.tick(Shown("fear", {"fear": 4, "sadness": 12}, found=1))
    assert stand.shown["teach"].ready
    teaching.teach("mine")
    assert stand.core.called("teach") == [("mine",)]
    stand.tick(TeachStep(0.5))
    assert stand.shown["teach"].share == 0.5
    stand.tick(DONE)
    shown = stand.shown["teach"]
    assert (shown.good, shown.share) == (True, None)
    assert shown.status == (
        "mine is there and in use. Of 16 faces, held out in 4 parts, it reads 81.2 % right. Fewer "
        "than 10 faces of fear: these figures say little. Faces of other people, and other light, "
        "may be read less well."
    )
    assert next(row for row in shown.rows if row.label == "fear").note == "3 of 4"
    assert stand.core.called("use_model")[-1] == ("mine",)


def test_breaking_off_and_closing_lose_no_face(stand, teaching):
    stand.tick(Shown("fear", {"fear": 4, "sadness": 12}, found=1))
    teaching.teach("mine")
    teaching.teach("mine")
    assert len(stand.core.called("stop_teaching")) == 1
    stand.tick(TeachFailed(""))
    shown = stand.shown["teach"]
    assert (shown.ready, shown.faces, shown.bad) == (True, True, False)
    assert "your faces are still here" in shown.status
    teaching.teach("mine")
    teaching.closed()
    assert len(stand.core.called("stop_teaching")) == 2
    assert stand.core.called("clear_taught") == []
    stand.tick(TeachFailed(""))
    teaching.ask()
    stand.tick(TeachReady(DEFAULT_MODEL, LABELS, {"fear": 4, "tired": 2}))
    notes = {row.label: row.note for row in stand.shown["teach"].rows}
    assert (notes["fear"], notes["tired"]) == ("4", "2")


def test_what_cannot_be_taught_is_said_over_the_picture(stand):
    stand.tick(*READY)
    stand.presenter.teaching.ask()
    stand.tick(TeachFailed("both has no last layer of its own."))
    assert "has no last layer" in stand.shown["message"].text
    assert not [call for call in stand.view.opened if call[0] == "teach"]


def test_pictures_are_only_written_where_a_person_asks(stand, teaching):
    stand.tick(Shown("fear", {"fear": 4}, found=1))
    assert stand.core.called("keep_taught") == []
    stand.view.answers["folder"] = "here"
    teaching.keep()
    assert stand.core.called("keep_taught") == [("here",)]


@pytest.mark.display
def test_from_two_folders_to_a_model_in_use(app, tmp_path, monkeypatch):
    """The real window and core: pictures of 16 px, bright above or below."""
    import cv2

    from fer_core.models.registry import ModelRegistry
    from tests.fer_core.teaching import networks

    networks.add("net")
    for number, (face, label) in enumerate(networks.faces((12, 12), ("fear", "tired"), noise=9)):
        path = tmp_path / label / f"{number:02}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), face)
    presenter, window = app.presenter, app.window
    until(app, lambda: presenter.choices.model)
    presenter.choices.use_model("net")
    until(app, lambda: presenter.choices.model == "net")
    window.commands.on_teach()
    until(app, lambda: window.dialog("teach") is not None)
    dialog = window.dialog("teach")
    for word in ("fear", "tired"):
        monkeypatch.setattr(window, "ask_class_folder", lambda _, w=word: str(tmp_path / w))
        dialog.variable("new_class").set(word)
        dialog.on_add_class()
        dialog.on_folder()
        until(app, lambda w=word: _note(dialog, w) == "12")
    dialog.variable("name").set("mine")
    dialog.on_teach()
    until(app, lambda: dialog._shown.good)
    assert "it reads 100.0 % right" in dialog.widget("status").cget("text")
    until(app, lambda: presenter.choices.model == "mine")
    assert ModelRegistry().spec("mine").parent == "net"
    assert ModelRegistry().spec("mine").labels == ("fear", "tired")


def _note(dialog, label):
    return next(row.note for row in dialog._shown.rows if row.label == label)
