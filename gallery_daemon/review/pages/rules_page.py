"""Rules: the configuration, its mistakes and tests, what a change of it would do, and saving it.

It works as well where the configuration is wrong, or there is none: this is where one mends it.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from starlette.routing import Route

from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.rules_text import (
    check_rules,
    read_rules,
    save_rules,
    write_example,
)
from gallery_daemon.errors import ConfigErrors, GalleryError
from gallery_daemon.review.asking import body_of, flag_in, text_in
from gallery_daemon.review.failures import lines_of
from gallery_daemon.review.harmless import harmless
from gallery_daemon.review.rules_room import RulesRoom
from gallery_daemon.review.rules_words import findings_of, told_plan
from gallery_daemon.review.site import site_of
from gallery_daemon.review.web_page import WebPage

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.commands.rules_text import CheckedRules
    from gallery_daemon.photo import Identity

_CLOCK = SystemClock()


async def _show(request: Request) -> Response:
    site = site_of(request)
    if not site.file.exists():
        return await site.show(request, "rules_missing.html", file=os.fspath(site.file))
    try:
        rules = await asyncio.to_thread(read_rules, site.file)
    except ConfigErrors as wrong:
        # It is no text, so it cannot be shown either.
        return await site.show(request, "failure.html", status=409, errors=lines_of(wrong))
    checked = await _checked(site.file, rules.text)
    return await site.show(
        request,
        "rules.html",
        file=os.fspath(site.file),
        digest=rules.digest,
        # The person's own, letter by letter.
        text=Markup(escape(rules.text)),  # noqa: S704 - it is escaped
        findings=findings_of(checked),
    )


async def _check(request: Request) -> Response:
    """What there is to say of a text; whether the file is still what the page had read.

    With `looks` the tests of pictures are run, too.
    """
    site, sent = site_of(request), await body_of(request)
    checked = await _checked(site.file, text_in(sent, "text"), looks=flag_in(sent, "looks"))
    findings = findings_of(checked)
    return site.json(
        {
            "html": site.text("rules_findings.html", findings=findings),
            "marks": findings.marks,
            "why_not": findings.why_not,
            "is_stale": await asyncio.to_thread(_digest_now, site.file) != text_in(sent, "digest"),
        }
    )


async def _plan(request: Request) -> Response:
    """A plan of the change to a text is begun."""
    site, sent = site_of(request), await body_of(request)
    room = _room_of(request)
    number = room.begin(text_in(sent, "text"), looks=flag_in(sent, "looks"))
    return site.json({"plan": number})


async def _planned(request: Request) -> Response:
    """How far a plan is, or what it says."""
    site, number = site_of(request), request.path_params["number"]
    plan = _room_of(request).under_way(number)
    if not plan.is_done:
        now = plan.progress
        return site.json({"is_done": False, "done": now.done, "expected": now.expected})
    told = told_plan(plan.result(), number)
    return site.json({"is_done": True, "html": site.text("rules_plan.html", told=told)})


async def _end_plan(request: Request) -> Response:
    """Nobody wants to know any more."""
    _room_of(request).under_way(request.path_params["number"]).cancel()
    return site_of(request).json({})


async def _picture(request: Request) -> Response:
    """A photo of a plan, by its places in that."""
    site, asked = site_of(request), request.path_params
    room = _room_of(request)

    async def find() -> tuple[str, Identity]:
        return await asyncio.to_thread(room.file_of, asked["number"], asked["way"], asked["place"])

    return await site.pictures.answer(request, find)


async def _save(request: Request) -> Response:
    """The file has the text, if it passes."""
    site, sent = site_of(request), await body_of(request)
    text, read = text_in(sent, "text"), text_in(sent, "digest")
    saved = await asyncio.to_thread(save_rules, text, site.file, read, _CLOCK)
    kept = None if saved.kept is None else harmless(os.fspath(saved.kept))
    return site.json({"digest": saved.rules.digest, "kept": kept})


async def _example(request: Request) -> Response:
    """The commented example lies where there was none."""
    site = site_of(request)
    await asyncio.to_thread(write_example, site.file)
    return site.json({})


async def _checked(file: Path, text: str, *, looks: bool = False) -> CheckedRules:
    return await asyncio.to_thread(partial(check_rules, text, file, _CLOCK, looks=looks))


def _digest_now(file: Path) -> str | None:
    try:
        return read_rules(file).digest
    except GalleryError:
        return None


def _room_of(request: Request) -> RulesRoom:
    state = request.app.state
    if not hasattr(state, "rules"):
        state.rules = RulesRoom(site_of(request).file, _CLOCK)
    room = state.rules
    assert isinstance(room, RulesRoom)
    return room


PAGE = WebPage(
    "Rules",
    "/rules",
    (
        Route("/rules", _show),
        Route("/rules/check", _check, methods=["POST"]),
        Route("/rules/plan", _plan, methods=["POST"]),
        Route("/rules/plan/{number:number}", _planned),
        Route("/rules/plan/{number:number}/end", _end_plan, methods=["POST"]),
        Route("/rules/plan/{number:number}/{way:number}/{place:number}/{side:number}", _picture),
        Route("/rules/save", _save, methods=["POST"]),
        Route("/rules/example", _example, methods=["POST"]),
    ),
)
