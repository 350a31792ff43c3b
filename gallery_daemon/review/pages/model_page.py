"""Model: which version serves and how good it is, what it was taught, and learning anew."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.commands.model_choice import roll_back, use_version
from gallery_daemon.commands.model_overview import (
    how_many_looked_at,
    overview_of,
    photo_of_lesson,
    take_back_lesson,
)
from gallery_daemon.review.asking import body_of, id_in, ids_in, number_in, text_in
from gallery_daemon.review.harmless import harmless
from gallery_daemon.review.model_room import ModelRoom
from gallery_daemon.review.model_words import lessons_by_class, told_lesson, told_model
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.model.model_version import ModelVersion
    from gallery_daemon.photo import Identity
    from gallery_daemon.review.opened import Opened

_LESSONS: Final = 24
"""So many lessons are shown at once."""


async def _show(request: Request) -> Response:
    site = site_of(request)
    found = await site.ask(lambda opened: overview_of(opened.config, opened.journal))
    return await site.show(
        request,
        "model.html",
        model=told_model(found),
        lessons=[told_lesson(each) for each in found.lessons[:_LESSONS]],
        by_class=lessons_by_class(found.lessons),
        more=max(0, len(found.lessons) - _LESSONS),
        is_learning=await asyncio.to_thread(_is_at_work, request),
    )


async def _lessons(request: Request) -> Response:
    """Some more lessons, from the oldest that a page has on."""
    site, before = site_of(request), number_in(request, "before", 0)
    found = await site.ask(lambda opened: overview_of(opened.config, opened.journal))
    rest = [each for each in found.lessons if each.id < before]
    told = [told_lesson(each) for each in rest[:_LESSONS]]
    html = site.text("model_lessons.html", lessons=told)
    return site.json({"html": html, "more": max(0, len(rest) - _LESSONS)})


async def _picture(request: Request) -> Response:
    """The photo of a lesson."""
    site, number = site_of(request), id_in(request)

    async def find() -> tuple[str, Identity]:
        return await site.ask(
            lambda opened: photo_of_lesson(number, opened.journal, opened.config.library)
        )

    return await site.pictures.answer(request, find)


async def _take_back(request: Request) -> Response:
    """A lesson does not hold any more."""
    site, (number, *_) = site_of(request), ids_in(await body_of(request))

    def take_back(opened: Opened) -> Lesson:
        return take_back_lesson(number, opened.journal, opened.clock, opened.config.library)

    taken = await site.ask(take_back)
    return site.json({"class": harmless(taken.class_name)})


async def _learn(request: Request) -> Response:
    """Learning is under way."""
    await body_of(request)
    await asyncio.to_thread(_room_of(request).begin)
    return site_of(request).json({})


async def _learning(request: Request) -> Response:
    """How far learning is, or what came of it."""
    site, room = site_of(request), _room_of(request)
    found = await asyncio.to_thread(room.outcome)
    if found is None:
        done, expected = await site.ask(
            lambda opened: how_many_looked_at(opened.config, opened.journal)
        )
        return site.json({"is_done": False, "done": done, "expected": expected})
    html = site.text("model_learned.html", found=found, sentences=list(found.sentences()))
    return site.json({"is_done": True, "html": html})


async def _end_learning(request: Request) -> Response:
    """Nobody wants to know any more."""
    await body_of(request)
    await asyncio.to_thread(_room_of(request).end)
    return site_of(request).json({})


async def _use(request: Request) -> Response:
    """Another version serves."""
    site, sent = site_of(request), await body_of(request)
    config = await site.ask(lambda opened: opened.config)
    version = await asyncio.to_thread(use_version, config, text_in(sent, "version"))
    await asyncio.to_thread(_room_of(request).forget)
    return site.json(_serving(version))


async def _roll_back(request: Request) -> Response:
    """The version before serves again."""
    site = site_of(request)
    await body_of(request)
    config = await site.ask(lambda opened: opened.config)
    return site.json(_serving(await asyncio.to_thread(roll_back, config)))


def _serving(version: ModelVersion) -> dict[str, object]:
    return {"model": harmless(version.manifest.model_id), "version": version.number}


def _is_at_work(request: Request) -> bool:
    return _room_of(request).is_at_work


def _room_of(request: Request) -> ModelRoom:
    state = request.app.state
    if not hasattr(state, "model"):
        state.model = ModelRoom(site_of(request).file)
    room = state.model
    assert isinstance(room, ModelRoom)
    return room


PAGE = WebPage(
    "Model",
    "/model",
    (
        Route("/model", _show),
        Route("/model/lessons", _lessons),
        Route("/model/lesson/{id:number}/{side:number}", _picture),
        Route("/model/lessons/take-back", _take_back, methods=["POST"]),
        Route("/model/learn", _learn, methods=["POST"]),
        Route("/model/learning", _learning),
        Route("/model/learning/end", _end_learning, methods=["POST"]),
        Route("/model/use", _use, methods=["POST"]),
        Route("/model/roll-back", _roll_back, methods=["POST"]),
    ),
)
