"""Many photos and films, one after the other, into a folder of results.

```
FOLDER/
  sessions/      one file a film, one for all photos: what --resume goes on with
  films/         annotated copies                     timelines/    pictures of each film
  faces.csv, faces.jsonl, faces.parquet               photos-1.jpg  contact sheets
  summary.json
```

Tables are written from the sessions in the order of the inputs, so they are the same whatever came
first and whoever worked on it.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.analysis import schema
from fer_core.analysis.about import Conditions, Origin, conditions_of, origin_of
from fer_core.analysis.inputs import Input
from fer_core.analysis.run import Progress, analyse
from fer_core.analysis.session import Session
from fer_core.errors import OutputError, SessionError, SourceError
from fer_core.files import check_writable
from fer_core.video.source import open_source
from fer_core.video.stills import StillsSource

if TYPE_CHECKING:
    from fer_core.pipeline import FerPipeline
    from fer_core.video.base import VideoSource
    from fer_core.video.film_sink import VideoSink

#: What can be written, besides sessions and the summary.
FORMATS = ("csv", "jsonl", "parquet", "png", "svg", "film", "sheet")
PHOTOS = "photos"
DONE, FAILED, STOPPED = "done", "failed", "stopped"


@dataclass(slots=True)
class Item:
    """A film, or all photos together, and what became of it.

    Attributes:
        name: path as given; `PHOTOS` for the photos.
        inputs: the one film, or the photos.
        stem: of the names of its files.
        status: `DONE`, `FAILED` (nothing of it could be read), `STOPPED` (not to its end).
        problems, notes: sentences for a person.
        files: what was written for it alone.
        reused: an earlier analysis of the same file under the same conditions was taken.
    """

    name: str
    inputs: list[Input]
    stem: str
    status: str = STOPPED
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    reused: bool = False

    @property
    def is_photos(self) -> bool:
        """Whether it is the photos."""
        return self.inputs[0].is_photo


@dataclass(frozen=True, slots=True)
class Step:
    """How far a batch is: the item, and how far that is."""

    item: Item
    number: int
    items: int
    progress: Progress


def items_of(inputs: Sequence[Input]) -> list[Item]:
    """The films, each for itself, and behind them the photos together."""
    photos = [one for one in inputs if one.is_photo]
    films = [Item(one.shown, [one], one.stem) for one in inputs if not one.is_photo]
    return [*films, Item(PHOTOS, photos, PHOTOS)] if photos else films


def session_path(folder: Path, item: Item) -> Path:
    """Where the session of an item lies."""
    stem = f"film-{PHOTOS}" if item.stem == PHOTOS and not item.is_photos else item.stem
    return folder / "sessions" / f"{stem}{schema.SUFFIX}"


class Batch:
    """Analyses items into a folder.

    Args:
        pipeline: made with `thorough=True`.
        folder: of the results; made if it is not there.
        formats: of `FORMATS`.
        resume: go on with what lies there: what is complete is taken, photos go on where they
            were, a film that was broken off is begun anew.
        on_step: called after every frame.
        stop: set it from another thread to end early.

    Raises:
        OutputError: the folder cannot be written, or holds results already and `resume` is false.
    """

    def __init__(
        self,
        pipeline: "FerPipeline",
        folder: Path,
        formats: Sequence[str],
        *,
        resume: bool = False,
        on_step: Callable[[Step], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.folder = folder
        self.formats = frozenset(formats)
        self._pipeline, self._on_step, self._stop = pipeline, on_step, stop
        self.conditions: Conditions = conditions_of(pipeline)
        if not resume and (folder / "sessions").exists():
            raise OutputError(
                f"{folder} holds the results of an earlier analysis; go on with it by --resume, or "
                "choose another folder."
            )
        check_writable(folder / "sessions")

    def run(self, items: Sequence[Item]) -> None:
        """Analyses one item after the other; one that cannot be read does not stop the others.

        Raises:
            OutputError: results cannot be written; what is written so far stays.
        """
        for number, item in enumerate(items, start=1):
            if self._stop is not None and self._stop.is_set():
                return
            try:
                self._run_one(item, number, len(items))
            except SourceError as error:
                item.problems.append(str(error))
                item.status = FAILED
                if self._is_empty(item):
                    schema.delete(session_path(self.folder, item))

    def _run_one(self, item: Item, number: int, items: int) -> None:
        with self._opened(item) as source, ExitStack() as stack:
            origin = origin_of(source)
            session = stack.enter_context(self._session(item, origin))
            item.reused = session.is_complete
            if session.is_complete:
                self._film_again(item, source, session)
                item.status, item.problems = DONE, list(session.problems)
                return
            if session.newest >= 0:
                source.seek(session.newest + 1)
            sinks = self._film(stack, item, source)
            outcome = analyse(
                source,
                self._pipeline,
                session,
                sinks=sinks,
                on_progress=lambda progress: self._tell(Step(item, number, items, progress)),
                stop=self._stop,
            )
            item.status = STOPPED if outcome.stopped else DONE
            item.problems = list(session.problems if item.status == DONE else source.problems)
            item.notes += source.notes
            for sink in sinks:
                item.notes += sink.notes

    def _opened(self, item: Item) -> "AbstractContextManager[VideoSource]":
        if item.is_photos:
            return StillsSource([one.path for one in item.inputs], PHOTOS, tolerant=True)
        return open_source(item.inputs[0].path)

    def _session(self, item: Item, origin: Origin) -> Session:
        """The session that is there if it still holds, otherwise a new one."""
        path = session_path(self.folder, item)
        if path.exists():
            try:
                session = Session.open(path)
            except SessionError as error:
                item.notes.append(f"{error} It is analysed anew.")
            else:
                same = session.conditions == self.conditions and bool(origin.sha256)
                same = same and session.origin.sha256 == origin.sha256
                if same and (session.is_complete or item.is_photos):
                    return session
                session.close()
            schema.delete(path)
        return Session.create(path, origin, self.conditions)

    def _film(self, stack: ExitStack, item: Item, source: "VideoSource") -> list["VideoSink"]:
        """The annotated copy, where one is wanted."""
        if "film" not in self.formats or item.is_photos:
            return []
        from fer_core.analysis.films import annotated_film

        sink = annotated_film(stack, source, lambda suffix: nullcontext(self._copy(item, suffix)))
        item.files.append(sink.path)
        return [sink]

    def _film_again(self, item: Item, source: "VideoSource", session: Session) -> None:
        """Makes the annotated copy of a film whose session was taken, where it is missing."""
        if "film" not in self.formats or item.is_photos:
            return
        there = [self._copy(item, suffix) for suffix in (".mp4", ".avi")]
        found = next((path for path in there if path.is_file()), None)
        if found is not None:
            item.files.append(found)
            return
        from fer_core.analysis.films import render

        try:
            with ExitStack() as stack:
                (sink,) = self._film(stack, item, source)
                render(source, session, sink)
        except BaseException:  # what was broken off is not left as if it were whole
            for path in item.files:
                path.unlink(missing_ok=True)
            item.files.clear()
            raise

    def _copy(self, item: Item, suffix: str) -> Path:
        return self.folder / "films" / f"{item.stem}{suffix}"

    def _is_empty(self, item: Item) -> bool:
        try:
            with Session.open(session_path(self.folder, item)) as session:
                return session.frame_count == 0
        except (SessionError, OutputError):
            return False

    def _tell(self, step: Step) -> None:
        if self._on_step is not None:
            self._on_step(step)
