import shutil
import threading

import cv2
import numpy as np
import pytest

from fer_core import geometry, paths
from fer_core.detection.finder.detector import FinderDetector
from fer_core.errors import DetectorError, ModelLoadError
from fer_core.untrusted import gate


@pytest.fixture
def folder(tmp_path):
    """A copy of the finder that ships."""
    return shutil.copytree(paths.bundled_detectors_dir() / "finder", tmp_path / "finder")


@pytest.fixture(scope="module")
def finder():
    return FinderDetector()


@pytest.mark.parametrize("size", [(512, 512), (640, 480), (333, 517), (1280, 720)])
def test_the_face_is_found_at_the_same_place_whatever_the_size_of_the_picture(
    finder, portrait, size
):
    height = min(size)
    face = cv2.resize(portrait, (height, height))
    image = np.full((size[1], size[0], 3), 120, np.uint8)
    image[:height, :height] = face
    (found,) = finder.detect(image)
    where = np.array([175, 65, 275, 165]) * height / 512
    assert geometry.iou(found.box_xyxy[None], where[None].astype(np.float32))[0, 0] > 0.6


def test_the_landmarks_are_those_of_the_face_left_before_right(finder, portrait):
    (face,) = finder.detect(portrait)
    eyes = [[205, 102], [246, 104]]  # read off the picture
    assert face.landmarks[:2] == pytest.approx(np.array(eyes), abs=7)
    assert face.landmarks[3, 0] < face.landmarks[2, 0] < face.landmarks[4, 0]
    assert (face.landmarks[3:, 1] > face.landmarks[2, 1]).all()


def test_what_is_doubtful_is_a_candidate_only(finder, portrait):
    candidates = finder.candidates(portrait)
    assert all(face.score >= finder.spec.doubtful for face in candidates)
    assert [f.score for f in finder.detect(portrait)] == [
        face.score for face in candidates if face.score >= finder.sure
    ]


def test_sizes_that_come_often_get_a_network_of_their_own_and_only_a_few_keep_it(folder):
    finder = FinderDetector(folder)
    for height in range(64, 64 + 32 * 9, 32):  # at most 640 wide, so each is looked at as it is
        own = []
        for _ in range(4):
            finder.detect(np.zeros((height, 640, 3), np.uint8))
            own.append((640, height) in finder._ready)
        assert own == [False, False, True, True]
    assert len(finder._ready) == 6


def test_tiles_of_any_photo_share_a_network_of_their_own(folder, portrait):
    finder = FinderDetector(folder)
    for size in ((1088, 1536), (1152, 1184), (1000, 900)):
        image = np.full((*size, 3), 120, np.uint8)
        image[:512, :512] = portrait
        face = finder.closely(image)[0]
        alone = finder.closely(image[:640, :640])[0]
        assert geometry.iou(face.box_xyxy[None], alone.box_xyxy[None])[0, 0] > 0.9
    assert list(finder._ready) == [(1536, 1152), (640, 640)]


def test_what_is_larger_than_a_tile_or_much_smaller_is_looked_at_as_it_is(folder):
    finder = FinderDetector(folder)
    for size in ((1152, 1568), (1184, 1536), (640, 640)):
        finder.closely(np.zeros((*size, 3), np.uint8))
    assert not finder._ready


def test_a_size_of_its_own_changes_nothing(folder, portrait):
    finder = FinderDetector(folder)
    first, *later = (finder.candidates(portrait) for _ in range(4))
    for faces in later:
        assert [face.score for face in faces] == pytest.approx([f.score for f in first], abs=1e-4)
        assert faces[0].box_xyxy == pytest.approx(first[0].box_xyxy, abs=0.01)


def test_threads_do_not_disturb_each_other(finder, portrait):
    expected = finder.detect(portrait)[0].box_xyxy
    wrong = []

    def look():
        for _ in range(5):
            box = finder.detect(portrait)[0].box_xyxy
            if np.abs(box - expected).max() > 1e-3:
                wrong.append(box)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_one_thread_finds_the_same(folder, finder, portrait):
    alone = FinderDetector(folder, threads=1)
    assert alone.detect(portrait)[0].box_xyxy == pytest.approx(
        finder.detect(portrait)[0].box_xyxy, abs=0.01
    )


def test_weights_of_another_finder_are_refused(folder):
    weights = folder / "finder.bin"
    data = bytearray(weights.read_bytes())
    data[100] ^= 1
    weights.write_bytes(data)
    with pytest.raises(DetectorError, match=r"finder\.bin is not the file"):
        FinderDetector(folder)


@pytest.mark.parametrize("file", ["finder.bin", "finder.xml", "detector.json"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(DetectorError, match=file.replace(".", r"\.")):
        FinderDetector(folder)


def test_a_broken_network_is_said(folder):
    (folder / "finder.xml").write_text("<net>")
    with pytest.raises(DetectorError, match=r"finder\.xml is damaged"):
        FinderDetector(folder)


def test_a_folder_of_somebody_passes_the_gate(folder, monkeypatch):
    asked = []

    def refuse(path):
        asked.append(path)
        raise ModelLoadError(f"{path} is unsafe.")

    monkeypatch.setattr(gate, "check", refuse)
    with pytest.raises(DetectorError, match="is unsafe"):
        FinderDetector(folder)
    assert asked == [folder / "finder.xml"]


def test_weights_elsewhere_are_refused(folder, tmp_path):
    outside = tmp_path / "outside.bin"
    (folder / "finder.bin").rename(outside)
    (folder / "finder.bin").symlink_to(outside)
    with pytest.raises(DetectorError, match=r"finder"):
        FinderDetector(folder)
