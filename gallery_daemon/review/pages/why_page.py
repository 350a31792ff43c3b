"""Why: what the model saw in a photo, what the rules made of it, and what became of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from gallery_daemon.commands.why import remembered, why
from gallery_daemon.review.asking import id_in
from gallery_daemon.review.site import site_of
from gallery_daemon.review.why_words import why_in_words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.why import RememberedPhoto
    from gallery_daemon.config.settings import Config
    from gallery_daemon.review.opened import Opened


async def _show(request: Request) -> Response:
    """The whole page, or, for the page that shows the photo, the part."""
    site, number = site_of(request), id_in(request)

    def ask(opened: Opened) -> tuple[RememberedPhoto, Config, Clock]:
        config, clock = opened.config, opened.clock
        return remembered(number, config, opened.journal, clock), config, clock

    # The photo may have to be looked at again, and others go on meanwhile.
    found = await asyncio.to_thread(why, *await site.ask(ask))
    words = why_in_words(found)
    if "part" in request.query_params:
        return site.part("why_part.html", why=words)
    return await site.show(request, "why.html", why=words, id=number)


WHY: Final = Route("/why/{id:number}", _show)
"""Of a row by its id; with `?part` without the page around it."""
