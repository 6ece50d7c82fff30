"""The child runner: its limits hold, and nothing of it stays."""

import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fer_core import paths
from fer_core.errors import UnsafeModelError
from fer_core.untrusted import child
from fer_core.untrusted.child import ChildError, Limits, call
from tests.waiting import PATIENCE_S, until

TASKS = "tests.fer_core.untrusted.child_tasks"
SMALL = Limits(seconds=10, memory=1 << 30, wall_s=PATIENCE_S)
posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX limits a process")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits memory")


def failing(function: str, limits: Limits = SMALL, **arguments: Any) -> ChildError:
    with pytest.raises(ChildError) as error:
        call(f"{TASKS}:{function}", arguments, limits)
    return error.value


def alive(process: int) -> bool:
    """Whether it still runs; one that has ended and that nobody has asked about yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_function_is_called_and_what_it_prints_goes_to_the_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO, "fer_core.untrusted.child"):
        assert call(f"{TASKS}:add", {"a": 1, "b": 2}, SMALL) == {"sum": 3}
    assert capfd.readouterr() == ("", "")
    said = [record.getMessage() for record in caplog.records]
    assert any("a library's message" in line for line in said)
    assert any("another one" in line for line in said)


def test_our_own_errors_come_back_as_they_were() -> None:
    with pytest.raises(UnsafeModelError, match=r"^x\.onnx is bad\.$"):
        call(f"{TASKS}:refuse", {}, SMALL)


def test_other_errors_are_half_a_sentence_on_one_line() -> None:
    error = failing("stumble")
    assert error.kind == "failed"
    assert error.reason == r"KeyError: 'no\nsuch key'"


@posix
def test_a_crash_is_told() -> None:
    error = failing("crash")
    assert (error.kind, error.reason) == ("crash", "its reader broke off on it (exit code -11)")


@posix
def test_processor_time_is_limited() -> None:
    error = failing("compute_for_ever", Limits(seconds=1, memory=1 << 30, wall_s=PATIENCE_S))
    assert (error.kind, error.reason) == ("time", "it takes more than 1 s")


def test_time_on_the_clock_is_limited(tmp_path: Path) -> None:
    limits = Limits(seconds=10, memory=1 << 30, wall_s=1.5)
    error = failing("sleep_for_ever", limits, mark=str(tmp_path / "mark"))
    assert (error.kind, error.reason) == ("time", "it takes more than 1.5 s")


@linux
def test_memory_is_limited() -> None:
    error = failing("take", gigabytes=2)
    assert (error.kind, error.reason) == ("memory", "it needs more than 1 GB of memory")
    assert call(f"{TASKS}:take", {"gigabytes": 0}, SMALL) == 0


def test_an_answer_that_is_too_long_is_none() -> None:
    assert failing("answer_too_much").kind == "crash"


def test_a_child_can_be_cancelled(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    child.cancel()  # without one nothing happens
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failing, "sleep_for_ever", mark=str(mark))
        until(mark.exists)
        child.cancel()
        assert waiting.result(PATIENCE_S).kind == "cancelled"
    assert not child._running


_PARENT = f"""
import sys
from fer_core.untrusted.child import Limits, call
call("{TASKS}:sleep_for_ever", {{"mark": sys.argv[1]}}, Limits(10, 1 << 30))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to look at processes")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path, how: str) -> None:
    mark = tmp_path / "mark"
    command = [sys.executable, "-c", _PARENT, str(mark)]
    with subprocess.Popen(command, cwd=paths.PROJECT_ROOT, stderr=subprocess.DEVNULL) as parent:
        until(lambda: mark.exists() and mark.read_text())
        process = int(mark.read_text())
        assert alive(process)
        parent.send_signal(getattr(signal, how))
    until(lambda: not alive(process))


def test_the_pipe_alone_ends_a_child_too(tmp_path: Path) -> None:
    """Where the system does not tell a process that its parent is gone."""
    script = (
        "import time; from fer_core.untrusted import _child; import threading;"
        "threading.Thread(target=_child._wait_for_parent, daemon=True).start(); time.sleep(10**6)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=paths.PROJECT_ROOT, stdin=subprocess.PIPE
    ) as waiting:
        assert waiting.stdin is not None
        waiting.stdin.close()
        assert waiting.wait(PATIENCE_S) == 1
