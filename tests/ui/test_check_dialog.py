"""The check of a model of the person's own: editing a reading, and their own face; no window."""

from dataclasses import replace

import pytest
from fakes import LABELS, make_face, make_picture, make_proposed, make_row

from fer_core.texts import Texts
from ui.presenter.core import Captured, Progress, Tried
from ui.presenter.reading import OWN, compared, draft, read, some, title

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
        ({"scaling": OWN, "scale": "0"}, "must be greater than 0"),
        ({"color": "rgb", "scaling": OWN, "std": "1 1 -1"}, "must be greater than 0"),
        ({"scaling": OWN, "mean": "1 2 3"}, "must be a single number"),
        ({"scaling": OWN, "scale": "1/0"}, "“1/0” is not a number"),
        ({"scaling": OWN, "scale": "1 2"}, "“1 2” must be a single number"),
        ({"scaling": OWN, "mean": ""}, "“” is not a number"),
        ({"color": "rgb", "scaling": OWN, "mean": "1 2"}, "one number or 3"),
        ({"margin": "400"}, "between −25 % and 100 %"),
        ({"margin": "100.1"}, "between −25 % and 100 %"),
        ({"margin": "-25.1"}, "between −25 % and 100 %"),
        ({"margin": "nan"}, "is not a number"),
    ],
)
def test_an_impossible_reading_is_one_sentence(changes, said):
    with pytest.raises(ValueError, match=said):
        read(make_draft(**changes), COLOR, ENGLISH)


@pytest.mark.parametrize("color", ["rgb", "bgr", "gray3"])
def test_three_channels_have_one_number_or_three(color):
    for mean, numbers in (("1", (1.0,)), ("1 2 3", (1.0, 2.0, 3.0))):
        typed = make_draft(color=color, scaling=OWN, mean=mean, std="2", scale="1/255")
        form = read(typed, COLOR, ENGLISH)
        assert (form.mean, form.std, form.scale) == (numbers, (2.0,), 1 / 255)


@pytest.mark.parametrize(("typed", "share"), [("-25", -0.25), ("100", 1.0), ("12,5", 0.125)])
def test_a_margin_is_typed_in_percent(typed, share):
    assert read(make_draft(margin=typed), COLOR, ENGLISH).crop_margin == share
    assert draft(make_row(crop_margin=share).form, COLOR).margin == f"{100 * share:g}"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 255, "1/255"), (2 / 255, "1/127.5"), (2 / 255.1, "2/255.1"), (1 / 512, "1/512"),
        (0.5, "0.5"), (0.25, "0.25"), (1.0, "1"), (255.0, "255"), (0.0, "0"), (93.5, "93.5"),
        (0.0123456, "0.0123456"), (1 / 3, repr(1 / 3)), (1e-6, "1e-06"),
    ],
)  # fmt: skip
def test_numbers_are_as_short_as_they_can_be(number, text):
    assert draft(make_row(scale=number, std=(number,)).form, {}).scale == text


def test_the_usual_scaling_counts_and_not_what_stands_in_its_fields():
    usual = make_draft(color="rgb", scaling="VGGFace", mean="nonsense", scale="", std="0")
    assert read(usual, COLOR, ENGLISH).mean == (93.5, 104.7, 129.1)


def test_a_reading_on_one_line():
    assert title(make_row(equalize=True), ENGLISH) == "FER2013 order, grey, 0…1, equalised"
    own = replace(make_row(), order="given", scaling="as in model.json")
    assert title(own, Texts("de")) == "eigene Reihenfolge, grau, eigene Skalierung"


def test_the_faces_that_are_shown_are_of_all_expressions():
    labels = ["happiness", "fear", "anger", "anger", "anger"]
    assert some(labels, 3) == [0, 1, 4]
    assert some(labels, 4) == [0, 1, 3, 4]
    assert some(labels[:2], 7) == [0, 1]


def test_side_by_side_stand_the_best_readings_that_differ_and_the_chosen_one():
    said = [("anger", "fear"), ("anger", "fear"), ("fear", "fear"), ("sadness", "fear"), ("", "")]
    rows = [replace(make_row(1 - n / 10), predicted=words) for n, words in enumerate(said)]
    assert compared(rows, rows[0], [0, 1]) == [rows[0], rows[2], rows[3]]
    assert compared(rows, rows[0], [1]) == [rows[0], rows[4]]
    assert compared(rows, rows[1], [0, 1]) == [rows[0], rows[1], rows[2]]
    assert compared(rows, rows[4], [0, 1]) == [rows[0], rows[2], rows[4]]
    own = make_row(0.2, equalize=True)
    assert compared([own], own, [0, 1]) == [own]


def test_a_guess_is_added_as_one(stand):
    stand.tick(make_proposed())
    form = make_row().form
    stand.presenter.adding.confirm(form, "mine", guess=True)
    assert stand.core.called("add_model") == [(form, "mine", True)]


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
