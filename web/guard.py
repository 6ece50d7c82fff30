"""What every request must pass, and what every answer carries.

1. Its Host is one of ours: else another site's name could be pointed at us (DNS rebinding).
2. It knows the token, where there is one.
3. What changes something, or opens a WebSocket, comes from our own page or from no page at all
   (the browser's Sec-Fetch-Site and Origin; RFC 6454, the Fetch standard).
4. It belongs to a visitor: a cookie with a random number, who owns jobs.
"""

import hashlib
import hmac
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import problems
from web.config import WebConfig

VISITOR, TOKEN = "mimik_visitor", "mimik_token"
_VISITOR_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
_SAFE = ("GET", "HEAD", "OPTIONS")
#: Works without a token: whoever runs the server asks whether it is alive.
_OPEN = ("/health",)
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


class Guard:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, config: WebConfig) -> None:
        self._app, self._config = app, config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _cookies(headers.get("cookie", ""))
        visitor = cookies.get(VISITOR, "")
        known = _VISITOR_FORM.fullmatch(visitor) is not None
        if not known:
            visitor = secrets.token_urlsafe(32)
        state = scope.setdefault("state", {})
        state["visitor"] = hashlib.sha256(visitor.encode()).hexdigest()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in _HEADERS.items():
                    ours.setdefault(name, value)
                ours.setdefault("cache-control", "no-store")
                if not known and scope["path"] not in _OPEN:
                    ours.append("set-cookie", self._cookie(VISITOR, visitor, scope, headers))
            await send(message)

        refusal = self._refusal(scope, headers, cookies)
        if refusal is None:
            await self._app(scope, receive, answer)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1][:100]})
        elif self._knows_token(_query(scope).get("token", "")) and scope["method"] == "GET":
            await self._signed_in(scope, headers)(scope, receive, answer)
        else:
            status, detail = refusal
            await problems.response(status, detail)(scope, receive, answer)

    def _refusal(
        self, scope: Scope, headers: Headers, cookies: dict[str, str]
    ) -> tuple[int, str] | None:
        """Status and sentence for what is not let through."""
        if _host_of(headers.get("host", "")) not in self._config.names:
            return 421, "This server is not called that; --allow-host NAME lets it be."
        if scope["path"] in _OPEN:
            return None
        unsafe = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if unsafe and not _is_own(headers):
            return 403, "Another site may not do this; open Mimik's own page."
        given = [cookies.get(TOKEN, ""), _bearer(headers)]
        if self._config.token is not None and not any(self._knows_token(one) for one in given):
            return 401, (
                "This server asks for its token: open the address that it printed when it was "
                "started, or send the header Authorization: Bearer TOKEN."
            )
        return None

    def _knows_token(self, given: str) -> bool:
        token = self._config.token
        return token is not None and hmac.compare_digest(given.encode(), token.encode())

    def _signed_in(self, scope: Scope, headers: Headers) -> RedirectResponse:
        """To the same page without the token in its address, which browsers keep and show."""
        # Only a path of ours: two slashes would lead to another site.
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(self._config.prefix + path, 303)
        cookie = self._cookie(TOKEN, self._config.token or "", scope, headers)
        answer.headers.append("set-cookie", cookie)
        return answer

    def _cookie(self, name: str, value: str, scope: Scope, headers: Headers) -> str:
        # A proxy says how the browser came; who lies about it only harms their own cookie.
        secure = scope["scheme"] in ("https", "wss") or headers.get("x-forwarded-proto") == "https"
        parts = [f"{name}={value}", f"Path={self._config.prefix or '/'}", "HttpOnly"]
        return "; ".join([*parts, "SameSite=Strict", *(["Secure"] if secure else [])])


def _is_own(headers: Headers) -> bool:
    """Whether a request comes from our own page, or from a program that is no browser."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _host_of(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _bearer(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
