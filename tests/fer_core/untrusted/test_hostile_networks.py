"""Networks that hang or fill the memory: one sentence, and the others are looked into only once."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli import main
from fer_core.config import DEFAULT_MODEL
from fer_core.errors import ModelLoadError, OutputError, UnsafeModelError
from fer_core.models.classifier import load_classifier
from fer_core.models.library import add_model
from fer_core.untrusted import child, gate, verdicts
from fer_core.untrusted.child import Limits

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits memory")


def network(path: Path, *steps: Any, constants: dict[str, Any]) -> Path:
    """The mean of each channel @ ones, (N, 7) called g, then some steps, then softmax of l."""
    from onnx import TensorProto, helper, numpy_helper

    values = {"w": np.ones((1, 7), np.float32), **constants}
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["a"]),
        helper.make_node("Flatten", ["a"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["g"]),
        *steps,
        helper.make_node("Softmax", ["l"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 24, 24])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 7])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    opsets = [helper.make_opsetid("", 13)]
    path.write_bytes(
        helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    )
    return path


def loop(count: str, given: str, result: str, depth: int = 1) -> Any:
    """`count` turns over (1, 7), each multiplied with itself; loops in loops for a depth."""
    from onnx import TensorProto, helper

    taken, made = f"{result}.v", f"{result}.v2"
    scalars = ((f"{result}.i", TensorProto.INT64), (f"{result}.c", TensorProto.BOOL))
    body = [helper.make_node("Identity", [f"{result}.c"], [f"{result}.c2"])]
    if depth > 1:
        body.append(loop(count, taken, made, depth - 1))
    else:
        body.append(helper.make_node("Mul", [taken, taken], [made]))
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        body,
        f"{result}.body",
        [info(n, t, []) for n, t in scalars] + [info(taken, TensorProto.FLOAT, [1, 7])],
        [info(f"{result}.c2", TensorProto.BOOL, []), info(made, TensorProto.FLOAT, [1, 7])],
    )
    return helper.make_node("Loop", [count, "t", given], [result], body=graph)


def for_ever(path: Path) -> Path:
    return network(path, loop("n", "g", "l"), constants={"n": 1 << 30, "t": True})


def as_the_picture_says(path: Path) -> Path:
    """The brighter the picture, the more turns; 0…1 would end."""
    from onnx import TensorProto, helper

    count = [
        helper.make_node("ReduceMax", ["x"], ["m"], keepdims=0),
        helper.make_node("Mul", ["m", "k"], ["mk"]),
        helper.make_node("Cast", ["mk"], ["n"], to=TensorProto.INT64),
    ]
    constants = {"t": True, "k": np.float32(1e9)}
    return network(path, *count, loop("n", "g", "l"), constants=constants)


@pytest.mark.parametrize("make", [for_ever, as_the_picture_says])
def test_a_loop_without_a_near_end_is_refused(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "loop.onnx")
    with pytest.raises(UnsafeModelError) as error:
        gate.check(path)
    assert str(error.value) == (
        f"{path} has a loop that may run for ever; export the network without loops."
    )
    assert not list(tmp_path.rglob("*.json")), "it is looked into again the next time"


def test_a_loop_of_a_few_turns_is_taken(tmp_path: Path) -> None:
    path = network(tmp_path / "a.onnx", loop("n", "g", "l"), constants={"n": 3, "t": True})
    assert load_classifier(path).predict([np.zeros((24, 24), np.uint8)])


@pytest.mark.skipif(not child.CAN_LIMIT, reason="only POSIX limits a process")
def test_loops_in_loops_that_take_too_long_when_run_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "for_bytes", lambda size: Limits(3, 3 << 30, wall_s=300))
    constants = {"n": 9_999, "t": True}
    path = network(tmp_path / "loops.onnx", loop("n", "g", "l", depth=3), constants=constants)
    with pytest.raises(UnsafeModelError, match=r"is not opened: it takes more than 3 s\.$"):
        add_model(path)


@linux
def test_a_network_that_fills_the_memory_is_refused(tmp_path: Path) -> None:
    from onnx import helper

    path = network(
        tmp_path / "memory.onnx",
        helper.make_node("ConstantOfShape", ["s"], ["big"]),
        helper.make_node("ReduceMax", ["big"], ["m"], keepdims=0),
        helper.make_node("Add", ["g", "m"], ["l"]),
        constants={"s": np.array([60_000, 60_000])},
    )
    with pytest.raises(UnsafeModelError, match=r"it needs more than 3 GB of memory\.$"):
        add_model(path)


@linux
@pytest.mark.parametrize("name", ["loop.onnx", "memory.onnx"])
def test_those_that_took_everything_are_one_sentence_and_exit_code_2(
    cases_dir: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = cases_dir / "models" / name
    assert main(["models", "add", str(path), "--yes"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(str(path))


def test_a_temporary_folder_that_cannot_be_used_is_told(
    tmp_path: Path, onnx_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(onnx_file(), "a.onnx")
    for path in (onnx_file(), archive):
        with pytest.raises(OutputError, match=r"temporary folder cannot be used: .*; make room"):
            load_classifier(path)


def test_the_models_of_the_app_need_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "call", lambda *_, **__: pytest.fail("a child was started"))
    assert load_classifier(DEFAULT_MODEL).labels


def test_a_model_of_the_app_that_was_changed_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, onnx_file: Callable[..., Path]
) -> None:
    from fer_core import paths
    from fer_core.models.spec import ModelSpec

    bundled = tmp_path / "Models"
    bundled.mkdir()
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: bundled)
    folder = add_model(onnx_file(), name="own").rename(bundled / "own")
    calls: list[str] = []
    call = child.call
    monkeypatch.setattr(child, "call", lambda f, *a, **k: calls.append(f) or call(f, *a, **k))
    gate.check_folder(folder)
    assert calls == [], "its SHA-256 is the one in model.json"
    spec = ModelSpec.read(folder)
    onnx_file(folder / spec.file, classes=8)
    gate.check_folder(folder)
    assert len(calls) == 1


def test_a_model_of_ones_own_is_looked_into_once(
    tmp_path: Path, onnx_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = add_model(onnx_file(tmp_path / "net.onnx"))
    calls: list[str] = []
    call = child.call
    monkeypatch.setattr(child, "call", lambda f, *a, **k: calls.append(f) or call(f, *a, **k))
    load_classifier(folder)
    add_model(folder)
    assert calls == []
    monkeypatch.setattr(verdicts, "VERSION", verdicts.VERSION + 1)
    load_classifier(folder)
    assert len(calls) == 1, "more is checked by a newer version"


def test_a_path_may_be_relative(
    tmp_path: Path, onnx_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    onnx_file(tmp_path / "good.onnx")
    assert gate.check("good.onnx").files == (Path("good.onnx"),)
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with zipfile.ZipFile("bad.zip", "w") as archive:
        archive.write("bad.onnx")
    (tmp_path / "broken.zip").write_bytes(b"PK no archive")
    for name, says in (
        ("bad.onnx", "bad.onnx is damaged"),
        ("bad.zip", "bad.zip: bad.onnx is damaged"),
        ("broken.zip", "broken.zip cannot be unpacked"),
    ):
        with pytest.raises(ModelLoadError) as error, gate.opened(name):
            pass
        assert str(error.value).startswith(says)
    onnx_file(tmp_path / "wide.onnx", shape=("N", 5, 24, 24))
    (tmp_path / "elsewhere").mkdir()
    for path in ("wide.onnx", "elsewhere/wide.onnx"):
        facts = gate.check(path).facts
        assert isinstance(facts, str)
        assert facts.startswith(f"{path} takes an input of shape")
        if path == "wide.onnx":
            (tmp_path / path).rename(tmp_path / "elsewhere" / "wide.onnx")


def test_further_files_that_changed_are_looked_into_again(
    tmp_path: Path, onnx_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "w.bin"
    weights.write_bytes(np.ones(7, np.float32).tobytes())
    path = onnx_file(tmp_path / "net.onnx", external="w.bin")
    first = gate.check(path)
    assert first.files == (path, weights)
    calls: list[str] = []
    call = child.call
    monkeypatch.setattr(child, "call", lambda f, *a, **k: calls.append(f) or call(f, *a, **k))
    assert gate.check(path).sha256 == first.sha256
    assert calls == []
    weights.write_bytes(np.zeros(7, np.float32).tobytes())
    assert gate.check(path).sha256 != first.sha256
    assert calls
