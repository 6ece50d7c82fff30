"""Every error as `application/problem+json` (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from fer_core.errors import FerError, ModelError, ModelNotFoundError, OutputError
from fer_core.names import plain

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818  # it is an answer
    """An answer other than the one that was asked for.

    Attributes:
        status: of HTTP.
        detail: one sentence: what is wrong and what to do.
        headers: that go with it.
    """

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def problem_dict(status: int, detail: str) -> dict[str, Any]:
    """The JSON of a problem; `type` is left out, as its `about:blank` says no more than that."""
    return {"title": HTTPStatus(status).phrase, "status": status, "detail": plain(detail)}


def as_problem(error: Exception) -> Problem:
    """What a visitor is told of an error; paths of this computer stay here."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ModelNotFoundError):
        return Problem(404, "There is no model of that name; GET models lists those there are.")
    if isinstance(error, ModelError):
        _log.warning("%s", error)
        return Problem(422, "This model cannot be used; the server's log says why.")
    if isinstance(error, OutputError):
        _log.warning("%s", error)
        return Problem(507, "The server has no room for this now; try again later.")
    if isinstance(error, FerError):
        return Problem(422, str(error))
    _log.error("a request failed", exc_info=error)
    return Problem(500, "Something went wrong in Mimik; the server's log says what.")


def response(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer for a problem."""
    return JSONResponse(
        problem_dict(status, detail), status, headers=headers, media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Has all errors of an app answered as problems."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        found = as_problem(error)
        return response(found.status, found.detail, found.headers)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        detail = {404: "There is nothing at this address.", 405: "This address takes no such call."}
        headers = dict(error.headers or {})
        return response(
            error.status_code, detail.get(error.status_code, str(error.detail)), headers
        )

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return response(422, f"{where}: {first['msg']}.")

    app.add_exception_handler(Problem, ours)
    app.add_exception_handler(FerError, ours)
    app.add_exception_handler(Exception, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
