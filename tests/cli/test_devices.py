import json

import pytest

import fer_core.video.cameras as cameras
from cli import main
from fer_core.video.cameras import CameraInfo


def test_detectors(capsys):
    assert main(["detectors", "list"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("finder ")
    assert "non-commercial research only" in out.splitlines()[0]
    assert "haar:haarcascade_profileface.xml" in out


def test_detectors_as_json_say_what_needs_a_download(capsys):
    assert main(["detectors", "list", "--json"]) == 0
    found = {info["name"]: info for info in json.loads(capsys.readouterr().out)}
    assert found["haar"]["available"] is True
    assert found["haar"]["license"] == ""
    assert "research only" in found["finder"]["license"]
    assert found["yunet"]["available"] is False
    assert found["yunet"]["note"]


@pytest.fixture
def asked(monkeypatch):
    """What the download was asked for; there is no network."""
    calls = []

    def refuses(url, timeout):
        calls.append(url)
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", refuses)
    return calls


def test_setting_up_without_a_network_goes_on_quietly(asked, capsys):
    assert main(["detectors", "fetch", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert len(asked) == 1
    assert main(["detectors", "fetch"]) == 2
    assert "check the network" in capsys.readouterr().err


def test_what_is_there_is_not_fetched_again(asked, tmp_path, monkeypatch, capsys):
    path = tmp_path / "yunet.onnx"
    path.write_bytes(b"x")
    monkeypatch.setenv("MIMIK_YUNET", str(path))
    assert main(["detectors", "fetch", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["detectors", "fetch"]) == 0
    assert capsys.readouterr().err == f"YuNet is there: {path}\n"
    assert asked == []


def test_cameras(monkeypatch, capsys):
    monkeypatch.setattr(
        cameras, "list_cameras", lambda: [CameraInfo(0, "Front"), CameraInfo(2, "B")]
    )
    assert main(["cameras", "list"]) == 0
    assert capsys.readouterr().out == "0  Front\n2  B\n"


def test_no_camera_is_an_answer(monkeypatch, capsys):
    monkeypatch.setattr(cameras, "list_cameras", list)
    assert main(["cameras", "list"]) == 0
    assert capsys.readouterr().err == "No camera found.\n"
    assert main(["cameras", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
