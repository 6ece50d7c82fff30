"""The default detector on films and photos of people, and on inputs that went wrong once."""

from pathlib import Path

import numpy as np
import pytest

from fer_core import geometry
from fer_core.detection import FaceDetector, create_detector, find_faces
from fer_core.evaluation.detection import match
from fer_core.pipeline import FerPipeline
from fer_core.tracking import FaceTracker
from fer_core.types import Face
from fer_core.video import open_source
from fer_core.video.images import read_image
from tests.fer_core.test_pipeline import MadeUp

pytestmark = pytest.mark.data

#: Left, top, right, bottom of the 29 faces, looked at one by one; px of solvay1927.jpg.
SOLVAY = (
    (81, 194, 167, 280), (149, 258, 236, 345), (280, 214, 363, 298), (313, 0, 395, 79),
    (371, 264, 454, 347), (475, 53, 544, 122), (481, 194, 564, 276), (587, 100, 665, 177),
    (588, 261, 671, 344), (711, 190, 794, 273), (773, 71, 846, 144), (830, 273, 916, 359),
    (952, 96, 1028, 172), (960, 175, 1039, 254), (1085, 252, 1175, 342), (1127, 53, 1199, 125),
    (1153, 171, 1233, 252), (1265, 61, 1348, 145), (1301, 246, 1396, 341), (1352, 190, 1434, 271),
    (1418, 49, 1498, 130), (1457, 248, 1544, 335), (1575, 197, 1658, 280), (1595, 56, 1661, 121),
    (1690, 250, 1778, 338), (1706, 0, 1778, 58), (1770, 202, 1853, 286), (1788, 58, 1866, 137),
    (1851, 281, 1936, 366),
)  # fmt: skip


@pytest.fixture(scope="module")
def finder() -> FaceDetector:
    return create_detector()


def followed(detector: FaceDetector, path: Path, *, thorough: bool) -> list[list[Face]]:
    """The faces of every frame."""
    tracker = FaceTracker(detector, thorough=thorough)
    with open_source(path) as source:
        return [tracker.update(frame) for frame in source]


@pytest.mark.parametrize("thorough", [False, True], ids=["live", "thorough"])
@pytest.mark.parametrize(
    ("name", "with_a_face", "in_all"),
    [("single_face.mp4", 72, 72), ("face_noface.mov", 72, 169), ("no_face.mp4", 0, 95)],
)
def test_a_film_of_one_person_shows_one_face_while_it_is_there(
    finder: FaceDetector, media_dir: Path, name: str, with_a_face: int, in_all: int, thorough: bool
) -> None:
    shown = followed(finder, media_dir / name, thorough=thorough)
    assert [len(faces) for faces in shown] == [1] * with_a_face + [0] * (in_all - with_a_face)


def test_a_search_of_each_frame_alone_finds_the_same(finder: FaceDetector, media_dir: Path) -> None:
    with open_source(media_dir / "face_noface.mov") as source:
        counts = [len(find_faces(finder, frame.image)) for frame in source]
    assert counts == [1] * 72 + [0] * 97


def test_one_person_keeps_one_number_through_a_live_film(
    finder: FaceDetector, media_dir: Path
) -> None:
    pipeline = FerPipeline(MadeUp(), finder)
    with open_source(media_dir / "single_face.mp4") as source:
        results = [pipeline.process(frame) for frame in source]
    assert [[face.face.track_id for face in result.faces] for result in results] == [[1]] * 72


def test_solvay_1927_has_at_least_28_of_its_29_and_nobody_else(
    finder: FaceDetector, media_dir: Path
) -> None:
    faces = find_faces(finder, read_image(media_dir / "solvay1927.jpg"))
    boxes = np.array([face.box_xyxy for face in faces])
    scores = np.array([face.score for face in faces], np.float32)
    people = np.array(SOLVAY, np.float32)
    result = match(boxes, scores, people, np.empty((0, 4), np.float32))
    assert len(people) == 29
    assert int((result.found > 0).sum()) >= 28
    assert len(result.phantoms) == 0
    assert len(faces) <= 29


@pytest.mark.parametrize(
    ("name", "box"),
    [("exif6.jpg", (166, 56, 282, 172)), ("large_100px_face.jpg", (2170, 1560, 2280, 1670))],
)
def test_a_photo_of_one_person_has_one_face(
    finder: FaceDetector, cases_dir: Path, name: str, box: tuple[int, ...]
) -> None:
    (face,) = find_faces(finder, read_image(cases_dir / "media" / name))
    assert geometry.iou(face.box_xyxy[None], np.array([box], np.float32))[0, 0] > 0.7


def test_a_large_face_keeps_one_steady_box(finder: FaceDetector, cases_dir: Path) -> None:
    shown = followed(finder, cases_dir / "media" / "yunet_large_face.mp4", thorough=True)
    assert {len(faces) for faces in shown} == {1}
    boxes = np.array([faces[0].box_xyxy for faces in shown])
    expected = np.array([[140, 34, 459, 354]], np.float32)
    assert (geometry.iou(boxes, expected) > 0.8).all()
    assert np.ptp(boxes, axis=0).max() < 5
    assert {faces[0].track_id for faces in shown} == {1}


@pytest.mark.parametrize("name", ["interlaced.mp4", "progressive.mp4"])
def test_an_interlaced_film_shows_its_face_in_every_frame(
    finder: FaceDetector, cases_dir: Path, name: str
) -> None:
    shown = followed(finder, cases_dir / "media" / name, thorough=True)
    assert [len(faces) for faces in shown] == [1] * 30
