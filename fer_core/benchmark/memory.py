"""Memory of a process that analyses many frames; `python -m` runs it apart from everything else."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB after a number of frames each."""

    early_frames: int
    late_frames: int
    early_mb: float
    late_mb: float


def can_measure() -> bool:
    """True where the system tells a process its resident memory: Linux."""
    return _STATUS.exists()


def resident_mb() -> float:
    """Resident memory of this process in MB (10⁶ bytes)."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"{_STATUS} has no VmRSS")


def measure(model: str, detector: str, early_frames: int, late_frames: int) -> Memory:
    """Analyses, draws and counts one-face frames as the window does; `late` counts from the start.

    Raises:
        FerError: the model or detector cannot be used.
    """
    from fer_core.benchmark.clips import one_face
    from fer_core.overlay import annotate
    from fer_core.pipeline import load_pipeline
    from fer_core.statistics import StreamStatistics

    pipeline = load_pipeline(model, detector)
    statistics = StreamStatistics()
    early_mb = 0.0
    for frame in one_face((640, 480), late_frames):
        result = pipeline.process(frame)
        annotate(frame.image, result)
        statistics.add(result)
        if frame.index + 1 == early_frames:
            early_mb = resident_mb()
    return Memory(early_frames, late_frames, early_mb, resident_mb())


if __name__ == "__main__":
    measured = measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps([measured.early_mb, measured.late_mb]))
