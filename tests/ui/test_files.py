"""What a dropped, pasted or named file is, and saving without overwriting."""

import os
from dataclasses import replace

import numpy as np
import pytest
from fakes import make_face, make_result

from fer_core.errors import OutputError
from fer_core.types import Frame
from fer_core.video.images import read_image
from ui.clipboard import paths_in
from ui.core import saving
from ui.core.drawing import draw, fitted
from ui.core.stage import Present
from ui.presenter.core import Look
from ui.presenter.playlist import kind_of

LOOK = Look((400, 300), "en", mirror=False)


def make_present():
    image = np.full((80, 100, 3), 90, np.uint8)
    return Present(Frame(image, 0, 0.0), make_result(make_face()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JPG", "picture"),
        ("no suffix", "picture"),
        ("http://10.0.0.2/picture.jpg", "video"),
        ("rtsp://10.0.0.2/net.onnx", "video"),
        ("Ü b.mov", "video"),
        ("net.keras", "model"),
        ("ir.xml", "model"),
        ("torch.pth", "model"),
    ],
)
def test_kinds_by_name(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize("inside", ["model.json", "saved_model.pb"])
def test_kinds_by_content(inside, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    assert kind_of(str(model)) == "folder"
    (model / inside).touch()
    assert kind_of(str(model)) == "model"


def test_paths_in_a_pasted_text(tmp_path):
    path = tmp_path / "Ü b.png"
    path.touch()
    text = f"copy\nfile://[x\n{path.as_uri()}\n'{path}'\n/no/such/file\n" + "x" * 5000
    assert paths_in(text) == [str(path)] * 2


def test_a_snapshot_never_overwrites(tmp_path):
    folder = tmp_path / "Bilder mit Ü"
    first = saving.save_snapshot(str(folder), make_present(), LOOK)
    second = saving.save_snapshot(str(folder), make_present(), LOOK)
    assert len({*first, *second}) == 4
    assert read_image(first[0]).shape == (80, 100, 3)
    assert not np.array_equal(read_image(first[0]), read_image(first[1]))


def test_faces_are_named_after_what_they_show(tmp_path):
    present = make_present()
    (path,) = saving.save_faces(str(tmp_path), present.frame, present.result)
    assert path.endswith("-face1-happiness.png")
    second = make_result(make_face("fear", 0.3, track_id=2))
    (path,) = saving.save_faces(str(tmp_path), present.frame, second)
    assert path.endswith("-face2-unsure.png")
    assert read_image(path).shape[0] == read_image(path).shape[1]


def test_faces_of_a_reduced_picture_are_cut_out_where_they_are(tmp_path):
    image = np.zeros((80, 100, 3), np.uint8)
    image[20:40, 30:50] = 255
    frame = Frame(image, 0, 0.0, full_wh=(400, 320))
    face = make_face(box=(120, 80, 200, 160))
    result = replace(make_result(face), image_wh=(400, 320))
    (path,) = saving.save_faces(str(tmp_path), frame, result)
    assert read_image(path)[3:-3, 3:-3].min() == 255
    drawn = draw(frame, result, LOOK)
    assert (drawn.source_wh, drawn.read_wh) == ((400, 320), (100, 80))
    assert drawn.result.faces[0].face.box_xyxy.tolist() == [112.5, 75, 187.5, 150]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    real, count = saving.write_bytes, []

    def full_at_the_second(path, data):
        count.append(path)
        if len(count) == 2:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(saving, "write_bytes", full_at_the_second)
    with pytest.raises(OutputError, match="No space left on device"):
        saving.save_snapshot(str(tmp_path), make_present(), LOOK)
    assert os.listdir(tmp_path) == []


def test_pictures_are_fitted_and_never_blown_up_without_end():
    assert fitted((2000, 1000), (400, 300)) == (400, 200)
    assert fitted((1, 1), (400, 300)) == (8, 8)
    assert fitted((10000, 1), (400, 300)) == (400, 1)


def test_a_mirrored_picture_has_mirrored_boxes():
    present = make_present()
    plain = draw(present.frame, present.result, LOOK)
    mirrored = draw(present.frame, present.result, Look((400, 300), "en", True, "caption"))
    assert plain.wh == mirrored.wh == (375, 300)
    assert plain.ppm.startswith(b"P6 375 300 255\n")
    assert len(plain.ppm) == 15 + 375 * 300 * 3
    x0, _, x1, _ = plain.result.faces[0].face.box_xyxy
    m0, _, m1, _ = mirrored.result.faces[0].face.box_xyxy
    np.testing.assert_allclose([m0, m1], [375 - x1, 375 - x0], atol=0.01)
