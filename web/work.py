"""What a job does, in its child process: the upload is decoded nowhere else.

Whatever it makes lies in the folder that it was given: the result as JSON, the session, and files
to download. How far it is, it writes into progress.json.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import cv2

import fer_core
from fer_core.analysis import Progress, analyse, conditions_of, new_session, origin_of
from fer_core.analysis.session import Session
from fer_core.errors import OutputError, SourceOpenError
from fer_core.files import write_text
from fer_core.overlay import annotate
from fer_core.types import Frame
from fer_core.video.base import VideoSource
from fer_core.video.film_sink import VideoSink
from fer_core.video.images import read_photo
from fer_core.video.sinks import CsvSink, JsonLinesSink, Sink
from web.uploads import FILES, PROGRESS, RESULT

_EVERY_S = 0.3


def photo(folder: str, upload: str, name: str, model: str, detector: str, most_px: int) -> None:
    """Reads a photo; see `film`."""
    place = Path(folder)
    found = _named(read_photo, place / upload, name)
    if found.full_wh[0] * found.full_wh[1] > most_px:
        raise SourceOpenError(
            f"{name} has {found.full_wh[0]} × {found.full_wh[1]} px and up to "
            f"{most_px / 1e6:.0f} megapixels are taken here; save it smaller."
        )
    pipeline = fer_core.load_pipeline(model, detector, thorough=True)
    frame = Frame(found.image, 0, 0.0, found.full_wh)
    result = pipeline.process(frame)
    drawn = annotate(found.image, result.resized(frame.wh))
    _write_jpeg(place / FILES["picture"], drawn)
    _write_jpeg(place / FILES["plain"], found.image)
    with CsvSink(place / FILES["csv"], name) as table:
        table.write(frame, result)
    write_text(place / FILES["json"], json.dumps(result.to_dict(name), indent=2) + "\n")
    _write(place, {"kind": "photo", "result": result.to_dict(name)})


def film(folder: str, upload: str, name: str, model: str, detector: str, most_s: float) -> None:
    """Analyses a film as window and command line do.

    Args:
        folder: of the job.
        upload: the file in it.
        name: what the visitor calls it; said in messages and tables, never used as a path.
        model, detector: names.
        most_s: a longer film is refused.

    Raises:
        SourceOpenError: it cannot be read, or is too long.
        OutputError: the results cannot be written.
    """
    with suppress(OSError, AttributeError):
        os.nice(10)  # live pictures go first
    place = Path(folder)
    pipeline = fer_core.load_pipeline(model, detector, thorough=True)
    with ExitStack() as closing:
        source = closing.enter_context(_named(fer_core.open_source, place / upload, name))
        if (source.duration_s or 0.0) > most_s:
            raise SourceOpenError(
                f"{name} takes {source.duration_s:.0f} s and up to {most_s:.0f} s are taken here; "
                "cut it, or use Mimik's window or command line."
            )
        session = closing.enter_context(
            new_session(origin_of(source), conditions_of(pipeline), place)
        )
        sinks: list[Sink] = [
            closing.enter_context(CsvSink(place / FILES["csv"], name)),
            closing.enter_context(JsonLinesSink(place / FILES["json"], name)),
            closing.enter_context(
                VideoSink(place / FILES["video"], source.fps or 25.0, source.size_wh, annotate)
            ),
        ]
        analyse(source, pipeline, session, sinks=sinks, on_progress=_Said(place, name, most_s))
        _write(place, _film_result(session, source, name))


class _Said:
    """Writes how far it is, a few times a second."""

    def __init__(self, place: Path, name: str, most_s: float) -> None:
        self._place, self._name, self._most_s, self._next_s = place, name, most_s, 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.time_s > self._most_s:  # its header had promised less
            raise SourceOpenError(
                f"{self._name} takes more than {self._most_s:.0f} s; cut it, or use Mimik's window "
                "or command line."
            )
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + _EVERY_S
        share = None if not progress.total else min(1.0, progress.frames / progress.total)
        said = {"frames": progress.frames, "share": share, "left_s": progress.left_s}
        write_text(self._place / PROGRESS, json.dumps(said))


def _film_result(session: Session, source: VideoSource, name: str) -> dict[str, Any]:
    persons, path = [], getattr(source, "path", name)
    for person in session.persons():
        label = max(person.shares, key=lambda key: person.shares[key], default="")
        persons.append(
            {
                "number": person.number,
                "first_s": round(person.first_s, 3),
                "last_s": round(person.last_s, 3),
                "seconds": round(person.seconds, 3),
                "label": label,
                "shares": {key: round(value, 4) for key, value in person.shares.items()},
                "bands": [
                    [round(span.start_s, 3), round(span.end_s, 3), span.label]
                    for span in session.bands(person.number)
                ],
            }
        )
    return {
        "kind": "film",
        "name": name,
        "model": session.conditions.model,
        "duration_s": session.duration_s or source.duration_s,
        "wh": list(source.size_wh),
        "persons": persons,
        "problems": [problem.replace(str(path), name) for problem in source.problems],
    }


def _named(open_it: Callable[[Path], Any], path: Path, name: str) -> Any:
    """What opening gives; an error names the file as the visitor does, not where it lies here."""
    try:
        return open_it(path)
    except SourceOpenError as error:
        raise SourceOpenError(str(error).replace(str(path), name)) from error


def _write_jpeg(path: Path, image: Any) -> None:
    worked, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not worked:
        raise OutputError("The result picture cannot be made.")
    path.write_bytes(data.tobytes())


def _write(place: Path, result: dict[str, Any]) -> None:
    write_text(place / RESULT, json.dumps(result))
