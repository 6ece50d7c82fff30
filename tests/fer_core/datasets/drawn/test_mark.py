import cv2
import numpy as np
import pytest

from fer_core.datasets.drawn.library import Library
from fer_core.datasets.drawn.mark import mark
from fer_core.types import Face
from tests.fer_core.datasets.drawn import tiny_library


class Scripted:
    """Finds as many faces as it is told to, always at the same place of what it is shown."""

    name = "scripted"

    def __init__(self, *counts):
        self.counts = list(counts)

    def detect(self, image):
        assert image.ndim == 3
        side = image.shape[0]
        box = np.array([0.25, 0.25, 0.75, 0.75], np.float32) * side
        points = np.array([[0.4, 0.4], [0.6, 0.4], [0.5, 0.5], [0.42, 0.6], [0.58, 0.6]]) * side
        return [Face(box, 0.9, points) for _ in range(self.counts.pop(0))]


def test_only_pictures_with_one_face_are_kept_with_marks_in_their_own_px(tmp_path):
    grey = tiny_library.head()[:100, :100]
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    assert mark([grey, colour, grey, colour] * 6, Scripted(*[1, 1, 0, 2] * 6), tmp_path) == 12
    tiny_library.write(tmp_path / "scenes", 0, 2)
    heads = Library.read([tmp_path, tmp_path / "scenes"], "train").heads
    assert len(heads) == 10  # of 12, the pictures number 0 and 20 are held out
    # Looked at with 30 px more on each side: 160 px, so the middle half is 80 px around (50, 50).
    face = heads[0].face
    assert face[:3].tolist() == pytest.approx([50, 50, 80], abs=0.2)
    assert face[3:5].tolist() == pytest.approx([34, 34], abs=0.2)
    assert heads[0].pixels().shape == (100, 100)
