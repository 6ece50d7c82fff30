"""What is dear to make is made once in a session, also where several workers run it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def session_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder of this session that all its workers see."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the session, filled by `make` in whichever worker comes first.

    What lies in it belongs to all tests: copy what you change.
    """
    folder = session_folder(factory) / name
    done = folder / ".made"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            folder.mkdir(exist_ok=True)  # it is there if `make` failed in another worker
            make(folder)
            done.touch()
    return folder
