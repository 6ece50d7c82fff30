"""The film as a whole: what the presenter makes of it, without a window."""

import pytest
from fakes import make_face, make_picture

from ui.presenter.core import Progress, SourceFailed
from ui.presenter.film_data import FilmData, FilmEvent, FilmPerson

GREY = "#808080"
HAPPY = ("happiness", GREY, ((0.0, 0.1), (1.0, 0.9), (2.0, None), (3.0, 0.5)))


def person(number, seconds=5.0, name=""):
    return FilmPerson(number, name, seconds, ((0.0, seconds, "happiness", GREY),), (HAPPY,))


def data(*people, complete=True, done_s=10.0, events=()):
    return FilmData(10.0, done_s, complete, people, tuple(events))


def play(stand, film, position_s=4.0):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running", position_s=position_s, duration_s=10.0)
    stand.core.next_picture = make_picture(make_face(track_id=1))
    stand.core.next_film = film
    stand.tick()


def test_a_film_has_its_own_timeline_in_place_of_the_last_minute(stand):
    stand.presenter.sources.open_paths(["clip.mp4"])
    stand.core.now = Progress("running", duration_s=10.0)
    stand.core.next_picture = make_picture(make_face())
    stand.tick()
    assert stand.shown["film"] is None
    assert stand.shown["timeline"] is not None
    film = data(person(1))
    play(stand, film)
    shown = stand.shown["film"]
    assert shown.data is film
    assert (shown.position_s, shown.note) == (4.0, "")
    assert stand.shown["timeline"] is None


def test_it_stays_when_the_film_is_sought_back(stand):
    film = data(person(1))
    play(stand, film)
    stand.core.now = Progress("running", position_s=0.0, duration_s=10.0)
    stand.tick()
    assert (stand.shown["film"].data, stand.shown["film"].position_s) == (film, 0.0)


def test_how_far_the_analysis_is_stands_there_until_it_is_done(stand):
    play(stand, data(complete=False, done_s=2.5))
    assert stand.shown["film"].note == "analysed: 25 %"
    stand.core.next_film = data()
    stand.tick()
    assert stand.shown["film"].note == ""


@pytest.mark.parametrize("leave", ["camera", "another", "failed"])
def test_it_goes_with_its_film(stand, leave):
    play(stand, data(person(1)))
    if leave == "camera":
        stand.presenter.sources.choose_mode("camera")
    elif leave == "another":
        stand.presenter.sources.open_paths(["other.mp4"])
    else:
        stand.tick(SourceFailed("It is gone."))
    stand.tick()
    assert stand.shown["film"] is None


def test_what_belongs_to_a_film_that_was_left_is_not_taken(stand):
    play(stand, data(person(1)))
    stand.presenter.sources.choose_mode("camera")
    stand.core.next_film = data(person(2))
    stand.tick()
    stand.presenter.sources.open_paths(["other.mp4"])
    stand.tick()
    assert stand.shown["film"] is None


def test_people_are_called_by_their_names(stand):
    play(stand, data(person(1), person(2, name="Ada")))
    assert stand.shown["film"].titles == ((1, "Face 1"), (2, "Ada"))


def test_the_chosen_face_has_the_curves_else_who_was_seen_longest(stand):
    play(stand, data(person(1, 2.0), person(3, 9.0)))
    assert stand.shown["film"].chosen == 1, "that is the face in the panel"
    stand.core.next_picture = make_picture()
    stand.tick()
    assert stand.shown["film"].chosen == 3
    stand.core.next_film = data()
    stand.tick()
    assert stand.shown["film"].chosen is None


def test_a_click_goes_there_within_the_film(stand):
    play(stand, data(person(1)))
    for time_s in (2.5, -1.0, 99.0):
        stand.presenter.panel.film.go_to(time_s)
    assert stand.core.called("seek") == [(0.25,), (0.0,), (1.0,)]


EVENTS = (
    FilmEvent("enters", 1.0, 1),
    FilmEvent("change", 2.0, 2),
    FilmEvent("marker", 3.0, None, "here"),
    FilmEvent("peak", 6.0, 1),
)


@pytest.mark.parametrize(
    ("position_s", "forward", "to"),
    [(0.0, True, 1.0), (1.0, True, 3.0), (4.0, True, 6.0), (4.0, False, 3.0), (3.1, False, 1.0)],
)
def test_keys_go_from_event_to_event_of_the_chosen_person(stand, position_s, forward, to):
    play(stand, data(person(1), person(2), events=EVENTS), position_s)
    stand.presenter.panel.film.go_to_event(forward)
    ((share,),) = stand.core.called("seek")
    assert share == pytest.approx(to / 10)


def test_where_no_event_follows_it_is_said(stand):
    play(stand, data(person(1), events=EVENTS), 7.0)
    stand.presenter.panel.film.go_to_event(forward=True)
    assert stand.shown["message"].text == "Nothing more happens after this."
    play(stand, data(person(1), events=EVENTS), 0.5)
    stand.presenter.panel.film.go_to_event(forward=False)
    assert stand.shown["message"].text == "Nothing happens before this."
    assert not stand.core.called("seek")


def test_a_moment_is_marked_with_a_note_unless_the_person_changes_their_mind(stand):
    film = stand.presenter.panel.film
    film.mark()
    assert not stand.core.called("mark_film"), "there is no film"
    play(stand, data(person(1)), 4.25)
    stand.view.answers["text"] = None
    film.mark()
    assert not stand.core.called("mark_film")
    stand.view.answers["text"] = " she laughs "
    film.mark()
    assert stand.core.called("mark_film") == [(4.25, "she laughs")]


def test_the_chosen_person_gets_a_name(stand):
    play(stand, data(person(1), person(2)))
    stand.view.answers["text"] = "Ada "
    stand.presenter.panel.film.name_chosen()
    assert stand.core.called("name_person") == [(1, "Ada")]
    stand.view.answers["text"] = None
    stand.presenter.panel.film.name_chosen()
    assert len(stand.core.called("name_person")) == 1
