import json

import numpy as np
import pytest

from fer_core.types import Face, FaceResult, Frame, FrameResult, Prediction, Quality

LABELS = ("anger", "happiness", "neutral")


def make_result(**changes):
    face = Face(np.array([1, 2, 31, 42]), 0.9, track_id=3)
    prediction = Prediction(np.array([0.1, 0.7, 0.2]), LABELS)
    values = {
        "frame_index": 4,
        "time_s": 0.16,
        "image_wh": (64, 48),
        "faces": (FaceResult(face, prediction, Quality(30.0, 120.0, ("too_small",))),),
        "model": "mimik-48",
        "timings_ms": {"total": 3.14159},
    }
    return FrameResult(**{**values, **changes})


def test_prediction_ranks_its_labels():
    prediction = Prediction(np.array([0.1, 0.7, 0.2]), LABELS)
    assert prediction.label == "happiness"
    assert prediction.confidence == pytest.approx(0.7)
    assert [name for name, _ in prediction.top(2)] == ["happiness", "neutral"]


def test_result_becomes_the_documented_json():
    data = json.loads(json.dumps(make_result().to_dict("me.jpg")))
    assert data["schema"] == 1
    assert data["source"] == "me.jpg"
    assert data["image_wh"] == [64, 48]
    assert data["timings_ms"] == {"total": 3.142}
    (face,) = data["faces"]
    assert face["box_xyxy"] == [1.0, 2.0, 31.0, 42.0]
    assert face["label"] == "happiness"
    assert face["track_id"] == 3
    assert face["probs"] == {"anger": 0.1, "happiness": 0.7, "neutral": 0.2}
    assert face["hints"] == ["too_small"]


def test_no_face_is_an_empty_list():
    assert make_result(faces=()).to_dict()["faces"] == []


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 5), np.uint8), r"shape \(4, 5\); expected \(H, W, 3\)"),
        (np.zeros((4, 5, 3), np.float32), "dtype float32; expected uint8"),
        (np.zeros((0, 5, 3), np.uint8), "shape"),
    ],
)
def test_a_wrong_frame_says_what_is_expected(image, message):
    with pytest.raises(ValueError, match=message):
        Frame(image, index=0, time_s=0.0)


def test_wrong_shapes_of_face_and_prediction_are_refused():
    with pytest.raises(ValueError, match=r"expected \(4,\)"):
        Face(np.zeros(3), 1.0)
    with pytest.raises(ValueError, match=r"expected \(5, 2\)"):
        Face(np.zeros(4), 1.0, landmarks=np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"expected \(3,\)"):
        Prediction(np.zeros(2), LABELS)
