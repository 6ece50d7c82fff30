"""What every detector must do, whichever it is."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core import geometry
from fer_core.detection import (
    DoubtingDetector,
    FaceDetector,
    Reach,
    create_detector,
    find_faces,
)

FRONTAL = ("default", "alt", "alt2", "alt_tree")
NAMES = (
    "finder",
    "haar",
    pytest.param("yunet", marks=pytest.mark.data),
    *(f"haar:haarcascade_frontalface_{kind}.xml" for kind in FRONTAL),
    "haar:haarcascade_profileface.xml",
    "path",
)
NOT_FOR_PORTRAITS = ("haar:haarcascade_profileface.xml",)
#: These need larger faces than the others, or doubt small ones.
NOT_FOR_SMALL_FACES = (
    *NOT_FOR_PORTRAITS,
    "haar:haarcascade_frontalface_default.xml",
    "haar:haarcascade_frontalface_alt_tree.xml",
)


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
    for side in (160, 280, 600):
        image = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
        exempt = NOT_FOR_SMALL_FACES if side < 200 or "tree" in detector.name else NOT_FOR_PORTRAITS
        least = int(detector.name not in exempt)
        assert least <= len(detector.detect(image)) <= 1, side


def test_the_doubtful_faces_contain_the_sure_ones(
    detector: FaceDetector, portrait: np.ndarray
) -> None:
    assert isinstance(detector, DoubtingDetector)
    sure, every = detector.detect(portrait), detector.candidates(portrait)
    expected = [face for face in every if face.score >= detector.sure]
    assert [f.box_xyxy.tolist() for f in sure] == [f.box_xyxy.tolist() for f in expected]
    assert all(0 <= face.score <= 1 for face in every)


def test_a_face_as_small_as_its_reach_says_is_found_wherever_it_is(
    detector: FaceDetector, portrait: np.ndarray
) -> None:
    reach: Reach = detector.reach  # type: ignore[attr-defined]
    if detector.name in NOT_FOR_SMALL_FACES:
        return
    width = min(640, reach.side_px)
    side = round(512 / 102 * reach.smallest_px * 1.1)
    small = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    for x, y in ((20, 40), (width // 2 - 20, 150), (width - 30 - side, 400 - side)):
        image = np.full((400, width, 3), 128, np.uint8)
        image[y : y + side, x : x + side] = small
        (face,) = detector.detect(image)
        expected = np.array([[172, 70, 274, 172]], np.float32) * (side / 512) + [x, y, x, y]
        assert geometry.iou(face.box_xyxy[None], expected.astype(np.float32))[0, 0] > 0.5


def test_a_small_face_in_a_large_photo_is_found_once(
    detector: FaceDetector, portrait: np.ndarray
) -> None:
    if detector.name in NOT_FOR_SMALL_FACES:
        return
    small = cv2.resize(portrait[40:200, 145:305], (110, 110), interpolation=cv2.INTER_AREA)
    photo = np.full((1500, 2400, 3), 128, np.uint8)
    photo[700:810, 1100:1210] = small
    assert detector.detect(photo) == []
    (face,) = find_faces(detector, photo)
    expected = np.array([[1118, 721, 1189, 791]], np.float32)
    assert geometry.iou(face.box_xyxy[None], expected)[0, 0] > 0.5


def test_refuses_what_is_no_picture(detector: FaceDetector) -> None:
    with pytest.raises(ValueError, match="expected"):
        detector.detect(np.zeros((20, 20), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        detector.detect(np.zeros((20, 20, 3), np.float32))
