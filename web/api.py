"""The HTTP API: /api/v1/models, /api/v1/analyze."""

import functools
from dataclasses import asdict
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi import Path as PathPart
from fastapi.responses import JSONResponse, Response

from fer_core.models.diagram_svg import svg
from fer_core.models.registry import ModelRegistry
from fer_core.pipeline import glance
from fer_core.types import Frame
from web import cards
from web.contract import DiagramForm, FrameForm, ModelsForm, ProblemForm
from web.problems import MEDIA_TYPE, Problem
from web.room import Room

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff")
ModelPart = Annotated[str, PathPart(description="A name from GET models.", max_length=64)]
ModelName = Annotated[str, Query(description="A name from GET models; empty: the default.")]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with, for its OpenAPI entry; some come from anywhere."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemForm"}}}
    every = (400, 401, 403, 405, 421, 422, 500, *statuses)
    return {status: {"content": content, "description": "A problem"} for status in every}


def binary(*types: str) -> dict[str, Any]:
    """The OpenAPI entry of a request whose body is a file."""
    form = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": {one: form for one in types}}}


def router(room: Room) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get(
        "/models",
        summary="All models",
        operation_id="models",
        response_model=ModelsForm,
        responses=problems(),
    )
    async def models() -> JSONResponse:
        """Their cards: data, figures, licence, and how fast they are here."""
        return JSONResponse(await to_thread.run_sync(_cards, room))

    @routes.post(
        "/analyze",
        summary="Faces and expressions in one picture",
        operation_id="analyze",
        response_model=FrameForm,
        responses=problems(404, 411, 413, 415, 507),
        openapi_extra=binary(*PICTURES),
    )
    async def analyze(
        request: Request,
        model: ModelName = "",
        thorough: Annotated[
            bool, Query(description="Search the picture for small faces, too: slower.")
        ] = False,
    ) -> JSONResponse:
        """The body is the picture itself, of any type that is listed. Nothing is stored."""
        data = await body(request, room.config.picture_bytes)
        work = functools.partial(_analyze, room, data, model or room.config.model, thorough)
        return JSONResponse(await to_thread.run_sync(work, limiter=room.turns))

    @routes.get(
        "/models/{name}/diagram",
        summary="What a network is made of",
        operation_id="diagram",
        response_model=DiagramForm,
        responses=problems(404),
    )
    async def diagram(name: ModelPart) -> JSONResponse:
        """Its layers, read from the model file: shapes, parameters, what reads what."""
        found = await to_thread.run_sync(room.diagram, name)
        layers = [{**asdict(layer), "shape": list(layer.shape)} for layer in found.layers]
        return JSONResponse({"name": name, "parameters": found.parameters, "layers": layers})

    @routes.get(
        "/models/{name}/diagram.svg",
        summary="The same as a drawing",
        operation_id="drawing",
        response_class=Response,
        responses={**problems(404), 200: {"content": {"image/svg+xml": {}}}},
    )
    async def drawing(name: ModelPart) -> Response:
        """One box a layer, from top to bottom."""
        found = await to_thread.run_sync(room.diagram, name)
        return Response(svg(found, name), media_type="image/svg+xml")

    return routes


def schemas() -> dict[str, Any]:
    """Forms that only errors use."""
    return {"ProblemForm": ProblemForm.model_json_schema()}


async def body(request: Request, most: int) -> bytes:
    """The body of a request, held in memory.

    Raises:
        Problem: it is longer than `most` bytes, or empty.
    """
    check_length(request, most)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_large(most)
        parts.append(part)
    if not size:
        raise Problem(422, "The body is empty; send the file itself as the body of the request.")
    return b"".join(parts)


def check_length(request: Request, most: int) -> None:
    """Refuses at once what says that it is too long; raises Problem."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise too_large(most)


def too_large(most: int) -> Problem:
    """Of a file that is longer than `most` bytes."""
    return Problem(413, f"The file is too large; up to {most >> 20} MB are taken.")


def _analyze(room: Room, data: bytes, model: str, thorough: bool) -> dict[str, Any]:
    photo = room.decode(data)
    frame = Frame(photo.image, 0, 0.0, photo.full_wh)
    if thorough:
        return room.pipeline(model, thorough=True).process(frame).to_dict()
    return glance(frame, room.classifier(model), room.detector()).to_dict()


def _cards(room: Room) -> dict[str, Any]:
    registry: ModelRegistry = room.registry
    entries = [*registry.entries(), *registry.offered()]
    return {
        "models": [
            cards.card(entry, place, room.config.model, room.speed_ms(entry.name))
            for place, entry in enumerate(entries)
        ]
    }
