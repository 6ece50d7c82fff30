"""The live picture: frames come over a WebSocket, and each is answered by what is in it.

A browser sends the next frame when it has the answer to the last one, so a slow server gets fewer
frames and never a queue of them.
"""

import json
import time
from typing import Any

import anyio
from anyio import to_thread
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from fer_core.errors import FerError
from fer_core.pipeline import FerPipeline
from fer_core.types import Frame
from web.config import WebConfig
from web.problems import as_problem, problem_dict
from web.room import Room

#: After so many frames in a row that are no pictures, the line is closed.
_MOST_BAD = 20
#: A page that sends nothing for so long is gone.
_SILENT_S = 300.0


class Viewer:
    """One live picture: its tracks, its smoothing, its model."""

    def __init__(self, room: Room, model: str) -> None:
        self._room = room
        self._pipeline: FerPipeline = room.pipeline(model)
        self._start = time.monotonic()
        self._count = 0

    def use(self, model: str) -> None:
        """Goes on with another model."""
        self._pipeline.classifier = self._room.classifier(model)

    def begin(self) -> None:
        """The next frame is of another stream."""
        self._pipeline.reset()
        self._count = 0

    def read(self, data: bytes) -> dict[str, Any]:
        """What is in one frame, as `FrameResult.to_dict`.

        Raises:
            FerError: it is no picture, or the model fails.
        """
        start = time.perf_counter()
        photo = self._room.decode(data)
        decoded_ms = (time.perf_counter() - start) * 1e3
        frame = Frame(photo.image, self._count, time.monotonic() - self._start, photo.full_wh)
        self._count += 1
        found = self._pipeline.process(frame).to_dict()
        found["timings_ms"]["decode"] = round(decoded_ms, 3)
        return found


class Lines:
    """Counts the live pictures that are open; used in the event loop only."""

    def __init__(self, config: WebConfig) -> None:
        self._config = config
        self._open: dict[str, int] = {}

    def enter(self, visitor: str) -> bool:
        """Whether one more may be opened."""
        own = self._open.get(visitor, 0)
        full = sum(self._open.values()) >= self._config.viewers or own >= self._config.viewers_each
        if not full:
            self._open[visitor] = own + 1
        return not full

    def leave(self, visitor: str) -> None:
        """One was closed."""
        self._open[visitor] -= 1
        if not self._open[visitor]:
            del self._open[visitor]


def router(room: Room) -> APIRouter:
    """The route /live."""
    routes, lines = APIRouter(), Lines(room.config)

    @routes.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        visitor = socket.state.visitor
        if not lines.enter(visitor):
            await _say(socket, problem_dict(503, "Too many live pictures are open; close one."))
            await socket.close(1013)
            return
        try:
            await _serve(socket, room)
        except (WebSocketDisconnect, TimeoutError):
            pass  # the visitor has left
        finally:
            lines.leave(visitor)
        if socket.client_state is WebSocketState.CONNECTED:
            await socket.close()

    return routes


async def _serve(socket: WebSocket, room: Room) -> None:
    wanted = socket.query_params.get("model") or room.config.model
    try:
        viewer = await to_thread.run_sync(Viewer, room, wanted)
    except FerError as error:
        await _problem(socket, error)
        return
    await _say(socket, {"ready": wanted})
    bad = 0
    while bad < _MOST_BAD:
        with anyio.fail_after(_SILENT_S):
            message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            if message.get("bytes") is not None:
                read = to_thread.run_sync(viewer.read, message["bytes"], limiter=room.turns)
                await _say(socket, await read)
            else:
                await _told(socket, viewer, message.get("text") or "")
            bad = 0
        except WebSocketDisconnect:
            raise
        except FerError as error:
            bad += 1
            await _problem(socket, error)
        except Exception as error:
            await _problem(socket, error)
            return


async def _told(socket: WebSocket, viewer: Viewer, text: str) -> None:
    """What the page says beside frames: {"model": NAME} or {"begin": true}."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and isinstance(said.get("model"), str):
        await to_thread.run_sync(viewer.use, said["model"])
        await _say(socket, {"ready": said["model"]})
    elif isinstance(said, dict) and said.get("begin"):
        viewer.begin()
    else:
        raise FerError('A message is a frame, {"model": NAME} or {"begin": true}.')


async def _problem(socket: WebSocket, error: Exception) -> None:
    found = as_problem(error)
    await _say(socket, problem_dict(found.status, found.detail))


async def _say(socket: WebSocket, data: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(data, separators=(",", ":"), allow_nan=False))
