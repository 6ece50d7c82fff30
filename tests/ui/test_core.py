"""The real core without a window: videos, recordings, and what goes wrong in between."""

import time

import cv2
import numpy as np
import pytest

from ui.core import RealCore


@pytest.fixture
def core():
    made = RealCore()
    yield made
    made.stop()


def until(condition, limit_s=60.0):
    """Waits until something is so."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def write_film(path, fps, count):
    """A grey film; gives its path."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 48))
    for index in range(count):
        writer.write(np.full((48, 64, 3), index % 200, np.uint8))
    writer.release()
    return str(path)


def shown(core):
    """Index of the frame that stands there, or -1."""
    present = core._stage.present()
    return present.frame.index if present is not None else -1


@pytest.mark.parametrize("fps", [5, 60])
def test_one_frame_back_is_one_frame_whatever_the_rate(core, tmp_path, fps):
    core.open_video(write_film(tmp_path / "film.avi", fps, 40))
    until(lambda: shown(core) >= 0)
    core.play(False)
    core._stage.session.seek(20 / fps)
    until(lambda: shown(core) == 20)
    time.sleep(0.5)  # the measured rate falls while a video is paused
    for index in (19, 18, 17, 16, 15):
        core.step(-1)
        until(lambda index=index: shown(core) == index, 5)
