"""Looking closely at a picture: what is seen of it, and where a place of it stays."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import make_face, make_picture, make_result, open_photo

from fer_core.types import Frame
from ui.core.drawing import draw, fitted, is_black, visible
from ui.presenter.core import Look
from ui.presenter.zoom import LARGEST, Zoom

LOOK = Look((400, 300), "en", mirror=False)


def picture(part=(0.0, 0.0, 1.0, 1.0)):
    return replace(make_picture(), wh=(100, 80), part=part)


def test_an_enlarged_picture_fills_the_room_and_no_more():
    assert fitted((200, 100), (400, 300), 2.0) == (800, 400)
    assert visible((800, 400), (400, 300), (0.5, 0.5)) == ((400, 300), (200, 50))
    assert visible((800, 400), (400, 300), (0.0, 1.0)) == ((400, 300), (0, 100))
    assert visible((200, 100), (400, 300), (0.9, 0.9)) == ((200, 100), (0, 0))


def test_what_is_seen_of_an_enlarged_picture_is_that_part_of_it():
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 100:] = (0, 0, 255)  # its right half is red
    frame = Frame(image, 0, 0.0)
    face = make_face(box=(120, 40, 160, 80))
    result = replace(make_result(face), image_wh=(200, 100))
    whole = draw(frame, result, LOOK)
    assert (whole.wh, whole.part) == ((400, 200), (0.0, 0.0, 1.0, 1.0))
    assert whole.result.faces[0].face.box_xyxy.tolist() == [240, 80, 320, 160]
    close = draw(frame, result, replace(LOOK, zoom=2.0, center=(1.0, 0.5)))
    assert close.wh == (400, 300)
    assert close.part == pytest.approx((0.5, 0.125, 1.0, 0.875))
    assert close.result.faces[0].face.box_xyxy.tolist() == [80, 110, 240, 270]
    pixels = np.frombuffer(close.ppm, np.uint8)[-400 * 300 * 3 :].reshape(300, 400, 3)
    assert (pixels[:60, :, 0] == 255).all(), "only red is left"
    left = draw(frame, result, replace(LOOK, zoom=2.0, center=(0.0, 0.5)))
    pixels = np.frombuffer(left.ppm, np.uint8)[-400 * 300 * 3 :].reshape(300, 400, 3)
    assert (pixels == 0).all(), "no label of a face that is out of sight"
    assert len(left.result.faces) == 1, "it stays in the list"


def test_a_mirror_is_a_mirror_at_any_size():
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 100:] = 255
    close = draw(Frame(image, 0, 0.0), None, replace(LOOK, mirror=True, zoom=4.0, center=(0, 0)))
    pixels = np.frombuffer(close.ppm, np.uint8)[-400 * 300 * 3 :]
    assert (pixels == 255).all()


def test_the_place_under_the_pointer_stays_there():
    zoom = Zoom()
    zoom.by(2.0, picture(), at=(25, 20))
    assert zoom.factor == 2.0
    # A quarter of the way from the left at first; it has to be so afterwards.
    assert zoom.center == pytest.approx((0.375, 0.375))
    left, wide = zoom.center[0] - 0.25, 0.5
    assert left + 0.25 * wide == pytest.approx(0.25)


def test_without_a_pointer_the_middle_stays():
    zoom = Zoom()
    zoom.by(4.0, picture((0.2, 0.4, 0.4, 0.6)))
    assert zoom.center == pytest.approx((0.3, 0.5))


def test_it_goes_no_further_than_all_of_the_picture_and_the_largest():
    zoom = Zoom()
    zoom.by(0.5, picture())
    assert zoom.factor == 1.0
    zoom.by(1000, picture())
    assert zoom.factor == LARGEST
    zoom.by(2.0, picture((0.4, 0.4, 0.6, 0.6)), at=(0, 0))
    assert zoom.center == pytest.approx((0.5, 0.5)), "where nothing is enlarged, nothing moves"
    assert zoom.fit()
    assert (zoom.factor, zoom.center) == (1.0, (0.5, 0.5))
    assert not zoom.fit()


def test_dragging_moves_the_picture_and_stops_at_its_edges():
    zoom = Zoom()
    assert not zoom.move(10, 10, picture()), "all of it is seen"
    zoom.by(2.0, picture())
    assert zoom.move(-10, 16, picture((0.25, 0.25, 0.75, 0.75)))
    assert zoom.center == pytest.approx((0.55, 0.4))
    zoom.move(-1000, 1000, picture((0.3, 0.15, 0.8, 0.65)))
    assert zoom.center == pytest.approx((0.75, 0.25))
    zoom.move(10, 0, picture((0.5, 0.0, 1.0, 0.5)))
    assert zoom.center == pytest.approx((0.7, 0.25)), "the way back begins at once"


def test_the_presenter_has_it_drawn_and_a_new_source_begins_with_all_of_it(stand, tmp_path):
    panel = stand.presenter.panel
    panel.zoom_by(2.0)
    assert panel.zoom.factor == 1.0, "there is no picture"
    open_photo(stand, tmp_path, make_face())
    panel.zoom_by(2.0, (0, 0))
    assert (stand.core.called("look")[-1][0].zoom, panel.zoom.center) == (2.0, (0.25, 0.25))
    stand.core.next_picture = picture((0.0, 0.0, 0.5, 0.5))
    stand.tick()
    panel.drag(-20, 0)
    assert stand.core.called("look")[-1][0].center == pytest.approx((0.35, 0.25))
    looks = len(stand.core.called("look"))
    panel.fit()
    panel.fit()
    assert len(stand.core.called("look")) == looks + 1
    panel.zoom_by(2.0)
    open_photo(stand, tmp_path, make_face())
    assert stand.core.called("look")[-1][0].zoom == 1.0


@pytest.mark.parametrize(("level", "black"), [(0, True), (10, True), (40, False)])
def test_black_is_what_shows_nothing(level, black):
    assert is_black(np.full((480, 640, 3), level, np.uint8)) == black


def test_a_dark_picture_with_a_light_in_it_is_not_black():
    image = np.zeros((480, 640, 3), np.uint8)
    image[100:200, 100:200] = 200
    assert not is_black(image)
