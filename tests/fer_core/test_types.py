import json
import re
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from fer_core.types import Face, FaceResult, Frame, FrameResult, HeadPose, Prediction, Quality

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
    assert face["unsure"] is False


@pytest.mark.parametrize(
    ("confidence", "threshold", "unsure"),
    [
        (0.45, 0.45, False),
        (0.4499, 0.45, True),
        (0.44996, 0.45, False),  # files have 0.45
        (1.0, 1.0, False),
        (0.9999, 1.0, True),
        (0.3, 0.0, False),
    ],
)
def test_unsure_is_what_the_written_confidence_says(confidence, threshold, unsure):
    face = make_result().faces[0]
    prediction = Prediction(np.array([confidence, 1 - confidence]), ("fear", "anger"))
    if confidence < 0.5:
        rest = (1 - confidence) / 3
        probs = np.array([confidence, rest, rest, rest])
        prediction = Prediction(probs, ("fear", "anger", "neutral", "sadness"))
    judged = make_result(faces=(replace(face, prediction=prediction),)).judged(threshold)
    (face,) = judged.faces
    assert face.unsure is unsure
    assert face.shows == ("unsure" if unsure else "fear")
    assert face.to_dict()["label"] == "fear"
    assert face.to_dict()["unsure"] is unsure
    assert unsure == (face.to_dict()["confidence"] < threshold)


def test_faces_are_counted_from_1_with_and_without_tracks():
    face = make_result().faces[0]
    tracked = [replace(face, face=replace(face.face, track_id=i)) for i in (7, 2)]
    assert make_result(faces=tuple(tracked)).numbered == ((2, tracked[1]), (7, tracked[0]))
    bare = replace(face, face=replace(face.face, track_id=None))
    assert [number for number, _ in make_result(faces=(bare, bare)).numbered] == [1, 2]


def test_no_face_is_an_empty_list():
    assert make_result(faces=()).to_dict()["faces"] == []


def test_numbers_in_files_have_so_many_decimals():
    face = Face(np.array([1.26, 2.34, 31, 42]), np.float32(0.123456))
    probs = Prediction(np.array([0.123456, 0.654321, 0.222223]), LABELS)
    result = FaceResult(face, probs, Quality(30.0, 120.0))
    data = make_result(time_s=0.123456, faces=(result,), timings_ms={"a": 1.23456}).to_dict()
    assert json.loads(json.dumps(data)) == {
        "schema": 1,
        "source": None,
        "frame_index": 4,
        "time_s": 0.1235,
        "image_wh": [64, 48],
        "model": "mimik-48",
        "status": "face",
        "faces": [
            {
                "status": "held",
                "box_xyxy": [pytest.approx(1.3), pytest.approx(2.3), 31, 42],
                "score": 0.1235,
                "track_id": None,
                "label": "happiness",
                "confidence": 0.6543,
                "unsure": False,
                "probs": {"anger": 0.1235, "happiness": 0.6543, "neutral": 0.2222},
                "raw_probs": None,
                "landmarks": None,
                "hints": [],
                "head": None,
            }
        ],
        "timings_ms": {"a": 1.235},
    }


def test_what_nobody_measured_is_empty():
    assert FrameResult(0, 0.0, (1, 1), (), "m").to_dict()["timings_ms"] == {}


def test_a_frame_knows_its_size_and_counts_from_0():
    frame = Frame(np.zeros((4, 5, 3), np.uint8), 0, 0.0)
    assert frame.wh == (5, 4)
    with pytest.raises(ValueError, match=r"^Frame\.index is -1; expected 0 or more$"):
        Frame(frame.image, -1, 0.0)


def test_a_face_is_float32_whatever_it_was_made_of():
    face = Face([10, 20, 40, 25], 0.5, landmarks=[[1, 2]] * 5)
    assert face.box_xyxy.dtype == face.landmarks.dtype == np.float32
    assert face.landmarks.tolist() == [[1, 2]] * 5
    assert face.wh_px == (30, 5)
    assert Prediction([0.25, 0.75], LABELS[:2]).probs.dtype == np.float32


def test_the_most_probable_come_first_and_equals_in_their_order():
    prediction = Prediction(np.array([0.25, 0.5, 0.25]), LABELS)
    assert prediction.top(3) == (("happiness", 0.5), ("anger", 0.25), ("neutral", 0.25))
    assert prediction.top(1) == (("happiness", 0.5),)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 5), np.uint8), r"shape (4, 5); expected (H, W, 3) BGR"),
        (np.zeros((4, 5, 4), np.uint8), r"shape (4, 5, 4); expected (H, W, 3) BGR"),
        (np.zeros((1, 4, 5, 3), np.uint8), r"shape (1, 4, 5, 3); expected (H, W, 3) BGR"),
        (np.zeros((4, 5, 3), np.float32), "dtype float32; expected uint8"),
        (np.zeros((0, 5, 3), np.uint8), "shape (0, 5, 3); expected (H, W, 3) BGR"),
    ],
)
def test_a_wrong_frame_says_what_is_expected(image, message):
    with pytest.raises(ValueError, match=f"^Frame.image has {re.escape(message)}$"):
        Frame(image, index=0, time_s=0.0)


def test_wrong_shapes_of_face_and_prediction_are_refused():
    with pytest.raises(ValueError, match=r"^Face\.box_xyxy has shape \(3,\); expected \(4,\)$"):
        Face(np.zeros(3), 1.0)
    with pytest.raises(
        ValueError, match=r"^Face\.landmarks has shape \(4, 2\); expected \(5, 2\)$"
    ):
        Face(np.zeros(4), 1.0, landmarks=np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"^Prediction\.probs has shape \(2,\); expected \(3,\)$"):
        Prediction(np.zeros(2), LABELS)


def test_hints_are_said_with_degrees_where_there_are_any():
    head = HeadPose(yaw_deg=-34.6, pitch_deg=20.2, roll_deg=-28.0)
    quality = Quality(50.0, 20.0, ("turned_away", "tilted", "too_dark"), head)
    assert quality.said() == "turned away (35°), tilted (28°), too dark"
    assert quality.said("de") == "abgewandt (35°), geneigt (28°), zu dunkel"
    assert Quality(50.0, 20.0, ("looking_down",), head).said() == "looking down (20°)"
    assert Quality(50.0, 20.0, ("turned_away",)).said() == "turned away"
    assert Quality(50.0, 20.0).said() == ""
    face = Face(np.array([1, 2, 31, 42]), 0.5)
    data = FaceResult(face, Prediction(np.array([0.1, 0.7, 0.2]), LABELS), quality).to_dict()
    assert data["head"] == {"yaw_deg": -34.6, "pitch_deg": 20.2, "roll_deg": -28.0}


def test_a_frame_may_be_a_reduced_copy_of_the_persons_picture():
    image = np.zeros((4, 5, 3), np.uint8)
    assert Frame(image, 0, 0.0).picture_wh == (5, 4)
    reduced = Frame(image, 0, 0.0, full_wh=(50, 40))
    assert (reduced.wh, reduced.picture_wh) == ((5, 4), (50, 40))


def test_a_result_in_px_of_a_copy_of_another_size():
    face = Face(np.array([10, 20, 30, 40]), 0.9, [[2, 3]] * 5, track_id=7)
    first = make_result(image_wh=(100, 200)).faces[0]
    result = make_result(image_wh=(100, 200), faces=(replace(first, face=face),))
    assert result.resized((100, 200)) is result
    half = result.resized((50, 400))
    assert half.image_wh == (50, 400)
    (found,) = half.faces
    assert found.face.box_xyxy.tolist() == [5, 40, 15, 80]
    assert found.face.landmarks.tolist() == [[1, 6]] * 5
    assert found.face.box_xyxy.dtype == np.float32
    assert (found.face.track_id, found.prediction) == (7, first.prediction)
    bare = make_result(image_wh=(100, 200)).resized((50, 100)).faces[0].face
    assert bare.landmarks is None
    assert bare.box_xyxy.tolist() == [0.5, 1, 15.5, 21]


def test_each_hint_is_said_with_its_own_degrees():
    hints = ("turned_away", "looking_up", "looking_down", "tilted", "too_dark")
    said = "turned away (35°), looking up (12°), looking down (12°), tilted (27°), too dark"
    assert Quality(50.0, 20.0, hints, HeadPose(-35.4, 12.3, -26.6)).said() == said
    assert Quality(50.0, 20.0, hints[::4]).said() == "turned away, too dark"
    assert Quality(50.0, 20.0).said() == ""


def test_degrees_in_files_have_one_decimal():
    first = make_result().faces[0]
    turned = replace(first, quality=Quality(50.0, 20.0, (), HeadPose(-35.44, 12.36, 0.0)))
    head = turned.to_dict()["head"]
    assert head == {"yaw_deg": -35.4, "pitch_deg": 12.4, "roll_deg": 0.0}
    assert first.to_dict()["head"] is None


@pytest.mark.parametrize(
    ("make", "is_a_value"),
    [
        (lambda: Frame(np.zeros((4, 6, 3), np.uint8), 0, 0.0), False),
        (lambda: Face(np.array([1, 2, 31, 42]), 0.9), False),
        (lambda: Prediction(np.array([0.1, 0.7, 0.2]), LABELS), False),
        (lambda: HeadPose(1.0, 2.0, 3.0), True),
        (lambda: Quality(30.0, 120.0, ()), True),
        (lambda: make_result().faces[0], False),
        (make_result, False),
    ],
    ids=["frame", "face", "prediction", "pose", "quality", "face result", "frame result"],
)
def test_what_was_made_stays_and_only_what_holds_no_array_is_compared_by_value(make, is_a_value):
    one, other = make(), make()
    assert (one == other) == is_a_value
    assert len({one, other}) == (1 if is_a_value else 2)
    with pytest.raises(FrozenInstanceError):
        setattr(one, next(f.name for f in fields(one)), None)
    assert not hasattr(one, "__dict__")


def test_labels_of_one_probability_keep_their_order():
    labels = tuple(f"word {n:02}" for n in range(40))
    assert [name for name, _ in Prediction(np.full(40, 1 / 40), labels).top(40)] == list(labels)
