"""How long the pipeline takes for a frame, and how many faces it finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from fer_core.benchmark.report import Figure
from fer_core.models.classifier import Classifier
from fer_core.pipeline import FerPipeline
from fer_core.types import Frame

#: Frames at the start that are not counted: the engine's first call, cold caches.
WARM_UP = 10


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """What a run over some frames gave.

    Attributes:
        total_ms: float64 (N,) for each counted frame.
        faces: int64 (N,) found in it.
        cpu_ms: mean CPU time of a frame over all threads; other programs hardly change it.
    """

    total_ms: np.ndarray
    faces: np.ndarray
    cpu_ms: float


def time_pipeline(pipeline: FerPipeline, frames: Iterable[Frame], warm_up: int = WARM_UP) -> Timing:
    """Runs all frames; making or reading them is not part of the time."""
    times: list[float] = []
    faces: list[int] = []
    cpu: list[float] = []
    for frame in frames:
        start, cpu_start = perf_counter(), process_time()
        result = pipeline.process(frame)
        times.append((perf_counter() - start) * 1e3)
        cpu.append((process_time() - cpu_start) * 1e3)
        faces.append(len(result.faces))
    skip = min(warm_up, max(len(times) - 1, 0))
    cpu_ms = float(np.mean(cpu[skip:]))
    return Timing(np.array(times[skip:]), np.array(faces[skip:], np.int64), cpu_ms)


def time_reading(classifier: Classifier, crop: np.ndarray, count: int) -> float:
    """Median time to read one face, milliseconds; mirror average included where the model asks.

    Args:
        crop: uint8 (H, W, 3) BGR.
        count: how often it is read.
    """
    times = []
    for _ in range(WARM_UP + count):
        start = perf_counter()
        classifier.predict([crop])
        times.append((perf_counter() - start) * 1e3)
    return float(np.median(times[WARM_UP:]))


def figures(
    timing: Timing,
    mean_ms: float | None = None,
    median_ms: float | None = None,
    p95_ms: float | None = None,
) -> tuple[Figure, ...]:
    """Mean, median and 95th percentile of a frame, beside their targets; and its CPU time."""
    return (
        Figure("mean", float(timing.total_ms.mean()), "ms", mean_ms),
        Figure("median", float(np.median(timing.total_ms)), "ms", median_ms),
        Figure("p95", float(np.percentile(timing.total_ms, 95)), "ms", p95_ms),
        Figure("CPU time, all threads", timing.cpu_ms, "ms"),
    )


def found(timing: Timing, expected: np.ndarray) -> tuple[Figure, ...]:
    """How many of the expected faces were found, and in how many frames there were too many.

    Args:
        expected: int (N,) faces that each frame really has.
    """
    there = expected > 0
    hits = np.minimum(timing.faces, expected)[there].sum()
    share = 100 * hits / max(expected.sum(), 1)
    phantoms = int((timing.faces > expected).sum())
    return (
        Figure("found", float(share), "%", 99.0, at_least=True),
        Figure("frames with a phantom", float(phantoms), "", 0.0),
    )
