"""Native libraries' lines reach the log and not the terminal."""

import logging
import os
import sys

import pytest

from fer_core.messages import into_log

_log = logging.getLogger("test")


def test_what_is_written_past_python_is_logged(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with into_log(_log):
        os.write(2, b"E0000 cuFFT \x1b[31mfactory\n\nsecond\n")
    os.write(2, b"afterwards")
    assert capfd.readouterr().err == "afterwards"
    assert [r.getMessage() for r in caplog.records] == [r"E0000 cuFFT \x1b[31mfactory", "second"]


def test_it_ends_where_something_fails(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        with into_log(_log):
            os.write(2, b"before")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    sys.stderr.write("after")
    assert "after" in capfd.readouterr().err
    assert caplog.messages == ["before"]
