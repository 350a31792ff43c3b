"""Why: what the model saw in a photo, what the rules made of it, and what became of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from gallery_daemon.commands.why import remembered, why
from gallery_daemon.review.asking import id_in
from gallery_daemon.review.resemblances import Resemblances
from gallery_daemon.review.site import site_of
from gallery_daemon.review.why_words import resemblance_in_words, why_in_words

if TYPE_CHECKING:
    from collections.abc import Hashable

    from starlette.requests import Request

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
        return site.part("why_part.html", why=words, id=number)
    return await site.show(request, "why.html", why=words, id=number)


async def _resembles(request: Request) -> Response:
    """What the photo resembles, as a part; it takes seconds, so it is asked for afterwards."""
    site, number = site_of(request), id_in(request)

    def find(opened: Opened) -> tuple[Hashable, str]:
        path, identity = opened.reviewing.file_of(number)
        return (number, identity, opened.config.model), path

    async def is_wanted() -> bool:
        return not site.lifetime.is_over and not await request.is_disconnected()

    found = await _resemblances(request).of(*await site.ask(find), is_wanted)
    if found is None:
        return Response(status_code=204)
    return site.part("why_resembles.html", near=resemblance_in_words(found))


def _resemblances(request: Request) -> Resemblances:
    state = request.app.state
    if not hasattr(state, "resemblances"):
        state.resemblances = Resemblances(site_of(request).file)
    found = state.resemblances
    assert isinstance(found, Resemblances)
    return found


WHY: Final = (
    Route("/why/{id:number}", _show),
    Route("/why/{id:number}/resembles", _resembles),
)
"""Of a row by its id; with `?part` without the page around it."""
