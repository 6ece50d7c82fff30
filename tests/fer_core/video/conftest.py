import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import synthetic_media as media

from fer_core.video import cameras


@pytest.fixture
def fake_camera(monkeypatch: pytest.MonkeyPatch) -> Iterator[media.FakeCapture]:
    """Camera 0 exists and works; time passes with its reads, however long they really take."""
    capture = media.FakeCapture()
    monkeypatch.setattr(cameras, "time", capture.clock)
    monkeypatch.setattr(cameras, "open_capture", lambda what, *_: capture if what == 0 else None)
    monkeypatch.setattr(cameras, "LOST_AFTER_S", 0.1)
    monkeypatch.setattr(cameras, "FIRST_FRAME_S", 0.1)
    yield capture
    assert capture.released <= 1
