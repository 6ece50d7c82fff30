import numpy as np
from evaluation_models import make_classifier, make_split

from fer_core.datasets.base import Split
from fer_core.evaluation.mistakes import worst_mistakes


def test_the_surest_wrong_answers_come_first():
    # A grey level of 10 times the class is that class; 4 off is less sure than 2 off.
    levels = [0, 14, 34, 30, 2]
    images = np.stack([np.full((8, 8), level, np.uint8) for level in levels])
    split = make_split([0] * 5, ["anger", "sadness", "fear", "fear", "anger"])
    split = Split("test", split.labels, images, split.targets, split.ids)
    found = worst_mistakes(make_classifier(), split)
    assert [(m.index, m.label, m.said) for m in found] == [
        (3, "fear", "happiness"),
        (1, "sadness", "disgust"),
        (2, "fear", "happiness"),
    ]
    sure = [m.confidence for m in found]
    # Logits 0 beside six of -4: 1 / (1 + 6 e^-4).
    np.testing.assert_allclose(sure[0], 1 / (1 + 6 * np.exp(-4)), rtol=1e-5)
    assert 0 < sure[2] <= sure[1] < sure[0]
    assert str(found[0]) == "fear, read as\nhappiness 90%"
    assert worst_mistakes(make_classifier(), split, 1) == found[:1]


def test_a_model_that_is_always_right_has_none_and_unknown_classes_are_no_mistakes():
    split = make_split([0, 1], ["anger", "disgust"])
    assert worst_mistakes(make_classifier(), split) == []
    knows_two = make_classifier(("anger", "disgust"))
    split = make_split([0, 0, 1], ["anger", "fear", "anger"])
    assert [m.index for m in worst_mistakes(knows_two, split)] == [2]
