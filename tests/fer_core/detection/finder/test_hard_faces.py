"""The default detector on faces that are turned, covered, cut off or tiny, made of the portrait."""

import cv2
import numpy as np
import pytest

from fer_core import geometry
from fer_core.benchmark.clips import portrait_path
from fer_core.datasets.drawn import places
from fer_core.detection import create_detector
from fer_core.detection.search import Search
from fer_core.video.images import read_image

#: Left, top, right, bottom of the face in the portrait that ships, px.
BOX = np.array([172, 70, 274, 172], np.float32)
MIDDLE = (223.0, 121.0)


@pytest.fixture(scope="module")
def finder():
    return create_detector("finder")


@pytest.fixture(scope="module")
def sample():
    return np.ascontiguousarray(read_image(portrait_path()))


def overlap(face, box):
    return float(geometry.iou(face.box_xyxy[None], np.array([box], np.float32))[0, 0])


@pytest.mark.parametrize("degrees", [-45, -30, 30, 45])
def test_a_turned_head(finder, sample, degrees):
    matrix = cv2.getRotationMatrix2D(MIDDLE, degrees, 1)
    turned = cv2.warpAffine(sample, matrix, (512, 512), borderMode=cv2.BORDER_REFLECT_101)
    (face,) = finder.detect(turned)
    assert overlap(face, BOX) > 0.5
    eyes = face.landmarks[1] - face.landmarks[0]
    assert np.degrees(np.arctan2(-eyes[1], eyes[0])) == pytest.approx(degrees, abs=15)


#: Left, top, right, bottom of what is covered, px.
LEFT, RIGHT = (142, 40, 223, 202), (223, 40, 304, 202)
LOWER, FOREHEAD = (142, 121, 304, 202), (150, 40, 290, 95)


def covered(picture, part):
    x0, y0, x1, y1 = part
    picture = picture.copy()
    picture[y0:y1, x0:x1] = (70, 90, 60)
    return picture


@pytest.mark.parametrize("part", [LOWER, FOREHEAD], ids=["mask", "hand at the forehead"])
def test_a_face_that_is_half_covered(finder, sample, part):
    (face,) = finder.detect(covered(sample, part))
    assert overlap(face, BOX) > 0.5


@pytest.mark.parametrize("part", [LEFT, RIGHT], ids=["left", "right"])
def test_half_a_face_with_one_eye_is_doubtful_at_least(finder, sample, part):
    found = finder.candidates(covered(sample, part))
    assert max(overlap(face, BOX) for face in found) > 0.4


@pytest.mark.parametrize(
    ("left", "top"), [(200, 0), (0, 95), (200, 95)], ids=["left", "top", "corner"]
)
def test_a_face_that_the_border_cuts(finder, sample, left, top):
    (face,) = finder.detect(np.ascontiguousarray(sample[top:, left:]))
    there = np.maximum(BOX - [left, top, left, top], 0)
    assert overlap(face, there) > 0.5


def searched(finder, sample, side_px):
    """A drawn photo of 12 megapixels with twelve heads: all candidates, and the true boxes."""
    scene = cv2.cvtColor(places.drawn(np.random.default_rng(5), (480, 360)), cv2.COLOR_GRAY2BGR)
    photo = cv2.resize(scene, (4000, 3000), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    scale = side_px / float(BOX[2] - BOX[0])
    person = cv2.resize(sample, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = np.zeros(person.shape[:2], np.float32)
    middle = tuple(round(v * scale) for v in MIDDLE)
    cv2.ellipse(mask, middle, (round(70 * scale), round(90 * scale)), 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 1)[..., None]
    side, boxes = len(person), []
    for x, y in [(130 + 970 * k, 40 + 1390 * j) for k in range(4) for j in range(3)]:
        part = photo[y : y + side, x : x + side]
        photo[y : y + side, x : x + side] = part + (person[: len(part)] - part) * mask[: len(part)]
        boxes.append(BOX * scale + [x, y, x, y])
    search = Search(finder)
    image = photo.astype(np.uint8)
    return search.complete(image, search.whole(image)), boxes


def best_scores(faces, boxes):
    return [max((f.score for f in faces if overlap(f, box) > 0.3), default=0) for box in boxes]


def test_faces_of_40_px_in_a_photo_of_12_megapixels_are_found_all_over_it(finder, sample):
    faces, boxes = searched(finder, sample, 40)
    assert min(best_scores(faces, boxes)) >= finder.sure_twice
    assert sum(face.score >= finder.sure_twice for face in faces) == len(boxes)


def test_faces_of_24_px_in_a_photo_of_12_megapixels_are_nearly_all_found(finder, sample):
    faces, boxes = searched(finder, sample, 24)
    assert sum(score >= finder.sure_twice for score in best_scores(faces, boxes)) >= 10
    assert sum(face.score >= finder.sure_twice for face in faces) <= len(boxes)
