"""The check dialog's faces: labelled by folders, or as our own model sees them."""

import cv2
import numpy as np
import pytest

from fer_core.errors import DatasetError
from fer_core.models.engine import import_openvino
from fer_core.models.registry import ModelRegistry
from tests.fer_core.models.builders import make_input, make_spec
from ui.core.adding import look

LABELS = ("tired", "happiness", "sadness")


class Teacher:
    """Says "happiness" of bright faces and "sadness" of dark ones; of others it is not sure."""

    spec = make_spec(input=make_input(width=8, height=8), labels=LABELS)
    labels = LABELS

    def predict_probs(self, crops):
        level = np.array([crop.mean() for crop in crops])
        rows = np.full((len(crops), 3), 0.25)
        rows[level > 200, 1], rows[level < 60, 2] = 0.8, 0.8
        return rows.astype(np.float32)


@pytest.fixture
def network(tmp_path):
    """Dark is sad, bright is happy, grey is tired: logits of the mean."""
    openvino = import_openvino()
    from openvino import opset13 as ops

    pixels = ops.parameter([-1, 8, 8, 1], np.float32, name="pixels")
    mean = ops.reduce_mean(pixels, np.array([1, 2]))
    logits = ops.add(
        ops.matmul(mean, np.array([[0, 30, -30]], np.float32), False, False),
        np.array([0, -20, 10], np.float32),
    )
    path = tmp_path / "moods.xml"
    openvino.serialize(openvino.Model([ops.softmax(logits, 1)], [pixels], "moods"), path)
    (tmp_path / "labels.txt").write_text("\n".join(LABELS), encoding="utf-8")
    return path


def pictures(folder, levels):
    folder.mkdir(parents=True, exist_ok=True)
    for index, level in enumerate(levels):
        cv2.imwrite(str(folder / f"{index}.png"), np.full((60, 60), level, np.uint8))
    return folder


def test_loose_pictures_are_named_by_our_own_model(network, tmp_path, monkeypatch):
    monkeypatch.setattr(ModelRegistry, "load", lambda self, name: Teacher())
    adding = look(str(network))
    try:
        adding.add_folder(str(pictures(tmp_path / "loose", (250, 10, 128, 240))))
        checked = adding.check()
    finally:
        adding.close()
    assert [face.label for face in checked.faces[1:]] == ["happiness", "sadness", "happiness"]
    assert checked.seen == 3
    assert not checked.enough


def test_folders_of_own_classes_are_faces_of_them(network, tmp_path):
    adding = look(str(network))
    try:
        pictures(tmp_path / "faces" / "0_Tired", [128] * 9)
        pictures(tmp_path / "faces" / "smiling", [250] * 9)
        pictures(tmp_path / "faces" / "unknown", [0] * 9)
        pictures(tmp_path / "faces" / "Trauer", [10] * 9)
        adding.add_folder(str(tmp_path / "faces"))
        checked = adding.check()
        with pytest.raises(DatasetError, match="no folders named after"):
            adding.add_folder(str(pictures(tmp_path / "empty", ())))
    finally:
        adding.close()
    assert [face.label for face in checked.faces[1:]] == (
        ["tired"] * 9 + ["sadness"] * 9 + ["happiness"] * 9
    )
    assert checked.rows[0].form.labels == LABELS
    assert checked.rows[0].accuracy > 0.9
    assert (checked.enough, checked.knows, checked.seen) == (True, True, 0)
    assert checked.sure == 1


def test_faces_in_the_window_are_tried_too(network, monkeypatch):
    from fer_core.types import Frame
    from tests.ui.fakes import make_face, make_result
    from ui.core.stage import Present

    monkeypatch.setattr(ModelRegistry, "load", lambda self, name: Teacher())
    picture = np.full((80, 100, 3), 250, np.uint8)
    adding = look(str(network))
    try:
        adding.add_present(None)
        adding.add_present(Present(Frame(picture, 0, 0.0), make_result(make_face())))
        checked = adding.check()
    finally:
        adding.close()
    assert [(face.label, face.seen) for face in checked.faces] == [
        ("happiness", False), ("happiness", True),
    ]  # fmt: skip


def test_few_faces_leave_it_as_sure_as_file_and_project_make_it(network):
    adding = look(str(network))
    try:
        checked = adding.check()
        assert checked.sure == adding._proposal.sure < 0.9
    finally:
        adding.close()
