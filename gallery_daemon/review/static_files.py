"""Stylesheet, script and icon: read at the start, and served by fixed names.

No name from an address ever reaches the disk. They lie below an address that has a hash of them
all, so a browser may keep them for good, and a script finds its modules beside it.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

_KINDS: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOR_GOOD: Final = "private, max-age=31536000, immutable"


class StaticFiles:
    """The files of the pages, by name."""

    def __init__(self) -> None:
        folder = files("gallery_daemon.review").joinpath("static")
        self._contents = {
            each.name: each.read_bytes()
            for each in sorted(folder.iterdir(), key=lambda each: each.name)
            if each.name.rpartition(".")[2] in _KINDS
        }
        told = hashlib.sha256()
        for name, content in self._contents.items():
            told.update(f"{name} {len(content)} ".encode() + content)
        self._version = told.hexdigest()[:16]

    @property
    def route(self) -> Route:
        """Where they are."""
        return Route("/static/{version}/{name}", self._answer)

    def address(self, name: str) -> str:
        """The address of a file.

        Raises:
            KeyError: there is none of that name.
        """
        self._contents[name]
        return f"/static/{self._version}/{name}"

    async def _answer(self, request: Request) -> Response:
        name, version = request.path_params["name"], request.path_params["version"]
        content = self._contents.get(name) if version == self._version else None
        if content is None:
            raise HTTPException(404)
        kind = _KINDS[name.rpartition(".")[2]]
        return Response(content, media_type=kind, headers={"cache-control": _FOR_GOOD})
