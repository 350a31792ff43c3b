"""Review: the photos that wait for a person's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def _show(request: Request) -> Response:
    site = site_of(request)
    library = await site.ask(lambda opened: opened.config.library)
    return await site.show(request, "review.html", library=library)


PAGE = WebPage("Review", "/review", (Route("/review", _show),))
