"""The web app: `create_app(config)` is an ASGI application like any other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

import fer_core
from web import api, jobs_api, live, pages, problems
from web.config import WebConfig
from web.guard import Guard
from web.jobs import Jobs
from web.room import Room

_ABOUT = (
    "Finds faces in pictures and reads what they express. Everything runs on the computer that "
    "answers here; nothing is stored unless it is asked for. Errors are application/problem+json."
)


def create_app(config: WebConfig | None = None) -> FastAPI:
    """Makes an app; nothing is loaded before it is started.

    Args:
        config: None takes the defaults: this computer only, no token.
    """
    config = config or WebConfig()
    room, jobs = Room(config), Jobs(config)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            await to_thread.run_sync(room.start)
            jobs.start()
            yield
        finally:
            await to_thread.run_sync(jobs.close)
            room.close()

    app = FastAPI(
        title="Mimik",
        version=fer_core.__version__,
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        servers=[{"url": config.prefix or "/"}],
        redirect_slashes=False,
    )
    app.state.room, app.state.jobs = room, jobs
    app.include_router(pages.router(config))
    app.include_router(api.router(room))
    app.include_router(jobs_api.router(room, jobs))
    app.include_router(live.router(room))
    problems.install(app)
    app.add_middleware(Guard, config=config)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=app.servers,
        )
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(api.schemas())
        for name in ("HTTPValidationError", "ValidationError"):  # ours are problems
            schemas.pop(name, None)
        app.openapi_schema = found
    return app.openapi_schema
