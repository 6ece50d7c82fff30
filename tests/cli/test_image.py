import json

import cv2
import numpy as np
import pytest
from PIL import Image

import fer_core
from cli import image, main
from fer_core.errors import DetectorError, ModelNotFoundError
from fer_core.video import picture_size


def test_a_table_of_the_faces(photo, fake_pipeline, capsys):
    assert main(["image", str(photo)]) == 0
    out, err = capsys.readouterr()
    assert f"{photo}  200×160  1 face" in out
    assert "happiness   80 %" in out
    assert "at 50,40 100×80" in out
    assert "too dark" in out
    assert err == ""


def test_under_the_threshold_it_says_not_sure(photo, fake_pipeline, capsys):
    for given, unsure in (("0.9", True), ("0.8", False), ("1", True), ("0", False)):
        assert main(["image", str(photo), "--unsure", given]) == 0
        out = capsys.readouterr().out
        assert ("not sure" in out) == unsure
        assert ("happiness" in out) != unsure
        assert ("80 %" in out) != unsure
        assert main(["image", str(photo), "--unsure", given, "--json"]) == 0
        ((face,),) = [result["faces"] for result in json.loads(capsys.readouterr().out)]
        assert (face["label"], face["unsure"]) == ("happiness", unsure)


def test_json_has_the_schema_that_the_readme_promises(photo, fake_pipeline, capsys):
    assert main(["image", str(photo), "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert set(result) == {
        *("schema", "source", "frame_index", "time_s", "image_wh", "model", "status", "faces"),
        "timings_ms",
    }
    assert result["schema"] == 1
    assert result["source"] == str(photo)
    assert result["frame_index"] == 0
    assert result["image_wh"] == [200, 160]
    (face,) = result["faces"]
    assert {"box_xyxy", "score", "track_id", "label", "unsure", "confidence", "probs"} <= set(face)
    assert face["label"] == "happiness"
    assert face["probs"]["happiness"] == 0.8


def test_one_bad_photo_does_not_stop_the_others(photo, tmp_path, fake_pipeline, capsys):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    assert main(["image", str(bad), str(photo), "--json"]) == 2
    out, err = capsys.readouterr()
    assert [r["source"] for r in json.loads(out)] == [str(photo)]
    assert "bad.jpg" in err
    assert len(err.splitlines()) == 1


def test_a_photo_that_was_reduced_says_so(photo, fake_pipeline, monkeypatch, capsys):
    monkeypatch.setattr(picture_size, "REDUCE_ABOVE_PX", 10_000)
    assert main(["image", str(photo)]) == 0
    err = capsys.readouterr().err
    assert err.startswith(f"{photo} has 200 × 160 px and is read at 100 × 80 px; ")


def test_pages_that_are_not_read_are_said(tmp_path, fake_pipeline, capsys):
    pages = [Image.new("RGB", (160, 120)), Image.new("RGB", (160, 120), "white")]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    assert main(["image", str(tmp_path / "scan.tif")]) == 2
    out, err = capsys.readouterr()
    assert "1 face" in out
    assert "has 2 pages and only the first is read" in err


def test_json_of_what_is_done_when_it_is_interrupted(photo, fake_pipeline, monkeypatch, capsys):
    def photos_in(given):
        yield given[0]
        raise KeyboardInterrupt

    monkeypatch.setattr(image, "photos_in", photos_in)
    assert main(["image", str(photo), str(photo), "--json"]) == 130
    assert len(json.loads(capsys.readouterr().out)) == 1


def test_a_folder_means_its_photos_by_name(photo, fake_pipeline, capsys):
    (photo.parent / "notes.txt").write_text("no photo")
    (photo.parent / "another.PNG").write_bytes(photo.read_bytes())
    assert main(["image", str(photo.parent), "--json"]) == 0
    sources = [result["source"] for result in json.loads(capsys.readouterr().out)]
    assert sources == [str(photo.parent / "another.PNG"), str(photo.parent / "Föto 1.png")]


def test_a_folder_is_read_as_the_window_reads_it(photo, fake_pipeline, capsys):
    folder = photo.parent
    for name in ("10.jfif", "2.png", "._2.png"):
        (folder / name).write_bytes(b"no picture" if name[0] == "." else photo.read_bytes())
    assert main(["image", str(folder), "--json"]) == 0
    sources = [result["source"] for result in json.loads(capsys.readouterr().out)]
    assert sources == [str(folder / name) for name in ("2.png", "10.jfif", "Föto 1.png")]


def test_a_star_that_no_shell_has_replaced(photo, fake_pipeline, capsys):
    assert main(["image", str(photo.parent / "*.png"), "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["source"] == str(photo)


def test_a_name_that_is_too_long_is_one_sentence(fake_pipeline, capsys):
    assert main(["image", "a" * 300 + ".jpg"]) == 2
    assert "cannot be opened" in capsys.readouterr().err


def test_a_name_that_begins_with_a_tilde(photo, fake_pipeline, monkeypatch, capsys):
    monkeypatch.chdir(photo.parent)
    photo.rename(photo.parent / "~mimik.png")
    assert main(["image", "~mimik.png"]) == 0
    assert "1 face" in capsys.readouterr().out


def test_an_empty_folder_is_said_and_the_others_are_read(photo, tmp_path, fake_pipeline, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["image", str(tmp_path / "empty"), "", str(photo)]) == 2
    out, err = capsys.readouterr()
    assert "1 face" in out
    assert "has no photos" in err
    assert len(err.splitlines()) == 2


def test_annotated_pictures_never_overwrite(photo, tmp_path, fake_pipeline, capsys):
    out = tmp_path / "out"
    for _ in range(3):
        assert main(["image", str(photo), "--out", str(out)]) == 0
    assert sorted(p.name for p in out.iterdir()) == ["Föto 1-2.png", "Föto 1-3.png", "Föto 1.png"]
    drawn = cv2.imdecode(np.fromfile(out / "Föto 1.png", np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == (160, 200, 3)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 3


def test_opencv_has_nothing_to_say_about_a_png(photo, tmp_path, fake_pipeline, capfd):
    logging = cv2.utils.logging
    before = logging.setLogLevel(logging.LOG_LEVEL_WARNING)
    try:
        assert main(["image", str(photo), "--out", str(tmp_path / "out")]) == 0
    finally:
        logging.setLogLevel(before)
    assert capfd.readouterr().err == f"{photo} → {tmp_path / 'out' / photo.name}\n"


def test_a_folder_that_cannot_be_written_is_said(photo, tmp_path, fake_pipeline, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["image", str(photo), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_model_and_detector_reach_the_pipeline(photo, fake_pipeline):
    main(["image", str(photo), "--model", "mine", "--detector", "yunet"])
    assert fake_pipeline == {"model": "mine", "detector": "yunet", "unsure_below": 0.45}


def test_an_unknown_model_is_one_sentence(photo, fake_pipeline, capsys):
    assert main(["image", str(photo), "--model", "nope"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "There is no model 'nope'; `models list` shows what there is.\n"


@pytest.mark.parametrize("command", ["image", "video"])
def test_a_broken_default_detector_is_said_and_another_is_used(command, photo, monkeypatch, capsys):
    asked = []

    def load(detector, **options):
        asked.append(detector)
        if detector == "finder":
            raise DetectorError("finder.bin is broken.")
        raise ModelNotFoundError("Far enough.")

    monkeypatch.setitem(vars(fer_core), "load_pipeline", load)
    assert main([command, str(photo)]) == 2
    assert main([command, str(photo), "--detector", "finder"]) == 2
    assert asked == ["finder", "haar", "finder"]
    assert "finder.bin is broken." in capsys.readouterr().err


def test_what_was_found_with_another_detector_says_so(photo, fake_pipeline, monkeypatch, capsys):
    load = fer_core.load_pipeline

    def broken(**options):
        if options["detector"] == "finder":
            raise DetectorError("finder.bin is broken.")
        return load(**options)

    monkeypatch.setitem(vars(fer_core), "load_pipeline", broken)
    assert main(["image", str(photo)]) == 0
    out, err = capsys.readouterr()
    assert err.strip().endswith("finder.bin is broken. The detector haar is used instead.")
    assert "happiness" in out
