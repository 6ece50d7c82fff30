"""What can only be measured on fresh processes: starts, memory; and what lies on the disk."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from time import perf_counter
from typing import Any

from fer_core import paths
from fer_core.benchmark import memory
from fer_core.benchmark.clips import portrait_path, write_clip
from fer_core.benchmark.report import Figure, Row

_MAIN = paths.PROJECT_ROOT / "main.py"


def cold_start(model: str, detector: str, runs: int) -> Row:
    """From the command to the printed result for one photo; a run before fills the caches."""
    key, what = "cold_start", "process started cold, photo to result"
    command = [sys.executable, str(_MAIN), "image", str(portrait_path()), "--json"]
    command += ["--model", model, "--detector", detector]
    times = []
    for _ in range(runs + 1):
        start = perf_counter()
        done = _run(command)
        times.append(perf_counter() - start)
        if done.returncode != 0:
            return Row(key, what, note=f"not measured: {_last_line(done.stderr)}")
    best, median = min(times[1:]), statistics.median(times[1:])
    figures = (Figure("best", best, "s", 1.2), Figure("median", median, "s", 1.2))
    return Row(key, what, figures, f"{runs} processes, one after the other, after one to warm up")


def window_start(video: Path | None) -> Row:
    """How soon the window is visible, and its first overlay on a file."""
    key, what = "window", "window after start"
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return Row(key, what, note="not measured: there is no display (xvfb-run makes one)")
    with tempfile.TemporaryDirectory() as folder:
        if video is None:
            video = Path(folder) / "clip.avi"
            write_clip(video, (640, 480), 90)
        done = _run([sys.executable, str(_MAIN), str(video), "--report-startup"])
    try:
        report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        figures = (
            Figure("visible", float(report["visible_s"]), "s", 0.7),
            Figure("first overlay", float(report["first_overlay_s"]), "s", 2.0),
        )
    except (ValueError, IndexError, KeyError, TypeError):
        return Row(key, what, note=f"not measured: {_last_line(done.stderr) or 'no report'}")
    return Row(key, what, figures, "as the window reports it, from its first line of code on")


def memory_growth(model: str, detector: str, early: int, late: int) -> Row:
    """Memory after many frames against after some."""
    key, what = "memory", f"memory after {late:,} frames"
    if not memory.can_measure():
        return Row(key, what, note="not measured: only Linux tells it")
    module = [sys.executable, "-m", "fer_core.benchmark.memory"]
    done = _run([*module, model, detector, str(early), str(late)], timeout_s=3600)
    if done.returncode != 0:
        return Row(key, what, note=f"not measured: {_last_line(done.stderr)}")
    early_mb, late_mb = json.loads(done.stdout)
    figures = (
        Figure("in all", late_mb, "MB", 400.0),
        Figure("growth", late_mb - early_mb, "MB", 10.0),
    )
    return Row(key, what, figures, f"growth since frame {early:,}; a process of its own")


def installed_size() -> Row:
    """Size of the packages of requirements.txt and of all that they need."""
    key, what = "installed", "installed size"
    sizes, missing = _sizes(_required(paths.PROJECT_ROOT / "requirements.txt"))
    note = f"{len(sizes)} packages: requirements.txt and what they need"
    if missing:
        note += f"; not installed: {', '.join(missing)}"
    return Row(key, what, (Figure("size", sum(sizes.values()) / 1e6, "MB", 1200.0),), note)


def _required(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return [name.group() for name in names if name]


def _sizes(names: list[str]) -> tuple[dict[str, int], list[str]]:
    """Bytes of each distribution, those they need included; and the names of missing ones."""
    from packaging.requirements import Requirement

    sizes: dict[str, int] = {}
    missing: list[str] = []
    todo = list(names)
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in sizes or name in missing:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        files = (Path(str(file.locate())) for file in found.files or [])
        sizes[key] = sum(file.stat().st_size for file in files if file.is_file())
        needs = map(Requirement, found.requires or [])
        todo += [r.name for r in needs if r.marker is None or r.marker.evaluate({"extra": ""})]
    return sizes, missing


def _run(command: list[str], timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command,
        cwd=paths.PROJECT_ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_s,
        check=False,
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
