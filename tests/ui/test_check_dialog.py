"""The check of a model of the person's own: editing a reading, and their own face; no window."""

from dataclasses import replace

import pytest
from fakes import LABELS, make_face, make_picture, make_proposed, make_row

from ui.presenter.core import Captured, Progress, Tried
from ui.presenter.reading import OWN, draft, read, some, title
from ui.texts import Texts

COLOR = {"0…1": (1 / 255, (0.0,), (1.0,)), "VGGFace": (1.0, (93.5, 104.7, 129.1), (1.0,))}
ENGLISH = Texts("en")


def make_draft(**changes):
    return replace(draft(make_row().form, COLOR), **changes)


@pytest.mark.parametrize(
    "row",
    [
        make_row(equalize=True, crop_margin=-0.125, output="logits"),
        make_row(color="bgr", scale=1.0, mean=(93.5, 104.7, 129.1)),
        make_row(color="rgb", scale=2 / 255, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    ],
)
def test_a_reading_comes_back_from_its_fields_as_it_was(row):
    assert read(draft(row.form, COLOR), COLOR, ENGLISH) == row.form


def test_a_usual_scaling_is_known_by_its_numbers():
    assert make_draft().scaling == "0…1"
    own = draft(make_row(scale=1 / 127.5, mean=(1.0,)).form, COLOR)
    assert (own.scaling, own.scale, own.mean) == (OWN, "1/127.5", "1")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("0,5", (0.5,)),
        ("0.485, 0.456, 0.406", (0.485, 0.456, 0.406)),
        ("0.485,0.456,0.406", (0.485, 0.456, 0.406)),
        ("0,485; 0,456; 0,406", (0.485, 0.456, 0.406)),
        ("1/2", (0.5,)),
    ],
)
def test_numbers_may_be_typed_as_people_do(typed, numbers):
    form = read(make_draft(color="rgb", scaling=OWN, mean=typed), COLOR, ENGLISH)
    assert form.mean == numbers


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": ("anger", "anger", *LABELS[2:])}, "“anger” stands twice"),
        ({"scaling": OWN, "std": "0"}, "must be greater than 0"),
        ({"scaling": OWN, "scale": "-1"}, "must be greater than 0"),
        ({"scaling": OWN, "scale": "1/0"}, "“1/0” is not a number"),
        ({"scaling": OWN, "scale": "1 2"}, "“1 2” must be a single number"),
        ({"scaling": OWN, "mean": ""}, "“” is not a number"),
        ({"color": "rgb", "scaling": OWN, "mean": "1 2"}, "one number or 3"),
        ({"margin": "400"}, "between −25 % and 100 %"),
        ({"margin": "nan"}, "is not a number"),
    ],
)
def test_an_impossible_reading_is_one_sentence(changes, said):
    with pytest.raises(ValueError, match=said):
        read(make_draft(**changes), COLOR, ENGLISH)


def test_a_reading_on_one_line():
    assert title(make_row(equalize=True), ENGLISH) == "FER2013 order, grey, 0…1, equalised"
    own = replace(make_row(), order="given", scaling="as in model.json")
    assert title(own, Texts("de")) == "eigene Reihenfolge, grau, eigene Skalierung"


def test_the_faces_that_are_shown_are_of_all_expressions():
    labels = ["happiness", "fear", "anger", "anger", "anger"]
    assert some(labels, 3) == [0, 1, 4]
    assert some(labels, 4) == [0, 1, 3, 4]
    assert some(labels[:2], 7) == [0, 1]


def test_every_change_is_tried_and_the_impossible_is_not(stand):
    stand.tick(make_proposed())
    adding = stand.presenter.adding
    assert adding.colors() == ("gray",)
    adding.edited(make_draft(equalize=True))
    (form,) = stand.core.called("try_reading")[0]
    assert form.equalize
    adding.edited(make_draft(margin="?"))
    assert len(stand.core.called("try_reading")) == 1
    assert "not a number" in stand.shown["impossible"]
    row = make_row(1.0)
    stand.tick(Tried(row))
    assert stand.shown["tried"] == row


@pytest.fixture
def filmed(stand):
    """A video with a face, and the page that takes it."""
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running", fps=30.0)
    stand.core.next_picture = make_picture(make_face())
    stand.tick(make_proposed())
    stand.presenter.adding.begin_capture()
    return stand


def test_the_picture_is_taken_after_a_countdown(filmed):
    capture = filmed.presenter.adding.capture
    assert filmed.shown["capture"].label == "anger"
    capture.start()
    counts = []
    for _ in range(3):
        counts.append(filmed.shown["capture"].count)
        filmed.tick(after_s=0.99)
    assert counts == [3, 3, 2]
    assert filmed.core.called("capture_face") == []
    filmed.tick(after_s=0.1)
    assert filmed.core.called("capture_face") == [("anger", 1)]
    filmed.tick(Captured("anger", found=True))
    shown = filmed.shown["capture"]
    assert (shown.label, shown.count, shown.good) == ("disgust", 0, True)
    assert dict(shown.taken)["anger"] == 1
    filmed.presenter.adding.end_capture()
    assert filmed.core.called("check_again") == [()]


def test_without_a_face_the_same_expression_is_asked_for_again(filmed):
    capture = filmed.presenter.adding.capture
    capture.choose("fear")
    capture.start()
    filmed.tick(after_s=4)
    filmed.tick(Captured("fear", found=False))
    shown = filmed.shown["capture"]
    assert (shown.label, shown.bad) == ("fear", True)
    assert shown.status.startswith("No face was found.")
    assert not any(count for _, count in shown.taken)


def test_after_a_round_the_rarest_expression_is_asked_for(filmed):
    for label in (*LABELS, "anger"):
        filmed.tick(Captured(label, found=True))
    assert filmed.shown["capture"].label == "disgust"


def test_the_person_may_leave_in_the_middle_of_the_countdown(filmed):
    filmed.presenter.adding.capture.start()
    filmed.presenter.adding.closed()
    filmed.tick(after_s=5)
    assert filmed.core.called("capture_face") == []


def test_without_a_picture_the_page_offers_the_camera(stand):
    stand.tick(make_proposed())
    stand.presenter.adding.begin_capture()
    capture = stand.presenter.adding.capture
    assert not stand.shown["capture"].live
    capture.start()
    assert stand.shown["capture"].count == 0
    capture.open_camera()
    stand.tick()
    assert stand.shown["capture"].status == "Starting the camera…"
