"""The page itself: HTML in the visitor's language, scripts, styles, texts."""

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

import fer_core
from fer_core import paths
from fer_core.config import LANGUAGES
from fer_core.expressions import DISPLAY_NAMES, UNSURE
from fer_core.texts import load_language
from web.cards import hex_color
from web.config import WebConfig
from web.problems import Problem

STATIC = Path(__file__).parent / "static"
LANGUAGE = "mimik_language"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
#: Texts of the window that the scripts say, too.
_SAID = (
    *("web.", "split.", "data.", "color.", "status.", "model."),
    *("face.title", "timeline.now", "card.try_again", "dialog.cancel"),
)
_GAP = re.compile(r"\{\{([\w. ]+)\}\}")


def router(config: WebConfig) -> APIRouter:
    """The routes; they are no part of the API."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def index(request: Request) -> HTMLResponse:
        return _page("index.html", request, config)

    @routes.get("/docs")
    def docs(request: Request) -> HTMLResponse:
        return _page("docs.html", request, config)

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        # Looked up in a list: a name is never a path.
        if name not in _files():
            raise Problem(404, "There is nothing at this address.")
        path = _files()[name]
        headers = {"cache-control": "no-cache"}
        return FileResponse(path, media_type=_TYPES.get(path.suffix), headers=headers)

    @routes.get("/texts/{language}.json")
    def texts(language: str) -> JSONResponse:
        if language not in LANGUAGES:
            raise Problem(404, "There is nothing at this address.")
        return JSONResponse(script_texts(language), headers={"cache-control": "no-cache"})

    @routes.get("/favicon.ico")
    def icon() -> FileResponse:
        return FileResponse(_files()["icon.png"])

    @routes.get("/health")
    def health() -> JSONResponse:
        return JSONResponse({"status": "ok", "version": fer_core.__version__})

    return routes


def script_texts(language: str) -> dict[str, Any]:
    """What the scripts say: texts of the page, names of expressions and hints."""
    texts = load_language(language)
    names = DISPLAY_NAMES[language]
    return {
        **{key: text for key, text in texts.items() if key.startswith(_SAID)},
        **{f"name.{key}": name for key, name in names.items()},
        "color.unsure": hex_color(UNSURE),
    }


def language_of(request: Request) -> str:
    """Asked for in the address, chosen before, or the first of the browser's that is known."""
    wanted = [request.query_params.get("lang", ""), request.cookies.get(LANGUAGE, "")]
    accepted = request.headers.get("accept-language", "")
    wanted += [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    return next((one for one in wanted if one in LANGUAGES), LANGUAGES[0])


def _page(name: str, request: Request, config: WebConfig) -> HTMLResponse:
    language = language_of(request)
    answer = HTMLResponse(rendered(name, language, config))
    if request.query_params.get("lang") == language:
        path = config.prefix or "/"
        answer.set_cookie(LANGUAGE, language, path=path, max_age=31_536_000, samesite="lax")
    return answer


@cache
def rendered(name: str, language: str, config: WebConfig) -> str:
    """A page of static/ with its {{texts}} filled in."""
    texts = load_language(language)
    own = {
        "language": language,
        "picture_mb": str(config.picture_bytes >> 20),
        "film_mb": str(config.film_bytes >> 20),
        "film_minutes": f"{config.film_s / 60:.0f}",
    }
    page = (STATIC / name).read_text(encoding="utf-8")
    return _GAP.sub(lambda gap: html.escape(own.get(gap[1]) or texts[gap[1]]), page)


@cache
def _files() -> dict[str, Path]:
    found = {path.name: path for path in STATIC.iterdir() if path.suffix in _TYPES}
    icons = paths.resources_dir() / "Icons"
    found["icon.png"] = icons / "mimik-64.png"
    found["portrait.jpg"] = paths.resources_dir() / "Samples" / "portrait.jpg"
    return found
