"""What every detector must do, whichever it is."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core import geometry
from fer_core.detection import FaceDetector, StreamDetector, create_detector
from fer_core.detection.base import best_apart

FRONTAL = ("default", "alt", "alt2", "alt_tree")
NAMES = (
    "haar",
    pytest.param("yunet", marks=pytest.mark.data),
    *(f"haar:haarcascade_frontalface_{kind}.xml" for kind in FRONTAL),
    "haar:haarcascade_profileface.xml",
    "path",
)
NOT_FOR_PORTRAITS = ("haar:haarcascade_profileface.xml",)


@pytest.fixture(params=NAMES)
def detector(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> FaceDetector:
    name = request.param
    if name == "yunet":
        weights = request.getfixturevalue("weights_dir")
        monkeypatch.setenv("MIMIK_YUNET", str(weights / "face_detection_yunet_2023mar.onnx"))
    if name == "path":
        source = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"
        copy = tmp_path / "meine Gesichter Ünïcödé.xml"
        copy.write_bytes(source.read_bytes())
        name = str(copy)
    return create_detector(name)


@pytest.fixture
def odd_pictures(portrait: np.ndarray) -> list[np.ndarray]:
    portrait = portrait[:300, 60:360]
    grey_looking = np.repeat(portrait[:, :, :1], 3, axis=2)
    return [
        np.zeros((1, 1, 3), np.uint8),
        np.full((1, 700, 3), 90, np.uint8),
        np.full((333, 2, 3), 90, np.uint8),
        np.full((23, 19, 3), 128, np.uint8),
        portrait[:233, :217],
        portrait[::-1, ::-1],
        portrait[::2, ::3],
        grey_looking,
        np.asfortranarray(portrait),
        portrait[30:150, 110:215],
    ]


def test_answers_to_any_picture_with_boxes_inside_it(
    detector: FaceDetector, odd_pictures: list[np.ndarray]
) -> None:
    for image in odd_pictures:
        before = image.copy()
        faces = detector.detect(image)
        h, w = image.shape[:2]
        assert np.array_equal(image, before)
        assert [face.score for face in faces] == sorted((f.score for f in faces), reverse=True)
        for face in faces:
            assert 0 <= face.score <= 1
            assert np.array_equal(face.box_xyxy, geometry.clip(face.box_xyxy, (w, h)))
            assert min(face.wh_px) > 0


def test_finds_the_portrait_once(detector: FaceDetector, portrait: np.ndarray) -> None:
    if detector.name in NOT_FOR_PORTRAITS:
        assert len(detector.detect(portrait)) <= 1
        return
    (face,) = detector.detect(portrait)
    expected = np.array([[172, 70, 274, 172]], np.float32)
    assert geometry.iou(face.box_xyxy[None], expected)[0, 0] > 0.6


@pytest.mark.parametrize("level", [0, 127, 255])
def test_sees_nobody_in_a_blank_picture(detector: FaceDetector, level: int) -> None:
    assert detector.detect(np.full((240, 321, 3), level, np.uint8)) == []


def test_sees_nobody_in_noise(detector: FaceDetector) -> None:
    random = np.random.default_rng(0)
    fine = random.integers(0, 256, (240, 320, 3), np.uint8)
    coarse = cv2.resize(random.integers(0, 256, (30, 40, 3), np.uint8), (320, 240))
    assert detector.detect(fine) == []
    assert detector.detect(coarse) == []


def test_finds_a_face_at_many_sizes(detector: FaceDetector, portrait: np.ndarray) -> None:
    for side in (150, 280, 600):
        image = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
        least = int(detector.name not in NOT_FOR_PORTRAITS)
        assert least <= len(detector.detect(image)) <= 1, side


def test_has_the_quick_ways_of_a_stream(detector: FaceDetector, portrait: np.ndarray) -> None:
    assert isinstance(detector, StreamDetector)
    if detector.name in NOT_FOR_PORTRAITS:
        return
    nobody = np.empty((0, 4), np.float32)
    parts = [detector.detect_fast(portrait, nobody, part) for part in range(detector.parts)]
    (quick,) = best_apart([face for faces in parts for face in faces])
    for known in (True, False):
        near = detector.detect_near(portrait, quick.box_xyxy + np.float32(8), known)
        assert near is not None
        assert geometry.iou(near.box_xyxy[None], quick.box_xyxy[None])[0, 0] > 0.7
        for empty in ([380, 20, 480, 120], [900, 900, 990, 990], [5, 5, 6, 6]):
            assert detector.detect_near(portrait, np.array(empty, np.float32), known) is None


def test_the_fine_parts_find_the_faces_that_the_quick_search_may_miss(
    detector: FaceDetector, portrait: np.ndarray
) -> None:
    assert isinstance(detector, StreamDetector)
    if detector.name in NOT_FOR_PORTRAITS:
        return
    nobody = np.empty((0, 4), np.float32)
    small = cv2.resize(portrait, (150, 150), interpolation=cv2.INTER_AREA)  # the face: 30 px
    for x, y in ((20, 40), (560, 280), (1080, 540)):
        image = np.full((720, 1280, 3), 128, np.uint8)
        image[y : y + 150, x : x + 150] = small
        fine = range(detector.parts, detector.parts + detector.fine_parts)
        found = [detector.detect_fast(image, nobody, part) for part in fine]
        (face,) = best_apart([face for faces in found for face in faces])
        expected = np.array([[172, 70, 274, 172]], np.float32) * (150 / 512) + [x, y, x, y]
        assert geometry.iou(face.box_xyxy[None], expected.astype(np.float32))[0, 0] > 0.5


def test_refuses_what_is_no_picture(detector: FaceDetector) -> None:
    with pytest.raises(ValueError, match="expected"):
        detector.detect(np.zeros((20, 20), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        detector.detect(np.zeros((20, 20, 3), np.float32))
