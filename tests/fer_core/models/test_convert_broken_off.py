"""Conversions that are ended before they are done, or cannot be done: what is so is said."""

import shutil
from collections import namedtuple
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fer_core.errors import ModelLoadError
from fer_core.models import convert
from fer_core.untrusted import child
from fer_core.untrusted.gate import CheckedModel
from tests.fer_core.models.builders import unchecked
from tests.waiting import PATIENCE_S, until

Stand = Callable[[str], None]


@pytest.fixture
def net(tmp_path: Path) -> CheckedModel:
    """What stands for a Keras file; nobody gets to read it."""
    path = tmp_path / "net.keras"
    path.write_bytes(b"PK")
    return unchecked(path)


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Puts a function in the place of the one that converts, in the child process."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(convert, "_CHILD", "stand_in:convert")

    def put(body: str) -> None:
        text = f"def convert(path, target, backend):\n    {body}\n"
        (tmp_path / "stand_in.py").write_text(text, encoding="utf-8")

    return put


def refused(net: CheckedModel) -> str:
    with pytest.raises(ModelLoadError) as error:
        convert.engine_file(net)
    assert not list(convert.cache_folder().iterdir()), "nothing is left"
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_conversion_can_be_cancelled_and_leaves_nothing(
    net: CheckedModel, converter: Stand
) -> None:
    converter("import time; time.sleep(10**6)")
    with ThreadPoolExecutor(1) as pool:
        converting = pool.submit(refused, net)
        until(lambda: child._running, "the conversion's process")
        (process,) = child._running
        child.cancel()
        assert converting.result(PATIENCE_S).endswith("the conversion was cancelled.")
    assert process.returncode is not None, "it is over, and not tried again with TensorFlow"
    assert not child._running


def test_a_full_disk_is_told(net: CheckedModel, converter: Stand) -> None:
    """As Python's own files, h5py and zipfile tell it; TensorFlow has nothing to do with it."""
    converter(
        "from fer_core.models._convert_child import _problem;"
        " return _problem('x', OSError(28, 'No space left on device'))"
    )
    assert refused(net) == (
        f"{net.path} cannot be converted, because the disk with {convert.cache_folder()} is full; "
        "make room there and try again."
    )


def test_a_full_disk_is_told_where_nobody_noticed(
    net: CheckedModel, converter: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenVINO writes what fits and says nothing; then its own file cannot be read."""
    converter("return {'error': 'the conversion cannot be run'}")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9, 9, 4096))
    assert "is full; make room" in refused(net)


def test_too_little_memory_is_told(net: CheckedModel, converter: Stand) -> None:
    converter("raise MemoryError")
    assert refused(net) == f"{net.path}: it needs more than 4 GB of memory."


@pytest.mark.parametrize("installed", [True, False])
def test_only_what_keras_backend_cannot_do_leads_to_tensorflow(
    net: CheckedModel, converter: Stand, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr(convert.importlib.util, "find_spec", lambda _: installed or None)
    converter("return {'error': f'no {backend} way'}")
    said = refused(net)
    if installed:
        assert said.endswith("no openvino way; and with TensorFlow: no tensorflow way.")
    else:
        assert "without TensorFlow (no openvino way); pip install" in said
    converter("return {'error': 'Keras cannot open it', 'final': 'yes'}")
    assert refused(net) == f"{net.path}: Keras cannot open it."
