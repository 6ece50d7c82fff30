import pytest

from fer_core.expressions import COLORS_RGB, EXPRESSIONS, LABEL_ORDERS, canonical, index_map


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Happy", "happiness"),
        (" SAD ", "sadness"),
        ("joy", "happiness"),
        ("AN", "anger"),
        ("0_angry", "anger"),
        ("angry_faces", "anger"),
        ("suprise", "surprise"),
        ("Überraschung", "surprise"),
        ("U\u0308berraschung", "surprise"),
        ("Ärger", "anger"),
        ("colère", "anger"),
        ("dégoût", "disgust"),
        ("alegría", "happiness"),
        ("class 3 - fear", "fear"),
    ],
)
def test_data_sets_words_become_canonical(word, name):
    assert canonical(word) == name


def test_an_unknown_word_is_named():
    for word in ("bored", "not happy", "happy or sad", "faces", "3", ""):
        with pytest.raises(ValueError, match=f"{word!r} is not a known expression"):
            canonical(word)


def test_orders_hold_each_name_once_and_every_name_has_a_colour():
    for labels in LABEL_ORDERS.values():
        assert len(set(labels)) == len(labels)
        assert set(labels) <= set(EXPRESSIONS)
    assert set(COLORS_RGB) == set(EXPRESSIONS)


def test_index_map_goes_by_name():
    assert index_map(("fear", "contempt"), LABEL_ORDERS["fer2013"]) == (2, None)
