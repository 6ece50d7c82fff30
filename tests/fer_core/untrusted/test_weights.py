"""Weight files of other people: read by a child, and refused in one sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fer_core.errors import ModelLoadError, UnsafeModelError
from fer_core.untrusted import weights
from fer_core.untrusted.child import Limits

KERNEL = np.arange(24, dtype=np.float32).reshape(4, 6)
BIAS = np.linspace(-1, 1, 6).astype(np.float64)
WANTED: dict[str, list[tuple[int, ...]]] = {"conv_bn": [(6,)], "dense": [(4, 6), (6,)]}


def written(path: Path, change: Callable[[Any], Any] = lambda file: None) -> Path:
    """A file of two layers, one with a slash in its name, and one that nobody wants."""
    with h5py.File(path, "w") as file:
        layers = {"dense": (KERNEL, BIAS), "conv/bn": (BIAS,), "other": (KERNEL,)}
        for name, numbers in layers.items():
            group = file.create_group(name)
            names = [f"{name}/{place}:0" for place in range(len(numbers))]
            group.attrs["weight_names"] = np.array([one.encode() for one in names], "S")
            for one, array in zip(names, numbers, strict=True):
                group[one] = array
        file.attrs["layer_names"] = np.array([name.encode() for name in layers], "S")
        change(file)
    return path


def test_the_wanted_layers_come_in_the_wanted_order_as_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.h5")
    monkeypatch.setattr(h5py, "File", lambda *_: pytest.fail("it was opened outside the child"))
    found = weights.arrays(path, WANTED)
    assert list(found) == ["conv_bn", "dense"]
    np.testing.assert_array_equal(found["dense"][0], KERNEL)
    np.testing.assert_array_equal(found["dense"][1], BIAS.astype(np.float32))
    np.testing.assert_array_equal(found["conv_bn"][0], BIAS.astype(np.float32))
    assert {array.dtype for some in found.values() for array in some} == {np.dtype(np.float32)}


UNSAFE: dict[str, Callable[[Any], Any]] = {
    "a link to another file": lambda f: f.__setitem__("x", h5py.ExternalLink("b.h5", "/dense")),
    "a link inside": lambda f: f.__setitem__("x", h5py.SoftLink("/dense")),
    "bytes of another file": lambda f: f.create_dataset(
        "x", (4,), "u1", external=[("secret.txt", 0, h5py.h5f.UNLIMITED)]
    ),
    "4 TB of nothing": lambda f: f.create_dataset("x", (1 << 40,), "f4", chunks=(1024,)),
}
WRONG: dict[str, Callable[[Any], Any]] = {
    "no list of layers": lambda f: f.attrs.__delitem__("layer_names"),
    "a list of numbers": lambda f: f.attrs.__setitem__("layer_names", 3),
    "a layer that is not there": lambda f: f.__delitem__("dense"),
    "a layer that is no group": lambda f: (f.__delitem__("dense"), f.__setitem__("dense", 3)),
    "weights that are words": lambda f: (
        f.__delitem__("dense/dense/1:0"), f.__setitem__("dense/dense/1:0", [b"word"] * 6)
    ),
    "weights that are a group": lambda f: (
        f.__delitem__("dense/dense/1:0"), f.create_group("dense/dense/1:0")
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error"),
    [
        *(pytest.param(c, UnsafeModelError, id=name) for name, c in UNSAFE.items()),
        *(pytest.param(c, ModelLoadError, id=name) for name, c in WRONG.items()),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_file_as_it_was_named(
    change: Callable[[Any], Any],
    error: type[Exception],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret.txt").write_bytes(b"none of your business")
    with pytest.raises(error, match=r"^a\.h5 ") as caught:
        weights.arrays(written(Path("a.h5"), change), WANTED)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"fc6": [(4, 6)]}, "no layer 'fc6'"),
        ({"dense": [(6, 4), (6,)]}, "layer 'dense' has shapes"),
        ({"dense": [(4, 6)]}, "layer 'dense' has shapes"),
    ],
)
def test_another_networks_file_is_named(
    wanted: dict[str, list[tuple[int, ...]]], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelLoadError, match=said):
        weights.arrays(written(tmp_path / "a.h5"), wanted)


@pytest.mark.parametrize(
    ("task", "error", "said"),
    [
        ("compute_for_ever", UnsafeModelError, "is not opened: it takes more than"),
        ("take", UnsafeModelError, "is not opened: it needs more than"),
        ("crash", ModelLoadError, "is damaged"),
    ],
)
def test_a_reader_that_hangs_eats_memory_or_crashes_takes_down_its_child_alone(
    task: str, error: type[Exception], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.h5")
    monkeypatch.setattr(weights, "_LOOK", f"tests.fer_core.untrusted.child_tasks:{task}")
    monkeypatch.setattr(Limits, "for_bytes", lambda size: Limits(seconds=1, memory=1 << 30))
    with pytest.raises(error, match=said):
        weights.arrays(path, WANTED)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.h5")
    with pytest.raises(ModelLoadError, match=r"pipe\.h5 is no Keras weight file"):
        weights.arrays(tmp_path / "pipe.h5", WANTED)
