"""Conversions that are ended before they are done."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fer_core.errors import ModelLoadError
from fer_core.models import convert
from tests.waiting import PATIENCE_S, until


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands for a Keras file; nobody gets to read it."""
    monkeypatch.setattr(convert.safety, "check_file", lambda path: None)
    path = tmp_path / "net.keras"
    path.touch()
    return path


def test_a_conversion_can_be_cancelled_and_leaves_nothing(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_child.py").write_text("import time\ntime.sleep(10**6)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(convert, "_CHILD", "slow_child")
    convert.cancel()  # without one nothing happens
    with ThreadPoolExecutor(1) as pool:
        converting = pool.submit(convert.engine_file, net, "keras")
        until(lambda: convert._children, "the conversion's process")
        (child,) = convert._children
        convert.cancel()
        with pytest.raises(ModelLoadError, match=r"the conversion was cancelled\.$"):
            converting.result(PATIENCE_S)
    assert child.returncode is not None, "it is over, and not tried again with TensorFlow"
    assert not convert._children
    assert not list(convert.cache_folder().iterdir())


def test_what_a_killed_conversion_left_is_deleted_once_it_is_surely_over(
    net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (convert.cache_folder() / f".converting-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "model.onnx").touch()
    os.utime(old, (0, 0))

    def run(path: Path, work: Path) -> None:
        raise ModelLoadError("That is enough.")

    monkeypatch.setattr(convert, "_run_children", run)
    with pytest.raises(ModelLoadError, match="enough"):
        convert.engine_file(net, "keras")
    assert list(convert.cache_folder().iterdir()) == [new]
