import numpy as np
import pytest

from fer_core.expressions import COLORS_RGB, EXPRESSIONS, UNSURE_RGB
from fer_core.overlay import annotate, text_sprite
from fer_core.types import Face, FaceResult, FrameResult, Prediction, Quality

LABELS = EXPRESSIONS[:7]


def make_face(box, label="happiness", confidence=0.8, track_id=None):
    probs = np.full(len(LABELS), (1 - confidence) / (len(LABELS) - 1), np.float32)
    probs[LABELS.index(label)] = confidence
    quality = Quality(size_px=50.0, brightness=120.0)
    return FaceResult(
        Face(np.array(box), 1.0, track_id=track_id), Prediction(probs, LABELS), quality
    )


def make_result(*faces, wh=(640, 480)):
    return FrameResult(0, 0.0, wh, faces, "test")


def blank(wh=(640, 480), grey=128):
    return np.full((wh[1], wh[0], 3), grey, np.uint8)


def count(image, rgb):
    return int((image == np.array(rgb[::-1], np.uint8)).all(axis=2).sum())


def changed_rows(before, after):
    return np.flatnonzero((before != after).any(axis=(1, 2)))


def test_the_box_has_the_colour_of_the_expression_and_the_input_stays():
    image = blank()
    before = image.copy()
    drawn = annotate(image, make_result(make_face((200, 100, 300, 220))))
    assert (image == before).all()
    assert count(drawn, COLORS_RGB["happiness"]) > 500


def test_without_a_face_the_copy_is_equal_and_separate():
    image = blank()
    drawn = annotate(image, make_result())
    assert (drawn == image).all()
    assert not np.shares_memory(drawn, image)


def test_under_the_threshold_the_box_is_grey_and_reads_not_sure():
    drawn = annotate(blank(), make_result(make_face((200, 100, 300, 220), confidence=0.4)))
    assert count(drawn, UNSURE_RGB) > 500
    assert count(drawn, COLORS_RGB["happiness"]) == 0


def test_the_selected_face_has_the_heavier_line():
    result = make_result(make_face((200, 100, 300, 220), track_id=7))
    plain, chosen = annotate(blank(), result), annotate(blank(), result, selected=7)
    assert count(chosen, COLORS_RGB["happiness"]) > count(plain, COLORS_RGB["happiness"])
    assert (annotate(blank(), result, selected=8) == plain).all()


@pytest.mark.parametrize("box", [(0, 0, 90, 90), (550, 0, 640, 90), (0, 400, 90, 480)])
def test_a_label_stays_inside_the_picture(box):
    drawn = annotate(blank(), make_result(make_face(box, "surprise")))
    assert count(drawn, COLORS_RGB["surprise"]) > 1000


def test_labels_of_ten_neighbours_do_not_cover_each_other():
    faces = [make_face((5 + 63 * i, 200, 65 + 63 * i, 270), LABELS[i % 7]) for i in range(10)]
    drawn = annotate(blank(), make_result(*faces))
    for label in set(LABELS):
        alone = [f for f in faces if f.prediction.label == label]
        single = annotate(blank(), make_result(*alone))
        seen, all_of_it = count(drawn, COLORS_RGB[label]), count(single, COLORS_RGB[label])
        assert seen > 0.9 * all_of_it


def test_a_smaller_copy_of_the_picture_gets_boxes_in_its_own_size():
    result = make_result(make_face((320, 240, 480, 400)), wh=(640, 480))
    drawn = annotate(blank((320, 240)), result)
    assert changed_rows(blank((320, 240)), drawn)[0] > 100


@pytest.mark.parametrize("wh", [(1, 1), (2000, 3), (20, 30), (4000, 3000)])
def test_any_size_of_picture(wh):
    drawn = annotate(blank(wh), make_result(make_face((0, 0, *wh)), wh=wh), caption="68 %")
    assert drawn.shape == (wh[1], wh[0], 3)


def test_the_caption_is_in_the_lower_left_corner():
    rows = changed_rows(blank(), annotate(blank(), make_result(), caption="Genauigkeit 68 %"))
    assert rows[0] > 440
    assert rows[-1] == 479


def test_umlauts_are_drawn_and_not_replaced():
    texts = [text_sprite(c, 20, (0, 0, 0)) for c in ("Ü", "Ä", "U", "\uffff")]
    assert len({t.tobytes() for t in texts}) == 4


def test_german_differs_from_english():
    result = make_result(make_face((200, 100, 300, 220), "surprise"))
    assert (annotate(blank(), result, language="de") != annotate(blank(), result)).any()


def test_wrong_pictures_are_refused():
    with pytest.raises(ValueError, match="annotate: image has dtype float64; expected uint8"):
        annotate(np.zeros((10, 10, 3)), make_result())
