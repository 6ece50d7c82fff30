"""Making detectors by name, and what is said when that fails."""

from pathlib import Path

import cv2
import pytest

from fer_core.detection import available_detectors, create_detector, usual_detector
from fer_core.errors import DetectorError

ALT2 = Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"


def test_the_list_begins_with_our_own_yunet_and_haar() -> None:
    infos = available_detectors()
    assert [info.name for info in infos[:3]] == ["finder", "yunet", "haar"]
    assert infos[0].available
    assert not infos[1].available
    assert "Download" in infos[1].note
    assert len(infos) == 8
    assert len({info.title for info in infos}) == 8
    assert "research only" in infos[0].license


def test_a_broken_sidecar_of_the_finder_breaks_no_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "finder").mkdir()
    (tmp_path / "finder" / "detector.json").write_text("{")
    monkeypatch.setattr("fer_core.paths.bundled_detectors_dir", lambda: tmp_path)
    assert available_detectors()[0].license == ""
    with pytest.raises(DetectorError, match=r"detector\.json is not valid JSON"):
        create_detector("finder")


def test_everything_available_can_be_made() -> None:
    for info in available_detectors():
        if info.available:
            assert create_detector(info.name).name == info.name


@pytest.mark.data
def test_yunet_is_available_once_its_file_is_there(
    weights_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = weights_dir / "face_detection_yunet_2023mar.onnx"
    monkeypatch.setenv("MIMIK_YUNET", str(file))
    assert available_detectors()[1].available
    assert create_detector("yunet").name == "yunet"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mtcnn", "There is no detector"),
        ("haar:../../secret.xml", "OpenCV has no cascade"),
        ("haar:haarcascade_nose.xml", "OpenCV has no cascade"),
        ("/nowhere/at all.xml", "cannot be opened"),
        ("yunet", "download it"),
    ],
)
def test_a_detector_that_is_not_there(name: str, says: str) -> None:
    with pytest.raises(DetectorError, match=says):
        create_detector(name)


HEAD = b"<?xml version='1.0'?><opencv_storage>"
BROKEN = {
    "empty": b"",
    "not XML": b"\x89PNG\r\n\x1a\n\x00\x00",
    "another XML": b"<?xml version='1.0'?><html><body/></html>",
    "another storage": HEAD + b"<cascade_x>1</cascade_x></opencv_storage>",
    "no stages": HEAD + b"<cascade type_id='opencv-cascade-classifier'>"
    b"<stageType>BOOST</stageType></cascade></opencv_storage>",
    "truncated": ALT2.read_bytes()[:60_000],
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_cascade(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kaputt.xml"
    path.write_bytes(BROKEN[kind])
    with pytest.raises(DetectorError, match=r"kaputt\.xml is not a cascade"):
        create_detector(str(path))
    assert capfd.readouterr().err == ""


def test_a_folder_is_no_cascade(tmp_path: Path) -> None:
    folder = tmp_path / "folder.xml"
    folder.mkdir()
    with pytest.raises(DetectorError, match="cannot be opened"):
        create_detector(folder)


def test_a_broken_yunet_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "yunet.onnx"
    monkeypatch.setenv("MIMIK_YUNET", str(path))
    for content in (b"", b"not a network"):
        path.write_bytes(content)
        with pytest.raises(DetectorError, match="download it again"):
            create_detector("yunet")


def test_where_the_usual_detector_is_broken_haar_is_used_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    assert usual_detector(said.append).name == "finder"
    assert said == []
    (tmp_path / "finder").mkdir()
    (tmp_path / "finder" / "detector.json").write_text("{")
    monkeypatch.setattr("fer_core.paths.bundled_detectors_dir", lambda: tmp_path)
    assert usual_detector(said.append).name == "haar"
    broken, instead = said
    assert str(tmp_path / "finder" / "detector.json") in broken
    assert instead == "The detector haar is used instead."
