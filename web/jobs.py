"""Photos and films that visitors have uploaded: each is a job, and each job a private folder.

One job is worked on at a time, in a child process; the others wait in the order in which they came.
A job belongs to the visitor who sent it. After an hour it is deleted with all its files, and with
the server all of them are.
"""

import contextlib
import json
import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fer_core.errors import FerError, OutputError
from fer_core.leftovers import named
from fer_core.names import plain
from fer_core.untrusted import child
from fer_core.untrusted.child import Call, ChildError, Limits
from web.config import WebConfig
from web.problems import Problem, as_problem
from web.uploads import FILES, PROGRESS, RESULT

_log = logging.getLogger(__name__)
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
_MEMORY = 4 << 30
#: Processor time for a second of film, and for the rest.
_A_SECOND_S, _REST_S = 20.0, 300.0
_TIDY_S = 15.0
_MAX_NAME = 80


@dataclass(slots=True, eq=False)
class Job:
    """One upload.

    Attributes:
        id: that nobody guesses.
        visitor: whose it is.
        kind: photo or film.
        upload: name of the file in `folder`.
        ends_at: on `time.monotonic`'s clock, when it is deleted.
    """

    id: str
    visitor: str
    name: str
    kind: str
    model: str
    folder: Path
    upload: str
    created: float
    ends_at: float
    state: str = WAITING
    problem: str = ""
    call: Call = field(default_factory=Call)

    def to_dict(self) -> dict[str, Any]:
        """What its visitor is told."""
        share, left_s = self._progress()
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "model": self.model,
            "state": self.state,
            "share": share,
            "left_s": left_s,
            "problem": self.problem,
            "created": round(self.created, 3),
            "files": sorted(key for key, name in FILES.items() if (self.folder / name).is_file())
            if self.state == DONE
            else [],
        }

    def _progress(self) -> tuple[float | None, float | None]:
        if self.state == DONE:
            return 1.0, 0.0
        if self.state != RUNNING:
            return None, None
        try:
            said = json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
            return said["share"], said["left_s"]
        except (OSError, ValueError, KeyError, TypeError):
            return None, None


class Jobs:
    """All jobs of a server; methods may be called from any thread."""

    def __init__(self, config: WebConfig) -> None:
        self._config = config
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._folder: Path | None = None
        self._receiving: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._work, name="mimik-jobs", daemon=True)

    def start(self) -> None:
        """Makes the private folder and begins to work."""
        self._folder = Path(tempfile.mkdtemp(prefix=named("mimik-web"), dir=self._config.folder))
        self._thread.start()

    def close(self) -> None:
        """Ends the work and deletes everything."""
        with self._changed:
            self._closed = True
            running = [job for job in self._jobs.values() if job.state == RUNNING]
            self._changed.notify_all()
        for job in running:
            job.call.cancel()
        if self._thread.ident is not None:
            self._thread.join()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def place(self, visitor: str) -> Path:
        """A new folder for an upload of a visitor.

        Raises:
            Problem: they have too many jobs, or the server is full.
        """
        self.tidy()
        with self._changed:
            own = sum(job.visitor == visitor for job in self._jobs.values())
            own += self._receiving[visitor]
            coming = self._receiving.total()
            if own >= self._config.jobs:
                raise Problem(
                    429, f"You have {own} uploads here, the most there may be; remove one."
                )
            room = self._config.disk_bytes - self._bytes() - self._config.film_bytes * coming
            if room < self._config.film_bytes or len(self._jobs) + coming >= self._config.jobs_all:
                raise Problem(507, "The server has no room for this now; try again later.")
            assert self._folder is not None
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            self._receiving[visitor] += 1
            return folder

    def received(self, visitor: str) -> None:
        """An upload that got a place has come, or broke off."""
        with self._changed:
            self._receiving[visitor] -= 1
            if not self._receiving[visitor]:
                del self._receiving[visitor]

    def add(self, visitor: str, folder: Path, upload: str, kind: str, name: str, model: str) -> Job:
        """A job for a file that lies in its folder."""
        job = Job(
            id=secrets.token_urlsafe(24),
            visitor=visitor,
            name=plain(name)[:_MAX_NAME] or upload,
            kind=kind,
            model=model,
            folder=folder,
            upload=upload,
            created=time.time(),
            ends_at=time.monotonic() + self._config.keep_s,
        )
        with self._changed:
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._changed.notify_all()
        return job

    def of(self, visitor: str) -> list[Job]:
        """The jobs of a visitor, the newest first."""
        self.tidy()
        with self._changed:
            found = [job for job in self._jobs.values() if job.visitor == visitor]
        return sorted(found, key=lambda job: -job.created)

    def of_all(self) -> list[Job]:
        """Those of all visitors."""
        with self._changed:
            return list(self._jobs.values())

    def get(self, visitor: str, job_id: str) -> Job:
        """A job of a visitor; Problem 404 where it is none of theirs."""
        self.tidy()
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None or job.visitor != visitor:
            raise Problem(404, "There is no such upload; they are deleted after an hour.")
        return job

    def result(self, job: Job) -> Any:
        """What came of a job; Problem 409 where nothing did yet."""
        if job.state != DONE:
            raise Problem(409, f"There is no result: the upload is {job.state}.")
        return json.loads((job.folder / RESULT).read_text(encoding="utf-8"))

    def cancel(self, job: Job) -> None:
        """Ends a job; its files go, it stays to be seen."""
        with self._changed:
            if job.state not in (WAITING, RUNNING):
                return
            was, job.state = job.state, CANCELLED
            if was == WAITING:
                self._waiting.remove(job)
        job.call.cancel()
        if was == WAITING:
            shutil.rmtree(job.folder, ignore_errors=True)

    def remove(self, job: Job) -> None:
        """Ends a job and forgets it with all its files."""
        self.cancel(job)
        with self._changed:
            self._jobs.pop(job.id, None)
        shutil.rmtree(job.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Deletes what is older than an hour."""
        now = time.monotonic()
        with self._changed:
            old = [job for job in self._jobs.values() if job.ends_at <= now]
        for job in old:
            self.remove(job)

    def _bytes(self) -> int:
        total = 0
        for path in self._folder.rglob("*") if self._folder else ():
            with contextlib.suppress(OSError):
                total += path.stat().st_size
        return total

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed, _TIDY_S)
                if self._closed:
                    return
                job = self._waiting.popleft() if self._waiting else None
                if job is not None:
                    job.state = RUNNING
            if job is None:
                self.tidy()
                continue
            state, problem = self._done(job)
            with self._changed:
                if job.state == RUNNING:
                    job.state, job.problem = state, problem
            if job.state != DONE:
                shutil.rmtree(job.folder, ignore_errors=True)

    def _done(self, job: Job) -> tuple[str, str]:
        """Works on a job; gives its state and one sentence."""
        most = (
            {"most_px": self._config.picture_px}
            if job.kind == "photo"
            else {"most_s": self._config.film_s}
        )
        seconds = _REST_S + (self._config.film_s * _A_SECOND_S if job.kind == "film" else 0)
        arguments = {
            "folder": str(job.folder),
            "upload": job.upload,
            "name": job.name,
            "model": job.model,
            "detector": self._config.detector,
        }
        try:
            child.call(
                f"web.work:{job.kind}",
                {**arguments, **most},
                Limits(seconds=seconds, memory=_MEMORY),
                folder=job.folder,
                handle=job.call,
            )
            return DONE, ""
        except ChildError as error:
            if error.kind == "cancelled":
                return CANCELLED, ""
            _log.warning("a job ended: %s", error)
            return FAILED, f"{job.name} cannot be read: {error.reason}."
        except OutputError as error:
            _log.warning("%s", error)
            return FAILED, as_problem(error).detail
        except FerError as error:
            return FAILED, as_problem(error).detail
        except Exception as error:
            return FAILED, as_problem(error).detail
