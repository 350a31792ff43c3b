"""The whole of the review as one ASGI application: every page behind the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route

from gallery_daemon.review.asking import MOST_BYTES
from gallery_daemon.review.doorkeeper import Doorkeeper
from gallery_daemon.review.failures import handlers
from gallery_daemon.review.news import News
from gallery_daemon.review.pages import PAGES
from gallery_daemon.review.pages.photo_pictures import PICTURES
from gallery_daemon.review.pages.why_page import WHY
from gallery_daemon.review.peers import is_of_this_user
from gallery_daemon.review.rendering import Templates
from gallery_daemon.review.site import Site, site_of
from gallery_daemon.review.static_files import StaticFiles

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from gallery_daemon.review.door import Door
    from gallery_daemon.review.doorkeeper import Belongs
    from gallery_daemon.review.lifetime import Lifetime
    from gallery_daemon.review.one_thread import OneThread
    from gallery_daemon.review.opened import Opened
    from gallery_daemon.review.pictures_shown import PicturesShown


def make_web_app(
    file: Path,
    thread: OneThread[Opened],
    door: Door,
    lifetime: Lifetime,
    *,
    pictures: PicturesShown,
    belongs: Belongs = is_of_this_user,
) -> ASGIApp:
    """The application for the configuration in `file`; `belongs` as in `Doorkeeper`."""
    static = StaticFiles()
    routes = [
        Route("/", _home),
        Route("/news", _news),
        Route("/alive", _alive, methods=["POST"]),
        static.route,
        PICTURES,
        *WHY,
        *(route for page in PAGES for route in page.routes),
    ]
    app = Starlette(routes=routes, exception_handlers=handlers(), max_body_size=MOST_BYTES)
    app.state.site = Site(
        file, thread, lifetime, templates=Templates(static), pages=PAGES, pictures=pictures
    )
    return Doorkeeper(app, door, lifetime, belongs)


async def _home(_: Request) -> Response:
    return RedirectResponse(PAGES[0].path, 303)


async def _alive(request: Request) -> Response:
    """A page that is open and not looked at says so now and then."""
    return site_of(request).json({})


async def _news(request: Request) -> Response:
    site = site_of(request)

    async def version() -> object:
        return await site.ask(lambda opened: opened.journal.version())

    async def told() -> dict[str, object]:
        return {"counts": await site.counts()}

    return News(site.lifetime, version, told).stream()
