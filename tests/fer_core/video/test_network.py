"""Films and cameras by an address; nothing here leaves this machine."""

import platform
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import synthetic_media as media

from fer_core.errors import SourceLostError, SourceOpenError
from fer_core.video import network, open_source
from fer_core.video.urls import without_secrets
from tests.waiting import PATIENCE_S

GUARD = Path(__file__).with_name("no_sockets.py")


def test_a_video_on_a_server(tmp_path: Path) -> None:
    media.write_video(tmp_path / "clip.mp4", 12)
    with media.served(tmp_path, ranges=False) as (address, _):
        host = address.removeprefix("http://")
        with open_source(f"http://anna:secret@{host}clip.mp4?token=secret") as source:
            assert source.name == f"http://{host}clip.mp4"
            assert not source.is_live
            frames = list(source)
            assert [media.number_of(frame.image) for frame in frames] == list(range(12))
            assert [frame.time_s for frame in frames] == pytest.approx([i / 25 for i in range(12)])
            source.seek(5)
            assert source.read().index == 5


def noise(index: int) -> np.ndarray:
    """A picture that no encoder makes small, with its number below."""
    image = np.random.default_rng(index).integers(0, 256, (320, 384, 3), np.uint8)
    image[256:] = media.numbered(index, (384, 64))
    return image


@pytest.mark.parametrize("ranges", [True, False])
def test_a_film_with_its_index_at_the_end(tmp_path: Path, ranges: bool) -> None:
    """Larger than what FFmpeg reads ahead, so that it has to go back for the first frame."""
    path = media.write_film(tmp_path / "end.mp4", 40, draw=noise)
    data = path.read_bytes()
    assert data.index(b"moov") > data.index(b"mdat") + 2_000_000
    with media.served(tmp_path, ranges=ranges) as (address, _):
        with open_source(address + "end.mp4") as source:
            frames = list(source)
            numbers = [media.number_of(frame.image[256:]) for frame in frames]
            assert numbers == list(range(40))
            assert source.problems == []
            source.seek(33)
            assert media.number_of(source.read().image[256:]) == 33
        with open(path, "rb+") as file:
            file.truncate(len(data) // 2)  # now there is no index any more
        with pytest.raises(SourceOpenError, match="cannot be opened as a video"):
            open_source(address + "end.mp4")


def test_a_film_too_large_to_be_loaded_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media.write_film(tmp_path / "end.mp4", 40, draw=noise)
    monkeypatch.setattr(network, "_LOAD_LIMIT_BYTES", 100_000)
    with (
        media.served(tmp_path, ranges=False) as (address, _),
        pytest.raises(SourceOpenError, match="load it yourself"),
    ):
        open_source(address + "end.mp4")


@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("name", ["a.mjpeg", "a.gif", "a.multipart"])
def test_a_stream_that_has_come_to_its_end_ends(tmp_path: Path, name: str, length: bool) -> None:
    path = tmp_path / name
    if name == "a.gif":
        media.write_gif(path, [40] * 12)
    else:
        (media.write_raw if name == "a.mjpeg" else media.write_multipart)(path, 12)
    with (
        media.served(tmp_path, ranges=False, length=length) as (address, _),
        open_source(address + name) as source,
    ):
        assert [media.number_of(frame.image) for frame in source] == list(range(12))
        assert source.read() is None
        assert source.problems == []


@contextmanager
def camera(parts: bytes, after: threading.Event) -> Iterator[str]:
    """A network camera that sends these bytes, and hangs up without an end when it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for _ in range(1):
                peer, _ = server.accept()
                with peer:
                    peer.recv(4096)
                    head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\nContent-Type: "
                    peer.sendall(f"{head}multipart/x-mixed-replace; boundary=part\r\n\r\n".encode())
                    peer.sendall(parts)
                    after.wait(PATIENCE_S)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/camera"
        thread.join()


def test_a_camera_that_hangs_up_is_lost(tmp_path: Path) -> None:
    parts = media.write_multipart(tmp_path / "a.multipart", 30).read_bytes()[
        : -len(b"--part--\r\n")
    ]
    hang_up = threading.Event()
    with camera(parts, hang_up) as address, open_source(address) as source:
        assert source.is_live
        assert source.read() is not None
        hang_up.set()
        with pytest.raises(SourceLostError, match="stopped sending"):
            list(source)


def test_a_server_that_sends_less_than_it_announced(tmp_path: Path) -> None:
    path = media.write_film(tmp_path / "a.mp4", 60, container={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with (
        media.served(tmp_path, ranges=False) as (address, _),
        open_source(address + "a.mp4") as source,
    ):
        assert 5 < len(list(source)) < 55
        (problem,) = source.problems
        assert f"{address}a.mp4 stopped sending after " in problem


def test_messages_hold_no_password(tmp_path: Path) -> None:
    with media.served(tmp_path, ranges=True) as (address, _):
        host = address.removeprefix("http://")
        for what in (f"http://anna:secret@{host}none.mp4", "rtsp://anna:secret@127.0.0.1:9/x"):
            with pytest.raises(SourceOpenError, match="cannot be opened as a video") as caught:
                open_source(what)
            assert "secret" not in str(caught.value)
            assert "anna" not in str(caught.value)
            assert "127.0.0.1" in str(caught.value)


def write_segments(folder: Path, *lines: str) -> Path:
    """A playlist of a station: head, then these lines."""
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
    path = folder / "list.m3u8"
    path.write_text(head + "".join(f"#EXTINF:1,\n{line}\n" for line in lines) + "#EXT-X-ENDLIST\n")
    return path


def test_a_station_leads_to_its_own_parts(tmp_path: Path) -> None:
    media.write_film(tmp_path / "a.ts", 25)
    write_segments(tmp_path, "a.ts")
    with (
        media.served(tmp_path, ranges=True) as (address, _),
        open_source(address + "list.m3u8") as source,
    ):
        assert [media.number_of(frame.image) for frame in source] == list(range(25))


def test_a_station_leads_to_no_file_of_this_machine(tmp_path: Path) -> None:
    secret = media.write_film(tmp_path / "secret.ts", 25)
    with media.served(tmp_path, ranges=True) as (address, asked):
        for line in (f"file://{secret}", f"concat:{secret}", f"subfile,,start,0,end,0,,:{secret}"):
            write_segments(tmp_path, line)
            with pytest.raises(SourceOpenError):
                open_source(address + "list.m3u8")
    assert asked
    assert not [path for path in asked if "m3u8" not in path]


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "list.ts", "list"])
def test_a_file_leads_to_no_address_and_no_other_file(tmp_path: Path, name: str) -> None:
    other = media.write_film(tmp_path / "other.ts", 25)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        listed = [
            write_segments(tmp_path, address).read_text(),
            write_segments(tmp_path, str(other)).read_text(),
            f"ffconcat version 1.0\nfile '{other}'\n",
            f"\nffconcat version 1.0\nfile '{address}'\n",
            f'<?xml version="1.0"?><MPD><Period><BaseURL>{address}</BaseURL></Period></MPD>',
            "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        ]
        for text in listed:
            (tmp_path / name).write_text(text)
            with pytest.raises(SourceOpenError):
                open_source(tmp_path / name)
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() != "x86_64",
    reason="the guard is a filter of Linux on x86-64",
)
def test_no_socket_is_opened_by_analysing_a_film_on_the_disk(tmp_path: Path) -> None:
    film = media.write_film(tmp_path / "a.mp4", 12, sound="aac", draw=noise)
    command = [sys.executable, str(GUARD), "video", str(film), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert "12 frames" in done.stdout
    assert (tmp_path / "out" / "a.mp4").is_file()
    with media.served(tmp_path, ranges=True) as (address, asked):
        command = [sys.executable, str(GUARD), "video", address + "a.mp4"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S)
    assert done.returncode < 0  # the guard does end whoever opens one
    assert asked == []


@pytest.mark.parametrize("address", ["ftp://a:secret@host/x", "file:///etc/passwd", "data://x"])
def test_other_schemes(address: str) -> None:
    with pytest.raises(SourceOpenError, match="must start with http") as caught:
        open_source(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://u:p@cam.local:554/live?key=1#x", "rtsp://cam.local:554/live"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("http://host:badport/", "The address"),
        ("http://[broken/", "The address"),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
