"""Fixtures that all tests share."""

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.fuzzing import pytest_pyfunc_call as pytest_pyfunc_call  # a hook, and the profiles
from tests.waiting import PATIENCE_S

PROJECT_ROOT = Path(__file__).resolve().parent.parent
_PASSED = pytest.StashKey[bool]()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that the app writes lands in a folder of this test."""
    home = tmp_path / "mimik-home"
    monkeypatch.setenv("MIMIK_HOME", str(home))
    return home


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Lets fixtures know that the test itself has passed."""
    yield
    item.stash[_PASSED] = True


@pytest.fixture(autouse=True)
def nothing_left_behind(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fails a test that leaves a thread running or logs an error; `caplog.clear()` allows one."""
    before = set(threading.enumerate())
    yield
    if not request.node.stash.get(_PASSED, False):
        return  # it broke off, and left what it would have ended
    left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    for thread in left:
        thread.join(timeout=PATIENCE_S)
    assert not [t.name for t in left if t.is_alive()], "threads still running"
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, f"errors were logged: {errors}"


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    """A display: the machine's own, or a virtual one started for these tests."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("needs a display, or Xvfb to make one: install the package xvfb")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    os.environ["DISPLAY"] = ":" + server.stdout.readline().strip()
    yield
    del os.environ["DISPLAY"]
    server.terminate()
    server.wait(timeout=PATIENCE_S)
    server.stdout.close()


@pytest.fixture(autouse=True)
def display_where_marked(request: pytest.FixtureRequest) -> None:
    """Tests marked `display` get one."""
    if request.node.get_closest_marker("display"):
        request.getfixturevalue("display")


def _shared(name: str) -> Path:
    data = os.environ.get("MIMIK_DATA")
    folder = Path(data).parent if data else PROJECT_ROOT.parent / "shared"
    path = (Path(data) if data else folder / "data") if name == "data" else folder / name
    if not path.is_dir():
        pytest.skip(f"needs the folder {name!r} of the shared data; MIMIK_DATA names its place")
    return path


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """FER2013, FERPlus, RAF-DB; skips where they are missing."""
    return _shared("data")


@pytest.fixture(scope="session")
def media_dir() -> Path:
    """Videos and pictures with faces; skips where they are missing."""
    return _shared("media")


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    """YuNet and a legacy Keras file; skips where they are missing."""
    return _shared("weights")


@pytest.fixture(scope="session")
def cases_dir() -> Path:
    """Small inputs that went wrong once; skips where they are missing."""
    return _shared("cases")


@pytest.fixture(scope="session")
def portrait() -> np.ndarray:
    """uint8 (512, 512, 3) BGR: a NASA portrait in the public domain, from scikit-image."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[:, :, ::-1])
