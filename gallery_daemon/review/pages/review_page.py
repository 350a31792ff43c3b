"""Review: the photos that wait for a person's word; what the person says goes to `deciding`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.review.asking import number_in
from gallery_daemon.review.pages.deciding import DECIDING, progress_of
from gallery_daemon.review.photo_words import keys_of, words_of
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.commands.review import Waiting
    from gallery_daemon.review.opened import Opened

_FIRST: Final = 60
_MOST: Final = 200
_MOST_NEW: Final = 1000
_GONE: Final = 410
"""The page shows a queue that is not kept any more: it has to be opened anew."""


async def _show(request: Request) -> Response:
    site = site_of(request)
    review = await site.ask(_begin)
    return await site.show(request, "review.html", review=review)


def _begin(opened: Opened) -> Mapping[str, object]:
    name, queue = opened.queues.begin()
    first = opened.queues.part(name, 0, _FIRST) or {}
    return {
        "queue": name,
        "total": len(queue),
        "items": _items(first),
        "classes": keys_of(opened.reviewing.classes()),
        "progress": progress_of(opened),
    }


async def _photos(request: Request) -> Response:
    """Some photos of the queue that a page shows."""
    site, name = site_of(request), request.path_params["queue"]
    start, count = number_in(request, "from", 0), number_in(request, "count", _MOST, _MOST)

    def part(opened: Opened) -> Sequence[Mapping[str, object]] | None:
        found = opened.queues.part(name, start, count)
        return None if found is None else _items(found)

    items = await site.ask(part)
    return site.json({"items": items}, _GONE if items is None else 200)


async def _changes(request: Request) -> Response:
    """What became of the queue that a page shows."""
    site, name = site_of(request), request.path_params["queue"]

    def changes(opened: Opened) -> Mapping[str, object] | None:
        found = opened.queues.changes(name)
        if found is None:
            return None
        return {"gone": found.gone, "new": found.new[:_MOST_NEW], "progress": progress_of(opened)}

    told = await site.ask(changes)
    return site.json({} if told is None else told, _GONE if told is None else 200)


def _items(part: Mapping[int, Waiting]) -> Sequence[Mapping[str, object]]:
    return [words_of(photo, place) for place, photo in part.items()]


PAGE = WebPage(
    "Review",
    "/review",
    (
        Route("/review", _show),
        Route("/review/{queue}/photos", _photos),
        Route("/review/{queue}/changes", _changes),
        *DECIDING,
    ),
    # It is kept while the journal stays the same, and leaves out what the page leaves out.
    count=lambda opened: len(opened.queues.now()),
)
