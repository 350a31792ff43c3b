"""Library: how much of each kind there is, what looks mislabelled, and near duplicates."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from gallery_daemon.journal.overview_rows import IN_LIBRARY
from gallery_daemon.review.asking import BadRequest, body_of, ids_in, number_in
from gallery_daemon.review.library_counts import by_class, by_source, years_of
from gallery_daemon.review.pages.today_page import SHOWN
from gallery_daemon.review.photo_filter import PhotoFilter
from gallery_daemon.review.photo_words import keys_of
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.commands.library_search import LibrarySearch
    from gallery_daemon.review.opened import Opened
    from gallery_daemon.review.site import Site

_GROUPS: Final = 12
_DOUBTED: Final = 24
_ANSWERED: Final = 20
# So long a page waits for something to show before it is told that there is nothing yet.
_PATIENCE_S: Final = 1.5
_LOOK_S: Final = 0.1


async def _show(request: Request) -> Response:
    site = site_of(request)

    def found(opened: Opened) -> Mapping[str, Any]:
        counts = opened.library_room.counts()
        opened.library_room.search(is_new=True)
        return {
            "photos": counts.photos,
            "classes": by_class(counts.kinds),
            "sources": by_source(counts.kinds),
            "years": years_of(counts.months),
        }

    return await site.show(request, "library.html", **await site.ask(found))


async def _photos(request: Request) -> Response:
    """The photos of one class, month or source."""
    site, asked = site_of(request), PhotoFilter.of(request.query_params)
    before = number_in(request, "before", 0)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent, wanted = opened.library_room.recent, asked.wanted(IN_LIBRARY)
        return {
            "today": recent.today(),
            "photos": recent.older(wanted, SHOWN, before or None),
            "count": opened.journal.overview.count(opened.config.library, wanted),
            "classes": keys_of(opened.reviewing.classes()),
        }

    values = await site.ask(found)
    return await site.show(request, "library_photos.html", asked=asked, shown=SHOWN, **values)


async def _older(request: Request) -> Response:
    site, asked = site_of(request), PhotoFilter.of(request.query_params)
    before = number_in(request, "before", 0)

    def found(opened: Opened) -> Mapping[str, Any]:
        recent = opened.library_room.recent
        photos = recent.older(asked.wanted(IN_LIBRARY), SHOWN, before)
        return {"photos": photos, "today": recent.today()}

    values = await site.ask(found)
    return site.part("feed_older.html", asked=asked, path="/library/photos", shown=SHOWN, **values)


async def _like(request: Request) -> Response:
    """Groups of like shots, from one on."""
    site, start = site_of(request), number_in(request, "from", 0)
    search = await _searched(site, lambda one: len(one.groups) > start or one.has_all_groups)
    groups, is_done = search.groups, search.has_all_groups
    page = await site.ask(
        lambda opened: opened.library_room.duplicates.page(groups, start, _GROUPS)
    )
    return site.part(
        "library_like.html", page=page, is_done=is_done, compared=search.compared, start=start
    )


async def _doubted(request: Request) -> Response:
    """Photos that look mislabelled, from one on."""
    site, start = site_of(request), number_in(request, "from", 0)
    search = await _searched(site, lambda one: len(one.doubted) > start)
    doubted, is_done = search.doubted, search.is_done
    some = doubted[start : start + _DOUBTED]
    shown = await site.ask(lambda opened: opened.library_room.mislabelled.shown(some))
    end = start + len(some)
    next_start = end if end < len(doubted) else None
    return site.part(
        "library_doubted.html", shown=shown, is_done=is_done, next_start=next_start, start=start
    )


async def _answered(request: Request) -> Response:
    """The groups that a person has answered, the latest first."""
    site, before = site_of(request), number_in(request, "before", 0)
    groups = await site.ask(
        lambda opened: opened.library_room.duplicates.answered(_ANSWERED, before or None)
    )
    return site.part("library_answered.html", groups=groups, shown=_ANSWERED)


async def _settle(request: Request) -> Response:
    """The person says which shots of a group are wanted."""
    sent = await body_of(request)
    ids = ids_in(sent)
    kept = ids_in(sent, "kept") if sent.get("kept") else ()
    if not set(kept) <= set(ids):
        raise BadRequest("`kept` must be among `ids`")
    site = site_of(request)
    number = await site.ask(lambda opened: opened.library_room.duplicates.settle(ids, kept))
    return site.json({"number": number})


async def _unsettle(request: Request) -> Response:
    """The person takes that back."""
    (number,) = ids_in(await body_of(request), "numbers")[:1]
    site = site_of(request)
    await site.ask(lambda opened: opened.library_room.duplicates.take_back(number))
    return site.json({})


async def _searched(site: Site, has_some: Callable[[LibrarySearch], bool]) -> LibrarySearch:
    """The search, once it is done, has some of what is asked for, or has taken long enough."""
    search = await site.ask(lambda opened: opened.library_room.search())
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        if search.is_done or has_some(search):
            break
        await asyncio.sleep(_LOOK_S)
    search.check()
    return search


PAGE = WebPage(
    "Library",
    "/library",
    (
        Route("/library", _show),
        Route("/library/photos", _photos),
        Route("/library/photos/older", _older),
        Route("/library/like", _like),
        Route("/library/doubted", _doubted),
        Route("/library/answered", _answered),
        Route("/library/settle", _settle, methods=["POST"]),
        Route("/library/unsettle", _unsettle, methods=["POST"]),
    ),
)
