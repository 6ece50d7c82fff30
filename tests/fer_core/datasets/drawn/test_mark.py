import cv2
import numpy as np
import pytest

from cli import main
from fer_core import geometry
from fer_core.datasets.drawn import sample
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


def test_the_command_marks_heads_with_the_finder(tmp_path, portrait, capsys):
    faces = tmp_path / "faces"
    head = cv2.resize(portrait[50:210, 145:305], (128, 128), interpolation=cv2.INTER_AREA)
    pictures = {
        "plain": head,
        "mirrored": np.ascontiguousarray(head[:, ::-1]),
        "nobody": np.full((128, 128, 3), 90, np.uint8),
    }
    for name, picture in pictures.items():
        for label in ("happy", "neutral"):
            for number in range(10):
                path = faces / label / f"{name}-{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                noise = np.random.default_rng(number).normal(0, 2, picture.shape)
                assert cv2.imwrite(str(path), np.clip(picture + noise, 0, 255).astype(np.uint8))
    out = tmp_path / "heads"
    command = ["datasets", "mark", "folder", str(faces), "--out", str(out), "--detector", "finder"]
    assert main(command) == 0
    written, asked = (int(word) for word in capsys.readouterr().err.split() if word.isdigit())
    assert 0.5 * asked < written < asked, "all but the pictures of nobody"
    sample.write(tmp_path / "scenes", 0, 2)
    folders = [out, tmp_path / "scenes"]
    heads = [h for part in ("train", "validation") for h in Library.read(folders, part).heads]
    assert len(heads) == written
    for found in heads:
        assert found.pixels().shape == (128, 128)
        middle, side, marks = found.face[:2], found.face[2], found.face[3:].reshape(5, 2)
        box = np.concatenate([middle - side / 2, middle + side / 2])[None]
        assert geometry.iou(box, np.array([[21, 15, 106, 100]], np.float32))[0, 0] > 0.6
        eyes = np.array([[46, 41], [82, 42]])  # as in the sample library, mirrored nearly the same
        assert marks[:2] == pytest.approx(eyes, abs=8)
        assert marks[0, 0] < marks[2, 0] < marks[1, 0]
