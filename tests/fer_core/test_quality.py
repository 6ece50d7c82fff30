"""Hints about how well a face can be read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.detection import create_detector
from fer_core.quality import assess
from fer_core.types import Face

BOX = np.array([172, 70, 274, 172])
FRONTAL = np.array([[200, 105], [245, 105], [222, 125], [205, 148], [242, 148]])


def hints(image: np.ndarray, face: Face | None = None) -> tuple[str, ...]:
    return assess(image, face or Face(BOX, 0.9)).hints


def test_a_good_face_has_no_hint(portrait: np.ndarray) -> None:
    quality = assess(portrait, Face(BOX, 0.9, FRONTAL))
    assert quality.hints == ()
    assert quality.size_px == pytest.approx(102)
    assert 60 < quality.brightness < 200


def test_light(portrait: np.ndarray) -> None:
    assert hints((portrait * 0.15).astype(np.uint8)) == ("too_dark",)
    assert hints(255 - (portrait * 0.1).astype(np.uint8)) == ("too_bright",)


def test_size(portrait: np.ndarray) -> None:
    small = cv2.resize(portrait, (128, 128), interpolation=cv2.INTER_AREA)
    assert hints(small, Face(BOX / 4, 0.9)) == ("too_small",)


def test_blur(portrait: np.ndarray) -> None:
    assert hints(cv2.GaussianBlur(portrait, (0, 0), 7)) == ("blurred",)
    assert hints(cv2.GaussianBlur(portrait, (0, 0), 1.5)) == ()


@pytest.mark.parametrize("sign", [-1, 1])
def test_direction(portrait: np.ndarray, sign: int) -> None:
    turned = FRONTAL + np.array([[0, 0], [0, 0], [sign * 17, 0], [0, 0], [0, 0]])
    assert hints(portrait, Face(BOX, 0.9, turned)) == ("turned_away",)


def test_odd_faces_do_not_hurt() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    same = np.zeros((5, 2))
    assert "too_small" in hints(image, Face(np.array([0, 0, 1, 1]), 0.5, same))
    assert "too_small" in hints(image, Face(np.array([-9, -9, 2, 2]), 0.5))


@pytest.mark.data
@pytest.mark.parametrize("name", ["haar", "yunet"])
def test_a_man_before_his_webcam_gets_no_hint(
    name: str, media_dir: Path, weights_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIMIK_YUNET", str(weights_dir / "face_detection_yunet_2023mar.onnx"))
    detector = create_detector(name)
    capture = cv2.VideoCapture(str(media_dir / "single_face.mp4"))
    for _ in range(8):
        for _ in range(9):
            image = capture.read()[1]
        (face,) = detector.detect(image)
        assert hints(image, face) == ()
