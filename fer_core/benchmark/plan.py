"""All measurements, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_core.benchmark import clips, live, processes, speed
from fer_core.benchmark.report import Figure, Row
from fer_core.config import DEFAULT_DETECTOR, DEFAULT_MODEL
from fer_core.models.classifier import load_classifier
from fer_core.models.registry import ModelRegistry
from fer_core.pipeline import FerPipeline, load_pipeline
from fer_core.video import open_source

#: Targets for one face: mean, median, 95th percentile.
_ONE_FACE_MS = (8.0, 8.0, 20.0)
#: What a model may take of it.
_READING_MS = 8.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    Attributes:
        model, detector: as `load_pipeline` takes them.
        video: a file with one face, besides the clips made here.
        face_frames: first and last index of the frames of `video` that show the face; None is all.
        quick: fewer frames; the figures are less steady.
    """

    model: str = DEFAULT_MODEL
    detector: str = DEFAULT_DETECTOR
    video: Path | None = None
    face_frames: tuple[int, int] | None = None
    quick: bool = False


def measure(plan: Plan) -> Iterator[Row]:
    """Gives each row as soon as it is measured.

    Raises:
        FerError: the model, the detector or the video cannot be opened.
    """
    pipeline = load_pipeline(plan.model, plan.detector)
    count = 90 if plan.quick else 300
    yield _reading_row(plan.model, count)
    if plan.video is not None:
        yield _video_row(pipeline, plan, plan.video)
    for wh in ((640, 480), (1280, 720)):
        timing = speed.time_pipeline(pipeline, clips.one_face(wh, count))
        found = speed.found(timing, np.ones(len(timing.faces), np.int64))
        figures = speed.figures(timing, *_ONE_FACE_MS) + found
        yield Row(f"one_{wh[0]}", f"one face, {wh[0]}×{wh[1]}", figures, f"{count} frames")
    timing = speed.time_pipeline(pipeline, clips.ten_faces((1280, 720), count))
    found = speed.found(timing, np.full(len(timing.faces), 10, np.int64))
    figures = speed.figures(timing, mean_ms=25.0) + found
    yield Row("ten_1280", "ten faces, 1280×720", figures, f"{count} frames")
    yield live.measure_display(pipeline, 3.0 if plan.quick else 10.0)
    yield live.measure_swap(pipeline, lambda: load_classifier(plan.model), 4.0)
    yield processes.cold_start(plan.model, plan.detector, 2 if plan.quick else 5)
    yield processes.window_start(plan.video)
    early, late = (200, 1000) if plan.quick else (1000, 10000)
    yield processes.memory_growth(plan.model, plan.detector, early, late)
    yield processes.installed_size()


def _reading_row(model: str, count: int) -> Row:
    """The model alone, and beside it every model that comes with the app."""
    bundled = [entry.name for entry in ModelRegistry().entries() if entry.bundled and entry.spec]
    crop, read = clips.head(), []
    for name in dict.fromkeys((model, *bundled)):
        target = _READING_MS if name == model else None
        milliseconds = speed.time_reading(load_classifier(name), crop, count)
        read.append(Figure(name, milliseconds, "ms", target))
    return Row("reading", "reading one face", tuple(read), f"median of {count}, without finding it")


def _video_row(pipeline: FerPipeline, plan: Plan, video: Path) -> Row:
    with open_source(str(video)) as source:
        timing = speed.time_pipeline(pipeline, source, warm_up=0)
        w, h = source.size_wh
    index = np.arange(len(timing.faces))
    first, last = plan.face_frames or (0, len(index) - 1)
    expected = ((index >= first) & (index <= last)).astype(np.int64)
    figures = speed.figures(timing, *_ONE_FACE_MS) + speed.found(timing, expected)
    note = f"{len(index)} frames, one face expected from {first} to {last}"
    return Row("video", f"{video.name}, {w}×{h}", figures, note)
