"""Eight bits: nearly the same answers, and what is felt the most is left as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.errors import ConfigError
from fer_core.training.quantise import quantised
from tests.conftest import PROJECT_ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quantised")


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    """What `quantise_network.py` says."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("quantise_network.py")), str(folder)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_answers_stay_nearly_the_same_and_the_network_itself_is_left_alone(
    found: dict[str, Any],
) -> None:
    before, after = np.array(found["before"]), np.array(found["after"])
    assert np.abs(after - before).max() < 0.05 * np.ptp(before)
    assert not np.array_equal(after, before)
    assert found["left alone"] == found["before"]
    assert found["shapes"][0] == found["shapes"][1]


def test_first_last_depthwise_and_one_cell_kernels_stay_as_they_are(found: dict[str, Any]) -> None:
    first, second, gate, third = found["kernels"]["Convolution"]
    assert {first, gate} == {"Constant"}
    assert "Constant" not in (second, third)
    assert found["kernels"]["GroupConvolution"] == ["Constant"]
    assert found["kernels"]["MatMul"] == ["Constant"]


def test_a_file_is_written_anew_and_half_of_the_samples_say_how_much_is_the_same(
    found: dict[str, Any], folder: Path
) -> None:
    before, after = np.array(found["before"]), np.array(found["in the file"])
    agree = after.argmax(1) == before.argmax(1)
    assert found["same"] == pytest.approx(agree[1::2].mean())
    assert "FakeQuantize" in (folder / "model.xml").read_text(encoding="utf-8")
    assert sorted(item.name for item in folder.iterdir()) == ["model.bin", "model.xml"]


def test_without_nncf_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nncf", None)
    with pytest.raises(ConfigError, match="requirements-train"):
        quantised(None, [])
