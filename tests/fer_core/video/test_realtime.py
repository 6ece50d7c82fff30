import time
from itertools import islice
from pathlib import Path

import pytest
import synthetic_media as media

from fer_core.video import open_source, realtime


def test_a_slow_reader_misses_frames_and_never_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = media.FakeClock()
    monkeypatch.setattr(realtime, "time", clock)
    path = media.write_video(tmp_path / "a.mp4", 40)
    with open_source(path, realtime=True) as source:
        seen = []
        for frame in source:
            seen.append(frame.index)
            clock.sleep(0.15)  # 25 frames a second: every fourth, or the one before
    assert seen == [0, 3, 7, 11, 14, 18, 22, 26, 29, 33, 37]
    assert source.dropped == 40 - len(seen)


def test_frames_do_not_come_before_their_time(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4", 10)
    start = time.monotonic()  # before the source's own clock starts
    with open_source(path, realtime=True) as source:
        for frame in source:
            assert time.monotonic() - start >= frame.time_s


def test_loop(tmp_path: Path) -> None:
    path = media.write_video(tmp_path / "a.mp4", 3)
    with open_source(path, realtime=True, loop=True) as source:
        assert source.frame_count is None
        frames = list(islice(source, 8))
    assert all(media.number_of(frame.image) == frame.index % 3 for frame in frames)


def test_pictures_are_played_too(tmp_path: Path) -> None:
    with open_source(media.write_pictures(tmp_path, 1), realtime=True) as source:
        assert source.is_live
        assert source.is_stills
        assert len(list(source)) == 1
