"""What `tools/breaks.py` breaks, and that it notices who notices."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "breaks.py"
MODULE = '''
"""Docstrings stay."""
LIMIT: float = 0.5


def near(a: float, b: float) -> bool:
    """Whether a lies near b."""
    return abs(a - b) < LIMIT and b > 0
'''
TEST = """
from near import LIMIT, near


def test_near():
    assert near(1.0, 1.4)
    assert near(1.4, 1.0)
    assert not near(1.0, 1.6)
    assert not near(0.0, {edge})
    assert LIMIT == 0.5
"""


def run(folder: Path, edge: str, *options: str) -> list[str]:
    (folder / "near.py").write_text(MODULE, encoding="utf-8")
    (folder / "test_near.py").write_text(TEST.format(edge=edge), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(TOOL), "near", "test_near.py", *options],
        cwd=folder, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def test_every_place_but_docstrings_and_annotations_is_broken(tmp_path: Path) -> None:
    listed = run(tmp_path, "0", "--list")
    assert "3: 0.5  →  0.75" in listed
    assert "8: abs(a - b)  →  a - b" in listed
    assert "8: abs(a - b) < LIMIT and b > 0  →  abs(a - b) < LIMIT or b > 0" in listed
    assert "8: b > 0  →  b >= 0" in listed
    assert "8: b > 0  →  b < 0" in listed
    assert not [line for line in listed if "float" in line or "Docstrings" in line]


def test_what_no_test_notices_is_listed(tmp_path: Path) -> None:
    found = run(tmp_path, "0")
    assert "8: b > 0  →  b >= 0" not in found, "0 is not greater than 0, and a test says so"
    assert "8: abs(a - b) < LIMIT and b > 0  →  abs(a - b) <= LIMIT and b > 0" not in found
    unnoticed = [line for line in found if "  →  " in line]
    assert "8: abs(a - b) < LIMIT  →  abs(a - b) <= LIMIT" in unnoticed
    assert "3: 0.5  →  0.75" not in unnoticed
    count, noticed = found[-2].split(": ")[1].split(", ")
    assert int(count.split()[0]) - int(noticed.split()[0]) == len(unnoticed)
    assert "8: b > 0  →  b >= 0" in run(tmp_path, "0.5"), "then no test stands at the edge"
