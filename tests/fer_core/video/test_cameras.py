import os
import threading
from pathlib import Path

import pytest
import synthetic_media as media

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.video import cameras, list_cameras, open_source
from fer_core.video.cameras import CameraInfo
from tests.waiting import PATIENCE_S


def node(root: Path, number: int, name: str, index: str = "0") -> None:
    folder = root / f"video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(name + "\n", encoding="utf-8")
    (folder / "index").write_text(index + "\n")


@pytest.fixture
def sysfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cameras, "_LINUX", True)
    monkeypatch.setattr(cameras, "_SYSFS", tmp_path / "video4linux")
    return tmp_path / "video4linux"


def test_names_and_only_what_delivers_pictures(sysfs: Path) -> None:
    node(sysfs, 10, "Lupe")
    node(sysfs, 0, "HD-Kämera")
    node(sysfs, 1, "HD-Kämera", index="1")  # its metadata
    node(sysfs, 2, "HD-Kämera")
    (sysfs / "v4l-touch0").mkdir()
    assert list_cameras() == [
        CameraInfo(0, "HD-Kämera"),
        CameraInfo(2, "HD-Kämera (2)"),
        CameraInfo(10, "Lupe"),
    ]


def test_no_camera_at_all(sysfs: Path) -> None:
    assert list_cameras() == []
    for what in (0, "0"):
        with pytest.raises(SourceOpenError, match="No camera was found; plug one in, or open"):
            open_source(what)


def test_listing_opens_no_device(sysfs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "open_capture", lambda *_: pytest.fail("opened a camera"))
    node(sysfs, 0, "A")
    assert len(list_cameras()) == 1
    monkeypatch.setattr(cameras, "_LINUX", False)
    assert list_cameras() == [CameraInfo(0, "Camera 0")]


def test_elsewhere_cameras_are_found_by_opening(
    monkeypatch: pytest.MonkeyPatch, fake_camera: object
) -> None:
    monkeypatch.setattr(cameras, "_LINUX", False)
    monkeypatch.setattr(cameras, "_probed", None)
    assert cameras.probe_cameras() == [CameraInfo(0, "Camera 0")]
    assert list_cameras() == [CameraInfo(0, "Camera 0")]


def test_a_camera_that_another_program_holds_does_not_hide_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cameras, "_LINUX", False)
    monkeypatch.setattr(cameras, "_probed", None)
    free = media.FakeCapture()
    monkeypatch.setattr(cameras, "open_capture", lambda what, *_: free if what == 1 else None)
    assert cameras.probe_cameras() == [CameraInfo(1, "Camera 1")]


def test_with_no_camera_that_opens_the_first_one_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "_LINUX", False)
    monkeypatch.setattr(cameras, "_probed", None)
    monkeypatch.setattr(cameras, "open_capture", lambda *_: None)
    assert cameras.probe_cameras() == [CameraInfo(0, "Camera 0")]
    with pytest.raises(SourceOpenError, match="Camera 0 cannot be opened; plug it in"):
        open_source(0)


def test_macos_is_asked_until_the_person_has_allowed_it(
    monkeypatch: pytest.MonkeyPatch, fake_camera: media.FakeCapture
) -> None:
    monkeypatch.setattr(cameras, "_LINUX", False)
    monkeypatch.setattr(cameras, "_MACOS", True)
    monkeypatch.setattr(cameras, "_ASK_AGAIN_S", 0.001)
    with pytest.raises(SourceOpenError, match="Privacy & Security → Camera"):
        open_source(3)
    answers = iter([None, None, fake_camera])
    monkeypatch.setattr(cameras, "FIRST_FRAME_S", 60)
    monkeypatch.setattr(cameras, "open_capture", lambda *_: next(answers))
    with open_source(0) as source:
        assert source.read() is not None


def test_by_name(sysfs: Path, fake_camera: object) -> None:
    node(sysfs, 0, "HD Webcam")
    with open_source("hd webcam") as source:
        assert source.name == "HD Webcam"
        assert source.is_live


def test_a_camera_that_is_not_there_or_busy(sysfs: Path, fake_camera: object) -> None:
    node(sysfs, 0, "Front")
    node(sysfs, 2, "Back")
    with pytest.raises(
        SourceOpenError, match=r"no camera 5; choose one of 0 \(Front\), 2 \(Back\)"
    ):
        open_source(5)
    with pytest.raises(SourceOpenError, match="Back cannot be opened; close other programs"):
        open_source(2)


def test_a_camera_that_gives_nothing(fake_camera: media.FakeCapture) -> None:
    fake_camera.script = [False] * 10_000
    with pytest.raises(SourceOpenError, match="gives no picture"):
        open_source(0)
    assert fake_camera.released == 1


def test_a_camera_that_stops(fake_camera: media.FakeCapture) -> None:
    fake_camera.script = [True, True, False, True] + [False] * 10_000
    with open_source(0) as source:
        assert [source.read().index for _ in range(3)] == [0, 1, 2]  # one failed read is nothing
        with pytest.raises(SourceLostError, match="stopped giving pictures"):
            source.read()


def test_closing_wakes_a_waiting_read(
    fake_camera: media.FakeCapture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cameras, "LOST_AFTER_S", 10**6)
    fake_camera.script = [True] + [False] * 100_000
    source = open_source(0)
    source.read()
    results: list[object] = []
    waiting, real = threading.Event(), fake_camera.read

    def read() -> object:
        waiting.set()
        return real()

    monkeypatch.setattr(fake_camera, "read", read)
    reader = threading.Thread(target=lambda: results.append(source.read()))
    reader.start()
    assert waiting.wait(PATIENCE_S)
    source.close()
    reader.join(PATIENCE_S)
    assert results == [None]
    assert fake_camera.released == 1


def test_a_device_that_hangs_does_not_hang_close(
    fake_camera: media.FakeCapture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from fer_core.video import base

    monkeypatch.setattr(base, "CLOSE_WAIT_S", 0.05)
    source = open_source(0)
    source.read()
    inside, go_on = threading.Event(), threading.Event()
    real = fake_camera.read

    def hang() -> object:
        inside.set()
        go_on.wait(PATIENCE_S)
        return real()

    monkeypatch.setattr(fake_camera, "read", hang)
    reader = threading.Thread(target=source.read)
    reader.start()
    assert inside.wait(PATIENCE_S)
    source.close()
    assert fake_camera.released == 0  # never under the reader's feet
    go_on.set()
    reader.join(PATIENCE_S)
    assert fake_camera.released == 1


def test_opencv_keeps_quiet(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"\0\0\0\x18ftypisom" + os.urandom(5000))
    for what in (41, bad, tmp_path / "missing.mp4"):
        with pytest.raises(SourceOpenError):
            open_source(what)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
