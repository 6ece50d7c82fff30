import cv2
import numpy as np

from fer_core.detection import create_detector


def test_finds_large_faces_in_a_panorama(portrait: np.ndarray) -> None:
    head = cv2.resize(portrait[40:200, 145:305], (240, 240))
    panorama = np.full((1600, 12000, 3), 150, np.uint8)
    for x in (2000, 6000, 10000):
        panorama[700:940, x : x + 240] = head
    assert len(create_detector("haar").detect(panorama)) == 3
