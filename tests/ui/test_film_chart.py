"""The drawn timeline of a film on a (virtual) display."""

from types import SimpleNamespace

import pytest

from ui.film_chart import FilmChart, _clock, _round_step
from ui.presenter.film_data import FilmData, FilmEvent, FilmPerson, FilmShown
from ui.theme import Theme

pytestmark = pytest.mark.display

HAPPY, SAD = "#f0be28", "#0072b2"


def person(number, *stretches):
    curve = ("happiness", HAPPY, ((0.0, 0.2), (4.0, 0.9), (5.0, None), (8.0, 0.4)))
    other = ("sadness", SAD, ((0.0, 0.7), (4.0, 0.05), (5.0, None), (8.0, 0.5)))
    return FilmPerson(number, "", 5.0, stretches, (curve, other))


DATA = FilmData(
    10.0,
    10.0,
    True,
    (
        person(1, (0.0, 5.0, "happiness", HAPPY), (8.0, 10.0, "happiness", HAPPY)),
        person(2, (2.0, 3.0, "sadness", SAD)),
    ),
    (FilmEvent("marker", 6.0, None, "look here"), FilmEvent("peak", 4.0, 1, "happiness")),
)


def shown(position_s=2.5, chosen=1, data=DATA):
    return FilmShown(data, ((1, "Face 1"), (2, "Ada")), chosen, position_s)


@pytest.fixture
def chart():
    import tkinter as tk

    root = tk.Tk()
    theme = Theme(root)
    theme.use("light")
    canvas = tk.Canvas(root, width=600, height=120, borderwidth=0)
    canvas.pack()
    asked = SimpleNamespace(times=[], people=[])
    made = FilmChart(canvas, theme, str.upper, asked.times.append, asked.people.append)
    made.asked, made.canvas = asked, canvas
    root.update()
    made.show(shown())
    yield made
    root.destroy()


def colored(chart, color, kind="rectangle"):
    canvas = chart.canvas
    return [
        canvas.coords(item)
        for item in canvas.find_all()
        if canvas.type(item) == kind and canvas.itemcget(item, "fill") == color
    ]


def test_each_person_has_a_lane_with_gaps_where_nobody_saw_them(chart):
    first, second = sorted(colored(chart, HAPPY))
    left, right = chart._x(0.0), chart._x(10.0)
    wide = right - left
    assert first[0] == pytest.approx(left, abs=1)
    assert first[2] == pytest.approx(left + 0.5 * wide, abs=1)
    assert second[0] == pytest.approx(left + 0.8 * wide, abs=1)
    (other,) = colored(chart, SAD)
    assert other[1] > first[3], "the second lane lies under the first"


def test_curves_are_those_of_the_chosen_person_and_break_where_nobody_was_seen(chart):
    (line,) = colored(chart, HAPPY, "line")  # the single point behind the gap is no line
    assert line[0] == pytest.approx(chart._x(0.0), abs=1)
    assert line[2] == pytest.approx(chart._x(4.0), abs=1)
    assert line[3] < line[1], "more is higher"
    chart.show(shown(chosen=None))
    assert colored(chart, HAPPY, "line") == []


def test_a_position_that_moves_draws_only_its_line(chart):
    before = set(chart.canvas.find_all()) - set(chart.canvas.find_withtag("playhead"))
    chart.show(shown(position_s=7.5))
    after = set(chart.canvas.find_all()) - set(chart.canvas.find_withtag("playhead"))
    assert before == after
    line, _ = chart.canvas.find_withtag("playhead")
    assert chart.canvas.coords(line)[0] == pytest.approx(chart._x(7.5), abs=1)


def test_a_click_and_a_drag_go_there_and_a_lane_chooses_its_person(chart):
    x = chart._x(5.0)
    chart._pressed(SimpleNamespace(x=x, y=110))
    chart._dragged(SimpleNamespace(x=chart._x(6.0), y=110))
    chart._dragged(SimpleNamespace(x=10_000, y=110))
    assert chart.asked.times == pytest.approx([5.0, 6.0, 10.0], abs=0.05)
    assert chart.asked.people == []
    chart._pressed(SimpleNamespace(x=2, y=25))
    assert chart.asked.people == [2]
    assert len(chart.asked.times) == 3, "a name is no moment"


def test_the_wheel_looks_closer_at_the_pointer_and_back_to_all_of_it(chart):
    x = chart._x(4.0)
    for _ in range(4):
        chart._wheel(SimpleNamespace(x=x, num=4, delta=0))
    assert chart._end_s - chart._start_s == pytest.approx(10 / 1.25**4)
    assert chart._time(x) == pytest.approx(4.0, abs=0.05)
    assert 0 <= chart._start_s < chart._end_s <= 10
    for _ in range(9):
        chart._wheel(SimpleNamespace(x=x, num=5, delta=0))
    assert (chart._start_s, chart._end_s) == (0.0, 10.0)


def test_looked_at_closely_it_follows_the_playhead(chart):
    x = chart._x(1.0)
    for _ in range(6):
        chart._wheel(SimpleNamespace(x=x, num=4, delta=0))
    assert chart._end_s < 9
    chart.show(shown(position_s=9.0))
    assert chart._start_s <= 9.0 <= chart._end_s
    chart.show_all()
    assert (chart._start_s, chart._end_s) == (0.0, 10.0)


def test_the_pointer_says_the_values_there(chart):
    assert chart.said_at(4.2, 110) == "0:04.2\nFace 1: HAPPINESS 90 %, SADNESS 5 %"
    assert chart.said_at(2.5, 25).splitlines()[1].startswith("Ada: ")
    assert chart.said_at(6.0, 110).splitlines()[-1] == "look here"
    assert chart.said_at(6.0, 110).splitlines()[1] == "Face 1: –", "nobody was seen"


@pytest.mark.parametrize(
    ("seconds", "step"), [(0.07, 0.1), (0.6, 1), (3, 5), (31, 60), (3700, 7200), (90_000, 180_000)]
)
def test_ticks_stand_at_round_times(seconds, step):
    assert _round_step(seconds) == pytest.approx(step)


def test_times_are_read_as_on_a_clock():
    assert (_clock(61.0, 1), _clock(3661.0, 60), _clock(1.25, 0.1)) == (
        "1:01",
        "1:01:01",
        "0:01.2",
    )
    assert _clock(59.97, 0.1) == "1:00.0"


def test_what_is_still_to_come_is_marked_off_with_how_far_it_is(chart):
    from dataclasses import replace

    well = chart._theme.colors.well
    assert colored(chart, well) == []
    growing = replace(shown(data=replace(DATA, complete=False, done_s=6.0)), note="analysed: 60 %")
    chart.show(growing)
    ((x0, _, x1, _),) = colored(chart, well)
    assert x0 == pytest.approx(chart._x(6.0), abs=1)
    assert x1 >= chart._x(10.0)
    texts = [
        chart.canvas.itemcget(item, "text")
        for item in chart.canvas.find_all()
        if chart.canvas.type(item) == "text"
    ]
    assert "analysed: 60 %" in texts
