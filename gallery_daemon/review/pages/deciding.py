"""What a person says of photos on any page: what they are, and that it was not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.review.asking import body_of, ids_in, text_in
from gallery_daemon.review.harmless import harmless
from gallery_daemon.review.site import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.commands.review_filing import FiledAs
    from gallery_daemon.review.opened import Opened


def progress_of(opened: Opened) -> Mapping[str, object]:
    """How the review stands."""
    told = opened.reviewing.progress()
    return {
        "decided": told.decided,
        "waiting": told.waiting,
        "lessons": told.lessons,
        "unlearned": told.new_lessons,
        "new_classes": [
            [harmless(each.name), each.lessons, each.wanted] for each in told.new_classes
        ],
    }


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
        return {"results": act(opened), "progress": progress_of(opened)}

    return site.json(await site.ask(acted))


def _filed(opened: Opened, ids: Sequence[int], name: str) -> Sequence[Mapping[str, object]]:
    return [_of_filed(each) for each in opened.reviewing.file_as(ids, name)]


def _named(opened: Opened, ids: Sequence[int], name: str) -> Sequence[Mapping[str, object]]:
    return [_of_filed(each) for each in opened.reviewing.new_class(name, ids)]


def _taken_back(opened: Opened, ids: Sequence[int]) -> Sequence[Mapping[str, object]]:
    return [
        {"id": each.id, "restored": each.restored, **_trouble(each.problem, each.hint)}
        for each in opened.reviewing.take_back(ids)
    ]


def _of_filed(filed: FiledAs) -> Mapping[str, object]:
    """`undo` is the id that takes it back."""
    is_done = filed.row is not None or filed.is_taught
    return {
        "id": filed.id,
        "undo": (filed.row or filed.id) if is_done else None,
        "destination": None if filed.destination is None else harmless(filed.destination),
        **_trouble(filed.problem, filed.hint),
    }


def _trouble(problem: str | None, hint: str | None) -> Mapping[str, object]:
    if problem is None:
        return {"problem": None}
    return {"problem": harmless(problem), "hint": harmless(hint or "")}


DECIDING: Final = (
    Route("/review/file", _file, methods=["POST"]),
    Route("/review/new-class", _new_class, methods=["POST"]),
    Route("/review/take-back", _take_back, methods=["POST"]),
)
"""The addresses that a page's script sends it to; `ids` are rows."""
