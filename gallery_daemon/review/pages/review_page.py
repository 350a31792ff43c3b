"""Review: the photos that wait for a person's word, and what the person says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.review.asking import body_of, ids_in, number_in, text_in
from gallery_daemon.review.harmless import harmless
from gallery_daemon.review.photo_words import keys_of, words_of
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.commands.review import FiledAs, Waiting
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
        "progress": _progress(opened),
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
        return {"gone": found.gone, "new": found.new[:_MOST_NEW], "progress": _progress(opened)}

    told = await site.ask(changes)
    return site.json({} if told is None else told, _GONE if told is None else 200)


async def _file(request: Request) -> Response:
    """The person says of some photos what they are."""
    sent = await body_of(request)
    ids, name = ids_in(sent), text_in(sent, "class")
    return await _acted(request, lambda opened: _filed(opened, ids, name))


async def _new_class(request: Request) -> Response:
    """The person says of some photos that they are what no model knows yet."""
    sent = await body_of(request)
    ids, name = ids_in(sent), text_in(sent, "name")
    return await _acted(request, lambda opened: _named(opened, ids, name))


async def _take_back(request: Request) -> Response:
    """The person takes back what was said."""
    ids = ids_in(await body_of(request))
    return await _acted(request, lambda opened: _taken_back(opened, ids))


async def _acted(
    request: Request, act: Callable[[Opened], Sequence[Mapping[str, object]]]
) -> Response:
    """What came of each photo, and how the review stands then."""
    site = site_of(request)

    def acted(opened: Opened) -> Mapping[str, object]:
        return {"results": act(opened), "progress": _progress(opened)}

    return site.json(await site.ask(acted))


def _filed(opened: Opened, ids: Sequence[int], name: str) -> Sequence[Mapping[str, object]]:
    return [_of_filed(each) for each in opened.reviewing.file_as(ids, name)]


def _named(opened: Opened, ids: Sequence[int], name: str) -> Sequence[Mapping[str, object]]:
    return [_of_filed(each) for each in opened.reviewing.new_class(name, ids)]


def _taken_back(opened: Opened, ids: Sequence[int]) -> Sequence[Mapping[str, object]]:
    return [
        {"id": each.id, "restored": each.restored} | _trouble(each.problem, each.hint)
        for each in opened.reviewing.take_back(ids)
    ]


def _of_filed(filed: FiledAs) -> Mapping[str, object]:
    """`undo` is the id that takes it back."""
    is_done = filed.row is not None or filed.is_taught
    return {
        "id": filed.id,
        "undo": (filed.row or filed.id) if is_done else None,
        "destination": None if filed.destination is None else harmless(filed.destination),
    } | _trouble(filed.problem, filed.hint)


def _trouble(problem: str | None, hint: str | None) -> Mapping[str, object]:
    if problem is None:
        return {"problem": None}
    return {"problem": harmless(problem), "hint": harmless(hint or "")}


def _progress(opened: Opened) -> Mapping[str, object]:
    told = opened.reviewing.progress()
    return {
        "decided": told.decided,
        "waiting": told.waiting,
        "lessons": told.lessons,
        "unlearned": told.lessons_since,
    }


def _items(part: Mapping[int, Waiting]) -> Sequence[Mapping[str, object]]:
    return [words_of(photo, place) for place, photo in part.items()]


PAGE = WebPage(
    "Review",
    "/review",
    (
        Route("/review", _show),
        Route("/review/{queue}/photos", _photos),
        Route("/review/{queue}/changes", _changes),
        Route("/review/file", _file, methods=["POST"]),
        Route("/review/new-class", _new_class, methods=["POST"]),
        Route("/review/take-back", _take_back, methods=["POST"]),
    ),
    count=lambda opened: opened.reviewing.progress().waiting,
)
