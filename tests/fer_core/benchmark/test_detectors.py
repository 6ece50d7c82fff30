"""Recall and phantoms of detectors, on scenes whose faces are known."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.benchmark import detectors, scenes
from fer_core.benchmark.scenes import Scene
from fer_core.datasets.drawn import exam, sample
from fer_core.datasets.drawn.library import Library
from fer_core.errors import DatasetError, DetectorError
from fer_core.types import Face


def scene(*faces: tuple[float, float, float, float], doubtful: tuple = ()) -> Scene:
    """Faces by left, top, side and turn."""
    boxes = np.array([[x, y, x + s, y + s] for x, y, s, _ in faces], np.float32).reshape(-1, 4)
    other = np.array(doubtful, np.float32).reshape(-1, 4)
    turned = np.array([t for *_, t in faces], np.float32)
    return Scene(np.zeros((200, 300, 3), np.uint8), boxes, turned, other)


def figures(shown: list[Scene], *boxes: tuple[float, float, float, float]) -> dict[str, float]:
    found = [Face(np.array(box), 0.9) for box in boxes]
    return {f.name: f.value for f in detectors.found(shown, lambda image: found)}


def test_recall_is_told_by_size_and_turn_and_phantoms_are_counted() -> None:
    shown = scene((0, 0, 40, 0), (100, 0, 50, np.nan), (0, 100, 20, 0), (100, 100, 60, 45),
                  (200, 100, 60, 28))  # fmt: skip
    found = figures([shown], (0, 0, 40, 40), (100, 100, 160, 160), (250, 0, 290, 40))
    assert found == {
        "faces of 40 px and more (2)": 50,
        "faces of 20 px and more (3)": pytest.approx(100 / 3),
        "turned by 30° (1)": 0,
        "turned by 45° (1)": 100,
        "phantoms in 50 pictures": 50,
    }


def test_what_may_be_a_face_is_neither_missed_nor_a_phantom() -> None:
    doubtful = scene(doubtful=((10, 10, 50, 50),))
    assert figures([doubtful], (12, 12, 50, 50)) == {"phantoms in 50 pictures": 0}
    assert figures([doubtful]) == {"phantoms in 50 pictures": 0}
    assert figures([scene()], (12, 12, 50, 50)) == {"phantoms in 50 pictures": 50}


def test_boxes_a_third_larger_still_find_a_face_and_half_of_one_does_not() -> None:
    shown = [scene((100, 100, 60, 0))]
    name = "faces of 40 px and more (1)"
    assert figures(shown, (90, 90, 170, 170))[name] == 100
    assert figures(shown, (100, 100, 130, 160))[name] == 100
    assert figures(shown, (100, 100, 130, 130))[name] == 0


def test_a_folder_of_heads_and_scenes_is_asked_what_a_finder_is_measured_with(
    tmp_path: Path,
) -> None:
    exam_of = detectors.exam_of(sample.write(tmp_path, 60, 60), quick=True)
    library = exam.halves(Library.read(tmp_path, "validation"))[1]
    drawings = [
        exam.draw(library, question, seed) for question in exam.QUESTIONS for seed in range(40)
    ]
    assert exam_of.pictures == len(drawings) == 240
    answers = iter(drawings)

    def every_second(image: np.ndarray) -> list[Face]:
        """All faces of every second picture, and one face too many in all others."""
        drawing = next(answers)
        np.testing.assert_array_equal(image[:, :, 1], drawing.pixels)
        every_second.right = not every_second.right  # type: ignore[attr-defined]
        if every_second.right:  # type: ignore[attr-defined]
            return [Face(box, 0.7) for box in drawing.boxes_xyxy]
        return [Face(np.array([0, 0, 4, 4], np.float32), 0.9)]

    every_second.right = False  # type: ignore[attr-defined]
    figures = {f.name: f for f in exam_of.figures(every_second)}
    counts = [[len(d.faces) for d in drawings[k : k + 40]] for k in range(0, 240, 40)]
    for question, faces in zip(exam.QUESTIONS, counts, strict=True):
        figure = figures.pop(f"{question.name} ({sum(faces)})")
        assert figure.value == pytest.approx(100 * sum(faces[::2]) / sum(faces))
    assert {name: f.value for name, f in figures.items()} == {"phantoms in 50 pictures": 25}


def test_a_folder_of_pictures_is_searched_as_it_is(tmp_path: Path) -> None:
    table = "picture,left,top,width,height\na.png,10,20,40,40\n"
    shown = detectors.exam_of(folder_with(tmp_path, table, "a.png"))
    assert shown.pictures == 1
    figures = {f.name: f.value for f in shown.figures(lambda image: [])}
    assert figures["faces of 40 px and more (1)"] == 0


def test_without_a_folder_scenes_are_drawn_around_the_portrait() -> None:
    shown = detectors.exam_of(None, quick=True)
    (row,) = detectors.measure(shown, ["finder"], timed=False)
    assert row.note == "40 pictures"
    assert next(f.value for f in row.figures if f.name.startswith("faces of 40 px")) > 80


def test_drawn_scenes_show_a_head_where_they_say(portrait: np.ndarray) -> None:
    shown = list(scenes.drawn(8, portrait, np.array([172, 70, 274, 172])))
    assert [float(s.turned_deg[0]) for s in shown] == [0, 30, 45, 60] * 2
    for one in shown:
        side = float(scenes.sides_px(one)[0])
        assert 20 <= side <= 160
        assert one.image.shape == (480, 640, 3)
        (box,) = one.boxes_xyxy
        assert (box >= 0).all()
        assert box[2] <= 640
        assert box[3] <= 480
    # Seen upright, the pasted head is the portrait's.
    one = shown[0]
    x0, y0, x1, y1 = (round(float(v)) for v in one.boxes_xyxy[0])
    face = cv2.resize(portrait[70:172, 172:274], (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    alike = np.corrcoef(face.ravel(), one.image[y0:y1, x0:x1].ravel())[0, 1]
    assert alike > 0.9


def folder_with(folder: Path, table: str, *names: str) -> Path:
    for name in names:
        cv2.imwrite(str(folder / name), np.full((100, 120, 3), 90, np.uint8))
    (folder / "boxes.csv").write_text(table)
    return folder


def test_a_folder_with_a_table_of_boxes(tmp_path: Path) -> None:
    table = (
        "picture,left,top,width,height,score\n"
        "a.png,10,20,40,40,0.9\na.png,60,20,30,30,0.5\na.png,1,1,9,9,0.2\n"
        "b.png,1,1,9,9,0.1\ngone.png,1,1,9,9,0.9\n"
    )
    first, second = scenes.in_folder(folder_with(tmp_path, table, "a.png", "b.png"))
    assert first.boxes_xyxy.shape == (1, 4)
    assert first.boxes_xyxy[0, 2] - first.boxes_xyxy[0, 0] == pytest.approx(46.4)
    assert first.doubtful_xyxy.shape == (1, 4)
    assert np.isnan(first.turned_deg).all()
    assert len(second.boxes_xyxy) == len(second.doubtful_xyxy) == 0


@pytest.mark.parametrize(
    "table", ["name,x\na,1\n", "picture,left,top,width,height\na.png,1,x,3,4\n"]
)
def test_a_table_that_is_none(table: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"boxes\.csv is no table"):
        list(scenes.in_folder(folder_with(tmp_path, table)))


def test_without_a_table_yunet_is_asked_and_said_to_be_missing(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((50, 50, 3), np.uint8))
    with pytest.raises(DetectorError, match="download it"):
        list(scenes.in_folder(tmp_path))


def test_the_first_search_is_told_apart_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 1.0, *(t / 100 for t in range(200, 230))])
    monkeypatch.setattr(detectors, "perf_counter", lambda: next(now))

    class Plain:
        name = "plain"

        def detect(self, image: np.ndarray) -> list[Face]:
            return []

    cold, warm = detectors.time_detector(Plain(), np.zeros((9, 9, 3), np.uint8))
    assert (cold, warm) == (pytest.approx(1000), pytest.approx(10))
