"""Asks the door about each request, and gives each answer the headers that keep the page safe.

It stands before the framework: what is refused here reaches no route, no template and no file. The
answer to it is plain text in a plain page.
"""

from __future__ import annotations

import html
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, RedirectResponse

from gallery_daemon.review.door import STRANGER, DoorRefusal, Knock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gallery_daemon.review.door import Door
    from gallery_daemon.review.lifetime import Lifetime

    Belongs = Callable[[tuple[str, int], int], bool]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFETY: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
"""The headers of every answer."""
_UNSTORED = (b"cache-control", b"no-store")


class Doorkeeper:
    """Lets in what the door lets in."""

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        lifetime: Lifetime,
        belongs: Belongs,
    ) -> None:
        """`belongs` says whether the program at a connection's other end is this user's."""
        self._app, self._door, self._lifetime, self._belongs = app, door, lifetime, belongs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http":
            # The server's own start and end; it takes no web sockets.
            await self._app(scope, receive, send)
            return
        send = _with_safety(send)
        knock = knock_of(scope, self._door.cookie_name)
        refusal = self._door.refusal(knock)
        brings_token = self._door.brings_token(knock)
        # Others on this machine can read the token where a browser is started with it.
        if brings_token and not self._belongs(scope["client"], self._door.port):
            refusal = STRANGER
        if refusal is not None:
            await _refused(refusal)(scope, receive, send)
            return
        self._lifetime.touch()
        await (self._welcome() if brings_token else self._app)(scope, receive, send)

    def _welcome(self) -> RedirectResponse:
        answer = RedirectResponse("/review", 303)
        answer.set_cookie(
            self._door.cookie_name, self._door.key, path="/", httponly=True, samesite="strict"
        )
        return answer


def knock_of(scope: Scope, cookie_name: str) -> Knock:
    """What the request says of itself."""
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    queried = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=100)
    return Knock(
        method=scope["method"],
        path=scope["path"],
        hosts=tuple(headers.get("host", ())),
        cookie=_cookie(headers.get("cookie", ()), cookie_name),
        origin=_only(headers.get("origin")),
        site=_only(headers.get("sec-fetch-site")),
        token=_only(queried.get("token")),
    )


def _only(values: list[str] | None) -> str | None:
    """The value; of several, which no browser sends, none that could be right."""
    if values is None:
        return None
    return values[0] if len(values) == 1 else ""


def _cookie(headers: Iterable[str], name: str) -> str | None:
    for header in headers:
        try:
            found = SimpleCookie(header).get(name)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return None


def _refused(refusal: DoorRefusal) -> HTMLResponse:
    lines = (refusal.sentence, refusal.hint)
    told = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Refused</title>{told}'
    return HTMLResponse(page, refusal.status)


def _with_safety(send: Send) -> Send:
    """Sends the answer's head with our headers; without one of its own, it is never stored."""

    async def safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message.get("headers", ()))
            has_caching = any(name.lower() == b"cache-control" for name, _ in own)
            message["headers"] = [*own, *SAFETY, *(() if has_caching else (_UNSTORED,))]
        await send(message)

    return safely
