"""Whatever the bytes: one sentence, or a model or cascade that can be run; nothing else happens."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.detection.cascade import Cascade
from fer_core.errors import DetectorError, FerError, ModelError
from fer_core.models.engine import Engine
from fer_core.untrusted import cascades, gate, onnx_files, openvino_files, tflite_files
from fer_core.untrusted.cascade_files import rewrite
from fer_core.untrusted.child import Limits
from tests.fer_core.untrusted.escapes import ir, network
from tests.fer_core.untrusted.make_cascade import make_cascade
from tests.waiting import PATIENCE_S

#: Where bytes are changed, as shares of the whole, and into what.
_CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6)
_PIECES = st.lists(st.sampled_from(["..", ".", "a", "w.bin", "C:", "", "\\", "/"]), max_size=6)
_NUMBERS = st.sampled_from(
    ["-1", "0", "1", "2", "3", "19", "20", "21", "255", "1e9", "4294967296", "0.5", ".Inf", "x", ""]
)
#: A child process for each: few in the suite.
_few = settings(max_examples=6)


def changed(data: bytes, changes: list[tuple[float, int]], cut: float = 1.0) -> bytes:
    made = bytearray(data[: max(1, round(cut * len(data)))])
    for place, byte in changes:
        made[int(place * len(made))] = byte
    return bytes(made)


def said(error: FerError, path: Path) -> None:
    text = str(error)
    assert str(path) in text
    assert "\n" not in text
    assert text.endswith(".")


@pytest.mark.fuzz
@given(changes=_CHANGES, cut=st.floats(0.5, 1))
def test_the_readers_of_networks_never_stumble(
    tmp_path: Path, changes: list[tuple[float, int]], cut: float
) -> None:
    kinds = {
        "a.onnx": (network(producer="p"), onnx_files.check),
        "a.xml": (b'<?xml version="1.0"?>' + ir(), openvino_files.check),
        "a.tflite": (b"\x1c\0\0\0TFL3" + bytes(range(120)), tflite_files.check),
    }
    for name, (data, check) in kinds.items():
        path = tmp_path / name
        path.write_bytes(changed(data, changes, cut))
        path.with_suffix(".bin").write_bytes(bytes(28))
        try:
            check(path)
        except ModelError as error:
            said(error, path)


@pytest.mark.fuzz
@given(pieces=_PIECES, between=st.sampled_from(["/", "\\", ""]), offset=st.integers(-40, 40))
def test_weights_never_lie_outside_the_folder(
    tmp_path: Path, pieces: list[str], between: str, offset: int
) -> None:
    folder = tmp_path / "model"
    (folder / "a").mkdir(parents=True, exist_ok=True)
    for place in (tmp_path, folder, folder / "a"):
        (place / "w.bin").write_bytes(bytes(28))
    path = folder / "model.onnx"
    location = between.join(pieces)
    path.write_bytes(network(location, offset=str(offset)) if location else network())
    try:
        names = onnx_files.check(path)
    except ModelError as error:
        said(error, path)
        return
    for name in names:
        assert (folder / name).resolve().is_relative_to(folder.resolve())
        assert 0 <= offset <= 28


@pytest.mark.fuzz
@_few
@given(changes=_CHANGES.filter(bool))
def test_a_network_that_passes_the_gate_can_be_run(
    tmp_path: Path, changes: list[tuple[float, int]]
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(changed(network(), changes))
    try:
        model = gate.check(path)
        Engine(model.path).run(np.zeros((1, 1, 24, 24), np.float32))
    except ModelError as error:
        said(error, path)


def _with_numbers(path: Path, numbers: list[tuple[float, str]]) -> Path:
    """A cascade with some of its numbers changed."""
    text = make_cascade(path).read_text(encoding="utf-8")
    places = [match.span() for match in re.finditer(r"(?<=[ >])-?[\d.]+(?=[ <])", text)]
    chosen = {int(share * len(places)): number for share, number in numbers}
    for index in sorted(chosen, reverse=True):
        begin, end = places[index]
        text = text[:begin] + chosen[index] + text[end:]
    path.write_text(text, encoding="utf-8")
    return path


_SOME_NUMBERS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), _NUMBERS), min_size=1, max_size=4
)


@pytest.mark.fuzz
@given(numbers=_SOME_NUMBERS, changes=_CHANGES)
def test_the_reader_of_cascades_never_stumbles(
    tmp_path: Path, numbers: list[tuple[float, str]], changes: list[tuple[float, int]]
) -> None:
    path = _with_numbers(tmp_path / "cascade.xml", numbers)
    path.write_bytes(changed(path.read_bytes(), changes))
    try:
        text = rewrite(path)
    except DetectorError as error:
        said(error, path)
        return
    path.write_text(text, encoding="utf-8")
    assert rewrite(path) == text, "what was written anew says the same"


@pytest.mark.fuzz
@_few
@given(numbers=_SOME_NUMBERS)
def test_a_cascade_that_passes_the_gate_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, numbers: list[tuple[float, str]]
) -> None:
    monkeypatch.setattr(cascades, "_LIMITS", Limits(1, 1 << 30, wall_s=PATIENCE_S))
    path = _with_numbers(tmp_path / "cascade.xml", numbers)
    try:
        rewrite(path)
    except DetectorError:
        return
    grey = np.random.default_rng(0).integers(0, 256, (120, 160), np.uint8)
    try:
        Cascade(path).groups(grey, 1.1, 2)
    except DetectorError as error:
        said(error, path)
        crashed = "broke off" in str(error)
    else:
        crashed = False
    assert not crashed, "OpenCV crashed on what the reader let through"
