"""How quickly a film is analysed into tables: decoded, searched, read, kept and written."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

from fer_core.analysis.batch import Batch, items_of, session_path
from fer_core.analysis.inputs import find_inputs
from fer_core.analysis.results import write_results
from fer_core.analysis.session import Session
from fer_core.benchmark import memory
from fer_core.benchmark.clips import FPS, one_face
from fer_core.benchmark.report import Figure, Row
from fer_core.pipeline import FerPipeline
from fer_core.video import VideoSink

#: Width and height of the films, px, and the frames a second that must be reached on two cores.
_FILMS = (((640, 360), 150.0), ((1280, 720), 60.0))
_FORMATS = ("csv", "jsonl", "parquet", "png")
_MOST_MB = 600.0


def measure(pipeline: FerPipeline, frames: int, film: Path | None = None) -> Iterator[Row]:
    """Gives a row a film as soon as it is measured.

    Args:
        pipeline: thorough, with as many lanes as there are cores.
        frames: of each film that is made here: one face, H.264, 30 a second.
        film: a film of one's own, before them.
    """
    with tempfile.TemporaryDirectory() as folder:
        if film is not None:
            yield _row(pipeline, film, Path(folder), None, film.name)
        for wh, target in _FILMS:
            made = Path(folder) / f"{wh[0]}.mp4"
            with VideoSink(made, FPS, wh) as sink:
                for frame in one_face(wh, frames):
                    sink.write_image(frame.image)
            yield _row(pipeline, made, Path(folder), target, f"{wh[0]}×{wh[1]}, one face")


def _row(pipeline: FerPipeline, film: Path, folder: Path, target: float | None, what: str) -> Row:
    items = items_of(find_inputs([str(film)])[0])
    batch = Batch(pipeline, folder / f"{film.stem}-results", _FORMATS)
    begun, cpu = perf_counter(), process_time()
    batch.run(items)
    write_results(batch, items)
    seconds, cpu_s = perf_counter() - begun, process_time() - cpu
    with Session.open(session_path(batch.folder, items[0])) as session:
        count = max(session.frame_count, 1)
    figures = [
        Figure("rate", count / seconds, "fps", target, at_least=True),
        Figure("CPU time a frame, all threads", cpu_s / count * 1e3, "ms"),
    ]
    if memory.can_measure():
        figures.append(Figure("memory at the end", memory.resident_mb(), "MB", _MOST_MB))
    note = f"{count} frames into {', '.join(_FORMATS)}; {pipeline.lanes} lanes"
    return Row(f"film_{film.stem}", f"film analysed, {what}", tuple(figures), note)
