"""Hints about how well a face can be read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.detection import create_detector
from fer_core.quality import assess, head_pose
from fer_core.types import Face

BOX = np.array([172, 70, 274, 172])
FRONTAL = np.array([[200, 105], [245, 105], [222.5, 128.6], [205, 148], [240, 148]])


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


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """float32 (5, 2): eyes, nose and mouth of a head in space, turned and seen from far away."""
    y, p, r = np.radians([yaw, pitch, roll])
    # Right, down and towards the camera, in distances between the eyes.
    head = np.array(
        [[-0.5, 0, 0], [0.5, 0, 0], [0, 0.549, 0.485], [-0.4, 1, 0], [0.4, 1, 0]], np.float64
    )
    nod = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    turn = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    flat = (head @ nod.T @ turn.T)[:, :2] * 50
    roll_by = np.array([[np.cos(r), -np.sin(r)], [np.sin(r), np.cos(r)]])
    return (flat @ roll_by.T + 200).astype(np.float32)


@pytest.mark.parametrize("roll", [-120, -20, 0, 44])
@pytest.mark.parametrize("yaw", [-60, -25, 0, 40])
def test_the_turn_of_a_head_in_degrees(yaw: float, roll: float) -> None:
    head = head_pose(turned(yaw, 0, roll))
    assert head is not None
    assert (head.yaw_deg, head.roll_deg) == pytest.approx((yaw, roll), abs=1)
    assert head.pitch_deg == pytest.approx(0, abs=1)


@pytest.mark.parametrize("pitch", [-25, 0, 25])
def test_a_nod_in_degrees(pitch: float) -> None:
    head = head_pose(turned(0, pitch, 0))
    assert head is not None
    assert head.pitch_deg == pytest.approx(pitch, abs=1)
    assert abs(head.yaw_deg) < 1


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "expected"),
    [
        (29, 0, 0, ()),
        (31, 0, 0, ("turned_away",)),
        (-31, 0, 0, ("turned_away",)),
        (0, 17, 0, ()),
        (0, 20, 0, ("looking_down",)),
        (0, -20, 0, ("looking_up",)),
        (45, 30, 0, ("turned_away",)),
        (0, 0, 24, ()),
        (0, 0, -26, ("tilted",)),
        (40, 0, 30, ("turned_away", "tilted")),
    ],
)
def test_direction(
    portrait: np.ndarray, yaw: float, pitch: float, roll: float, expected: tuple[str, ...]
) -> None:
    quality = assess(portrait, Face(BOX, 0.9, turned(yaw, pitch, roll)))
    assert quality.hints == expected
    assert quality.head is not None
    assert assess(portrait, Face(BOX, 0.9)).head is None


def test_odd_faces_do_not_hurt() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    same = np.zeros((5, 2))
    assert head_pose(same) is None
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
