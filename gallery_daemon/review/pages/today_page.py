"""Today: what became of the photos that came, while they come; and the days before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from gallery_daemon.journal.overview_rows import ENDED
from gallery_daemon.review.asking import id_in, number_in
from gallery_daemon.review.photo_filter import PhotoFilter
from gallery_daemon.review.photo_words import keys_of
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.review.opened import Opened

SHOWN: Final = 60
"""Photos at once; the next are asked for when the last ones come into sight."""
_MOST_NEW: Final = 200


async def _show(request: Request) -> Response:
    site, asked = site_of(request), PhotoFilter.of(request.query_params)
    before = number_in(request, "before", 0)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent = opened.library_room.recent
        # Before the photos: what ends in between comes twice rather than never.
        seen_to, today = recent.seen_to(), recent.today()
        return {
            "seen_to": seen_to,
            "today": today,
            "photos": recent.older(asked.wanted(ENDED), SHOWN, before or None),
            "sums": recent.sums(today),
            "rules": opened.library_room.rules(),
            "classes": keys_of(opened.reviewing.classes()),
        }

    values = await site.ask(found)
    return await site.show(request, "today.html", asked=asked, shown=SHOWN, **values)


async def _older(request: Request) -> Response:
    """The photos before those that the page has."""
    site, asked = site_of(request), PhotoFilter.of(request.query_params)
    before = number_in(request, "before", 0)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent = opened.library_room.recent
        photos = recent.older(asked.wanted(ENDED), SHOWN, before)
        return {"photos": photos, "today": recent.today()}

    values = await site.ask(found)
    return site.part("feed_older.html", asked=asked, path="/today", shown=SHOWN, **values)


async def _newer(request: Request) -> Response:
    """The photos that came since, and the day's sums."""
    site, asked = site_of(request), PhotoFilter.of(request.query_params)
    after = number_in(request, "after", 0)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent = opened.library_room.recent
        newer, today = recent.newer(asked.wanted(ENDED), _MOST_NEW, after), recent.today()
        return {"newer": newer, "today": today, "sums": recent.sums(today)}

    return site.part("today_newer.html", asked=asked, **await site.ask(found))


async def _one(request: Request) -> Response:
    """One photo as it is now, for its place on a page."""
    site, number = site_of(request), id_in(request)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent = opened.library_room.recent
        return {"photos": recent.of([number]), "today": recent.today()}

    return site.part("feed_one.html", **await site.ask(found))


PAGE = WebPage(
    "Today",
    "/today",
    (
        Route("/today", _show),
        Route("/today/older", _older),
        Route("/today/newer", _newer),
        Route("/today/photo/{id:int}", _one),
    ),
)
