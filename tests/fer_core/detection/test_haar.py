import cv2
import numpy as np
import pytest

from fer_core.detection import create_detector, find_faces
from fer_core.detection.haar import HaarDetector


class Groups:
    """A cascade that gives what it is told."""

    window_px = 20

    def __init__(self, *boxes: tuple[int, int, int, int, int]) -> None:
        self.boxes = boxes
        self.asked: list[tuple[tuple[int, ...], float, int]] = []

    def groups(self, grey: np.ndarray, step: float, least: int) -> tuple[np.ndarray, np.ndarray]:
        self.asked.append((grey.shape, step, least))
        rows = np.array(self.boxes, np.float32).reshape(-1, 5)
        return rows[:, :4].copy(), rows[:, 4].astype(np.int64)


def test_a_place_is_a_face_by_its_windows() -> None:
    cascade = Groups((10, 10, 110, 110, 5), (210, 10, 310, 110, 4), (310, 210, 410, 310, 15))
    detector = HaarDetector("mine", cascade, windows=5)  # type: ignore[arg-type]
    image = np.zeros((480, 640, 3), np.uint8)
    scores = {round(float(f.box_xyxy[0])): f.score for f in detector.candidates(image)}
    # 10 px of the picture's edge are drawn on; a face is 0.935 of what fires.
    assert scores == {3: 0.5, 203: pytest.approx(4 / 9), 303: 0.75}
    assert [round(float(f.box_xyxy[0])) for f in detector.detect(image)] == [303, 3]
    assert cascade.asked[0] == ((500, 660), 1.1, 3)


def test_boxes_are_those_of_the_picture_and_not_of_the_reduced_one() -> None:
    detector = HaarDetector("mine", Groups((110, 60, 210, 160, 9)))  # type: ignore[arg-type]
    (face,) = detector.detect(np.zeros((960, 1280, 3), np.uint8))
    assert np.allclose(face.box_xyxy, [206.5, 106.5, 393.5, 293.5])


def test_a_profile_cascade_sees_the_other_side_in_the_mirror() -> None:
    cascade = Groups((10, 10, 110, 110, 9))
    detector = HaarDetector("mine", cascade, mirrored=True)  # type: ignore[arg-type]
    faces = detector.detect(np.zeros((480, 640, 3), np.uint8))
    assert sorted(round(float(f.box_xyxy[0])) for f in faces) == [3, 543]


def test_finds_large_faces_in_a_panorama(portrait: np.ndarray) -> None:
    head = cv2.resize(portrait[40:200, 145:305], (240, 240))
    panorama = np.full((1600, 12000, 3), 150, np.uint8)
    for x in (2000, 6000, 10000):
        panorama[700:940, x : x + 240] = head
    assert len(find_faces(create_detector("haar"), panorama)) == 3
