"""The real window small and large: nothing leaves it, nothing is cut off, nothing jumps."""

import pytest
from fakes import MODELS, make_face, make_picture, until

from fer_core.config import Settings
from fer_core.texts import Texts
from ui.presenter.listing import model_choice
from ui.presenter.shown import Action, Bar, Choice, FaceDetail, FaceRow, Message, Transport

pytestmark = pytest.mark.display

BARS = tuple(
    Bar(label, share, "#f0be28", share > 0.5)
    for label, share in (
        ("Ärger", 0.0), ("Ekel", 0.01), ("Angst", 0.0), ("Freude", 0.02), ("Trauer", 0.0),
        ("Überraschung", 0.9), ("neutral", 0.07), ("Verachtung", 0.0),
    )
)  # fmt: skip
DETAIL = FaceDetail("Gesicht 1", "Überraschung", "90 %", "#56b4e9", "", BARS)
ROWS = tuple(FaceRow(n, f"Gesicht {n}", "Überraschung", "90 %", "#56b4e9") for n in range(1, 13))


@pytest.fixture
def film(app):
    """The window as a film with twelve faces fills it; nothing polls it."""
    app.window.stop()
    app.root.minsize(1, 1)
    app.window.show_card(None)
    app.window.show_picture(make_picture(make_face()))
    app.window.show_transport(Transport("0:09 / 0:20", 0.5))
    app.window.show_faces(ROWS, 1)
    app.window.show_face(DETAIL, "")
    return app


def resize(app, width, height):
    app.root.geometry(f"{width}x{height}")
    body = app.window.widget("body")
    until(app, lambda: app.root.winfo_width() == width and app.root.winfo_height() == height)
    panel = app.window.widget("panel")
    until(app, lambda: panel.winfo_x() + panel.winfo_width() == body.winfo_width())
    app.root.update()


def edges(app, name):
    """Left, top, right, bottom of a part, px of the window."""
    widget = app.window.widget(name)
    x = widget.winfo_rootx() - app.root.winfo_rootx()
    y = widget.winfo_rooty() - app.root.winfo_rooty()
    return x, y, x + widget.winfo_width(), y + widget.winfo_height()


@pytest.mark.parametrize("size", [(1180, 760), (640, 480), (500, 420)])
def test_every_part_of_a_film_is_inside_the_window(film, size):
    for wh in ((1180, 760), size, (900, 600), size):  # it comes from larger and from smaller ones
        resize(film, *wh)
    w, h = size
    for name in ("stage", "panel", "bars", "faces", "transport", "status_bar"):
        left, top, right, bottom = edges(film, name)
        assert 0 <= left < right <= w, name
        assert 0 <= top < bottom <= h, name
    picture = edges(film, "picture")
    assert picture[2] - picture[0] >= 0.55 * w
    assert picture == edges(film, "stage")
    bars, titles = edges(film, "bars"), edges(film, "faces_title")
    assert bars[3] <= titles[1], "the list begins under the bars"
    assert titles[3] <= edges(film, "faces")[3]


def test_a_long_headline_gets_a_smaller_type_and_at_last_dots(film):
    headline = film.window.widget("face_headline")
    resize(film, 1180, 760)
    assert str(headline.cget("style")) == "Figure.TLabel"
    resize(film, 500, 420)
    assert str(headline.cget("style")) != "Figure.TLabel"
    assert str(headline.cget("text")).strip() == "Überraschung"
    percent = edges(film, "face_percent")
    assert edges(film, "face_headline")[2] <= percent[0]
    assert percent[2] <= edges(film, "panel")[2]
    film.window.show_face(FaceDetail("Face 1", "a" * 40, "90 %", "#56b4e9", "", BARS), "")
    film.root.update()
    assert str(headline.cget("text")).endswith("…")
    assert edges(film, "face_percent")[2] <= edges(film, "panel")[2]


def test_the_columns_of_the_list_stay_where_they_are(film):
    tree = film.window.widget("faces")
    resize(film, 1180, 760)
    tree.see("1")
    film.root.update()
    first = tree.bbox("1", "reading")[0], tree.bbox("1", "percent")[0]
    tree.see("10")
    film.root.update()
    assert (tree.bbox("10", "reading")[0], tree.bbox("10", "percent")[0]) == first


def test_one_percent_is_seen_and_nothing_is_not(film):
    canvas = film.window.widget("bars")
    resize(film, 1180, 760)
    colored = [
        canvas.bbox(item)
        for item in canvas.find_all()
        if canvas.type(item) == "rectangle" and canvas.itemcget(item, "fill") == "#f0be28"
    ]
    assert len(colored) == 4, "of eight expressions four are there at all"
    assert min(x1 - x0 for x0, _, x1, _ in colored) >= 3


@pytest.mark.parametrize("width", [1180, 500])
def test_a_message_lies_over_the_picture_and_moves_nothing(film, width):
    resize(film, width, 600)
    before = {name: edges(film, name) for name in ("picture", "panel", "bars", "transport")}
    text = "The picture cannot be saved: no space left on device; choose another folder. " * 2
    film.window.show_message(Message(text, alarm=True, action=Action("Open folder", print)))
    film.root.update()
    assert film.window.widget("message_bar").winfo_viewable()
    assert {name: edges(film, name) for name in before} == before
    left, top, right, bottom = edges(film, "message_bar")
    assert 0 <= left < right <= width
    for name in ("message_text", "message_action", "message_close"):
        x0, y0, x1, y1 = edges(film, name)
        assert left <= x0 < x1 <= right
        assert top <= y0 < y1 <= bottom
    film.window.show_message(None)
    film.root.update()
    assert not film.window.widget("message_bar").winfo_viewable()


@pytest.mark.parametrize("size", [(1180, 760), (500, 420)])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_picker_drops_down_inside_the_window(app, size, language):
    app.presenter.apply_settings(Settings(language=language))
    app.window.stop()
    app.root.minsize(1, 1)
    resize(app, *size)
    texts = Texts(language)
    choices = [model_choice(texts, info) for info in MODELS]
    app.window.show_models((*choices, Choice("add", "Add", action=True)), MODELS[0].name, False)
    app.window.drop_down("model_picker")
    opened = app.window._models.list
    app.root.update()
    frame = opened._frame
    assert frame.winfo_x() >= 0
    assert frame.winfo_x() + frame.winfo_width() <= size[0]
    assert frame.winfo_y() + frame.winfo_height() <= size[1]
    # Each column begins at one place, whatever stands before it.
    rows = opened.tree.get_children()
    starts = {int(opened.tree.bbox(row, "figure")[0]) for row in rows}
    assert len(starts) == 1
    opened.close()


def test_the_card_of_the_empty_window_fits_into_a_small_one(app):
    app.window.stop()
    app.root.minsize(1, 1)
    for size in ((1180, 760), (500, 420)):
        resize(app, *size)
        card, stage = edges(app, "card"), edges(app, "stage")
        assert stage[0] <= card[0] < card[2] <= stage[2]
        assert stage[1] <= card[1] < card[3] <= stage[3]


def test_the_window_comes_back_where_it_was():
    import tkinter as tk

    from fer_core.config import load_settings
    from ui.app import App

    first = App(tk.Tk())
    first.start()
    first.root.geometry("777x555")
    until(first, lambda: first.root.winfo_width() == 777 and first.root.winfo_height() == 555)
    first.quit()
    settings, _ = load_settings()
    assert settings.window[:2] == (777, 555)
    second = App(tk.Tk())
    second.start()
    until(second, lambda: second.root.winfo_width() == 777)
    assert second.root.winfo_height() == 555
    second.quit()


def test_a_place_outside_the_screen_is_not_taken():
    import tkinter as tk

    from fer_core.config import save_settings
    from ui.app import App

    save_settings(Settings(window=(700, 500, 99999, -500)))
    second = App(tk.Tk())
    second.start()
    second.root.update()
    assert 0 <= second.root.winfo_x() < second.root.winfo_screenwidth()
    assert 0 <= second.root.winfo_y() < second.root.winfo_screenheight()
    second.quit()
