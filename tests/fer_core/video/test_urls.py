import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import synthetic_media as media

from fer_core.errors import SourceOpenError
from fer_core.video import open_source
from fer_core.video.urls import without_secrets


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    media.write_video(tmp_path / "clip.mp4", 12)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_a_video_on_a_server(server: str) -> None:
    with open_source(f"http://anna:secret@{server}/clip.mp4?token=secret") as source:
        assert source.name == f"http://{server}/clip.mp4"
        assert not source.is_live
        frames = list(source)
        assert [media.number_of(frame.image) for frame in frames] == list(range(12))
        assert [frame.time_s for frame in frames] == pytest.approx([i / 25 for i in range(12)])
        source.seek(5)
        assert source.read().index == 5


def test_messages_hold_no_password(server: str) -> None:
    for address in (f"http://anna:secret@{server}/none.mp4", "rtsp://anna:secret@127.0.0.1:9/x"):
        with pytest.raises(SourceOpenError, match="cannot be opened as a video") as caught:
            open_source(address)
        assert "secret" not in str(caught.value)
        assert "anna" not in str(caught.value)
        assert "127.0.0.1" in str(caught.value)


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
