"""The pictures of the journal's rows, for every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.review.asking import id_in
from gallery_daemon.review.site import site_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.photo import Identity


async def _of_row(request: Request) -> Response:
    site, number = site_of(request), id_in(request)

    async def find() -> tuple[str, Identity]:
        return await site.ask(lambda opened: opened.reviewing.file_of(number))

    return await site.pictures.answer(request, find)


PICTURES: Final = Route("/picture/{id:number}/{side:number}", _of_row)
"""A row by its id, within a square of so many pixels."""
