"""`video`: the faces in films, as an annotated film, tables and shares."""

import argparse
import os
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import Progress, bar, line, message, print_json, table
from cli.parsing import add_analysis, add_command, add_json, add_unsure, free_path, named
from cli.reading import open_pipeline
from fer_core.errors import FerError
from fer_core.expressions import display_name

if TYPE_CHECKING:
    from fer_core.pipeline import FerPipeline
    from fer_core.video import VideoSource

_EXAMPLES = """\
  python main.py video clip.mp4                      the shares of the expressions
  python main.py video clip.mp4 --out results        and the film with boxes and labels
  python main.py video *.mp4 --csv --jsonl --out results --no-film
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(commands, "video", "find and read the faces in films", run, _EXAMPLES)
    parser.add_argument("films", nargs="+", metavar="FILE", help="video files")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the annotated film there")
    parser.add_argument("--no-film", action="store_true", help="no annotated film in DIR")
    parser.add_argument("--csv", action="store_true", help="write a table, one row a face a frame")
    parser.add_argument("--jsonl", action="store_true", help="write JSON Lines, one line a frame")
    add_json(parser)
    add_analysis(parser)
    add_unsure(parser)


def run(options: argparse.Namespace) -> int:
    """Reads every film; one that cannot be read does not keep the others from it."""
    pipeline = open_pipeline(options, thorough=True, lanes=os.cpu_count() or 1)
    summaries = []
    failed = False
    try:
        for film in named(options.films):
            try:
                summary, problems = _read_one(film, pipeline, options)
            except FerError as error:
                message(str(error))
                failed = True
                continue
            for problem in problems:
                message(problem)
                failed = True
            if options.json:
                summaries.append(summary)
            else:
                _print_summary(summary)
    finally:  # interrupted: the films done so far
        if options.json:
            print_json(summaries)
    return 2 if failed else 0


def _read_one(
    film: str, pipeline: "FerPipeline", options: argparse.Namespace
) -> tuple[dict[str, Any], list[str]]:
    """The summary of a film, and a sentence for each thing that is wrong with it."""
    from cli.tally import Tally
    from fer_core.analysis import analyse
    from fer_core.video import open_source
    from fer_core.video.urls import is_url

    with open_source(film) as source:
        if is_url(film):
            film = source.name  # without the password that may stand in the address
        tally, sinks = Tally(source), []
        try:
            with ExitStack() as stack:
                progress = Progress(Path(film).name)
                sinks = _sinks(stack, film, source, options)
                stack.callback(progress.close)
                sinks_and_tally = [*sinks, stack.enter_context(tally)]
                done = analyse(
                    source,
                    pipeline,
                    sinks=sinks_and_tally,
                    on_progress=lambda p: progress.update(p.frames, p.total),
                )
        except KeyboardInterrupt:
            message(_interrupted(tally.statistics.frames, sinks))
            raise
    statistics = tally.statistics
    summary = {
        "source": film,
        "frames": done.frames,
        "frames_with_face": done.with_face,
        "duration_s": round(statistics.duration_s, 3),
        "faces": tally.faces,
        "shares": {name: round(share, 4) for name, share in statistics.shares().items()},
        "files": [str(sink.path) for sink in sinks],
    }
    for note in (*source.notes, *(note for sink in sinks for note in getattr(sink, "notes", ()))):
        message(note)
    return summary, list(source.problems)


def _interrupted(frames: int, sinks: list[Any]) -> str:
    """What there is of a film that was not read to its end."""
    files = ", ".join(str(sink.path) for sink in sinks if sink.path.exists())
    kept = f"; what is done so far: {files}" if files else ""
    return f"Interrupted after {frames} {'frame' if frames == 1 else 'frames'}{kept}."


def _sinks(
    stack: ExitStack, film: str, source: "VideoSource", options: argparse.Namespace
) -> list[Any]:
    """The files that were asked for, closed by the stack; tables without --out go where we are."""
    from fer_core.analysis.films import annotated_film
    from fer_core.video.sinks import CsvSink, JsonLinesSink
    from fer_core.video.stills import StillsSource

    folder = options.out or Path()
    # The last part of an address may hold what no file of Windows can be named.
    stem = re.sub(r'[<>:"|?*]', "_", Path(film).stem) or "film"
    where = [str(path) for path in source.paths] if isinstance(source, StillsSource) else film
    sinks: list[Any] = []
    # The film first: if it cannot be made, no empty table stays behind.
    if options.out is not None and not options.no_film:
        paths = partial(free_path, folder, stem)
        sinks.append(annotated_film(stack, source, paths))
    if options.csv:
        path = stack.enter_context(free_path(folder, stem, ".csv"))
        sinks.append(stack.enter_context(CsvSink(path, where)))
    if options.jsonl:
        path = stack.enter_context(free_path(folder, stem, ".jsonl"))
        sinks.append(stack.enter_context(JsonLinesSink(path, where)))
    return sinks


def _print_summary(summary: dict[str, Any]) -> None:
    faces, frames, with_face = (summary[k] for k in ("faces", "frames", "frames_with_face"))
    line(
        f"{summary['source']}  {frames} {'frame' if frames == 1 else 'frames'}, "
        f"{summary['duration_s']:.1f} s, "
        f"{faces or 'no'} {'face' if faces == 1 else 'faces'}, "
        f"a face in {with_face} {'frame' if with_face == 1 else 'frames'}"
    )
    rows = (
        (display_name(name), f"{100 * share:.0f} %", bar(share))
        for name, share in summary["shares"].items()
    )
    table(rows, right=(1,), indent=2)
    for path in summary["files"]:
        message(f"written: {path}")
