"""News for open pages: the journal has changed, by this review or by another program.

One look a second at a number that SQLite keeps, and none at all while no page is open. The pages
ask for what they show when they are told.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from gallery_daemon.review.lifetime import Lifetime

_EVERY_S: Final = 1.0
_SIGN_OF_LIFE_S: Final = 15
_BEGIN: Final = "retry: 2000\n\n"
_SIGN_OF_LIFE: Final = ": \n\n"
_OVER: Final = "event: over\ndata: {}\n\n"


class News:
    """Streams of news for the pages that are open."""

    def __init__(
        self,
        lifetime: Lifetime,
        version: Callable[[], Awaitable[object]],
        told: Callable[[], Awaitable[Mapping[str, object]]],
    ) -> None:
        """`version` changes with the journal; `told` is what a page is told then."""
        self._lifetime, self._version, self._told = lifetime, version, told

    def stream(self) -> StreamingResponse:
        """The answer that does not end while its page is open."""
        return StreamingResponse(self._lines(), media_type="text/event-stream")

    async def _lines(self) -> AsyncIterator[str]:
        with self._lifetime.page():
            seen, quiet = await self._seen(), 0
            yield _BEGIN
            while not self._lifetime.is_over:
                await self._lifetime.pause(_EVERY_S)
                now = await self._seen()
                quiet = 0 if now != seen else quiet + 1
                if now != seen:
                    seen = now
                    yield f"event: changed\ndata: {json.dumps(dict(await self._told()))}\n\n"
                elif quiet % _SIGN_OF_LIFE_S == 0:
                    yield _SIGN_OF_LIFE
        yield _OVER

    async def _seen(self) -> object:
        """The journal's version; None while it cannot be read, which a page is told otherwise."""
        with contextlib.suppress(GalleryError):
            return await self._version()
        return None
