"""Following faces: numbers that stay, no ghosts, no phantoms, calm probabilities."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.detection import create_detector
from fer_core.tracking import FaceTracker, ProbabilitySmoother, match
from fer_core.types import Face, Frame, Prediction

LABELS = ("happiness", "neutral")


def make_face(x: float, y: float, side: float = 100.0) -> Face:
    return Face(np.array([x, y, x + side, y + side]), 0.9)


def wall() -> np.ndarray:
    """uint8 (360, 480, 3): a plastered wall in uneven light."""
    random = np.random.default_rng(7)
    grain = cv2.GaussianBlur(random.normal(0, 12, (360, 480)).astype(np.float32), (5, 5), 0)
    light = np.linspace(120, 190, 480, dtype=np.float32)[None]
    return np.repeat(np.clip(light + grain, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.fixture(scope="module")
def head(portrait: np.ndarray) -> np.ndarray:
    return portrait[40:200, 145:305]


class Film:
    """Feeds pictures to a tracker at 30 frames a second."""

    def __init__(self, detector: str = "haar", *, thorough: bool = False) -> None:
        self.tracker = FaceTracker(create_detector(detector), thorough=thorough)
        self.index = 0

    def show(self, *heads: tuple[np.ndarray, int, int], on: np.ndarray | None = None) -> list[Face]:
        image = (wall() if on is None else on).copy()
        for pixels, x, y in heads:
            image[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        faces = self.tracker.update(Frame(image, self.index, self.index / 30))
        self.index += 1
        return faces


def test_a_still_picture_answers_at_once(head: np.ndarray) -> None:
    (face,) = Film().show((head, 100, 80))
    assert face.track_id == 1


def test_a_moving_face_keeps_its_number_and_its_box_keeps_up(head: np.ndarray) -> None:
    film = Film()
    (first,) = film.show((head, 20, 60))
    for step in range(1, 40):
        x, y = 20 + 7 * step, 60 + step
        (face,) = film.show((head, x, y))
        assert face.track_id == 1
        moved = face.box_xyxy[:2] - first.box_xyxy[:2] - [x - 20, y - 60]
        assert np.abs(moved).max() < 12, step


def test_a_still_face_has_a_still_box(head: np.ndarray) -> None:
    film = Film()
    boxes = np.array([film.show((head, 100, 80))[0].box_xyxy for _ in range(30)])
    assert boxes.std(axis=0).max() < 1.0


def test_a_new_face_is_found_within_a_third_of_a_second(head: np.ndarray) -> None:
    film = Film()
    for _ in range(15):
        assert film.show() == []
    seen = [len(film.show((head, 200, 100))) for _ in range(11)]
    assert seen[-1] == 1


def far_away(head: np.ndarray, side: int) -> np.ndarray:
    """uint8 (720, 960, 3): a room with a head too small for the quick search."""
    room = cv2.resize(wall(), (960, 720))
    small = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
    room[300 : 300 + side, 600 : 600 + side] = small
    return room


@pytest.mark.parametrize("name", ["haar", pytest.param("yunet", marks=pytest.mark.data)])
def test_a_small_face_is_found_in_a_film_that_fades_in(
    name: str,
    head: np.ndarray,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if name == "yunet":
        weights = request.getfixturevalue("weights_dir")
        monkeypatch.setenv("MIMIK_YUNET", str(weights / "face_detection_yunet_2023mar.onnx"))
    film, room = Film(name), far_away(head, 48)
    seen = [len(film.show(on=cv2.convertScaleAbs(room, alpha=min(1, i / 15)))) for i in range(46)]
    assert seen[0] == 0
    assert seen[-1] == 1


def test_a_second_small_face_is_looked_for_in_files_and_not_in_a_live_picture(
    head: np.ndarray,
) -> None:
    for thorough in (True, False):
        film, room = Film(thorough=thorough), far_away(head, 60)
        before = cv2.resize(wall(), (960, 720))
        assert len(film.show((head, 40, 60), on=before)) == 1
        seen = [len(film.show((head, 40, 60), on=room)) for _ in range(12)]
        assert seen[-1] == 1 + thorough


def test_a_face_that_is_gone_or_covered_leaves_no_ghost(head: np.ndarray) -> None:
    film = Film()
    for _ in range(6):
        assert len(film.show((head, 200, 100))) == 1
    seen = [len(film.show()) for _ in range(12)]
    assert seen[2:] == [0] * 10

    hand = np.full((150, 160, 3), (120, 140, 190), np.uint8)
    for _ in range(12):
        film.show((head, 200, 100))
    assert [len(film.show((head, 200, 100), (hand, 200, 100))) for _ in range(3)][-1] == 0


def test_after_a_cut_the_old_face_is_gone_and_the_new_one_has_a_new_number(
    head: np.ndarray,
) -> None:
    film = Film()
    for _ in range(5):
        film.show((head, 40, 60))
    dark = np.full((360, 480, 3), 30, np.uint8)
    (face,) = film.show((cv2.flip(head, 1), 280, 150), on=dark)
    assert face.track_id == 2
    assert face.box_xyxy[0] > 270


def test_after_a_cut_another_face_in_the_same_place_has_a_new_number(head: np.ndarray) -> None:
    film = Film()
    for _ in range(5):
        film.show((head, 160, 100))
    dark = np.full((360, 480, 3), 30, np.uint8)
    assert [face.track_id for face in film.show((cv2.flip(head, 1), 160, 100), on=dark)] == [2]


def test_a_flash_is_no_cut(head: np.ndarray) -> None:
    film = Film()
    for _ in range(5):
        film.show((head, 160, 100))
    bright = cv2.convertScaleAbs(wall(), alpha=1.4, beta=40)
    flash = (cv2.convertScaleAbs(head, alpha=1.2, beta=40), 160, 100)
    assert [face.track_id for face in film.show(flash, on=bright)] == [1]


def test_a_face_that_returns_at_once_keeps_its_number(head: np.ndarray) -> None:
    film = Film()
    for _ in range(5):
        film.show((head, 200, 100))
    for _ in range(5):
        film.show()
    faces = [film.show((head, 206, 104)) for _ in range(12)][-1]
    assert [face.track_id for face in faces] == [1]


def test_two_faces_are_two_numbers_and_do_not_swap(head: np.ndarray) -> None:
    film = Film()
    for step in range(30):
        left, right = film.show((head, 10 + step, 60), (cv2.flip(head, 1), 300 - step, 150))
        assert (left.track_id, right.track_id) in {(1, 2), (2, 1)}
        if step == 0:
            order = left.box_xyxy[0] < right.box_xyxy[0]
        assert (left.box_xyxy[0] < right.box_xyxy[0]) == order


def test_pictures_far_apart_in_time_are_each_searched_in_full(head: np.ndarray) -> None:
    tracker = FaceTracker(create_detector("haar"))
    for index in range(3):
        image = wall()
        image[60 + 40 * index :][:160, 60 * index :][:, :160] = head
        assert len(tracker.update(Frame(image, index, float(index)))) == 1


def test_pictures_far_apart_in_time_show_whoever_has_come(head: np.ndarray) -> None:
    tracker = FaceTracker(create_detector("haar"))
    for index, (x, y) in enumerate([(300, 10), (300, 180), (160, 190)]):
        image = wall()
        image[20:180, :160] = head
        image[y : y + 160, x : x + 160] = cv2.flip(head, 1)
        assert len(tracker.update(Frame(image, index, float(index)))) == 2


def test_a_face_that_walks_out_of_the_picture_is_dropped(head: np.ndarray) -> None:
    film = Film()
    for step in range(30):
        image = np.hstack([wall(), np.zeros((360, 200, 3), np.uint8)])
        image[100:260, 300 + 12 * step :][:, :160] = head[:, : 680 - (300 + 12 * step)]
        faces = film.show(on=np.ascontiguousarray(image[:, :480]))
        for face in faces:
            assert face.box_xyxy[2] <= 480
    assert faces == []


class Believed:
    """A detector without quick ways, as a person might write it."""

    name = "believed"

    def __init__(self) -> None:
        self.faces: list[Face] = []

    def detect(self, image: np.ndarray) -> list[Face]:
        return list(self.faces)


def test_a_plain_detector_is_asked_every_frame_and_believed() -> None:
    detector = Believed()
    tracker = FaceTracker(detector)
    for index, faces in enumerate(([make_face(5, 5)], [make_face(9, 7)], [], [make_face(200, 9)])):
        detector.faces = faces
        found = tracker.update(Frame(wall(), index, index / 30))
        assert len(found) == len(faces)
    assert found[0].track_id == 2


def test_the_nearest_pairs_win_whatever_the_order() -> None:
    boxes = [make_face(0, 0).box_xyxy, make_face(60, 0).box_xyxy]
    faces = [make_face(40, 0), make_face(2, 0)]
    assert match(boxes, faces) == {1: 0, 0: 1}
    assert match(boxes, [make_face(500, 0), make_face(0, 0, 300)]) == {}
    assert match([], faces) == {}


@pytest.mark.data
@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("name", ["haar", "yunet"])
@pytest.mark.parametrize(
    ("clip", "with_face"), [("single_face.mp4", 72), ("face_noface.mov", 72), ("no_face.mp4", 0)]
)
def test_real_clips(
    clip: str,
    with_face: int,
    name: str,
    thorough: bool,
    media_dir: Path,
    weights_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIMIK_YUNET", str(weights_dir / "face_detection_yunet_2023mar.onnx"))
    tracker = FaceTracker(create_detector(name), thorough=thorough)
    capture = cv2.VideoCapture(str(media_dir / clip))
    counts, numbers = [], set()
    while (image := capture.read()[1]) is not None:
        faces = tracker.update(Frame(image, len(counts), len(counts) / 26))
        counts.append(len(faces))
        numbers |= {face.track_id for face in faces}
    assert sum(count == 1 for count in counts[:with_face]) >= 0.99 * with_face
    assert max(counts) <= 1
    assert not any(counts[with_face:])
    assert len(numbers) == min(with_face, 1)


@pytest.mark.data
@pytest.mark.parametrize(("name", "at_least"), [("haar", 27), ("yunet", 28)])
def test_a_group_picture(
    name: str,
    at_least: int,
    media_dir: Path,
    weights_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIMIK_YUNET", str(weights_dir / "face_detection_yunet_2023mar.onnx"))
    image = cv2.imread(str(media_dir / "solvay1927.jpg"))
    faces = FaceTracker(create_detector(name)).update(Frame(image, 0, 0.0))
    assert at_least <= len(faces) <= 29
    assert all(face.box_xyxy[3] < 380 for face in faces)  # nobody's face is further down


def predict(happy: float) -> Prediction:
    return Prediction(np.array([happy, 1 - happy]), LABELS)


def test_smoothing_follows_time_and_not_the_number_of_frames() -> None:
    ends = []
    for fps in (10, 60):
        smoother = ProbabilitySmoother(0.3)
        smoother.update(1, predict(0.0), 0.0)
        for step in range(1, fps + 1):
            last = smoother.update(1, predict(1.0), step / fps)
        ends.append(last.probs[0])
    assert ends == pytest.approx([1 - np.exp(-1 / 0.3)] * 2, abs=1e-4)


def test_smoothing_off_new_faces_and_new_labels_take_predictions_as_they_are() -> None:
    assert ProbabilitySmoother(0).update(1, predict(1.0), 0.0).probs[0] == 1
    smoother = ProbabilitySmoother(0.3)
    smoother.update(1, predict(0.0), 0.0)
    assert smoother.update(2, predict(1.0), 0.01).probs[0] == 1
    assert smoother.update(None, predict(1.0), 0.01).probs[0] == 1
    other = Prediction(np.array([1.0, 0.0]), ("anger", "neutral"))
    assert smoother.update(1, other, 0.02).probs[0] == 1
    assert smoother.update(1, predict(0.5), 5.0).probs[0] == pytest.approx(0.5)
