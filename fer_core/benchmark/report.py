"""What a measurement gives: figures beside their targets."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

#: Version of the JSON form.
REPORT_SCHEMA = 1
_PACKAGES = ("numpy", "opencv-contrib-python", "openvino")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    Attributes:
        name: such as mean or p95.
        unit: ms, s, fps, MB, % or empty.
        target: what it must reach, or None.
        at_least: the target is a lower bound, otherwise an upper one.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        key: stable name for programs.
        what: the same for people.
        figures: empty where it could not be measured.
        note: how it was measured, or why it was not.
    """

    key: str
    what: str
    figures: tuple[Figure, ...] = ()
    note: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether all targets are reached; None without targets or figures."""
        checks = [figure.ok for figure in self.figures if figure.ok is not None]
        return all(checks) if checks else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        figures = {
            figure.name: {
                "value": round(figure.value, 3),
                "unit": figure.unit,
                "target": figure.target,
                "at_least": figure.at_least,
                "ok": figure.ok,
            }
            for figure in self.figures
        }
        return {
            "key": self.key,
            "what": self.what,
            "ok": self.ok,
            "figures": figures,
            "note": self.note,
        }


def environment() -> dict[str, Any]:
    """The machine and the versions that the figures belong to."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "missing"
    return {
        "cpus": os.cpu_count() or 1,
        "cpu": _cpu_name(),
        "load": _load(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions,
    }


def _load() -> float | None:
    """Programs that wanted a CPU in the last minute, before we start; None on Windows."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return None


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
