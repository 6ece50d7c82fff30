"""Photos, folders, models, settings: no socket is opened by any of it, in Python or in C."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from fer_core.paths import PROJECT_ROOT, resources_dir
from tests.waiting import PATIENCE_S

START = (
    "import no_network, sys; no_network.forbid(); import main; sys.exit(main.main(sys.argv[1:]))"
)


def run(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    where = os.pathsep.join([str(PROJECT_ROOT), str(PROJECT_ROOT / "tests")])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": where},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:1')",
        "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)",
        "import ctypes; ctypes.CDLL(None).socket(10, 2, 0)",
        "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', "
        "'import ctypes; ctypes.CDLL(None).socket(2, 1, 0)']))",
    ],
)
def test_the_guard_notices_a_socket(attempt: str, tmp_path: Path) -> None:
    if "CDLL" in attempt:
        _needs_the_kernel()
    assert run(f"import no_network; no_network.forbid()\n{attempt}", cwd=tmp_path).returncode != 0


def test_the_guard_lets_a_display_be_reached(tmp_path: Path) -> None:
    code = "import no_network; no_network.forbid(); import socket; socket.socketpair()"
    assert run(code, cwd=tmp_path).returncode == 0


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with the portrait in several formats, and a picture that is damaged."""
    folder = tmp_path / "photos"
    folder.mkdir()
    with Image.open(resources_dir() / "Samples" / "portrait.jpg") as portrait:
        for suffix in ("jpg", "png", "webp", "tif", "gif"):
            portrait.save(folder / f"a.{suffix}")
    (folder / "damaged.jpg").write_bytes((folder / "a.jpg").read_bytes()[:900])
    return folder


def test_photos_folders_and_models(photos: Path, tmp_path: Path) -> None:
    network = resources_dir() / "Models" / "cnn-2020" / "model.keras"
    done = run(START, "image", str(photos), "--out", "out", "--json", cwd=tmp_path)
    assert (done.returncode, "damaged.jpg" in done.stderr) == (2, True), done.stderr
    for arguments in (
        ("image", str(photos / "a.png"), "--model", str(network)),  # converted in a child
        ("models", "add", str(network), "--name", "mine", "--yes"),
        ("image", str(photos / "a.png"), "--model", "mine"),
        ("models", "check", "mine"),
        ("models", "export", "mine", "--format", "keras", "--out", "mine.zip"),
        ("models", "remove", "mine"),
        ("models", "add", "mine.zip", "--name", "again"),
        ("models", "list"),
        ("models", "clean"),
        ("detectors", "list"),
    ):
        done = run(START, *arguments, cwd=tmp_path)
        assert done.returncode == 0, (arguments, done.stderr)


def test_settings_and_a_damaged_model(tmp_path: Path) -> None:
    code = """if True:
        import no_network; no_network.forbid()
        from fer_core.config import Settings, load_settings, save_settings
        save_settings(Settings(theme="dark"))
        assert load_settings() == (Settings(theme="dark"), None)
    """
    assert run(code, cwd=tmp_path).returncode == 0
    (tmp_path / "http:.keras").write_bytes(b"PK")
    assert run(START, "models", "add", "http:.keras", "--yes", cwd=tmp_path).returncode == 2


@pytest.mark.display
def test_the_window(photos: Path, tmp_path: Path, display: None) -> None:
    done = run(START, "--report-startup", str(photos), cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def _needs_the_kernel() -> None:
    sys.path.insert(0, str(PROJECT_ROOT / "tests"))
    from no_network import can_forbid

    if not can_forbid():
        pytest.skip("only Linux on x86-64 and arm64 can be asked to watch")
