"""What killed processes left is removed, and nothing else."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from cli import main
from fer_core import files, leftovers, paths


@pytest.fixture
def gone() -> str:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return str(child.pid)


def left(folder: Path, process: str) -> list[Path]:
    """One of each kind, as that process would have named them."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (leftovers.named(".writing") + "a.json").replace(str(os.getpid()), process)
    file.write_text("half")
    found = [file]
    for kind in (".adding", ".converting", ".training", "mimik"):
        made = folder / (leftovers.named(kind) + "b").replace(str(os.getpid()), process)
        (made / "inner").mkdir(parents=True)
        (made / "inner" / "model.bin").write_bytes(b"half")
        found.append(made)
    return found


def test_only_what_belongs_to_a_process_that_is_gone_is_deleted(tmp_path: Path, gone: str) -> None:
    ours, theirs = left(tmp_path, str(os.getpid())), left(tmp_path, gone)
    others = [
        tmp_path / name for name in ("mimik-notes.txt", ".writing", "film-1-2.mp4", ".adding")
    ]
    for path in others:
        path.touch()
        os.utime(path, (0, 0))
    leftovers.clean_folder(tmp_path)
    assert not [path for path in theirs if path.exists()]
    assert all(path.exists() for path in ours + others)


def test_what_names_no_process_of_this_computer_goes_after_a_day(tmp_path: Path, gone: str) -> None:
    sign = leftovers._computer()
    other = f"{int(sign, 16) ^ 1:04x}"
    names = (".writing-x7.json", f".converting-{gone}-{other}-x")
    old, new = ([tmp_path / (name + age) for name in names] for age in ("old", "new"))
    for path in old + new:
        path.touch()
    for path in old:
        os.utime(path, (0, 0))
    leftovers.clean_folder(tmp_path)
    assert not [path for path in old if path.exists()]
    assert all(path.exists() for path in new)


def test_a_link_is_deleted_and_not_what_it_leads_to(tmp_path: Path, gone: str) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "photo.jpg").touch()
    (path,) = (p for p in left(tmp_path, gone) if ".adding" in p.name)
    shutil.rmtree(path)
    path.symlink_to(target, target_is_directory=True)
    leftovers.clean_folder(tmp_path)
    assert not path.is_symlink()
    assert (target / "photo.jpg").exists()


def test_the_next_start_looks_through_the_apps_own_folders(
    tmp_path: Path, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    folders = (
        paths.config_dir(), paths.cache_dir(), paths.cache_dir() / "models",
        paths.user_models_dir(), paths.detectors_dir(), tmp_path / "temporary",
    )  # fmt: skip
    theirs = [path for folder in folders for path in left(folder, gone)]
    ours = [path for folder in folders for path in left(folder, str(os.getpid()))]
    assert main(["models", "list"]) == 0
    assert not [path for path in theirs if path.exists()]
    assert all(path.exists() for path in ours)


def test_writing_into_a_folder_removes_what_was_left_there(tmp_path: Path, gone: str) -> None:
    theirs = left(tmp_path / "results", gone)
    files.write_text(tmp_path / "results" / "a.csv", "x")
    assert not [path for path in theirs if path.exists()]
    assert os.listdir(tmp_path / "results") == ["a.csv"]


_KILLED = """
import os, sys
from pathlib import Path
from fer_core.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_process_that_was_killed_while_writing_left_goes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    command = [sys.executable, "-c", _KILLED, str(path)]
    subprocess.run(command, check=False, cwd=paths.PROJECT_ROOT)
    assert len(os.listdir(tmp_path)) == 1
    leftovers.clean_folder(tmp_path)
    assert os.listdir(tmp_path) == []
