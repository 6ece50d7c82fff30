"""The HTTP API: /api/v1/jobs."""

import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

from anyio import open_file, to_thread
from fastapi import APIRouter, Query, Request
from fastapi import Path as PathPart
from fastapi.responses import FileResponse, JSONResponse, Response

from web.api import PICTURES, ModelName, binary, check_length, problems, too_large
from web.contract import JobForm, JobsForm
from web.jobs import DONE, Jobs
from web.problems import Problem
from web.room import Room
from web.uploads import FILES, HEAD_BYTES, TYPES, sniffed

_FILMS = ("video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/x-msvideo")
JobId = Annotated[str, PathPart(description="From the answer to POST jobs.", max_length=64)]


def router(room: Room, jobs: Jobs) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/api/v1/jobs")
    config = room.config

    @routes.post(
        "",
        status_code=201,
        summary="Upload a photo or a film",
        operation_id="upload",
        response_model=JobForm,
        responses=problems(404, 411, 413, 415, 429, 507),
        openapi_extra=binary(*PICTURES, *_FILMS),
    )
    async def upload(
        request: Request,
        model: ModelName = "",
        name: Annotated[
            str, Query(description="What it is called in results.", max_length=200)
        ] = "",
    ) -> JSONResponse:
        """The body is the file itself. It is deleted with all results after an hour."""
        wanted = model or config.model
        await to_thread.run_sync(room.registry.spec, wanted)
        check_length(request, config.film_bytes)
        visitor = request.state.visitor
        folder = await to_thread.run_sync(jobs.place, visitor)
        try:
            kind, file = await _received(request, folder, config.picture_bytes, config.film_bytes)
            job = jobs.add(visitor, folder, file, kind, name, wanted)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            jobs.received(visitor)
        return JSONResponse(job.to_dict(), 201)

    @routes.get(
        "",
        summary="Your uploads",
        operation_id="jobs",
        response_model=JobsForm,
        responses=problems(),
    )
    def listed(request: Request) -> JSONResponse:
        """Those of the visitor whose cookie comes with the request, the newest first."""
        return JSONResponse({"jobs": [job.to_dict() for job in jobs.of(request.state.visitor)]})

    @routes.get(
        "/{job_id}",
        summary="How far an upload is",
        operation_id="job",
        response_model=JobForm,
        responses=problems(404),
    )
    def one(request: Request, job_id: JobId) -> JSONResponse:
        """Its state, and the share that is done."""
        return JSONResponse(jobs.get(request.state.visitor, job_id).to_dict())

    @routes.get(
        "/{job_id}/result",
        summary="What came of an upload",
        operation_id="result",
        response_model=dict[str, Any],
        responses=problems(404, 409),
    )
    def result(request: Request, job_id: JobId) -> JSONResponse:
        """Of a photo its FrameResult; of a film everybody who was seen, with a timeline."""
        return JSONResponse(jobs.result(jobs.get(request.state.visitor, job_id)))

    @routes.get(
        "/{job_id}/files/{kind}",
        summary="A result as a file",
        operation_id="file",
        response_class=Response,
        responses={
            **problems(404, 409, 416),
            200: {"content": {one.split(";")[0]: {} for one in dict.fromkeys(TYPES.values())}},
            206: {"description": "A part of it"},
        },
    )
    def download(
        request: Request,
        job_id: JobId,
        kind: Literal["picture", "plain", "video", "csv", "json"],
    ) -> FileResponse:
        """The annotated picture or film, the table, or the results of all frames."""
        job = jobs.get(request.state.visitor, job_id)
        path = job.folder / FILES[kind]
        if job.state != DONE or not path.is_file():
            raise Problem(404, "There is no such file.")
        shown = kind in ("picture", "plain", "video") and "download" not in request.query_params
        stem = Path(job.name).stem or "mimik"
        return FileResponse(
            path,
            media_type=TYPES[kind],
            filename=f"{stem}-{path.name}",
            content_disposition_type="inline" if shown else "attachment",
        )

    @routes.delete(
        "/{job_id}",
        status_code=204,
        summary="Cancel and delete an upload",
        operation_id="remove",
        response_class=Response,
        responses=problems(404),
    )
    def remove(request: Request, job_id: JobId) -> Response:
        """With all that came of it."""
        jobs.remove(jobs.get(request.state.visitor, job_id))
        return Response(status_code=204)

    return routes


async def _received(
    request: Request, folder: Path, picture_bytes: int, film_bytes: int
) -> tuple[str, str]:
    """Writes the body into a folder; gives its kind and the file's name.

    Raises:
        Problem: it is neither photo nor film, or too large for what it is.
    """
    head, size, most, kind, suffix = b"", 0, film_bytes, "", ""
    path = folder / "upload"
    async with await open_file(path, "wb") as file:
        async for part in request.stream():
            if not kind:
                head += part[: HEAD_BYTES - len(head)]
                if len(head) == HEAD_BYTES:
                    kind, suffix = _kind(head)
                    most = picture_bytes if kind == "photo" else film_bytes
            size += len(part)
            if size > most:
                raise too_large(most)
            await file.write(part)
    if not kind:
        kind, suffix = _kind(head)
    path.rename(path.with_suffix(suffix))
    return kind, f"upload{suffix}"


def _kind(head: bytes) -> tuple[str, str]:
    found = sniffed(head)
    if found is None:
        raise Problem(
            415,
            "This is neither a photo (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF) nor a film (MP4, MOV, "
            "MKV, WebM, AVI).",
        )
    return found
