"""How fast the web page's server is: `python main.py serve` on loopback, with clients beside it."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np

from fer_core import paths
from fer_core.benchmark import clips
from fer_core.benchmark.report import Figure, Row
from fer_core.errors import FerError

_WH = (640, 480)
_MOST_MS = 20.0
_BROWSERS = 8
#: The slowest of the browsers gets at least so much of what the quickest gets.
_FAIR = 0.8
#: Memory may grow by so much between the two looks at it.
_GROWTH_MB = 20.0
_START_S = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked for.

    Attributes:
        requests: one after the other.
        one_s, eight_s: seconds of one live picture, and of eight.
        early, late: requests after which memory is looked at.
    """

    requests: int = 500
    one_s: float = 10.0
    eight_s: float = 20.0
    early: int = 2000
    late: int = 10_000


QUICK = Load(100, 3.0, 5.0, 300, 1500)


def measure(model: str, detector: str, load: Load | None = None) -> Iterator[Row]:
    """Gives each row as soon as it is measured.

    Raises:
        FerError: the server does not start, or does not answer.
    """
    load = load or Load()
    frames = [_jpeg(frame.image) for frame in clips.one_face(_WH, 30)]
    with _serving(model, detector) as (pid, host, port):
        yield _requests(host, port, frames, load.requests)
        yield _browsers(host, port, frames, 1, load.one_s)
        yield _browsers(host, port, frames, _BROWSERS, load.eight_s)
        yield _memory(pid, host, port, frames, load.early, load.late)


def _jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


@contextmanager
def _serving(model: str, detector: str) -> Iterator[tuple[int, str, int]]:
    """A server in a process of its own: its number, host and port."""
    command = [sys.executable, str(paths.PROJECT_ROOT / "main.py"), "serve", "--port", "0"]
    options = ["--model", model, "--detector", detector]
    server = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    late = threading.Timer(_START_S, server.kill)
    late.start()
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        late.cancel()
        if "http://" not in said:
            raise FerError("The server did not start; `python main.py serve` says why.")
        address = urlsplit(said.split("Mimik is at ")[1].split()[0])
        yield server.pid, address.hostname or "127.0.0.1", address.port or 80
    finally:
        late.cancel()
        server.terminate()
        with server:
            pass


class _Client:
    """Asks for pictures over one connection that stays open."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)

    def analyze(self, picture: bytes) -> float:
        """Milliseconds from the request to the whole answer."""
        start = time.perf_counter()
        self._connection.request("POST", "/api/v1/analyze", picture)
        answer = self._connection.getresponse()
        found = json.loads(answer.read())
        taken = (time.perf_counter() - start) * 1e3
        if answer.status != 200 or len(found["faces"]) != 1:
            raise FerError(f"The server answered {answer.status}, or not with one face.")
        return taken

    def close(self) -> None:
        self._connection.close()


def _requests(host: str, port: int, frames: list[bytes], count: int) -> Row:
    with contextlib.closing(_Client(host, port)) as client:
        for picture in frames[:10]:
            client.analyze(picture)
        taken = [client.analyze(frames[index % len(frames)]) for index in range(count)]
    figures = (
        Figure("median", float(np.median(taken)), "ms", _MOST_MS),
        Figure("p95", float(np.percentile(taken, 95)), "ms"),
    )
    return Row("serve_request", "one JPEG of 640×480 in, its result out", figures, f"{count} times")


def _browsers(host: str, port: int, frames: list[bytes], count: int, seconds: float) -> Row:
    """So many live pictures at a time, each of which sends a frame when it has the last answer."""
    taken: list[list[float]] = [[] for _ in range(count)]
    errors: list[BaseException] = []
    ready = threading.Barrier(count)

    def browse(mine: list[float]) -> None:
        from websockets.sync.client import connect

        try:
            with connect(f"ws://{host}:{port}/live", compression=None) as line:
                line.recv()
                line.send(frames[0])
                line.recv()
                ready.wait(60)
                end = time.perf_counter() + seconds
                while (start := time.perf_counter()) < end:
                    line.send(frames[len(mine) % len(frames)])
                    line.recv()
                    mine.append((time.perf_counter() - start) * 1e3)
        except Exception as error:
            errors.append(error)
            ready.abort()

    threads = [threading.Thread(target=browse, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise FerError(f"A live picture broke off ({errors[0]}).") from errors[0]
    counts = [len(mine) for mine in taken]
    every = [one for mine in taken for one in mine]
    figures = (
        Figure("all together", sum(counts) / seconds, "fps"),
        Figure("the slowest one", min(counts) / seconds, "fps"),
        Figure("slowest for quickest", min(counts) / max(counts), "", _FAIR, at_least=True),
        Figure("median", float(np.median(every)), "ms"),
        Figure("p95", float(np.percentile(every, 95)), "ms"),
    )
    what = "one live picture" if count == 1 else f"{count} live pictures at once"
    return Row(f"serve_live_{count}", what, figures, f"{seconds:g} s, no camera's rate")


def _memory(pid: int, host: str, port: int, frames: list[bytes], early: int, late: int) -> Row:
    if not Path(f"/proc/{pid}/status").exists():
        return Row("serve_memory", "memory of the server", note="only Linux tells it")
    early_mb = 0.0
    with contextlib.closing(_Client(host, port)) as client:
        for index in range(late):
            client.analyze(frames[index % len(frames)])
            if index + 1 == early:
                early_mb = _resident_mb(pid)
    late_mb = _resident_mb(pid)
    figures = (
        Figure(f"after {early:,} requests", early_mb, "MB"),
        Figure(f"after {late:,}", late_mb, "MB"),
        Figure("grown", late_mb - early_mb, "MB", _GROWTH_MB),
    )
    return Row("serve_memory", "memory of the server with its decoders", figures)


def _resident_mb(pid: int) -> float:
    """Of a process and its children, in MB (10⁶ bytes)."""
    total = 0.0
    for one in (pid, *_children(pid)):
        status = Path(f"/proc/{one}/status").read_text(encoding="ascii")
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        total += int(kilobytes.split()[1]) * 1024 / 1e6
    return total


def _children(pid: int) -> list[int]:
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii")
            found += [int(word) for word in text.split()]
    return found
