"""A user without HOME whom the system does not know, as in some containers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fer_core import paths
from fer_core.config import Settings, load_settings, save_settings
from fer_core.detection import download_yunet
from fer_core.errors import ConfigError
from tests.waiting import PATIENCE_S

ROOT = paths.PROJECT_ROOT
#: Has the system know nobody, then starts Mimik as `python main.py` does.
UNKNOWN = """
import pwd, sys
def nobody(*_): raise KeyError("no such user")
pwd.getpwuid = pwd.getpwnam = nobody
import main
sys.exit(main.main(sys.argv[1:]))
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows always has a home")


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if k not in ("HOME", "MIMIK_HOME")}
    keep = {k: v for k, v in keep.items() if not k.startswith("XDG_")}
    return subprocess.run(
        [sys.executable, "-c", UNKNOWN, *arguments],
        cwd=cwd,
        env={**keep, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize("home", [{}, {"HOME": ""}])
def test_the_command_line_goes_on_with_one_sentence(home, tmp_path):
    own = tmp_path / "tmp"
    own.mkdir()
    photo = ROOT / "Resources" / "Samples" / "portrait.jpg"
    done = start("image", str(photo), cwd=tmp_path, TMPDIR=str(own), **home)
    assert done.returncode == 0, done.stderr
    assert "1 face" in done.stdout
    assert done.stderr == paths.NO_HOME + "\n"
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"], "no folder called ~"
    assert not list(own.glob("mimik-*")), "what was there for this run is gone"


def test_nothing_is_added_that_would_be_gone(tmp_path):
    model = ROOT / "Resources" / "Models" / "cnn-2020"
    done = start("models", "add", str(model), "--name", "mine", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [paths.NO_HOME, f"{paths.NO_HOME} Nothing was written."]


def test_a_folder_that_is_named_is_taken(tmp_path):
    done = start("models", "list", cwd=tmp_path, MIMIK_HOME=str(tmp_path / "home"))
    assert (done.returncode, done.stderr.count(paths.NO_HOME)) == (0, 0)


@pytest.fixture
def homeless(monkeypatch):
    def nobody(*_, **__):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("MIMIK_HOME")
    monkeypatch.setattr(paths.platformdirs, "user_config_path", nobody)
    paths._of_this_run.cache_clear()
    yield
    paths._of_this_run.cache_clear()


def test_settings_are_the_defaults_and_cannot_be_kept(homeless):
    assert load_settings() == (Settings(), paths.NO_HOME)
    with pytest.raises(ConfigError, match="Nothing was written"):
        download_yunet()
    with pytest.raises(ConfigError, match=r"has no home folder.*Nothing was written"):
        save_settings(Settings(theme="dark"))


def test_with_a_home_nothing_is_said(own_home):
    assert paths.has_home()
    paths.check_home()
    assert load_settings() == (Settings(), None)


@pytest.mark.display
def test_the_window_says_it_and_goes_on(tmp_path, display):
    done = start("--report-startup", str(ROOT / "Resources/Samples/portrait.jpg"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert '"first_overlay_s"' in done.stdout
